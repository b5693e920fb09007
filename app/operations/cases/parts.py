"""The parts of a case on a page: whose diagram each is drawn in, and the ways into them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for

from app.web.db import db
from processes.engine.deployment.definitions import called_version
from processes.engine.insight.parts import beside_calls, call_of, parts_of
from processes.engine.insight.why_waiting import Waiting
from processes.engine.interpreter.moving.parts import Part
from processes.engine.store.models import (
    ProcessDefinition,
    ProcessInstance,
)

LIST = "#delen"  # of the parts, on the same page


def definition_of(
    one: ProcessInstance, parts: Sequence[Part], call: Part | None
) -> ProcessDefinition:
    """The version whose diagram a called process is drawn in; of None, that of the case itself."""
    if call is None or call.called is None:
        return one.definition
    by_id = {each.id: each for each in parts}
    caller = definition_of(one, parts, next(calls_around(call, by_id), None))
    return called_version(db.session(), caller, call.called) or one.definition


def definition_at(one: ProcessInstance, token_id: UUID) -> ProcessDefinition:
    """The version whose diagram this token is in."""
    parts = parts_of(db.session(), one)
    return definition_of(one, parts, call_of(parts, token_id))


def elements_in(waiting: Iterable[Waiting], parts: Iterable[Part], call: Part | None) -> list[str]:
    """The elements of one diagram at which these tokens wait."""
    elsewhere = beside_calls(parts, call)
    here = (each for each in waiting if each.token_id not in elsewhere)
    return sorted({each.element_id for each in here if each.element_id})


def badges_of(one: ProcessInstance, parts: Iterable[Part]) -> list[dict[str, Any]]:
    """What the diagram shows at a subprocess or call: a way into it, or to the list of rounds."""
    by_element: dict[str, list[Part]] = {}
    for each in parts:
        by_element.setdefault(each.element_id, []).append(each)
    return [_badge(one, id_, each) for id_, each in by_element.items()]


def _badge(one: ProcessInstance, id_: str, parts: Sequence[Part]) -> dict[str, Any]:
    first = parts[0]
    if len(parts) > 1:
        told = f"{len(parts)} rondes van {first.name}: kies er een in de lijst"
        return {"id": id_, "mark": "part", "text": f"{len(parts)} keer", "told": told, "href": LIST}
    href = url_for("operations.part", instance_id=one.id, part_id=first.id)
    told = f"Bekijk wat er in {first.name} gebeurt"
    return {"id": id_, "mark": "part", "text": "binnenin", "told": told, "href": href}


def calls_around(part: Part, by_id: Mapping[UUID, Part]) -> Iterator[Part]:
    """The calls that a part stands in, the innermost first."""
    return (by_id[each] for each in part.around if by_id[each].called)

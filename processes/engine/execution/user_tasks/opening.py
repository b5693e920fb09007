"""The row of a user task that opens: for whom it is, when it is due, its priority, its label."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from processes.base import AMSTERDAM
from processes.engine.diagram.elements import Element
from processes.engine.execution.user_tasks.people import People
from processes.engine.interpreter import moments
from processes.engine.interpreter.multi_instance.rounds import Round
from processes.engine.interpreter.outcomes import ElementError, at_element
from processes.engine.interpreter.waits import Wait
from processes.engine.language import expressions, iso8601
from processes.engine.sentences.catalogue import say
from processes.engine.store.models import TaskStatus
from processes.engine.store.rows import LockedInstance
from processes.platform.roles import PERSONAL, Role

USUAL, MOST = 50, 100
"""Camunda's default priority, and the highest."""
LONGEST_LABEL = 200
NO_NAMES: Mapping[str, str] = {}
END_OF_DAY = time(23, 59, 59)
REFERENCE = re.compile(r"[a-z]+:[0-9a-f-]{36}", re.ASCII)


@dataclass(frozen=True)
class Scene:
    """What can be asked of an instance when one of its tasks opens."""

    people: Callable[[], People] = People
    round_of: Callable[[UUID], Round | None] = lambda _token: None


NOTHING_KNOWN = Scene()


def is_as_drawn(element: Element) -> bool:
    """Whether its task asks no more of its case than its ids, moment and company."""
    worked_out = (element.due_date, element.follow_up_date, element.priority, element.label)
    persons = (element.assignee, element.candidate_users)
    groups = element.candidate_groups
    depends = any(each in PERSONAL or expressions.is_expression(each) for each in groups)
    return not (depends or any((*worked_out, *persons)))


def opened_task(
    instance: LockedInstance, wait: Wait, scene: Scene = NOTHING_KNOWN, *, moment: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The rows of a new task and of its further candidates. Raises ElementError."""
    element = wait.element
    due_at = _moment(wait, element.due_date, moment, END_OF_DAY)
    row, further = assignment(instance, wait, scene)
    return {
        "id": wait.token_id,
        "instance_id": instance.id,
        "element_id": element.id,
        "name": element.name,
        "form_key": element.form_key,
        "lane": element.lane,
        "tenant": instance.tenant,
        "label": _label(wait, scene),
        "priority": _priority(wait),
        "status": TaskStatus.OPEN,
        "opened_at": moment,
        "due_at": due_at,
        "follow_up_at": _moment(wait, element.follow_up_date, moment, time.min),
        **row,
    }, further


def assignment(
    instance: LockedInstance, wait: Wait, scene: Scene
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The columns that say for whom a task is, and the rows of its further candidates.

    Raises ElementError.
    """
    element = wait.element
    groups = [_narrowed(group, instance.initiator) for group in _groups(element, wait.data)]
    assignee, names = None, NO_NAMES
    if element.assignee or element.candidate_users:
        people = scene.people()
        known = {"initiator": instance.initiator, **wait.data, "taker": people.takers}
        assignee = next(iter(_references(element, element.assignee, known)), None)
        groups += _references(element, element.candidate_users, known)
        names = people.names
    first, *others = dict.fromkeys(groups) or (None,)
    further = [{"task_id": wait.token_id, "group": each} for each in others if each is not None]
    return {
        "candidate_group": first,
        "has_further_candidates": bool(further),
        "assignee": assignee,
        "assignee_name": names.get(assignee or ""),
    }, further


def _groups(element: Element, data: Mapping[str, Any]) -> list[str]:
    """The groups that are drawn or worked out; those that do not exist raise ElementError."""
    groups: list[Any] = list(element.candidate_groups)
    if len(groups) == 1 and expressions.is_expression(groups[0]):
        groups = _values(element, groups[0], data)
        for group in groups:
            if group not in set(Role):
                message = say("incidents.group", element=element.name)
                raise ElementError(element.id, message)
    return groups


def _narrowed(group: str, initiator: str | None) -> str:
    """In a case that a teacher began, the teachers' tasks are theirs alone."""
    if initiator is not None and group in PERSONAL and initiator.startswith(f"{group}:"):
        return initiator
    return group


def _references(element: Element, text: str | None, known: Mapping[str, Any]) -> list[str]:
    """User references; whoever is not known is left out, so that the group can do the task."""
    values = _values(element, text, known) if text else []
    return [each for each in values if isinstance(each, str) and REFERENCE.fullmatch(each)]


def _values(element: Element, text: str, data: Mapping[str, Any]) -> list[Any]:
    """The value of an expression as a list; text with commas is one too; of null, nothing."""
    with at_element(element):
        value = expressions.evaluate_template(text, data)
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    values = value if isinstance(value, list) else [value]
    return [each for each in values if each not in (None, "")]


def _moment(wait: Wait, text: str | None, moment: datetime, at: time) -> datetime | None:
    """A drawn moment; a date without a time is at that time; an expression may give nothing."""
    if not text:
        return None
    with at_element(wait.element):
        value = expressions.evaluate_template(text, wait.data)
    if not value:
        return None
    found = moments.due(wait.element, text, wait.data, moment)
    with suppress(iso8601.IsoError):
        return datetime.combine(iso8601.day(str(value)), at, AMSTERDAM)
    return found


def _priority(wait: Wait) -> int:
    return _number(wait, wait.element.priority, USUAL)


def task_priority(wait: Wait) -> int:
    """How early a worker outside gets this job, 0 to 100. Raises ElementError."""
    return _number(wait, wait.element.task_priority, 0)


def _number(wait: Wait, text: str | None, usual: int) -> int:
    if not text:
        return usual
    with at_element(wait.element):
        value = expressions.evaluate_template(text, wait.data)
    if value is None:
        return usual
    try:
        number = round(float(value)) if not isinstance(value, bool) else -1
    except (TypeError, ValueError, OverflowError):
        number = -1
    if not 0 <= number <= MOST:
        message = say("incidents.priority", element=wait.element.name)
        raise ElementError(wait.element.id, message)
    return number


def _label(wait: Wait, scene: Scene) -> str | None:
    """What tells this task from others of its name; it stays, whatever the list becomes."""
    its_round = scene.round_of(wait.token_id)
    label = _drawn_label(wait)
    if its_round is None:
        return label
    element = its_round.element
    if label is None and isinstance(element, str | int | float) and not isinstance(element, bool):
        label = _text(element)[:LONGEST_LABEL].strip()
    number = say("tasks.round-of", number=its_round.number, total=its_round.total)
    return f"{label} ({number})" if label else say("tasks.round-alone", number=number)


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _drawn_label(wait: Wait) -> str | None:
    text = wait.element.label
    if not text:
        return None
    with at_element(wait.element):
        value = expressions.evaluate_template(text, wait.data)
    return None if value is None else " ".join(_text(value).split())[:LONGEST_LABEL] or None

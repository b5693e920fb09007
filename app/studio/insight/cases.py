"""One instance for its process owner: state, timeline, why it waits.

No variables, and no names of people or companies: those are for the register's staff.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload

from app.studio.deploy.versions import versions_of
from app.studio.insight.blueprint import bp
from app.web.access import STUDIO_READERS, Role, requires
from app.web.db import db
from app.web.diagrams.files import diagram_file
from app.web.diagrams.live_places import waiting_elements
from app.web.pages import page_number, whole_number
from processes.engine.diagram import graph
from processes.engine.diagram.graph import Diagram
from processes.engine.execution.incidents import stuck_among
from processes.engine.insight import counts
from processes.engine.insight.choices import Considered, choices_in
from processes.engine.insight.live_counts import waits_at
from processes.engine.insight.timeline import Moment, timeline
from processes.engine.insight.why_waiting import Waiting, why_waiting
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
)
from processes.engine.words import outline_words
from processes.register.paging import page_of

PER_PAGE = 50
HIDDEN = "•••"
ACTORS = {"worker": "Loket", "timer": "de klok", "message": "een bericht"}


@bp.get("/<key>/zaken")
@requires(*STUDIO_READERS)
def cases(key: str) -> ResponseReturnValue:
    """The instances of a process, the newest first."""
    versions = versions_of(db.session(), key) or abort(404)
    status, element = request.args.get("status", ""), request.args.get("wacht", "")
    stopped_at = request.args.get("onderdeel", "")
    number = request.args.get("versie", 0, type=whole_number)
    query = (
        select(ProcessInstance)
        .where(ProcessInstance.process_key == key)
        .options(joinedload(ProcessInstance.definition))
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id)
    )
    statuses = [InstanceStatus(status)] if status in set(InstanceStatus) else list(InstanceStatus)
    ids = [one.definition.id for one in versions if number in {0, one.definition.version}]
    if len(statuses) == 1:
        query = query.where(ProcessInstance.status == statuses[0])
    if number:
        query = query.where(ProcessInstance.definition_id.in_(ids))
    total = None
    if element:
        query = query.where(waits_at(element))
    if stopped_at or request.args.get("incident") == "ja":
        query = query.where(_has_incident(stopped_at))
    elif not element:  # no case is looked at to count them
        of_versions = counts.cases(db.session())
        total = sum(of_versions.get(id_, {}).get(each, 0) for id_ in ids for each in statuses)
    page = page_of(db.session(), query, page_number(), PER_PAGE, total=total)
    return render_template(
        "studio/cases.html",
        latest=versions[0].definition,
        page=page,
        status=status,
        versions=[each.definition.version for each in versions],
        elements=waiting_elements(versions[0].definition.xml),
        stuck=stuck_among(db.session(), [one.id for one in page.items]),
    )


def _has_incident(element_id: str) -> ColumnElement[bool]:
    """Condition: an instance has an open incident, at this element if one is named."""
    stuck = exists().where(
        Incident.instance_id == ProcessInstance.id, Incident.status == IncidentStatus.OPEN
    )
    return stuck.where(Incident.element_id == element_id) if element_id else stuck


@bp.get("/zaken/<uuid:instance_id>")
@requires(*STUDIO_READERS, Role.OPERATOR)
def case(instance_id: UUID) -> ResponseReturnValue:
    """The instance now, or after one of its steps (stap=)."""
    session = db.session()
    instance = session.get(ProcessInstance, instance_id) or abort(404)
    moments = timeline(session, instance_id) or abort(404)
    number = request.args.get("stap", len(moments), type=whole_number)
    moment = moments[min(max(number, 1), len(moments)) - 1]
    diagrams = {id_: _diagram(id_) for id_ in {each.definition_id for each in moments}}
    return render_template(
        "studio/case.html",
        instance=instance,
        definition=session.get_one(ProcessDefinition, instance.definition_id),
        drawn=session.get_one(ProcessDefinition, moment.definition_id),
        moments=moments,
        moment=moment,
        states=_states(moments, moment),
        waiting=[(each, _masked(each, instance)) for each in why_waiting(session, instance_id)],
        told={each.number: _told(each, diagrams[each.definition_id]) for each in moments},
        choices=_choices(moments, diagrams),
    )


@bp.get("/zaken/<uuid:instance_id>/<int:number>/diagram.bpmn")
@requires(*STUDIO_READERS, Role.OPERATOR)
def case_diagram(instance_id: UUID, number: int) -> ResponseReturnValue:
    """The diagram of the instance's version, as a download (threat 18)."""
    instance = db.session().get(ProcessInstance, instance_id) or abort(404)
    query = select(ProcessDefinition).where(
        ProcessDefinition.key == instance.process_key, ProcessDefinition.version == number
    )
    found = db.session().scalar(query) or abort(404)
    return diagram_file(found.xml, f"{found.key}-v{found.version}.bpmn")


@dataclass(frozen=True)
class TimelineEntry:
    """One moment in words: what ended in it, how and by whom; where the instance then waited."""

    left: list[tuple[str, str | None, str | None]]
    waited: list[str]


def _choices(
    moments: Sequence[Moment], diagrams: Mapping[UUID, Diagram]
) -> list[tuple[int, str, Considered]]:
    """Each condition that was looked at: in which step, behind what, and what came of it."""
    return [
        (
            each.number,
            _name(diagrams[each.definition_id], one.element_id, one.element_id),
            one.without_values(HIDDEN),
        )
        for each in moments
        for one in choices_in(each.left)
    ]


def _name(diagram: Diagram, element_id: str, otherwise: str) -> str:
    node = diagram.by_id.get(element_id)
    return otherwise if node is None else outline_words.name(node)


def _told(moment: Moment, diagram: Diagram) -> TimelineEntry:
    left = [
        (_name(diagram, entry.element_id, entry.name), entry.result, _actor(entry.actor))
        for entry in moment.left
        if not _is_silent(diagram, entry.element_id)
    ]
    return TimelineEntry(left, [_name(diagram, id_, id_) for id_ in moment.tokens])


def _is_silent(diagram: Diagram, element_id: str) -> bool:
    node = diagram.by_id.get(element_id)
    return node is not None and outline_words.is_silent(node)


def _diagram(definition_id: UUID) -> Diagram:
    return graph.read(db.session().get_one(ProcessDefinition, definition_id).xml.encode())


def _actor(actor: str | None) -> str | None:
    """Who or what ended a passage: of people no more than that it was somebody."""
    return ACTORS.get(actor, "een persoon") if actor else None


def _states(moments: Sequence[Moment], shown: Moment) -> list[dict[str, Any]]:
    """What the slider needs; a state on another version has an address of its own."""
    return [
        {
            "tokens": each.tokens,
            "passed": each.passed,
            "flows": each.flows,
            "elsewhere": each.definition_id != shown.definition_id,
        }
        for each in moments
    ]


def _masked(waiting: Waiting, instance: ProcessInstance) -> str:
    sentence = waiting.sentence
    for secret in (instance.business_key, instance.tenant):
        if secret:
            sentence = sentence.replace(secret, HIDDEN)
    return sentence

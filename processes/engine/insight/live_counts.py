"""How many tokens, cases and open incidents stand at each element of a version now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session

from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)

WAITING_JOBS = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)
RUNNING = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


@dataclass(frozen=True)
class LiveCount:
    """What stands at one element. A token that waits for several things there counts once."""

    cases: int = 0
    tokens: int = 0
    incidents: int = 0  # open ones
    stuck: int = 0  # cases with such an incident


def live_counts(session: Session, definition_id: UUID) -> Mapping[str, LiveCount]:
    """Per element id, of the running cases on this version; two statements.

    Only what waits for a person, a job, a timer, a message or a signal has a row to be counted:
    not a token at a join, or one that waits for a condition.
    """
    places = union(
        _places(UserTask, UserTask.id, definition_id).where(UserTask.status == TaskStatus.OPEN),
        _places(Job, Job.token_id, definition_id).where(Job.status.in_(WAITING_JOBS)),
        _places(Timer, Timer.token_id, definition_id),
        _places(MessageSubscription, MessageSubscription.token_id, definition_id),
    ).subquery()
    element, instance = places.c.element_id, places.c.instance_id
    standing = select(element, func.count(instance.distinct()), func.count())
    waiting = session.execute(standing.where(element.is_not(None)).group_by(element)).all()
    stopped = session.execute(_incidents(definition_id)).all()
    found = {id_: LiveCount(cases, tokens) for id_, cases, tokens in waiting}
    for id_, incidents, stuck in stopped:
        here = found.get(id_, LiveCount())
        found[id_] = LiveCount(here.cases, here.tokens, incidents, stuck)
    return found


def waits_at(element_id: str) -> ColumnElement[bool]:
    """Condition: an instance waits at this element, for a person, a job, a timer or an event."""
    places: tuple[tuple[Any, tuple[ColumnElement[bool], ...]], ...] = (
        (UserTask, (UserTask.status == TaskStatus.OPEN,)),
        (Job, (Job.status.in_(WAITING_JOBS),)),
        (Timer, ()),
        (MessageSubscription, ()),
    )
    at = (
        exists().where(model.instance_id == ProcessInstance.id, model.element_id == element_id, *on)
        for model, on in places
    )
    return and_(ProcessInstance.status.in_(RUNNING), or_(*at))


def _places(model: Any, token_id: Any, definition_id: UUID) -> Select[*tuple[Any, ...]]:
    """Element, instance and token of each row of this kind."""
    return (
        select(model.element_id, model.instance_id, token_id.label("token_id"))
        .join(ProcessInstance, ProcessInstance.id == model.instance_id)
        .where(ProcessInstance.definition_id == definition_id)
        .where(ProcessInstance.status.in_(RUNNING))
    )


def _incidents(definition_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(Incident.element_id, func.count(), func.count(Incident.instance_id.distinct()))
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(ProcessInstance.definition_id == definition_id)
        .where(Incident.status == IncidentStatus.OPEN, Incident.element_id.is_not(None))
        .group_by(Incident.element_id)
    )

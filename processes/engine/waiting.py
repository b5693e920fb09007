"""Why an instance waits, in one Dutch sentence for each open token; and which wait for nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from processes.base import local
from processes.engine import steps
from processes.engine.models import (
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.engine.spiff import Workflow
from processes.engine.spiff_waits import Wait

ALIVE = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)


@dataclass(frozen=True)
class Reason:
    """What one token waits for; `is_stuck` when nothing will ever let it go on."""

    element_id: str
    name: str
    sentence: str
    is_stuck: bool = False


def why_waiting(session: Session, instance: ProcessInstance) -> list[Reason]:
    """One reason for each open token; none for an instance that has ended."""
    if instance.status not in (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED):
        return []
    workflow = steps.read(session, instance)
    waits = workflow.waits()
    reasons = [_reason(session, instance.id, wait) for wait in waits]
    return reasons + list(_at_joins(workflow, others=bool(waits)))


def stuck_instances(session: Session, limit: int) -> list[ProcessInstance]:
    """Active instances that no person, job, timer or message will ever let go on."""
    mine = ProcessInstance.id
    query = (
        select(ProcessInstance)
        .where(ProcessInstance.status == InstanceStatus.ACTIVE)
        .where(
            ~exists().where(UserTask.instance_id == mine).where(UserTask.status == TaskStatus.OPEN)
        )
        .where(~exists().where(Job.instance_id == mine).where(Job.status.in_(ALIVE)))
        .where(~exists().where(Timer.instance_id == mine))
        .where(~exists().where(MessageSubscription.instance_id == mine))
        .order_by(ProcessInstance.started_at)
        .limit(limit)
    )
    return list(session.scalars(query))


def _reason(session: Session, instance_id: UUID, wait: Wait) -> Reason:
    sentence = {
        "user": _for_a_person,
        "job": _for_a_job,
        "timer": _for_a_timer,
        "message": _for_a_message,
        "signal": _for_a_signal,
    }[wait.kind](session, instance_id, wait)
    name = wait.element.name
    if sentence is None:
        return Reason(
            wait.element.id, name, f'"{name}" wacht op niets: het zit vast.', is_stuck=True
        )
    return Reason(wait.element.id, name, f'"{name}" {sentence}')


def _for_a_person(session: Session, _instance_id: UUID, wait: Wait) -> str | None:
    task = session.get(UserTask, wait.token_id)
    if task is None or task.status != TaskStatus.OPEN:
        return None
    whom = f"iemand van de groep {task.candidate_group}" if task.candidate_group else "iemand"
    return f"wacht op {whom}, sinds {_at(task.opened_at)}."


def _for_a_job(session: Session, instance_id: UUID, wait: Wait) -> str | None:
    query = select(Job).where(Job.instance_id == instance_id, Job.token_id == wait.token_id)
    job = session.scalars(query).first()
    if job is None or job.status not in ALIVE:
        return None
    what = f"wacht op de dienst {job.topic}"
    match job.status:
        case JobStatus.FAILED:
            return f"{what}: alle {job.max_attempts} pogingen zijn mislukt. Kijk bij de storingen."
        case JobStatus.LEASED:
            return f"{what}: poging {job.attempts} van {job.max_attempts} is bezig."
        case _:
            ordinal = job.attempts + 1
            return f"{what}: poging {ordinal} van {job.max_attempts} begint {_at(job.due_at)}."


def _for_a_timer(session: Session, instance_id: UUID, wait: Wait) -> str | None:
    query = select(Timer).where(Timer.instance_id == instance_id, Timer.token_id == wait.token_id)
    timer = session.scalars(query.where(Timer.element_id == wait.element.id)).first()
    return None if timer is None else f"wacht tot {_at(timer.due_at)}."


def _for_a_message(session: Session, instance_id: UUID, wait: Wait) -> str | None:
    found = _subscription(session, instance_id, wait)
    if found is None:
        return None
    key = f" met sleutel {found.correlation_key}" if found.correlation_key else ""
    return f"wacht op het bericht {found.name}{key}, sinds {_at(wait.since)}."


def _for_a_signal(session: Session, instance_id: UUID, wait: Wait) -> str | None:
    found = _subscription(session, instance_id, wait)
    return None if found is None else f"wacht op het signaal {found.name}."


def _subscription(session: Session, instance_id: UUID, wait: Wait) -> MessageSubscription | None:
    query = (
        select(MessageSubscription)
        .where(MessageSubscription.instance_id == instance_id)
        .where(MessageSubscription.token_id == wait.token_id)
        .where(MessageSubscription.element_id == wait.element.id)
    )
    return session.scalars(query).first()


def _at_joins(workflow: Workflow, *, others: bool) -> Iterator[Reason]:
    for element in workflow.joins_waiting():
        if others:
            sentence = f'"{element.name}" wacht tot de andere takken hier zijn.'
        else:
            sentence = f'"{element.name}" wacht op takken die niet meer komen: het zit vast.'
        yield Reason(element.id, element.name, sentence, is_stuck=not others)


def _at(moment: datetime) -> str:
    return local(moment).strftime("%d-%m-%Y om %H.%M uur")

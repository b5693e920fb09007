"""After a step: what the instance now waits for becomes rows, what it no longer does is ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from processes.base import new_id, now
from processes.engine import expressions, iso8601
from processes.engine.diagram import Element
from processes.engine.models import (
    ActivityInstance,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.engine.registry import TOPICS
from processes.engine.spiff import Passage
from processes.engine.spiff_waits import Wait
from processes.engine.values import json_value

NEW_JOBS = "loket_new_jobs"
DEFAULT_RETRY = "PT1M"
DEFAULT_ATTEMPTS = 5


@dataclass(frozen=True)
class Step:
    """What changed in one step: the waits before and after, and the passages between."""

    instance: ProcessInstance
    before: list[Wait]
    after: list[Wait]
    passages: list[Passage]
    actor: str | None
    done_token: UUID | None  # the token that the actor completed


def write(session: Session, step: Step) -> None:
    """Write all rows of this step but the instance's own."""
    ended = _missing_from(step.before, step.after)
    begun = _missing_from(step.after, step.before)
    _end(session, step, ended)
    _begin(session, step.instance, begun)
    _append_history(session, step, ended)


def announce(session: Session, job_id: UUID, topic: str) -> None:
    """Remember a new job, for whoever commits to tell the workers."""
    session.info.setdefault(NEW_JOBS, []).append((job_id, topic))


def arguments_of(element: Element, variables: Any) -> dict[str, Any]:
    """The drawn inputs, and for what was not drawn the variables of the same names."""
    drawn = {
        name: json_value(expressions.evaluate_template(text, variables))
        for name, text in element.inputs.items()
    }
    topic = TOPICS.get(element.topic or "")
    names = variables if topic is None else (name for name in topic.parameters)
    by_name = {name: json_value(variables[name]) for name in names if name in variables}
    return {**by_name, **drawn}


def _missing_from(these: list[Wait], others: list[Wait]) -> list[Wait]:
    keys = {wait.key for wait in others}
    return [wait for wait in these if wait.key not in keys]


def _end(session: Session, step: Step, ended: list[Wait]) -> None:
    by_kind = _by_kind(ended)
    users = [w.token_id for w in by_kind.get("user", ()) if w.token_id != step.done_token]
    if users:
        closed = {"status": TaskStatus.CANCELLED, "completed_at": now()}
        session.execute(_plain(update(UserTask).where(UserTask.id.in_(users)).values(closed)))
        _expire(session, UserTask, users)
    jobs = [w.token_id for w in by_kind.get("job", ()) if w.token_id != step.done_token]
    if jobs:
        _cancel_jobs(session, step.instance.id, jobs)
    for model, kinds in ((Timer, ("timer",)), (MessageSubscription, ("message", "signal"))):
        for wait in (wait for kind in kinds for wait in by_kind.get(kind, ())):
            session.execute(
                _plain(
                    delete(model)
                    .where(model.instance_id == step.instance.id)
                    .where(model.token_id == wait.token_id)
                    .where(model.element_id == wait.element.id)
                )
            )


def _cancel_jobs(session: Session, instance_id: UUID, tokens: list[UUID]) -> None:
    waiting = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)
    query = (
        update(Job)
        .where(Job.instance_id == instance_id)
        .where(Job.token_id.in_(tokens))
        .where(Job.status.in_(waiting))
        .values(status=JobStatus.CANCELLED, done_at=now(), lease_owner=None, lease_until=None)
    )
    session.execute(query, execution_options={"synchronize_session": "fetch"})


def _begin(session: Session, instance: ProcessInstance, begun: list[Wait]) -> None:
    by_kind = _by_kind(begun)
    moment = now()
    for kind, model, row in (
        ("user", UserTask, _user_task),
        ("job", Job, _job),
        ("timer", Timer, _timer),
        ("message", MessageSubscription, _subscription),
        ("signal", MessageSubscription, _subscription),
    ):
        if waits := by_kind.get(kind):
            rows = [row(instance, wait, moment) for wait in waits]
            session.execute(insert(cast(Table, model.__table__)), rows)
            if kind == "job":
                for job in rows:
                    announce(session, job["id"], job["topic"])


def _user_task(instance: ProcessInstance, wait: Wait, moment: datetime) -> dict[str, Any]:
    element = wait.element
    return {
        "id": wait.token_id,
        "instance_id": instance.id,
        "element_id": element.id,
        "name": element.name,
        "form_key": element.form_key,
        "lane": element.lane,
        "candidate_group": element.candidate_group,
        "status": TaskStatus.OPEN,
        "opened_at": moment,
        "due_at": _due(element.due_date, wait, moment),
    }


def _due(text: str | None, wait: Wait, moment: datetime) -> datetime | None:
    if not text:
        return None
    value = expressions.evaluate_template(text, wait.data)
    return iso8601.due(str(value), moment) if value else None


def _job(instance: ProcessInstance, wait: Wait, moment: datetime) -> dict[str, Any]:
    element = wait.element
    topic = TOPICS.get(element.topic or "")
    return {
        "id": new_id(),
        "topic": element.topic,
        "idempotency_key": f"{instance.id}:{wait.token_id}",
        "arguments": arguments_of(element, wait.data),
        "instance_id": instance.id,
        "token_id": wait.token_id,
        "element_id": element.id,
        "tenant": instance.tenant,
        "status": JobStatus.NEW,
        "attempts": 0,
        "max_attempts": element.max_attempts or (topic.max_attempts if topic else DEFAULT_ATTEMPTS),
        "retry_every": element.retry_every or (topic.retry_every if topic else DEFAULT_RETRY),
        "due_at": moment,
        "created_at": moment,
    }


def _timer(instance: ProcessInstance, wait: Wait, _moment: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "instance_id": instance.id,
        "token_id": wait.token_id,
        "element_id": wait.element.id,
        "due_at": wait.due_at,
    }


def _subscription(instance: ProcessInstance, wait: Wait, _moment: datetime) -> dict[str, Any]:
    text = wait.element.correlation_key
    key = instance.business_key if text is None else _text(text, wait)
    return {
        "id": new_id(),
        "instance_id": instance.id,
        "token_id": wait.token_id,
        "element_id": wait.element.id,
        "kind": wait.kind,
        "name": wait.name,
        "correlation_key": key if wait.kind == "message" else None,
    }


def _text(text: str, wait: Wait) -> str | None:
    value = expressions.evaluate_template(text, wait.data)
    return None if value is None else str(value)


def _append_history(session: Session, step: Step, ended: list[Wait]) -> None:
    moment = now()
    since = {wait.token_id: wait.since for wait in ended}
    rows = {
        passage.token_id: _passage(step, passage, since.pop(passage.token_id, moment), moment)
        for passage in step.passages
    }
    for wait in ended:
        still_waits = any(wait.token_id == other.token_id for other in step.after)
        if wait.kind in ("user", "job") and wait.token_id in since and not still_waits:
            result = "error" if wait.token_id == step.done_token else "cancelled"
            passage = Passage(wait.token_id, wait.element, result)
            rows[wait.token_id] = _passage(step, passage, wait.since, moment)
    if rows:
        session.execute(insert(cast(Table, ActivityInstance.__table__)), list(rows.values()))


def _passage(step: Step, passage: Passage, entered: datetime, left: datetime) -> dict[str, Any]:
    return {
        "id": passage.token_id,
        "instance_id": step.instance.id,
        "element_id": passage.element.id,
        "element_type": passage.element.type,
        "name": passage.element.name,
        "entered_at": entered,
        "left_at": left,
        "result": passage.result,
        "actor": step.actor if passage.token_id == step.done_token else None,
    }


def _by_kind(waits: Iterable[Wait]) -> dict[str, list[Wait]]:
    by_kind: dict[str, list[Wait]] = {}
    for wait in waits:
        by_kind.setdefault(wait.kind, []).append(wait)
    return by_kind


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


def _expire(session: Session, model: type, ids: Iterable[UUID]) -> None:
    known: Any = session.identity_map
    for id_ in ids:
        row = known.get(identity_key(model, id_))
        if row is not None:
            session.expire(row)

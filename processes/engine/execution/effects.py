"""Effects of a step as rows: opens and closes user tasks, jobs, timers, subscriptions, history."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.base import new_id, now, traceparent
from processes.engine.diagram.elements import Element
from processes.engine.execution.arguments import job_arguments
from processes.engine.execution.user_tasks.opening import (
    NOTHING_KNOWN,
    Scene,
    opened_task,
    task_priority,
)
from processes.engine.interpreter.outcomes import Passage, at_element
from processes.engine.interpreter.waits import Wait, open_tokens, without_common
from processes.engine.language.message_keys import message_key
from processes.engine.registry import TOPICS
from processes.engine.store import rows
from processes.engine.store.models import Job, JobStatus, TaskStatus, UserTask
from processes.engine.store.rows import LockedInstance
from processes.statements import Rows, Statement
from processes.unit_of_work import UnitOfWork

DEFAULT_RETRY = "PT1M"
DEFAULT_ATTEMPTS = 5


@dataclass(frozen=True)
class Closing:
    """The user task that this step completes, by whom, and with which submission."""

    task_id: UUID
    by: str
    submission_id: UUID | None
    by_user: str | None = None  # the user reference of `by`


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Step:
    """The waits before and after a step, and the passages between."""

    instance: LockedInstance
    before: list[Wait]
    after: list[Wait]
    passages: list[Passage]
    actor: str | None = None
    done_token: UUID | None = None  # the token that the actor completed
    closing: Closing | None = None
    scene: Scene = NOTHING_KNOWN


@dataclass
class Plan:
    """All rows that a step writes, computed before the first is written."""

    closing: Closing | None
    moment: datetime
    ended: list[Wait]
    tasks: list[dict[str, Any]] = field(default_factory=list)
    task_groups: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def waits_for_message(self) -> bool:
        """Whether a buffered message may match what the instance waits for now."""
        return any(row["kind"] == "message" for row in self.subscriptions)


def plan(step: Step) -> Plan:
    """Compute the rows. Expressions in the diagram are evaluated here and may raise."""
    moment = now()
    before, after = without_common(step.before, step.after)  # of a thousand rounds most stand still
    were = {wait.key: wait for wait in before}
    are = {wait.key: wait for wait in after}
    ended = [wait for key, wait in were.items() if key not in are]
    made = Plan(step.closing, moment, [wait for wait in ended if wait.token_id != step.done_token])
    for wait in (wait for key, wait in are.items() if key not in were):
        match wait.kind:
            case "user":
                # Rounds that open together keep their order in lists by age.
                opened_at = moment + len(made.tasks) * timedelta.resolution
                row, further = opened_task(step.instance, wait, step.scene, moment=opened_at)
                made.tasks.append(row)
                made.task_groups += further
            case "job":
                made.jobs.append(new_job(step.instance, wait, moment))
            case "timer":
                made.timers.append(_timer(step.instance, wait))
            case _:
                made.subscriptions.append(_subscription(step.instance, wait))
    made.ended += [w for w in ended if w.token_id == step.done_token and w.kind not in OWN_ROW]
    made.history = _history(step, ended, moment)
    return made


def write(
    unit: UnitOfWork,
    instance: LockedInstance,
    made: Plan,
    last: tuple[Statement, Rows] | None = None,
) -> None:
    """Write all rows of a step, and then `last`. Raises UnwrittenError if that row is gone."""
    for wait in made.ended:
        _end(unit, instance, wait, made.moment)
    writes: list[tuple[Statement, Rows]] = [
        (statement, given)
        for statement, given in (
            (rows.CLOSE_TASK, _closed(made)),
            (rows.ADD_TASK, made.tasks),
            (rows.ADD_TASK_GROUP, made.task_groups),
            (rows.ADD_JOB, made.jobs),
            (rows.ADD_TIMER, made.timers),
            (rows.ADD_SUBSCRIPTION, made.subscriptions),
            (rows.ADD_HISTORY, made.history),
            (rows.ADD_DECISION, made.decisions),
        )
        if given
    ]
    if last is not None:
        writes.append(last)
    if writes:
        unit.write(writes)
    if made.closing is not None:
        _tell_task(unit.session, made.closing, TaskStatus.COMPLETED, made.moment)
    for job in made.jobs:
        unit.announce(job["id"], job["topic"])


PLACES_OF_A_STEP = 20  # bits: more elements than a step passes
OWN_ROW = ("user", "job")  # whoever completes these writes their row


def _end(unit: UnitOfWork, instance: LockedInstance, wait: Wait, moment: datetime) -> None:
    place = {
        "of_instance": instance.id,
        "token": wait.token_id,
        "element": wait.element.id,
    }
    match wait.kind:
        case "user":
            closing = Closing(wait.token_id, "", None)
            given = _closing(closing, TaskStatus.CANCELLED, moment)
            unit.execute(rows.CLOSE_TASK, given)
            _tell_task(unit.session, closing, TaskStatus.CANCELLED, moment)
        case "job":
            of_job = {key: place[key] for key in ("of_instance", "token")}
            if unit.execute(rows.CANCEL_JOB, {**of_job, "moment": moment}):
                _forget_jobs(unit.session, wait.token_id)
        case "timer":
            unit.execute(rows.END_TIMER, place)
        case _:
            of_kind = {"of_kind": wait.kind, "of_name": wait.name}
            unit.execute(rows.END_SUBSCRIPTION, {**place, **of_kind})


def _closed(made: Plan) -> Rows:
    return (
        [] if made.closing is None else [_closing(made.closing, TaskStatus.COMPLETED, made.moment)]
    )


def _closing(closing: Closing, status: TaskStatus, moment: datetime) -> dict[str, Any]:
    return {
        "task_id": closing.task_id,
        "new_status": status,
        "moment": moment,
        "by": closing.by or None,
        "by_user": closing.by_user,
        "submission": closing.submission_id,
    }


def _tell_task(session: Session, closing: Closing, status: TaskStatus, moment: datetime) -> None:
    known = rows.known_row(session, UserTask, closing.task_id)
    if known is not None:
        rows.set_known(
            known,
            status=status,
            completed_at=moment,
            completed_by=closing.by or None,
            completed_by_user=closing.by_user,
            submission_id=closing.submission_id,
            draft=None,
        )


def _forget_jobs(session: Session, token_id: UUID) -> None:
    known: Any = session.identity_map
    for row in known.values():
        if isinstance(row, Job) and row.token_id == token_id:
            session.expire(row)


def new_job(instance: LockedInstance, wait: Wait, moment: datetime) -> dict[str, Any]:
    """The row of a new job. Raises ElementError."""
    element = wait.element
    topic = TOPICS.get(element.topic or "")
    return {
        "id": new_id(),
        "topic": element.topic,
        "idempotency_key": f"{instance.id}:{wait.token_id}",
        "arguments": _arguments(wait),
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
        "traceparent": traceparent.get(),
        "priority": 0 if topic else task_priority(wait),
        "outside": None if topic else _for_outside(element),
    }


def _for_outside(element: Element) -> dict[str, Any]:
    """What a worker outside gets beside the variables."""
    return {
        "local": sorted(element.inputs),
        "properties": dict(element.properties),
        "retries": element.max_attempts,
    }


def _arguments(wait: Wait) -> dict[str, Any]:
    with at_element(wait.element):
        return job_arguments(wait.element, wait.data)


def _timer(instance: LockedInstance, wait: Wait) -> dict[str, Any]:
    return {
        "id": new_id(),
        "instance_id": instance.id,
        "token_id": wait.token_id,
        "element_id": wait.element.id,
        "due_at": wait.due_at,
    }


def _subscription(instance: LockedInstance, wait: Wait) -> dict[str, Any]:
    text = wait.element.correlation_key
    with at_element(wait.element):
        key = instance.business_key if text is None else message_key(text, wait.data)
    return {
        "id": new_id(),
        "instance_id": instance.id,
        "token_id": wait.token_id,
        "element_id": wait.element.id,
        "kind": wait.kind,
        "name": wait.name,
        "correlation_key": key if wait.kind == "message" else None,
    }


def _history(step: Step, ended: list[Wait], moment: datetime) -> list[dict[str, Any]]:
    # By the number of a token, as `Wait.key`: an id's own hash is slow.
    since = {wait.token_id.int: wait.since for wait in ended}
    passed = {
        passage.token_id.int: history_row(
            step, passage, since.get(passage.token_id.int, moment), moment
        )
        for passage in step.passages
    }
    lapsed = [wait for wait in ended if wait.kind in OWN_ROW and wait.token_id.int not in passed]
    still = open_tokens(step.after) if lapsed else ()
    for wait in lapsed:
        if wait.token_id.int not in still:
            result = "error" if wait.token_id == step.done_token else "cancelled"
            passage = Passage(wait.token_id, wait.element, result)
            passed[wait.token_id.int] = {
                **history_row(step, passage, wait.since, moment),
                "actor": step.actor,  # whoever made it lapse
            }
    history = list(passed.values())
    for place, row in enumerate(history, start=first_place(step.instance)):
        row["place"] = place
    return history


def first_place(instance: LockedInstance) -> int:
    """The place of the first row of history of a step: those of the next are all after it."""
    return instance.row_version << PLACES_OF_A_STEP


def history_row(step: Step, passage: Passage, entered: datetime, left: datetime) -> dict[str, Any]:
    """The row of a passage, which gets its place last."""
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
        "chosen": passage.chosen,
    }

"""Why an instance waits: one Dutch sentence for each of its tokens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from processes.dutch import date_in_words, time_in_words
from processes.engine.diagram import graph
from processes.engine.diagram.elements import Element
from processes.engine.execution import steps
from processes.engine.interpreter.moving.tokens import Token, tokens_of
from processes.engine.interpreter.waits import Wait
from processes.engine.sentences.catalogue import say
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessDefinition,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.engine.words.outline_shape import Shape

STUCK = "stuck"
LIVE_JOBS = (JobStatus.NEW, JobStatus.LEASED, JobStatus.FAILED)


@dataclass(frozen=True)
class Waiting:
    """What one token waits for."""

    element_id: str
    name: str
    sentence: str  # Dutch
    kind: str  # user, job, timer, message, signal, condition, join, incident, stuck
    since: datetime
    token_id: UUID | None = None


@dataclass(frozen=True)
class _Rows:
    """All rows that can make an instance go on, by token, and what is broken."""

    tasks: dict[UUID, UserTask]
    jobs: dict[UUID, Job]
    timers: dict[tuple[UUID, str], Timer]
    subscriptions: dict[tuple[UUID, str, str, str], MessageSubscription]
    incidents: list[Incident]


def why_waiting(session: Session, instance_id: UUID) -> list[Waiting]:
    """One sentence per open token; none for an instance that has ended."""
    instance = session.get_one(ProcessInstance, instance_id, populate_existing=True)
    if instance.status not in (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED):
        return []
    try:
        tokens = tokens_of(steps.read(session, instance))
    except Exception:  # noqa: BLE001 - whatever is wrong with the state, that is the answer
        return [_of_instance(instance, say("insight.unreadable"))]
    if not tokens:
        return [_of_instance(instance, say("insight.stuck"))]
    found = _rows_of(session, instance_id)
    told = [(token, _tell(token, found)) for token in tokens if token.kind != "join"]
    joins = [token for token in tokens if token.kind == "join"]
    others = [(token, waiting) for token, waiting in told if waiting.kind != STUCK]
    ways = _Ways(session, instance) if joins else None
    return [waiting for _, waiting in told] + [
        _at_join(join, [waiting for token, waiting in others if ways and ways.lead(token, join)])
        for join in joins
    ]


def in_words(moment: datetime) -> str:
    """23 november 2026 om 17.04 uur, on the clock of Amsterdam."""
    return f"{date_in_words(moment)} om {time_in_words(moment)}"


def _of_instance(instance: ProcessInstance, sentence: str) -> Waiting:
    return Waiting("", "", sentence, STUCK, instance.started_at)


def _tell(token: Token, found: _Rows) -> Waiting:
    told = [(wait.kind, _sentence(wait, found)) for wait in token.waits]
    known = [(kind, words) for kind, words in told if words]
    if token.conditions:
        known.append(("condition", say("insight.condition", name=token.name)))
    since = token.since
    if known:
        between = say("insight.and") if token.needs_all else say("insight.or")
        what = between.join(words for _, words in known)
        kind, sentence = known[0][0], say("insight.waits", what=what)
        since = _since(token, found)
    elif any(each.element_id == token.element_id for each in found.incidents):
        kind, sentence = "incident", say("insight.step-failed")
    else:
        kind, sentence = STUCK, say("insight.stuck")
    if token.undoes is not None:
        sentence = say("insight.undoes", sentence=sentence, name=token.undoes)
    return Waiting(token.element_id, token.name, sentence, kind, since, token.token_id)


def _since(token: Token, found: _Rows) -> datetime:
    task = found.tasks.get(token.token_id)
    job = found.jobs.get(token.token_id)
    return task.opened_at if task else job.created_at if job else token.since


class _Ways:
    """Which tokens may still come to a join, by the diagram of the instance."""

    def __init__(self, session: Session, instance: ProcessInstance) -> None:
        options = [undefer(ProcessDefinition.xml)]
        definition = session.get_one(ProcessDefinition, instance.definition_id, options=options)
        self.by_id = graph.read(definition.xml.encode()).by_id
        self.holding = {node.inner: node for node in self.by_id.values() if node.inner}

    def lead(self, token: Token, join: Token) -> bool:
        """Whether ways are drawn from here to there; also where that cannot be told."""
        at, to = self._node(token), self._node(join)
        if at is None or to is None or token.undoes is not None:
            return True  # in a process that is called, or on behalf of another element
        while at.scope is not to.scope:
            outer = self.holding.get(at.scope)
            if outer is None:
                return False
            at = outer
        return to in Shape(at.scope).from_here(at)

    def _node(self, token: Token) -> graph.Node | None:
        node = self.by_id.get(token.element_id)
        return node if node is not None and node.scope.id == token.scope else None


def _at_join(token: Token, others: Iterable[Waiting]) -> Waiting:
    names = say("insight.and").join(say("insight.quoted", name=other.name) for other in others)
    if not names:
        sentence = say("insight.stuck")
    elif not token.is_named:
        sentence = say("insight.branches", names=names)
    else:
        sentence = say("insight.branches-at", name=token.name, names=names)
    kind = "join" if names else STUCK
    return Waiting(token.element_id, token.name, sentence, kind, token.since, token.token_id)


def _sentence(wait: Wait, found: _Rows) -> str | None:
    """What the row of this wait says; None where the row is gone, so that nothing will come."""
    match wait.kind:
        case "user":
            task = found.tasks.get(wait.token_id)
            return None if task is None else _of_task(task)
        case "job":
            job = found.jobs.get(wait.token_id)
            return None if job is None else _of_job(job, wait.element, found)
        case "timer":
            timer = found.timers.get((wait.token_id, wait.element.id))
            return None if timer is None else say("insight.clock", when=in_words(timer.due_at))
        case _:
            key = (wait.token_id, wait.element.id, wait.kind, wait.name or "")
            subscription = found.subscriptions.get(key)
            return None if subscription is None else _of_subscription(subscription)


def _of_task(task: UserTask) -> str:
    group = task.lane or task.group
    since = in_words(task.opened_at)
    if not group:
        return say("insight.task", since=since, name=task.name)
    return say("insight.task-of-group", since=since, group=group, name=task.name)


def _of_job(job: Job, element: Element, found: _Rows) -> str | None:
    attempts, most = job.attempts, job.max_attempts
    name = element.name if element.is_named else job.topic
    if job.outside is not None and job.status is JobStatus.NEW and not attempts:
        since = in_words(job.created_at)
        return say("insight.job-outside", name=name, topic=job.topic, since=since)
    match job.status:
        case JobStatus.LEASED:
            return say("insight.job-running", name=name, attempt=attempts, most=most)
        case JobStatus.NEW:
            when = in_words(job.due_at)
            return say("insight.job-next", name=name, attempt=attempts + 1, most=most, when=when)
    if not any(incident.job_id == job.id for incident in found.incidents):
        return None
    return say("insight.job-failed", name=name, attempts=attempts, most=most)


def _of_subscription(subscription: MessageSubscription) -> str:
    if subscription.kind == "signal":
        return say("insight.signal", name=subscription.name)
    key = subscription.correlation_key
    if not key:
        return say("insight.message-without-key", name=subscription.name)
    return say("insight.message", name=subscription.name, key=key)


def _rows_of(session: Session, instance_id: UUID) -> _Rows:
    def rows(model: Any, *conditions: Any) -> list[Any]:
        query = select(model).where(model.instance_id == instance_id, *conditions)
        return list(session.scalars(query.execution_options(populate_existing=True)))

    return _Rows(
        {row.id: row for row in rows(UserTask, UserTask.status == TaskStatus.OPEN)},
        {row.token_id: row for row in rows(Job, Job.status.in_(LIVE_JOBS))},
        {(row.token_id, row.element_id): row for row in rows(Timer)},
        {
            (row.token_id, row.element_id, row.kind, row.name): row
            for row in rows(MessageSubscription)
        },
        rows(Incident, Incident.status == IncidentStatus.OPEN),
    )

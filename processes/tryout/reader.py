"""Reads the outcome of a run from its in-memory database."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import specification_of
from processes.engine.diagram.elements import Element
from processes.engine.execution import instances, steps
from processes.engine.execution.task_forms import scope_of
from processes.engine.insight.why_waiting import why_waiting
from processes.engine.interpreter.outcomes import TokenGoneError
from processes.engine.interpreter.workflow import Workflow
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    Job,
    JobStatus,
    MessageSubscription,
    ProcessDefinition,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.engine.tasks.directory import candidates_for
from processes.tryout.outcome import OpenEvent, OpenJob, OpenTask, OpenTimer, Outcome, Trouble

ROW = text("rowid")  # the order in which rows were made: the database is SQLite, in memory
OPEN_JOBS = (JobStatus.NEW, JobStatus.FAILED)
OF_THE_CASE = (Job.instance_id.is_not(None),)
"""Not what a delegate asked for beside the case, such as the mail about a suspension."""


class Reader:
    """Reads the rows of a run as they are now; changes nothing."""

    def __init__(self, session: Session, key: str) -> None:
        self._session = session
        self._names = names_of(session, key)
        self._places: dict[tuple[str, str], int] = {}
        self._flows: dict[UUID, Workflow] = {}

    def name(self, element_id: str | None) -> str:
        """The name of an element, or its id."""
        return self._names.get(element_id or "", element_id or "")

    def outcome(self, instance: ProcessInstance | None, **more: Any) -> Outcome:
        """The outcome; `more` is what only the player knows."""
        session = self._session
        return Outcome(
            status=instance.status.value if instance else "none",
            tasks=tuple(map(self._task, self._rows(UserTask, UserTask.status == TaskStatus.OPEN))),
            jobs=tuple(map(self._job, self._rows(Job, Job.status.in_(OPEN_JOBS), *OF_THE_CASE))),
            timers=tuple(map(self._timer, self._rows(Timer))),
            events=tuple(map(self._event, self._rows(MessageSubscription))),
            troubles=tuple(
                self._trouble(each)
                for each in self._rows(Incident, Incident.status == IncidentStatus.OPEN)
            ),
            waiting=tuple(
                (each.element_id, each.sentence) for each in why_waiting(session, instance.id)
            )
            if instance
            else (),
            variables=instances.variables(session, instance) if instance else {},
            **more,
        )

    def _rows(self, table: Any, *conditions: Any) -> list[Any]:
        query = select(table).where(*conditions).order_by(ROW)
        return list(self._session.scalars(query.execution_options(populate_existing=True)))

    def _place(self, kind: str, element_id: str) -> int:
        """How many of this kind were open at the element before this one."""
        place = self._places.get((kind, element_id), 0)
        self._places[kind, element_id] = place + 1
        return place

    def _task(self, task: UserTask) -> OpenTask:
        scope = scope_of(self._session, task.id, task.instance_id)
        drawn = self._drawn(task.instance_id, task.id)
        return OpenTask(
            task.element_id,
            task.name,
            self._place("task", task.element_id),
            task.form_key,
            candidates_for(self._session, task),
            task.due_at.isoformat() if task.due_at else None,
            scope.variables,
            scope.answers if scope.round else None,
            drawn.documentation if drawn else "",
            tuple(asdict(each) for each in drawn.form_fields) if drawn else (),
            task.title,
        )

    def name_at(self, row: Job | Timer | Incident | MessageSubscription) -> str:
        """The name of the element where the token of a row is."""
        drawn = None
        if row.instance_id is not None and row.token_id is not None:
            drawn = self._drawn(row.instance_id, row.token_id)
        return drawn.name if drawn and drawn.id == row.element_id else self.name(row.element_id)

    def _drawn(self, instance_id: UUID, token_id: UUID) -> Element | None:
        """The element in the file where the token is: a called process may have the same ids."""
        try:
            return self._flow(instance_id).element_at(token_id)
        except TokenGoneError:
            return None

    def _flow(self, instance_id: UUID) -> Workflow:
        if instance_id not in self._flows:
            instance = self._session.get_one(ProcessInstance, instance_id)
            self._flows[instance_id] = steps.read(self._session, instance)
        return self._flows[instance_id]

    def _job(self, job: Job) -> OpenJob:
        failed = job.status is JobStatus.FAILED
        element_id = job.element_id or ""
        place = self._place("failed" if failed else "job", element_id)
        return OpenJob(element_id, self.name_at(job), place, job.topic, job.arguments, failed)

    def _trouble(self, incident: Incident) -> Trouble:
        job = self._session.get(Job, incident.job_id) if incident.job_id else None
        name = self.name_at(job or incident)
        return Trouble(incident.element_id or "", name, incident.message)

    def _timer(self, timer: Timer) -> OpenTimer:
        return OpenTimer(timer.element_id, self.name_at(timer), timer.due_at.isoformat())

    def _event(self, event: MessageSubscription) -> OpenEvent:
        return OpenEvent(
            event.element_id, event.kind, event.name, event.correlation_key, self.name_at(event)
        )


def awaited_key(session: Session, name: str) -> str | None:
    """The key of who waits for a message; in a replay the variables of a key are hidden."""
    query = select(MessageSubscription.correlation_key).where(
        MessageSubscription.kind == "message", MessageSubscription.name == name
    )
    return session.scalars(query).first()


def names_of(session: Session, key: str) -> dict[str, str]:
    """The names of all elements of a process, and of what it calls, by id."""
    query = select(ProcessDefinition.id).where(ProcessDefinition.key == key)
    definition_id = session.scalars(query).first()
    if definition_id is None:
        return {}
    return dict(specification_of(session, definition_id).names)

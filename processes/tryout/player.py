"""Plays a run with the real engine, in an in-memory database with its own clock."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, own_clock
from processes.engine.deployment.definitions import keys_of
from processes.engine.execution import instances, jobs
from processes.engine.execution.events import delivery, messages, timers
from processes.engine.execution.events.new_instances import Start
from processes.engine.execution.events.persons import PersonVariableError
from processes.engine.execution.incidents import retry_incident
from processes.engine.execution.steps import StepFailedError
from processes.engine.insight.why_waiting import in_words
from processes.engine.interpreter.outcomes import Passage
from processes.engine.language import iso8601
from processes.engine.language.values import VariablesError, variables_of
from processes.engine.registry import BpmnError
from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    IncidentStatus,
    Job,
    JobStatus,
    ProcessDefinition,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from processes.tryout.actions import MOST_ACTIONS, Action, Answer, Do, DoesNotFitError, refuse
from processes.tryout.answers import IN_A_TRYOUT, Answers, RehearsedError
from processes.tryout.outcome import ActionResult, Outcome, Visit, unclear
from processes.tryout.play import Play
from processes.tryout.reader import Reader, awaited_key
from processes.tryout.world import BY, MADE_AT, example_offer, new_world, on_latest
from processes.unit_of_work import StepHooks, unit_of_work

AN_HOUR = timedelta(hours=1)
MOST_FIRINGS = 500
NOT_CAUGHT = {
    messages.Outcome.KEPT: " Niemand wachtte erop; het blijft zeven dagen bewaard.",
    messages.Outcome.RUNNING: " Wat ermee begint, loopt al: er begon niets.",
    messages.Outcome.AMBIGUOUS: " Het past bij meer dan één zaak of proces: geen ervan kreeg het.",
}


def play(played: Play, world: Engine | None = None) -> Outcome:
    """Play the actions in order, up to the first that does not fit; returns the outcome."""
    own = world or new_world()
    try:
        with Session(own) as session:
            return _Player(session, played).play()
    finally:
        if world is None:
            own.dispose()


class _Player:
    def __init__(self, session: Session, played: Play) -> None:
        self._session = session
        self._played = played
        self._moment = MADE_AT
        self._instance: ProcessInstance | None = None
        self._answers = Answers(always=played.answered)
        self._passages: list[Passage] = []
        self._log: list[ActionResult] = []
        self._seen = 0  # the last row of the history that is in the log
        self._troubles: set[UUID] = set()
        self._do: dict[Do, Callable[[Action], str]] = {
            Do.START: self._start,
            Do.TASK: self._task,
            Do.JOB: self._job,
            Do.RETRY: self._retry,
            Do.WAIT: self._wait,
            Do.MESSAGE: self._message,
            Do.SIGNAL: self._signal,
            Do.ANSWER: self._prepare,
        }

    def play(self) -> Outcome:
        stopped, reason = None, ""
        unit_of_work(self._session).hooks = StepHooks(self._answers.instead, self._passages)
        with own_clock(lambda: self._moment):
            self._define()
            for number, action in enumerate(self._played.actions):
                try:
                    if number >= MOST_ACTIONS:
                        refuse(f"Een proef heeft hoogstens {MOST_ACTIONS} stappen.")
                    self._happen(action)
                except DoesNotFitError as error:
                    self._session.rollback()
                    stopped, reason = number, error.reason
                    break
            return self._outcome(stopped, reason)

    def _define(self) -> None:
        own = keys_of(self._played.xml.encode())
        beside = {key: file for key, file in self._played.beside.items() if key not in own}
        for key, file in (*beside.items(), *((key, self._played.xml) for key in own)):
            self._session.add(
                ProcessDefinition(key=key, version=1, name=key, xml=file, sha256="", deployed_by=BY)
            )
        self._session.commit()

    def _happen(self, action: Action) -> None:
        problem = ""
        try:
            what = self._do[action.do](action)
        except StepFailedError as failed:
            what, problem = _attempted(action), failed.incident.message
        except (VariablesError, delivery.TooManyMessagesError) as error:
            self._session.rollback()
            what, problem = _attempted(action), str(error)
        except PersonVariableError as error:
            self._session.rollback()
            told = f"“{error.variable}” zegt wie een taak mag doen. Alleen Loket vult dat in."
            what, problem = _attempted(action), told
        self._session.commit()
        problem = problem or self._new_trouble(action)
        passed = self._newly_passed()
        self._log.append(ActionResult(self._moment.isoformat(), what, passed, problem))

    # -- what can be done

    def _start(self, action: Action) -> str:
        if self._instance is not None:
            refuse("De zaak is al begonnen.")
        with suppress(ValueError):
            moment = datetime.fromisoformat(action.moment)
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)
            self._moment = max(zoned.astimezone(UTC), MADE_AT)
        query = select(ProcessDefinition.id).where(ProcessDefinition.key == self._played.key)
        definition_id = self._session.scalars(query).one_or_none()
        if definition_id is None:
            refuse(f"In dit bestand staat geen proces “{self._played.key}”.")
        begun = Start(
            definition_id,
            self._played.key,
            action.key,
            action.tenant,
            variables_of(action.values),
            BY,
            action.element or None,
        )
        self._instance = delivery.start(self._session, begun)
        return "De zaak begon."

    def _task(self, action: Action) -> str:
        task = self._at(action, UserTask, UserTask.status == TaskStatus.OPEN)
        values = {**on_latest(self._session, action.values), "actor": BY}
        instances.complete_user_task(self._session, task.id, completed_by=BY, variables=values)
        return f"Taak “{task.name}” ingevuld."

    def _job(self, action: Action) -> str:
        job = self._at(action, Job, Job.status == JobStatus.NEW)
        name = self._reader().name_at(job)
        if action.answer is Answer.FAILURE:
            job.attempts = job.max_attempts - 1
            self._session.flush()
        claimed = jobs.claim(self._session, job.id, owner=BY, lease=AN_HOUR)
        if claimed is None:
            refuse(f"De opdracht “{name}” kan nu niet worden beantwoord.")
        given = (self._session, job.id, BY, claimed.attempts)
        match action.answer:
            case Answer.OK:
                jobs.finish(*given, variables_of(action.values))
                return f"Opdracht “{name}”: gelukt."
            case Answer.ERROR:
                jobs.fail(*given, BpmnError(action.code))
                return f"Opdracht “{name}”: fout “{action.code}”."
            case Answer.FAILURE:
                jobs.fail(*given, RehearsedError(IN_A_TRYOUT))
                return f"Opdracht “{name}”: alle pogingen mislukten."

    def _retry(self, action: Action) -> str:
        job = self._at(action, Job, Job.status == JobStatus.FAILED)
        name = self._reader().name_at(job)
        query = select(Incident.id).where(
            Incident.job_id == job.id, Incident.status == IncidentStatus.OPEN
        )
        for incident_id in self._session.scalars(query):
            retry_incident(self._session, incident_id, by=BY)
        if job.status == JobStatus.FAILED:  # its step failed, which leaves the incident elsewhere
            job.status, job.attempts = JobStatus.NEW, 0
        return f"Een beheerder probeert “{name}” opnieuw."

    def _wait(self, action: Action) -> str:
        until = self._until(action)
        for _ in range(MOST_FIRINGS):
            due = self._next_due()
            if due is None or due > until:
                break
            self._moment = max(self._moment, due)
            timers.fire_due_timers(self._session, 100)
        self._moment = max(self._moment, until)
        messages.drop_expired_messages(self._session)
        return f"De tijd ging verder, tot {in_words(self._moment)}."

    def _until(self, action: Action) -> datetime:
        if not action.length:
            due = self._next_due()
            if due is None:
                refuse("Er loopt geen klok om op te wachten.")
            return due
        try:
            return iso8601.duration(action.length).after(self._moment)
        except (OverflowError, ValueError):
            refuse(f"“{action.length}” is geen duur, zoals P1D of PT2H.")

    def _next_due(self) -> datetime | None:
        return self._session.scalar(select(func.min(Timer.due_at)))

    def _message(self, action: Action) -> str:
        awaited = awaited_key(self._session, action.name) if self._played.answered else None
        key = awaited or action.key
        sent = messages.send(
            self._session, action.name, correlation_key=key, variables=action.values
        )
        return f"Bericht “{action.name}” kwam binnen.{NOT_CAUGHT.get(sent.outcome, '')}"

    def _signal(self, action: Action) -> str:
        caught = messages.send_signal(self._session, action.name, action.values)
        after = "" if caught else " Niemand wachtte erop."
        return f"Signaal “{action.name}” klonk.{after}"

    def _prepare(self, action: Action) -> str:
        self._answers.add(action)
        name = self._name_of(action.element)
        match action.answer:
            case Answer.OK:
                return f"Afgesproken: “{name}” lukt, zonder het echt te doen."
            case Answer.ERROR:
                return f"Afgesproken: “{name}” geeft straks fout “{action.code}”."
            case Answer.FAILURE:
                return f"Afgesproken: “{name}” mislukt straks."

    # -- below

    def _at(self, action: Action, table: Any, condition: Any) -> Any:
        """The row that waits at this element; raises DoesNotFitError."""
        query = select(table).where(table.element_id == action.element, condition)
        found = self._session.scalars(query.order_by(text("rowid"))).all()
        if action.which < len(found):
            return found[action.which]
        open_now = self._reader().outcome(self._instance, moment="").open_names
        names = " en ".join(f"“{name}”" for _, name in open_now)
        waits = f"Open staat {names}." if names else "Er staat niets open."
        reason = f"“{self._name_of(action.element)}” staat niet open. {waits}"
        raise DoesNotFitError(reason)

    def _name_of(self, element_id: str) -> str:
        return self._reader().name(element_id)

    def _reader(self) -> Reader:
        return Reader(self._session, self._played.key)

    def _new_trouble(self, action: Action) -> str:
        query = select(Incident).where(Incident.status == IncidentStatus.OPEN)
        new = [each for each in self._session.scalars(query) if each.id not in self._troubles]
        self._troubles |= {each.id for each in new}
        wanted = action.answer is Answer.FAILURE and action.do is Do.JOB
        return "" if wanted or not new else new[-1].message

    def _newly_passed(self) -> tuple[Visit, ...]:
        row = text("rowid")
        query = select(ActivityInstance).where(text("rowid > :seen")).order_by(row)
        rows = self._session.scalars(query, {"seen": self._seen}).all()
        self._seen += len(rows)
        return tuple(
            Visit(
                each.element_id,
                each.name,
                each.element_type,
                each.result or "",
                tuple(unclear(each.chosen or {})),
            )
            for each in rows
        )

    def _outcome(self, stopped: int | None, reason: str) -> Outcome:
        onward = ((each.element.id, target) for each in self._passages for target in each.onward)
        return self._reader().outcome(
            self._instance,
            moment=self._moment.isoformat(),
            log=tuple(self._log),
            onward=tuple(dict.fromkeys(onward)),
            stopped_at=stopped,
            reason=reason,
            offer=example_offer(self._session),
        )


def _attempted(action: Action) -> str:
    return {
        Do.START: "De zaak kon niet beginnen.",
        Do.TASK: "De taak werd ingevuld, maar de stap mislukte.",
    }.get(action.do, "De stap mislukte.")

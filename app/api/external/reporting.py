"""What workers outside report of the tasks they hold; each report is in the audit trail.

A report that ends a task that is held costs nothing of the requests that an opening has in a
minute: its fetch did. One that is refused does. Locks have a count of their own, for a task that is
held can be held longer without end.
"""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask.typing import ResponseReturnValue

from app.api.blueprint import current_opening
from app.api.external.blueprint import bp
from app.api.external.bodies import (
    BpmnErrorBody,
    CompleteBody,
    ExtendBody,
    FailureBody,
    LockBody,
    WorkerBody,
    milliseconds,
    read,
)
from app.api.external.errors import InvalidRequestError
from app.api.external.fetching import id_of
from app.api.external.typed_values import untyped
from app.api.problems import ProblemError
from app.web.access import public
from app.web.db import Begins, begins, db
from app.web.limits import Rate, bounded, limited
from processes.casework.given_variables import GIVEN
from processes.engine.execution.failure_sentences import ReportedError
from processes.engine.openings import external_results
from processes.engine.openings.external_results import ReportedJob, Result, job_of
from processes.engine.openings.external_tasks import Worker
from processes.engine.openings.sending import actor
from processes.engine.registry import BpmnError
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

LONGEST_MESSAGE = 2000  # characters
LONGEST_DETAILS = 20_000
DONE = "", 204


@bp.post("/external-task/<task_id>/complete")
@public
@bounded
@begins(Begins.WHEN_WRITING)
def complete(task_id: str) -> ResponseReturnValue:
    """Complete a task with its variables. Raises ProblemError where the next step fails."""
    body = read(CompleteBody)
    local = untyped(body.local_variables, "localVariables")
    result = Result(untyped(body.variables, "variables"), local)
    goes_on = _report(
        "external-task-completed",
        id_of(task_id),
        lambda job: external_results.complete(db.session(), _worker(body), job, result, GIVEN),
    )
    if goes_on is False:
        detail = "The step after this task failed, and an operator is told."
        raise ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
    return DONE


@bp.post("/external-task/<task_id>/bpmnError")
@public
@bounded
@begins(Begins.WHEN_WRITING)
def bpmn_error(task_id: str) -> ResponseReturnValue:
    """End a task with a BPMN error."""
    body = read(BpmnErrorBody)
    message = _clean(body.error_message, LONGEST_MESSAGE)
    error = BpmnError(body.error_code, message, untyped(body.variables, "variables"))
    _report(
        "external-task-error",
        id_of(task_id),
        lambda job: external_results.throw(db.session(), _worker(body), job, error, GIVEN),
    )
    return DONE


@bp.post("/external-task/<task_id>/failure")
@public
@bounded
@begins(Begins.WHEN_WRITING)
def failure(task_id: str) -> ResponseReturnValue:
    """Give a task back as failed, with how often and when it is tried again.

    Raises InvalidRequestError.
    """
    body = read(FailureBody)
    if body.variables or body.local_variables:
        message = "variables: of an attempt that failed none are kept"
        raise InvalidRequestError(message)
    failed = ReportedError(
        _clean(body.error_message, LONGEST_MESSAGE),
        _clean(body.error_details, LONGEST_DETAILS),
        body.retries or 0,
        milliseconds(body.retry_timeout),
    )
    _report(
        "external-task-failed",
        id_of(task_id),
        lambda job: external_results.fail(db.session(), _worker(body), job, failed),
    )
    return DONE


@bp.post("/external-task/<task_id>/extendLock")
@public
@limited(Rate.LOCK)
@begins(Begins.WHEN_WRITING)
def extend_lock(task_id: str) -> ResponseReturnValue:
    """Hold a lock longer, counted from now."""
    body = read(ExtendBody)
    time = milliseconds(body.new_duration)
    _report(
        "external-task-extended",
        id_of(task_id),
        lambda job: external_results.extend(db.session(), _worker(body), job, time),
    )
    return DONE


@bp.post("/external-task/<task_id>/lock")
@public
@limited(Rate.LOCK)
@begins(Begins.WHEN_WRITING)
def lock(task_id: str) -> ResponseReturnValue:
    """Lock one task that nobody holds."""
    body = read(LockBody)
    time = milliseconds(body.lock_duration)
    _report(
        "external-task-locked",
        id_of(task_id),
        lambda job: external_results.lock(db.session(), _worker(body), job, time),
    )
    return DONE


@bp.post("/external-task/<task_id>/unlock")
@public
@limited(Rate.LOCK)
@begins(Begins.WHEN_WRITING)
def unlock(task_id: str) -> ResponseReturnValue:
    """Give a task back at once; the body does not count."""
    _report(
        "external-task-unlocked",
        id_of(task_id),
        lambda job: external_results.unlock(db.session(), current_opening(), job),
    )
    return DONE


def _report(action: str, task_id: UUID, do: Callable[[ReportedJob], bool | None]) -> bool | None:
    """Do it, with a line in the trail, in one transaction."""
    session, opening = db.session(), current_opening()
    unit = unit_of_work(session)
    unit.begin_writing()
    job = job_of(session, opening, task_id)
    done = do(job)
    record_event(
        session,
        action,
        actor=actor(opening),
        kvk=job.tenant,
        subject=f"job:{task_id}",
        topic=job.topic,
    )
    unit.commit()
    return done


def _worker(body: WorkerBody) -> Worker:
    return Worker(current_opening(), body.worker_id)


def _clean(text: str | None, longest: int) -> str:
    """What a person may read, without what a database refuses."""
    return (text or "").replace("\x00", "")[:longest]

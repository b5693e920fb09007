"""User tasks that programs outside may do, and cases that they may follow."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from app.api.answers import CaseAnswer, DoneAnswer, TaskAnswer, TasksAnswer
from app.api.blueprint import bp, current_opening
from app.api.bodies import Body, VariablesBody
from app.api.once import Answer, once
from app.api.operation import Operation, describes
from app.api.problems import CLOSED, FAILED, FORBIDDEN, HELD, REUSED, ProblemError, invalid
from app.web.access import public
from app.web.db import Begins, begins, db
from app.web.limits import Rate, limited
from processes.engine.execution.instances import TaskNotOpenError
from processes.engine.execution.steps import StepFailedError
from processes.engine.openings.work import (
    CodedFormError,
    MissingAnswersError,
    case_of,
    complete,
    person_of,
    tasks_of,
)
from processes.engine.tasks.claims import HeldError, TaskClosedError, claim, release
from processes.register.changes import record_event

MOST_TASKS = 100
REFUSALS = (404, HELD, CLOSED, FAILED, REUSED)


@bp.get("/taken")
@public
@limited(Rate.OPENING)
@describes(Operation("tasks", {200: TasksAnswer}))
def tasks() -> ResponseReturnValue:
    """The open tasks of the groups of this opening, the oldest first."""
    limit = min(max(request.args.get("limit", MOST_TASKS, type=int), 1), MOST_TASKS)
    found = tasks_of(db.session(), current_opening(), limit)
    me = person_of(current_opening()).reference
    return TasksAnswer(tasks=[TaskAnswer(**TaskAnswer.facts(each, me)) for each in found]).body()


@bp.post("/taken/<uuid:task_id>/oppakken")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation("tasks", {200: DoneAnswer}, body=Body, refuses=REFUSALS))
def claim_task(task_id: UUID) -> ResponseReturnValue:
    """Take a task that nobody has."""

    def do() -> str:
        claim(db.session(), task_id, person_of(current_opening()))
        return "claimed"

    return once(f"task:{task_id}:claim", Body, lambda _body: _done(do, task_id, "task-claimed"))


@bp.post("/taken/<uuid:task_id>/loslaten")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation("tasks", {200: DoneAnswer}, body=Body, refuses=REFUSALS))
def release_task(task_id: UUID) -> ResponseReturnValue:
    """Give a task back to its group."""

    def do() -> str:
        release(db.session(), task_id, person_of(current_opening()))
        return "released"

    return once(f"task:{task_id}:release", Body, lambda _body: _done(do, task_id, "task-released"))


@bp.post("/taken/<uuid:task_id>/afronden")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation("tasks", {200: DoneAnswer}, body=VariablesBody, refuses=REFUSALS))
def complete_task(task_id: UUID) -> ResponseReturnValue:
    """Complete a task that nobody else has with these variables."""

    def do(body: VariablesBody) -> Answer:
        def complete_it() -> str:
            complete(db.session(), current_opening(), task_id, body.variables)
            return "completed"

        return _done(complete_it, task_id, "task-completed")

    return once(f"task:{task_id}:complete", VariablesBody, do)


@bp.get("/zaken/<uuid:instance_id>")
@public
@limited(Rate.OPENING)
@describes(Operation("cases", {200: CaseAnswer}, refuses=(404,)))
def case(instance_id: UUID) -> ResponseReturnValue:
    """How far a case is, of a process that this opening may start. Raises ProblemError 404."""
    try:
        found = case_of(db.session(), current_opening(), instance_id)
    except LookupError:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such case.") from None
    return CaseAnswer.of(found).body()


def _done(do: Callable[[], str], task_id: UUID, action: str) -> Answer:
    """What came of work on a task, in the trail too. Raises ProblemError."""
    opening = current_opening()
    if not opening.groups:
        raise ProblemError(FORBIDDEN, "This opening has no tasks.")
    try:
        outcome = do()
    except HeldError:
        return {"outcome": "held"}
    except (TaskClosedError, TaskNotOpenError):
        return {"outcome": "closed"}
    except StepFailedError as error:
        return {"outcome": "failed", "incidents": [str(error.incident.id)]}
    except LookupError:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such task.") from None
    except CodedFormError:
        detail = "this task is filled in on its page only"
        raise invalid([{"pointer": "#", "detail": detail}]) from None
    except MissingAnswersError as error:
        wrong = [{"pointer": f"#/variables/{name}", "detail": "required"} for name in error.names]
        raise invalid(wrong) from None
    subject, name = f"task:{task_id}", person_of(opening).name
    record_event(db.session(), action, actor=name, kvk=opening.tenant, subject=subject)
    return {"outcome": outcome}

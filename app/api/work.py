"""User tasks that programs outside may see, take and complete."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from app.api import files, form_answers
from app.api.answers import DoneAnswer, FieldAnswer, TaskAnswer, TaskFormAnswer, TasksAnswer
from app.api.blueprint import bp, current_opening
from app.api.bodies import Body, Errors, VariablesBody
from app.api.once import Answer, once
from app.api.operation import Operation, describes
from app.api.problems import CLOSED, FAILED, FORBIDDEN, HELD, INVALID, REUSED, ProblemError
from app.api.queries import TasksQuery, asked, next_link, page
from app.web.access import public
from app.web.db import Begins, begins, db
from app.web.form_pages.corrections import corrections_at
from app.web.limits import Rate, limited
from processes.casework import task_work
from processes.engine.diagram.form_fields import FormField
from processes.engine.execution.instances import TaskNotOpenError
from processes.engine.execution.steps import StepFailedError
from processes.engine.execution.task_forms import tasks_with_form_fields
from processes.engine.openings.sending import person_of
from processes.engine.openings.work import Place, complete, task_of, tasks_of, to_complete
from processes.engine.tasks.claims import HeldError, MayNotError, TaskClosedError
from processes.engine.tasks.rights import Person
from processes.register.changes import record_event

REFUSALS = (404, HELD, CLOSED, FAILED, REUSED)


@bp.get("/taken")
@public
@limited(Rate.OPENING)
@describes(Operation("tasks", {200: TasksAnswer}, query=TasksQuery))
def tasks() -> ResponseReturnValue:
    """The open tasks of the groups of this opening, the oldest first."""
    query, session, opening = asked(TasksQuery), db.session(), current_opening()
    found = tasks_of(session, opening, query.limit + 1, after=query.place, process=query.process)
    items, after = page(found, query, lambda each: Place(each.opened_at, each.id))
    me = person_of(opening).reference
    answer = TasksAnswer(tasks=[TaskAnswer.of(each, me) for each in items], next=after)
    return answer.body(), next_link(after)


@bp.get("/taken/<uuid:task_id>")
@public
@limited(Rate.OPENING)
@describes(Operation("tasks", {200: TaskFormAnswer}, refuses=(404, INVALID)))
def task(task_id: UUID) -> ResponseReturnValue:
    """A task with the fields of its form, and what stands in them.

    Raises ProblemError.
    """
    try:
        found = task_of(db.session(), current_opening(), task_id)
    except LookupError:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such task.") from None
    form_class, scope = form_answers.task_form(found)
    given: tuple[FormField, ...] = getattr(form_class, "drawn", ())
    drawn = tasks_with_form_fields(db.session(), found.instance.definition_id)
    others = [each for each in drawn if each.id != found.element_id]
    comments = corrections_at(given, others, scope.variables)
    about = {"": comments.remark} if comments.remark else {}
    elsewhere = {name: comment for name, _question, comment in comments.elsewhere}
    return TaskFormAnswer.of(
        found,
        person_of(current_opening()).reference,
        documentation=scope.documentation,
        form=found.form_key,
        asks=form_answers.asked_by(form_class),
        fields=[
            FieldAnswer.of(each, form_answers.known_to(form_class, scope, each)) for each in given
        ],
        corrections={**about, **comments.comments, **elsewhere},
        answered={each.id: each.text for each in getattr(form_class, "answered", ())},
    ).body()


@bp.post("/taken/<uuid:task_id>/oppakken")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation("tasks", {200: DoneAnswer}, body=Body, refuses=REFUSALS))
def claim_task(task_id: UUID) -> ResponseReturnValue:
    """Take a task that nobody has."""

    def do(_body: Body) -> Answer:
        return _done(lambda: task_work.claim(db.session(), task_id, _me()), "claimed")

    return once(f"task:{task_id}:claim", Body, do)


@bp.post("/taken/<uuid:task_id>/loslaten")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation("tasks", {200: DoneAnswer}, body=Body, refuses=REFUSALS))
def release_task(task_id: UUID) -> ResponseReturnValue:
    """Give a task back to its group."""

    def do(_body: Body) -> Answer:
        return _done(lambda: task_work.release(db.session(), task_id, _me()), "released")

    return once(f"task:{task_id}:release", Body, do)


@bp.post("/taken/<uuid:task_id>/afronden")
@public
@limited(Rate.OPENING)
@begins(Begins.WHEN_WRITING)
@describes(Operation("tasks", {200: DoneAnswer}, body=VariablesBody, refuses=REFUSALS))
def complete_task(task_id: UUID) -> ResponseReturnValue:
    """Complete a task that nobody else has, with the answers to its form.

    A field of which nothing is said keeps what it opens with; where no form is drawn, any variables
    are taken.
    """

    def errors_in(variables: Mapping[str, Any]) -> Errors:
        try:
            form_class, scope = form_answers.task_form(
                task_of(db.session(), current_opening(), task_id)
            )
        except (LookupError, ProblemError):
            return []
        return form_answers.errors_in(form_class, variables, scope.answers)

    def do(body: VariablesBody) -> Answer:
        return _done(lambda: _complete(task_id, body.variables), "completed")

    return once(f"task:{task_id}:complete", VariablesBody, do, errors_in)


def _complete(task_id: UUID, variables: Mapping[str, Any]) -> None:
    session, opening = db.session(), current_opening()
    found = to_complete(session, opening, task_id)
    form_class, scope = form_answers.task_form(found)
    answers = form_answers.answers_of(form_class, variables, scope.answers)
    instance_id = found.instance_id
    complete(session, opening, found, answers)
    files.sent(form_class, variables, instance_id)
    record_event(
        session,
        "task-completed",
        actor=_me().name,
        kvk=found.tenant,
        subject=f"task:{task_id}",
        element=found.element_id,
        step=found.title,
    )


def _me() -> Person:
    return person_of(current_opening())


def _done(do: Callable[[], object], outcome: str) -> Answer:
    """What came of work on a task. Raises ProblemError."""
    if not current_opening().groups:
        raise ProblemError(FORBIDDEN, "This opening has no tasks.")
    try:
        do()
    except HeldError:
        return {"outcome": "held"}
    except MayNotError:
        raise ProblemError(FORBIDDEN, "This opening does not have this task.") from None
    except (TaskClosedError, TaskNotOpenError):
        return {"outcome": "closed"}
    except StepFailedError as error:
        return {"outcome": "failed", "incidents": [str(error.incident.id)]}
    except LookupError:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such task.") from None
    return {"outcome": outcome}

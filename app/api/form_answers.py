"""The forms of tasks and starts, as programs fill them in: as JSON, judged as on their pages."""

from collections.abc import Mapping
from typing import Any

from app.api import files
from app.api.answers import OwnFieldAnswer
from app.api.bodies import Errors, pointer
from app.api.problems import FORBIDDEN, ProblemError, invalid
from app.web.db import db
from app.web.form_pages.cases import FormCase, context_of_provider
from app.web.form_pages.prefill import facts_for
from app.web.form_pages.start_forms import StartCase, choices_of, kept_extract, start_form_class
from forms.drawn.generated import with_fields
from forms.drawn.json_answers import ON_ITS_PAGE, judged, type_of
from forms.registry import UserTaskForm, form_class_for, form_of
from processes.engine.diagram.beginning import Beginning
from processes.engine.diagram.form_fields import FormField
from processes.engine.execution.task_forms import (
    TaskScope,
    form_fields,
    scope_of,
    tasks_with_form_fields,
)
from processes.engine.store.models import UserTask
from processes.register.providers.providers import TradeRegisterExtract, provider_of

Variables = Mapping[str, Any]


class TaskCase(FormCase):
    """The case of a task that a program does."""

    def __init__(self, task: UserTask, variables: Variables) -> None:
        drawn = tasks_with_form_fields(db.session(), task.instance.definition_id)
        others = [each for each in drawn if each.id != task.element_id]
        super().__init__(task.tenant or "", variables, others)

    @property
    def extract(self) -> TradeRegisterExtract:
        return kept_extract(self.kvk)

    def provider_context(self) -> dict[str, Any]:
        return context_of_provider(provider_of(db.session(), self.kvk))


def refuse_act(form_key: str | None) -> None:
    """Raises ProblemError 403 for a form by which somebody binds their company."""
    if form_of(form_key).binds is not None:
        detail = "Only a person of the company does this, who logged in."
        raise ProblemError(FORBIDDEN, detail)


def start_form(begun: Beginning, tenant: str | None) -> type[UserTaskForm]:
    """The form with which a process begins; without `json_names` it is one of its page alone."""
    case = StartCase(tenant, may_ask=False)
    facts = facts_for(db.session(), begun.form_fields, kvk=tenant, process_key=begun.key)
    return start_form_class(UserTaskForm, begun, case, facts)


def own_questions(begun: Beginning, tenant: str | None) -> list[OwnFieldAnswer]:
    """What the form that the start names asks of a program."""
    if not begun.form_key:
        return []
    return asked_by(start_form(begun, tenant))


def asked_by(form_class: type[UserTaskForm]) -> list[OwnFieldAnswer]:
    """The questions of a form of Loket itself, beside those that are drawn."""
    form = form_class()
    return [
        OwnFieldAnswer(
            pointer=pointer(("variables", *path)),
            label=str(form[name].label.text),
            type=type_of(form[name]),
            required=bool(form[name].flags.required),
            choices=choices_of(form[name]),
        )
        for path, name in form_class.json_names.items()
    ]


def task_form(task: UserTask) -> tuple[type[UserTaskForm], TaskScope]:
    """The form of a task and what it knows.

    Raises ProblemError for one of its page alone, and for an act of a person.
    """
    refuse_act(task.form_key)
    session, instance = db.session(), task.instance
    scope = scope_of(session, task.id, task.instance_id)
    if task.form_key and not form_of(task.form_key).json_names:
        raise invalid([{"pointer": "#", "detail": ON_ITS_PAGE}])
    form_class = form_class_for(task.form_key, TaskCase(task, scope.variables))
    fields = form_fields(session, instance.definition_id, task.element_id, task.id)
    facts = facts_for(session, fields, kvk=task.tenant, process_key=instance.process_key)
    return with_fields(form_class, fields, {**facts, **scope.variables}), scope


def errors_in(form_class: type[UserTaskForm], given: Variables, known: Variables) -> Errors:
    """What is wrong with these variables, each with its pointer; without a form nothing is."""
    return _judged(form_class, given, known)[1] if asks(form_class) else []


def answers_of(form_class: type[UserTaskForm], given: Variables, known: Variables) -> Variables:
    """The process variables that the form gives; without a form all. Raises ProblemError."""
    if not asks(form_class):
        return given
    answers, errors = _judged(form_class, given, known)
    if errors:
        raise invalid(errors)
    return answers


def _judged(
    form_class: type[UserTaskForm], given: Variables, known: Variables
) -> tuple[Variables, Errors]:
    looked_up, of_files = files.looked_up(form_class, given)
    answers, wrong = judged(form_class, looked_up, known)
    told = {_field_of(each["pointer"]) for each in of_files}
    found = (
        {"pointer": pointer(("variables", *each.path)), "detail": each.detail} for each in wrong
    )
    others = [each for each in found if _field_of(each["pointer"]) not in told]
    return answers, [*of_files, *others]


def _field_of(where: str) -> str:
    """The field that a pointer is about: `#/variables/name/0` leads to `#/variables/name`."""
    return "/".join(where.split("/")[:3])


def asks(form_class: type[UserTaskForm]) -> bool:
    """Whether anything is asked; where nothing is, any variable is taken."""
    return bool(form_class.json_names or getattr(form_class, "drawn", ()))


def known_to(form_class: type[UserTaskForm], scope: TaskScope, drawn: FormField) -> Variables:
    """What a field opens with: of a fixed one what it shows, else an earlier answer."""
    around: Variables = getattr(form_class, "around", {})
    return {**around, **scope.variables} if drawn.is_readonly else {**around, **scope.answers}

"""Form and template of a user task: by form key, plus the fields of its diagram."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from wtforms import BooleanField, Field
from wtforms.fields.choices import SelectFieldBase

from app.tasks.open_task import SubmittedTask
from app.web.db import db
from app.web.form_pages.cases import FormCase, Made, answers_to, context_of_provider, of_set, told
from app.web.form_pages.company_facts import extract_for
from app.web.form_pages.corrections import corrections_at
from app.web.form_pages.offer_cases import answers_about, context_about
from app.web.form_pages.prefill import facts_for
from forms.drawn.generated import needs_variables, on_page, shown, with_fields
from forms.pages import Answered
from forms.provider.corrections import Corrections
from forms.registry import UserTaskForm, form_class_for, form_of
from processes.engine.execution.task_forms import (
    TaskScope,
    form_fields,
    scope_of,
    tasks_with_form_fields,
)
from processes.engine.interpreter.multi_instance.rounds import Round
from processes.engine.store.models import UserTask
from processes.register.declarations import RequirementSet
from processes.register.legacy.claims import OlderAccount, accounts_like
from processes.register.providers.providers import TradeRegisterExtract, provider_of

BACK_TO = {"quality-requirements": "requirements", "company-details": "company"}
"""What the review calls the step with this form key."""


class TaskCase(FormCase):
    """The company that a task belongs to, and its process."""

    def __init__(
        self,
        kvk: str,
        variables: Mapping[str, Any],
        requirement_set: UUID | None = None,
        asked: SubmittedTask | None = None,
    ) -> None:
        super().__init__(kvk, variables)
        self.requirement_set = requirement_set
        self.asked = asked

    @property
    def extract(self) -> TradeRegisterExtract:
        return extract_for(self.kvk)

    def asking(self, make: Callable[[RequirementSet], Made]) -> Made:
        return of_set(self.requirement_set, make)

    @property
    def answered(self) -> list[Answered]:
        """The answers to the drawn fields of the other tasks, as this task sees them."""
        if self.asked is None:
            return []
        asked, session = self.asked, db.session()
        given = scope_of(session, asked.id, asked.instance_id).variables
        drawn = tasks_with_form_fields(session, asked.definition_id)
        return answers_to((each for each in drawn if each.id != asked.element_id), given)

    def offer_answers(self) -> list[Answered]:
        """The fields of the offer that the process is about."""
        return answers_about(self._given(), self.kvk)

    def offer_context(self) -> dict[str, Any]:
        """That offer, and what was said about it."""
        return context_about(self._given(), self.kvk)

    def older_accounts(self) -> list[OlderAccount]:
        """The accounts that the claim is about."""
        return accounts_like(db.session(), self._given().get("claim") or {})

    def _given(self) -> Mapping[str, Any]:
        """The variables; of a task whose form is still being made they are read now."""
        if self.asked is None:
            return self.variables
        return scope_of(db.session(), self.asked.id, self.asked.instance_id).variables

    def provider_context(self) -> dict[str, Any]:
        return context_of_provider(provider_of(db.session(), self.kvk))


class Answers(NamedTuple):
    """The answers to a task's generated fields."""

    title: str
    change: str | None  # what the review calls this step, if it can lead back there
    rows: list[tuple[str, str]]


def form_class_of(task: UserTask | SubmittedTask) -> type[UserTaskForm]:
    """The form class of this task for this company, now."""
    asked = task if isinstance(task, SubmittedTask) else SubmittedTask.of(task)
    case = TaskCase(asked.tenant or "", {}, asked.requirement_set, asked)
    form_class = form_class_for(asked.form_key, case)
    fields = form_fields(db.session(), asked.definition_id, asked.element_id, asked.id)
    if not needs_variables(fields):
        return with_fields(form_class, fields)
    session = db.session()
    facts = facts_for(session, fields, kvk=asked.tenant, process_key=asked.process_key)
    given = scope_of(session, asked.id, asked.instance_id).variables
    return with_fields(form_class, fields, {**facts, **given})


def scope_of_task(task: UserTask) -> TaskScope:
    """The variables as this task sees them: of a multi-instance those of its own round."""
    return scope_of(db.session(), task.id, task.instance_id)


def context_of(task: UserTask, scope: TaskScope) -> dict[str, Any]:
    """What the page of a task shows around its form."""
    given = scope.variables
    case = TaskCase(task.instance.tenant or "", given)
    return {
        **form_of(task.form_key).page.around(case),
        "which_round": _round_text(scope.round) if scope.round else None,
        "more": _other_answers(task, given),
        "documentation": scope.documentation,
        "corrections": _corrections(task, given),
    }


def _corrections(task: UserTask, given: Mapping[str, Any]) -> Corrections:
    """What a reviewer asked to correct in the fields of this task."""
    session, definition = db.session(), task.instance.definition_id
    fields = form_fields(session, definition, task.element_id, task.id)
    drawn = tasks_with_form_fields(session, definition)
    return corrections_at(fields, [each for each in drawn if each.id != task.element_id], given)


def _other_answers(task: UserTask, given: Mapping[str, Any]) -> list[Answers]:
    """The answers to the diagram's own fields in the other tasks, for who looks them over."""
    others = tasks_with_form_fields(db.session(), task.instance.definition_id)
    found = [
        Answers(
            drawn.name,
            BACK_TO.get(drawn.form_key or ""),
            [(each.label, on_page(each, given[each.id])) for each in told(drawn, given)],
        )
        for drawn in others
        if drawn.id != task.element_id
    ]  # fmt: skip
    return [each for each in found if each.rows]


def _round_text(its_round: Round) -> str:
    """Which element of the multi-instance a task is about, for its heading."""
    number = f"{its_round.number} van {its_round.total}"
    element = its_round.element
    shows = isinstance(element, str | int | float) and not isinstance(element, bool)
    return f"{element} ({number})" if shows else number


def lines_of(form: UserTaskForm) -> list[tuple[str, str]]:
    """The questions of a form with the answers that stand in it."""
    lines = []
    tables = {field.name: drawn for drawn, field in form.drawn_fields if drawn.type == "table"}
    for field in form:
        if field.name in tables:
            text = shown(tables[field.name], field.data)
        else:
            answer: Any = getattr(field, "written", None) or field.raw_data or field.data
            texts = answer if isinstance(answer, list) else [answer]
            labels = _labels_of(field)
            text = ", ".join(
                labels.get(str(each)) or _written(each)
                for each in texts
                if each not in {None, "", False}
            )
        if text and str(field.label.text) and field.name not in {"set_version", "next", "change"}:
            lines.append((str(field.label.text), text))
    return lines


def _labels_of(field: Field) -> dict[str, str]:
    """What a person reads at each choice of a field, by its value."""
    if isinstance(field, BooleanField):
        return dict.fromkeys(("y", "True"), "ja")
    if not isinstance(field, SelectFieldBase):
        return {}
    return {str(value): str(label) for value, label, *_ in field.iter_choices()}


def _written(answer: Any) -> str:
    return answer.strftime("%d-%m-%Y") if isinstance(answer, date) else str(answer)

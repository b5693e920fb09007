"""Form and template of a user task: by form key, plus the fields of its diagram."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from app.tasks.company_facts import extract_for
from app.tasks.open_task import AskedTask
from app.web.db import db
from app.web.task_pages import page_of
from forms.generated import shown, with_fields
from forms.registry import UserTaskForm
from processes.engine.execution.instances import variables
from processes.engine.execution.task_forms import asking_tasks, documentation_of, form_fields
from processes.engine.store.models import ProcessInstance, UserTask
from processes.register.providers import Provider, TradeRegisterExtract, provider_of

BACK_TO = {"quality-requirements": "requirements", "company-details": "company"}
"""What the review calls the step with this form key."""


class TaskCompany(NamedTuple):
    """The company of a task."""

    kvk: str

    @property
    def extract(self) -> TradeRegisterExtract:
        return extract_for(self.kvk)

    @property
    def provider(self) -> Provider | None:
        return provider_of(db.session(), self.kvk)


class Asked(NamedTuple):
    """The context that determines the form of a task."""

    form_key: str | None
    requirement_set: UUID | None
    company: TaskCompany


class Answers(NamedTuple):
    """The answers to a task's generated fields."""

    title: str
    change: str | None  # what the review calls this step, if it can lead back there
    rows: list[tuple[str, str]]


def form_class_of(task: UserTask | AskedTask) -> type[UserTaskForm]:
    """The form class of this task for this company, now."""
    asked = task if isinstance(task, AskedTask) else AskedTask.of(task)
    about = Asked(asked.form_key, asked.requirement_set, TaskCompany(asked.tenant or ""))
    form_class = page_of(asked.form_key).form_class(about)
    fields = form_fields(db.session(), asked.definition_id, asked.element_id, asked.id)
    is_showing = any(each.is_readonly for each in fields)
    return with_fields(form_class, fields, _variables(asked.instance_id) if is_showing else {})


def variables_of(task: UserTask) -> dict[str, Any]:
    """The variables of the task's instance."""
    return variables(db.session(), task.instance)


def context_of(task: UserTask, given: Mapping[str, Any]) -> dict[str, Any]:
    """The template context around the form of a task."""
    about = TaskCompany(task.instance.tenant or "")
    return {
        **page_of(task.form_key).context(about, given),
        "more": _other_answers(task, given),
        "documentation": documentation_of(
            db.session(), task.instance.definition_id, task.element_id
        ),
    }


def _other_answers(task: UserTask, given: Mapping[str, Any]) -> list[Answers]:
    """The answers to the diagram's own fields in the other tasks, for who looks them over."""
    others = asking_tasks(db.session(), task.instance.definition_id)
    found = [
        Answers(
            drawn.name,
            BACK_TO.get(drawn.form_key or ""),
            [(each.label, shown(each, given[each.id])) for each in drawn.form_fields
             if each.id in given and not each.is_readonly],
        )
        for drawn in others
        if drawn.id != task.element_id
    ]  # fmt: skip
    return [each for each in found if each.rows]


def _variables(instance_id: UUID) -> dict[str, Any]:
    return variables(db.session(), db.session().get_one(ProcessInstance, instance_id))

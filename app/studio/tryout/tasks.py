"""The real forms of a try-out's open tasks, with made-up data around them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from flask import request
from markupsafe import Markup
from wtforms import Form

from app.studio.draw.example_case import ExampleCase
from app.web.form_pages.corrections import corrections_at
from app.web.form_pages.start_forms import rendered_block
from app.web.form_pages.uploads import form_sent
from forms.drawn.generated import with_fields
from forms.pages import Case, Choice
from forms.provider.corrections import Corrections
from forms.registry import UserTaskForm, form_class_for, form_of
from processes.engine.diagram.elements import Element
from processes.register.declarations import RequirementSet
from processes.register.example_requirements import EXAMPLE
from processes.tryout.outcome import OpenTask, Outcome

PREFIX = "_form"  # the name of the field that says which of the forms was sent
ALONE = "studio/tryout_fields.html"  # for one of several forms, of a page of its own


def _requirement(given: Mapping[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**{"asks_url": False, **given})


REQUIREMENTS = SimpleNamespace(
    version=1, is_example=True, requirements=[_requirement(each) for each in EXAMPLE]
)


class TryOutCase(ExampleCase):
    """A company of the example world, and what the tried process knows."""

    def requirements(self, version: int | None = None) -> RequirementSet:  # noqa: ARG002 - one set
        return cast("RequirementSet", REQUIREMENTS)


@dataclass(frozen=True)
class Situation:
    """The context of a task: company, variables."""

    tenant: str
    task: OpenTask
    outcome: Outcome
    drawn: Sequence[Element] = ()  # of the diagram that is tried

    @property
    def case(self) -> TryOutCase:
        """What is known: the answers before, and the activity as it is now."""
        return TryOutCase(self.tenant, {**self.outcome.offer, **self.task.variables}, self.others)

    @property
    def others(self) -> list[Element]:
        """The elements of the diagram but the one of the task."""
        return [each for each in self.drawn if each.id != self.task.element]


@dataclass
class TaskForm:
    """A form on the page with its surroundings."""

    choice: Choice
    template: str
    form: Any
    at: Situation
    is_sent: bool = False
    context: dict[str, Any] = field(default_factory=dict)

    def part(self, block: str) -> Markup:
        """A block of the page that a real user would see."""
        task = SimpleNamespace(id=None, name=self.at.task.name, element_id=self.at.task.element)
        given = {**self.context, "form": self.form, "task": task}
        return rendered_block(self.template, block, given)

    @property
    def corrections(self) -> Corrections:
        """What a reviewer asked to correct in the fields of this task."""
        task = self.at.task
        return corrections_at(task.form_fields, self.at.others, task.variables)

    @property
    def is_going_back(self) -> bool:
        return bool(getattr(self.form, "is_going_back", False))


def forms_of(at: Situation) -> list[TaskForm]:
    """The forms with which this task may be completed; the one that was sent holds what was."""
    page = form_of(at.task.form_key).page
    choices = page.choices or [Choice("form", "Opslaan en verder", _own_form(at.task.form_key))]
    template = ALONE if page.choices else page.template
    is_sent, sent = _is_sent(at.task), request.form.get(PREFIX)
    return [
        _form(each, template, at, is_sent=is_sent and (len(choices) == 1 or each.name == sent))
        for each in choices
    ]


def _own_form(form_key: str | None) -> Callable[[Case], type[Form]]:
    return partial(form_class_for, form_key)


def _is_sent(task: OpenTask) -> bool:
    given = request.form
    same = (task.element, str(task.which)) == (given.get("_element"), given.get("_which", "0"))
    return request.method == "POST" and given.get("_do") == "task" and same


def _form(choice: Choice, template: str, at: Situation, *, is_sent: bool) -> TaskForm:
    case = at.case
    made: type[Any] = choice.form_class(case)
    form_class: type[Any] = with_fields(made, at.task.form_fields, at.task.variables)
    if is_sent:
        form = form_class(form_sent(form_class, None))
    elif issubclass(form_class, UserTaskForm):
        answers = case.variables if at.task.answers is None else at.task.answers
        form = form_class(None, data=form_class.data_from(answers))
    else:
        form = form_class(None)
    around = form_of(at.task.form_key).page.around(case)
    around["documentation"] = at.task.documentation
    return TaskForm(choice, template, form, at, is_sent, around)

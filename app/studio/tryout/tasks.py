"""The real forms of a try-out's open tasks, with made-up data around them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from flask import current_app, request
from markupsafe import Markup
from wtforms import Form

from forms.fields import shown_phone
from forms.generated import with_fields
from forms.offers import DeleteOfferForm, EndDateForm, OfferForm, PublishOfferForm
from forms.providers import KnownCompanyForm, TypedCompanyForm
from forms.quality import QualityRequirementsForm
from forms.registry import FORMS, UserTaskForm
from processes.engine.diagram import elements as diagram
from processes.letters.summaries import answer_rows, company_rows, contact_rows, known_rows
from processes.register.example_requirements import EXAMPLE
from processes.tryout import world
from processes.tryout.outcome import OpenTask, Outcome

Data = Mapping[str, Any]
PREFIX = "_form"  # the name of the field that says which of the forms was sent


def _requirement(given: Mapping[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**{"asks_url": False, **given})


REQUIREMENTS = SimpleNamespace(
    version=1, is_example=True, requirements=[_requirement(each) for each in EXAMPLE]
)


@dataclass(frozen=True)
class Situation:
    """The context of a task: diagram, company, variables."""

    xml: str
    tenant: str
    task: OpenTask
    outcome: Outcome

    @property
    def facts(self) -> Data | None:
        """What the made-up trade register says."""
        return world.FACTS.as_json() if self.tenant == world.KNOWN else None


Make = Callable[[Situation], type[Any]]


def _nothing(_at: Situation) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Kind:
    """A form that can complete a task."""

    name: str
    make: Make
    template: str = "studio/tryout_fields.html"
    about: Callable[[Situation], dict[str, Any]] = _nothing
    submit: str = ""  # the text of its button, where the template has none


@dataclass
class TaskForm:
    """A form on the page with its surroundings."""

    kind: Kind
    form: Any
    at: Situation
    is_sent: bool = False
    context: dict[str, Any] = field(default_factory=dict)

    def part(self, block: str) -> Markup:
        """A block of the page that a real user would see."""
        environment = current_app.jinja_env
        template = environment.get_template(self.kind.template)
        render = template.blocks.get(block)
        if render is None:
            return Markup("")
        macros = {
            name: environment.get_template(f"macros/{name}.html").module
            for name in ("fields", "parts")
        }
        task = SimpleNamespace(id=None, name=self.at.task.name, element_id=self.at.task.element)
        given = {**self.context, **macros, "form": self.form, "task": task}
        current_app.update_template_context(given)
        return Markup("").join(map(Markup, render(template.new_context(given))))

    @property
    def is_going_back(self) -> bool:
        return bool(getattr(self.form, "is_going_back", False))


def forms_of(at: Situation) -> list[TaskForm]:
    """The forms that can complete this task; the submitted one keeps its input."""
    sent = request.form.get(PREFIX) if _is_sent(at.task) else None
    return [_form(kind, at, is_sent=kind.name == sent) for kind in _kinds(at.task)]


def _is_sent(task: OpenTask) -> bool:
    given = request.form
    same = (task.element, str(task.which)) == (given.get("_element"), given.get("_which", "0"))
    return request.method == "POST" and given.get("_do") == "task" and same


def _form(kind: Kind, at: Situation, *, is_sent: bool) -> TaskForm:
    form_class: type[Any] = with_fields(kind.make(at), _drawn(at), at.task.variables)
    if is_sent:
        form = form_class(request.form)
    elif issubclass(form_class, UserTaskForm):
        form = form_class(None, data=form_class.data_from(_known(at)))
    else:
        form = form_class(None)
    return TaskForm(kind, form, at, is_sent, kind.about(at))


def _drawn(at: Situation) -> Any:
    elements = diagram.read(at.xml.encode()).elements
    element = elements.get(at.task.element)
    return element.form_fields if element else ()


def _known(at: Situation) -> dict[str, Any]:
    """What was answered before, and the activity as it is now."""
    return {**at.outcome.offer, **at.task.variables}


def _kinds(task: OpenTask) -> list[Kind]:
    registered = Kind(
        "plain", lambda _at: FORMS.get(task.form_key or "", UserTaskForm), submit="Klaar, verder"
    )
    return KINDS.get(task.form_key or "", [registered])


def _questions(_at: Situation) -> type[UserTaskForm]:
    return QualityRequirementsForm.for_requirements(REQUIREMENTS)


def _about_unmet(at: Situation) -> dict[str, Any]:
    answers = (at.task.variables.get("declaration") or {}).get("answers", {})
    asked = REQUIREMENTS.requirements
    return {"unmet": [each for each in asked if answers.get(str(each.number)) != "ja"]}


def _company(at: Situation) -> type[UserTaskForm]:
    if at.facts is None:
        return TypedCompanyForm
    return KnownCompanyForm.for_names([*world.FACTS.trade_names, world.FACTS.name])


def _about_company(at: Situation) -> dict[str, Any]:
    known = known_rows(at.facts) if at.facts else []
    outcome = "found" if at.facts else "unknown"
    return {
        "kvk": at.tenant,
        "facts": world.FACTS if at.facts else None,
        "extract": SimpleNamespace(source="proefgegevens", asked_at=None, outcome=outcome),
        "rows": [("KvK-nummer", at.tenant), *known],
    }


def _about_review(at: Situation) -> dict[str, Any]:
    given = at.task.variables
    declaration, contact = given.get("declaration") or {}, given.get("contact") or {}
    phone = shown_phone(contact["phone"]) if contact.get("phone") else None
    return {
        "answers": answer_rows(
            cast("Any", REQUIREMENTS),
            declaration.get("answers", {}),
            declaration.get("complaints_url"),
        ),
        "company": company_rows(at.tenant, given.get("company") or {}, at.facts),
        "contact": contact_rows(contact, phone),
        "email": contact.get("email"),
    }


def _registered(key: str) -> Make:
    return lambda _at: FORMS[key]


def _offer_form(form_class: type[Form]) -> Make:
    return lambda _at: form_class


KINDS: Mapping[str, list[Kind]] = {
    "quality-requirements": [
        Kind(
            "requirements",
            _questions,
            "tasks/quality_requirements.html",
            lambda _at: {"requirements": REQUIREMENTS, "has_changed": False},
            "Opslaan en verder",
        )
    ],
    "requirements-not-met": [
        Kind(
            "unmet",
            _registered("requirements-not-met"),
            "tasks/requirements_not_met.html",
            _about_unmet,
        )
    ],
    "company-details": [Kind("company", _company, "tasks/company_details.html", _about_company)],
    "review": [Kind("review", _registered("review"), "tasks/review.html", _about_review)],
    "repair-address": [Kind("address", _registered("repair-address"), "tasks/repair_address.html")],
    "assess-company": [
        Kind("assessment", _registered("assess-company"), "tasks/assess_company.html")
    ],
    "offer": [
        Kind("edit", _offer_form(OfferForm), submit="Wijzigingen opslaan"),
        Kind("end-date", _offer_form(EndDateForm), submit="Einddatum opslaan"),
        Kind("publish", _offer_form(PublishOfferForm), submit="Publiceren"),
        Kind(
            "delete",
            lambda at: DeleteOfferForm.for_title(at.outcome.offer.get("title", "")),
            submit="Verwijderen",
        ),
    ],
}

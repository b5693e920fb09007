"""Template and context per form key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from app.web.db import db
from forms.fields import shown_phone
from forms.providers import KnownCompanyForm, TypedCompanyForm
from forms.quality import QualityRequirementsForm
from forms.registry import FORMS, UserTaskForm
from processes.letters.summaries import (
    answer_rows,
    company_rows,
    contact_of,
    contact_rows,
    known_rows,
    provider_rows,
)
from processes.register.declarations import (
    current_requirements,
    current_set_id,
    declaration_of,
    requirements_of_version,
)
from processes.register.providers import Provider, TradeRegisterExtract
from processes.register.trade_register import CompanyFacts

Data = Mapping[str, Any]
FormClass = type[UserTaskForm]

_question_forms: dict[UUID, FormClass] = {}  # of each set; once published it never changes


class Company(Protocol):
    """The company of a page: of a task, or an example."""

    @property
    def kvk(self) -> str: ...
    @property
    def extract(self) -> TradeRegisterExtract: ...
    @property
    def provider(self) -> Provider | None: ...


class Asked(Protocol):
    """The context that determines the form."""

    @property
    def form_key(self) -> str | None: ...
    @property
    def requirement_set(self) -> UUID | None: ...
    @property
    def company(self) -> Company: ...


@dataclass(frozen=True)
class TaskPage:
    """The template and context of a form key."""

    template: str
    form_class: Callable[[Asked], FormClass]
    context: Callable[[Company, Data], dict[str, Any]]


def page_of(form_key: str | None) -> TaskPage:
    """The page of a form key; the plain page where it has none of its own."""
    return PAGES.get(form_key or "", PLAIN)


def _registered_form(asked: Asked) -> FormClass:
    return FORMS.get(asked.form_key or "", UserTaskForm)


def _questions(asked: Asked) -> FormClass:
    form = _question_forms.get(asked.requirement_set or current_set_id(db.session()))
    if form is None:
        current = current_requirements(db.session())
        form = QualityRequirementsForm.for_requirements(current)
        _question_forms[current.id] = form
    return form


def _about_questions(_company: Company, given: Data) -> dict[str, Any]:
    current = current_requirements(db.session())
    answered = (given.get("declaration") or {}).get("set_version")
    changed = answered is not None and answered != current.version
    return {"requirements": current, "has_changed": changed}


def _about_unmet(_company: Company, given: Data) -> dict[str, Any]:
    declaration = given.get("declaration") or {}
    answers = declaration.get("answers", {})
    asked = _requirements(db.session(), declaration)
    unmet = [each for each in asked.requirements if answers.get(str(each.number)) != "ja"]
    return {"unmet": unmet}


def _company(asked: Asked) -> FormClass:
    extract = asked.company.extract
    if not extract.facts:
        return TypedCompanyForm
    facts = CompanyFacts.from_json(extract.facts)
    names = dict.fromkeys([*facts.trade_names, facts.name])
    return KnownCompanyForm.for_names(list(names))


def _about_company(company: Company, _given: Data) -> dict[str, Any]:
    extract = company.extract
    facts = CompanyFacts.from_json(extract.facts) if extract.facts else None
    return {
        "kvk": company.kvk,
        "extract": extract,
        "facts": facts,
        "rows": [
            ("KvK-nummer", company.kvk),
            *(known_rows(extract.facts) if extract.facts else []),
        ],
    }


def _about_review(company: Company, given: Data) -> dict[str, Any]:
    declaration = given.get("declaration") or {}
    contact = given.get("contact") or {}
    return {
        "answers": answer_rows(
            _requirements(db.session(), declaration),
            declaration.get("answers", {}),
            declaration.get("complaints_url"),
        ),
        "company": company_rows(company.kvk, given.get("company") or {}, company.extract.facts),
        "contact": contact_rows(contact, _phone(contact)),
        "email": contact.get("email"),
        "reference": given.get("reference"),
    }


def _about_provider(company: Company, _given: Data) -> dict[str, Any]:
    provider = company.provider
    if provider is None:
        return {"provider": None, "company": [], "contact": []}
    contact = contact_of(provider)
    return {
        "provider": provider,
        "company": provider_rows(provider),
        "contact": contact_rows(contact, _phone(contact)),
        "declaration": declaration_of(db.session(), provider.kvk),
    }


def _nothing_more(_company: Company, _given: Data) -> dict[str, Any]:
    return {}


def _requirements(session: Session, declaration: Data) -> Any:
    version = declaration.get("set_version")
    return requirements_of_version(session, version) if version else current_requirements(session)


def _phone(contact: Data) -> str | None:
    return shown_phone(contact["phone"]) if contact.get("phone") else None


PLAIN = TaskPage("tasks/plain.html", _registered_form, _nothing_more)

PAGES = {
    "quality-requirements": TaskPage(
        "tasks/quality_requirements.html", _questions, _about_questions
    ),
    "requirements-not-met": TaskPage(
        "tasks/requirements_not_met.html", _registered_form, _about_unmet
    ),
    "company-details": TaskPage("tasks/company_details.html", _company, _about_company),
    "review": TaskPage("tasks/review.html", _registered_form, _about_review),
    "repair-address": TaskPage("tasks/repair_address.html", _registered_form, _about_provider),
    "assess-company": TaskPage("tasks/assess_company.html", _registered_form, _about_provider),
}

"""The page of each form key: which form it asks, and what it shows around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import db
from app.tasks.company_facts import extract_for
from app.tasks.open_task import AskedTask
from forms.fields import shown_phone
from forms.providers import KnownCompanyForm, QualityRequirementsForm, TypedCompanyForm
from forms.registry import FORMS, UserTaskForm
from processes.engine.instances import variables
from processes.engine.models import UserTask
from processes.register.declarations import (
    current_requirements,
    current_set_id,
    declaration_of,
    requirements_of_version,
)
from processes.register.providers import provider_of
from processes.register.trade_register import CompanyFacts
from workers.summaries import (
    answer_rows,
    company_rows,
    contact_of,
    contact_rows,
    known_rows,
    provider_rows,
)

Data = Mapping[str, Any]
FormClass = type[UserTaskForm]

_question_forms: dict[UUID, FormClass] = {}  # of each set; once published it never changes


@dataclass(frozen=True)
class TaskPage:
    """How a form key looks on the screen."""

    template: str
    form_class: Callable[[AskedTask], FormClass]
    context: Callable[[UserTask, Data], dict[str, Any]]


def page_of(task: UserTask | AskedTask) -> TaskPage:
    """The page of a task; a form key without a page of its own gets the plain one."""
    return PAGES.get(task.form_key or "", PLAIN)


def form_class_of(task: UserTask | AskedTask) -> FormClass:
    """The form that this task asks of this company, today."""
    asked = task if isinstance(task, AskedTask) else AskedTask.of(task)
    return page_of(asked).form_class(asked)


def variables_of(task: UserTask) -> dict[str, Any]:
    """The variables of the task's instance."""
    return variables(db.session(), task.instance)


def _registered_form(task: AskedTask) -> FormClass:
    return FORMS.get(task.form_key or "", UserTaskForm)


def _questions(task: AskedTask) -> FormClass:
    form = _question_forms.get(task.requirement_set or current_set_id(db.session()))
    if form is None:
        current = current_requirements(db.session())
        form = QualityRequirementsForm.for_requirements(current)
        _question_forms[current.id] = form
    return form


def _about_questions(_task: UserTask, given: Data) -> dict[str, Any]:
    current = current_requirements(db.session())
    answered = (given.get("declaration") or {}).get("set_version")
    changed = answered is not None and answered != current.version
    return {"requirements": current, "has_changed": changed}


def _about_unmet(_task: UserTask, given: Data) -> dict[str, Any]:
    declaration = given.get("declaration") or {}
    answers = declaration.get("answers", {})
    asked = _requirements(db.session(), declaration)
    unmet = [each for each in asked.requirements if answers.get(str(each.number)) != "ja"]
    return {"unmet": unmet}


def _company(task: AskedTask) -> FormClass:
    extract = extract_for(task.tenant or "")
    if not extract.facts:
        return TypedCompanyForm
    facts = CompanyFacts.from_json(extract.facts)
    names = dict.fromkeys([*facts.trade_names, facts.name])
    return KnownCompanyForm.for_names(list(names))


def _about_company(task: UserTask, _given: Data) -> dict[str, Any]:
    kvk = task.instance.tenant or ""
    extract = extract_for(kvk)
    facts = CompanyFacts.from_json(extract.facts) if extract.facts else None
    return {
        "kvk": kvk,
        "extract": extract,
        "facts": facts,
        "rows": [("KvK-nummer", kvk), *(known_rows(extract.facts) if extract.facts else [])],
    }


def _about_review(task: UserTask, given: Data) -> dict[str, Any]:
    kvk = task.instance.tenant or ""
    declaration = given.get("declaration") or {}
    contact = given.get("contact") or {}
    return {
        "answers": answer_rows(
            _requirements(db.session(), declaration),
            declaration.get("answers", {}),
            declaration.get("complaints_url"),
        ),
        "company": company_rows(kvk, given.get("company") or {}, extract_for(kvk).facts),
        "contact": contact_rows(contact, _phone(contact)),
        "email": contact.get("email"),
        "reference": given.get("reference"),
    }


def _about_provider(task: UserTask, _given: Data) -> dict[str, Any]:
    provider = provider_of(db.session(), task.instance.tenant or "")
    if provider is None:
        return {"provider": None, "company": [], "contact": []}
    contact = contact_of(provider)
    return {
        "provider": provider,
        "company": provider_rows(provider),
        "contact": contact_rows(contact, _phone(contact)),
        "declaration": declaration_of(db.session(), provider.kvk),
    }


def _nothing_more(_task: UserTask, _given: Data) -> dict[str, Any]:
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

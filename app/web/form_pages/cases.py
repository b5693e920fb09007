"""What the page of a form is about, and the rows that are shown of it: see `forms.pages.Case`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from app.web.db import db
from app.web.form_pages.offer_cases import answers_about, context_about
from forms.drawn.values import answer_to
from forms.fields import shown_phone
from forms.pages import Answered
from processes.casework.providers.number_plans import Plan, plan
from processes.engine.diagram.elements import Element
from processes.engine.diagram.form_fields import FormField
from processes.letters.summaries import (
    Rows,
    answer_rows,
    company_rows,
    contact_of,
    contact_rows,
    known_rows,
    provider_rows,
)
from processes.register.declarations import (
    RequirementSet,
    current_requirements,
    current_set_id,
    declaration_of,
    requirements_of_version,
)
from processes.register.legacy.claims import OlderAccount, accounts_like, accounts_named
from processes.register.providers.providers import Provider, TradeRegisterExtract
from processes.register.providers.trade_register import CompanyFacts

Made = TypeVar("Made")

_made_of: dict[tuple[UUID, Any], Any] = {}  # of each set; once published it never changes


def answers_to(drawn: Iterable[Element], given: Mapping[str, Any]) -> list[Answered]:
    """What was answered to the fields of these elements, by question; the first of each id."""
    found: dict[str, FormField] = {}
    for element in drawn:
        for each in told(element, given):
            found.setdefault(each.id, each)
    return [answer_to(each, given[each.id]) for each in found.values()]


def told(drawn: Element, given: Mapping[str, Any]) -> list[FormField]:
    """The fields of a task that were asked and answered."""
    return [
        each
        for each in drawn.form_fields
        if each.id in given and not each.is_readonly and each.is_shown(given)
    ]


class FormCase(ABC):
    """A company and what its process knows; who makes one says where these come from."""

    def __init__(
        self, kvk: str, variables: Mapping[str, Any], others: Sequence[Element] = ()
    ) -> None:
        self.kvk, self.variables = kvk, variables
        self.others = others  # the other tasks of its diagram, and the start

    @property
    @abstractmethod
    def extract(self) -> TradeRegisterExtract:
        """What the trade register answered."""

    @abstractmethod
    def provider_context(self) -> dict[str, Any]:
        """The provider as the staff sees it."""

    @property
    def facts(self) -> CompanyFacts | None:
        """The company in the trade register."""
        facts = self.extract.facts
        return CompanyFacts.from_json(facts) if facts else None

    @property
    def answered(self) -> Sequence[Answered]:
        """The answers to the drawn fields of the other tasks."""
        return answers_to(self.others, self.variables)

    def day(self, name: str) -> date | None:
        """The day in this variable, in ISO 8601; None where it holds none."""
        try:
            return date.fromisoformat(str(self.variables.get(name)))
        except ValueError:
            return None

    def requirements(self, version: int | None = None) -> RequirementSet:
        """The requirements of this version, or those of now."""
        session = db.session()
        if version:
            return requirements_of_version(session, version)
        return current_requirements(session)

    def asking(self, make: Callable[[RequirementSet], Made]) -> Made:
        """What is made of the requirements that are asked now."""
        return make(self.requirements())

    def offer_answers(self) -> list[Answered]:
        """The fields of the offer that the process is about."""
        return answers_about(self.variables, self.kvk)

    def offer_context(self) -> dict[str, Any]:
        """That offer, and what was said about it."""
        return context_about(self.variables, self.kvk)

    def older_accounts(self) -> list[OlderAccount]:
        """The accounts of the older register that the claim among its variables may be about."""
        return accounts_like(db.session(), self.variables.get("claim") or {})

    def older_accounts_named(self, text: str) -> list[OlderAccount]:
        """The accounts with exactly this name or KvK number."""
        return accounts_named(db.session(), text)

    def number_plan(self) -> Plan | None:
        """What goes to the new KvK number among its variables."""
        return plan(db.session(), self.kvk, str(self.variables.get("new_kvk") or ""))

    def answer_rows(self) -> Rows:
        """The requirements with the answers."""
        given = self.variables.get("declaration") or {}
        asked = self.requirements(given.get("set_version"))
        return answer_rows(asked, given.get("answers", {}), given.get("complaints_url"))

    def company_rows(self) -> Rows:
        """The company as it was filled in."""
        return company_rows(self.kvk, self.variables.get("company") or {}, self.extract.facts)

    def contact_rows(self) -> Rows:
        """The contact person as filled in."""
        return rows_of_contact(self.variables.get("contact") or {})

    def known_rows(self) -> Rows:
        """The company as the trade register has it; nothing if it does not know it."""
        return known_rows(self.extract.facts) if self.extract.facts else []


def of_set(set_id: UUID | None, make: Callable[[RequirementSet], Made]) -> Made:
    """What is made of this set of requirements, or of the newest: once for each set."""
    session = db.session()
    key = (set_id or current_set_id(session), make)
    if key not in _made_of:
        current = current_requirements(session)
        key = (current.id, make)
        _made_of[key] = make(current)
    made: Made = _made_of[key]
    return made


def rows_of_contact(contact: Mapping[str, Any]) -> Rows:
    """A contact person, with the phone number as people read it."""
    return contact_rows(contact, shown_phone(contact["phone"]) if contact.get("phone") else None)


def context_of_provider(provider: Provider | None) -> dict[str, Any]:
    """A registered provider, as the staff sees it."""
    if provider is None:
        return {"provider": None, "company": [], "contact": [], "declaration": None}
    return {
        "provider": provider,
        "company": provider_rows(provider),
        "contact": rows_of_contact(contact_of(provider)),
        "declaration": declaration_of(db.session(), provider.kvk),
    }

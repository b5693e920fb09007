"""Company facts from the trade register, as we store them (C1, C2)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Self

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.providers.providers import Provider, TradeRegisterExtract

FOUND, UNKNOWN, UNAVAILABLE = "found", "unknown", "unavailable"


@dataclass(frozen=True)
class Address:
    """One address; a PO box has no street."""

    kind: str  # bezoekadres, correspondentieadres
    street: str = ""
    number: int | None = None
    letter: str = ""
    addition: str = ""
    po_box: int | None = None
    postcode: str = ""  # without a space, as the trade register gives it
    place: str = ""
    country: str = "Nederland"
    shielded: bool = False  # indAfgeschermd: never shown to others
    abroad: str = ""  # street, number and place of an address in another country

    @property
    def line(self) -> str:
        """The address in one line, as on an envelope; one abroad ends with its country."""
        if self.abroad:
            return f"{self.abroad}, {self.country}"
        if self.po_box:
            where = f"Postbus {self.po_box}"
        else:
            number = f"{self.number or ''}{self.letter}"
            where = " ".join(part for part in (self.street, number, self.addition) if part)
        postcode = f"{self.postcode[:4]} {self.postcode[4:]}".strip()
        return ", ".join(part for part in (where, f"{postcode} {self.place}".strip()) if part)


@dataclass(frozen=True)
class Activity:
    """An SBI activity."""

    code: str
    description: str
    is_main: bool = False


@dataclass(frozen=True)
class CompanyFacts:
    """The facts of the trade register, read-only for the provider (C1)."""

    kvk: str  # eight digits
    name: str
    statutory_name: str | None = None  # only with statutes
    trade_names: tuple[str, ...] = ()
    legal_form: str = ""
    rsin: str | None = None  # a sole proprietor has none
    branch: str | None = None  # the main branch, twelve digits
    branches: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    activities: tuple[Activity, ...] = ()
    websites: tuple[str, ...] = ()
    employees: int | None = None
    no_unsolicited_mail: bool = False  # indNonMailing
    registered_on: date | None = None
    ended_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        facts = asdict(self)
        for field in ("registered_on", "ended_on"):
            facts[field] = facts[field].isoformat() if facts[field] else None
        return {key: list(value) if isinstance(value, tuple) else value
                for key, value in facts.items()}  # fmt: skip

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        company = cls(**{key: value for key, value in facts.items() if key in known})
        return replace(
            company,
            trade_names=tuple(company.trade_names),
            branches=tuple(company.branches),
            websites=tuple(company.websites),
            addresses=tuple(Address(**each) for each in facts.get("addresses") or ()),
            activities=tuple(Activity(**each) for each in facts.get("activities") or ()),
            registered_on=_date(facts.get("registered_on")),
            ended_on=_date(facts.get("ended_on")),
        )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def remember_extract(
    session: Session, kvk: str, *, outcome: str, facts: CompanyFacts | None, source: str
) -> TradeRegisterExtract:
    """Store the last answer of the trade register about this number."""
    if extract_of(session, kvk) is None:
        new = TradeRegisterExtract(kvk=kvk, outcome=outcome, facts=None, source=source)
        with suppress(IntegrityError), session.begin_nested():  # a colleague may be first
            session.add(new)
    extract = session.get_one(TradeRegisterExtract, kvk)
    extract.outcome, extract.source, extract.asked_at = outcome, source, now()
    extract.facts = facts.as_json() if facts else None
    session.flush()
    return extract


def adopt_facts(provider: Provider, facts: CompanyFacts) -> None:
    """Keep the facts; what the provider says itself stays beside them, as corrections (R41)."""
    provider.company = facts.as_json()
    provider.name = facts.name
    provider.company_known = True


def extract_of(session: Session, kvk: str) -> TradeRegisterExtract | None:
    """The last stored answer about this number."""
    return session.get(TradeRegisterExtract, kvk)

"""In-memory database with made-up companies, isolated from the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.base import Base, own_clock
from processes.casework import delegates, redeclarations
from processes.casework.offers import reports
from processes.casework.providers import claims, leaving, merging, transfers
from processes.database import open_database
from processes.engine.registry import DELEGATES
from processes.register.declarations import seed_requirements
from processes.register.example_contact import EXAMPLE_CONTACT
from processes.register.legacy.staging import LegacyImport, LegacyProvider
from processes.register.offers import offers
from processes.register.offers.fields import fields_of
from processes.register.offers.rules import Offer
from processes.register.portfolio import teachers  # noqa: F401 - evaluations refer to its table
from processes.register.providers import providers
from processes.register.providers.trade_register import Address, CompanyFacts, remember_extract

MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)  # before any run begins
BY = "proef"
KNOWN, UNKNOWN, REGISTERED = "90000011", "90000012", "90000013"
REMAINING = "90000014"  # with which the registered one may be merged
CASE_ID = "00000000-0000-4000-8000-000000000301"
PROVIDER_ID = UUID("00000000-0000-4000-8000-000000000013")
OLDER_ACCOUNT_ID = UUID("00000000-0000-4000-8000-000000000401")
OFFER_ID = UUID("00000000-0000-4000-8000-000000000101")
REFERENCE = "AB-2026-PR9EFJ"

FACTS = CompanyFacts(
    kvk=KNOWN,
    name="Voorbeeld Opleidingen B.V.",
    statutory_name="Voorbeeld Opleidingen B.V.",
    trade_names=("Voorbeeld Opleidingen", "Voorbeeld Nascholing"),
    legal_form="Besloten vennootschap",
    branch="000090000011",
    branches=("000090000011",),
    addresses=(
        Address(
            "bezoekadres", street="Voorbeeldlaan", number=1, postcode="1234AB", place="Utrecht"
        ),
    ),
)
OFFER: Mapping[str, Any] = {
    "title": "Lesgeven met beeld",
    "kind": "cursus",
    "contribution": "U leert hoe beeld uw uitleg sterker maakt.",
    "content": "Drie bijeenkomsten met opdrachten in uw eigen klas.",
    "contact_hours": "12",
    "self_study_hours": "4",
    "self_study_account": "Lezen en een les voorbereiden.",
    "areas": ["vakdidactisch"],
    "sectors": ["vo"],
}


@dataclass(frozen=True)
class Beginning:
    """The arguments with which a process starts in the example world."""

    key: str
    tenant: str
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Company:
    """One of the made-up companies."""

    kvk: str
    label: str  # Dutch


COMPANIES = (
    Company(KNOWN, "Voorbeeld Opleidingen B.V., bekend in het handelsregister"),
    Company(UNKNOWN, "Een bedrijf dat het handelsregister niet kent"),
    Company(REGISTERED, "Voorbeeld Academie, al aangemeld als aanbieder"),
)
_BEGINNINGS = {
    "provider_onboarding": Beginning(KNOWN, KNOWN, {"kvk": KNOWN, "reference": REFERENCE}),
    "offer_publication": Beginning(str(OFFER_ID), REGISTERED, {"offer_id": str(OFFER_ID)}),
    "offer_report": Beginning(str(OFFER_ID), REGISTERED, {"offer_id": str(OFFER_ID)}),
    "redeclaration": Beginning(
        REGISTERED,
        REGISTERED,
        {
            "kvk": REGISTERED,
            "provider_id": str(PROVIDER_ID),
            "case_id": CASE_ID,
            "declare_until": "2030-03-01",
        },
    ),
    "provider_leaving": Beginning(
        REGISTERED,
        REGISTERED,
        {
            "kvk": REGISTERED,
            "provider_id": str(PROVIDER_ID),
            "case_id": CASE_ID,
            "last_day": "2030-01-31",
            "closes_at": "2030-02-01T00:00:00+01:00",
            "actor": "medewerker 1",
        },
    ),
    "offer_claim": Beginning(
        REGISTERED,
        REGISTERED,
        {"kvk": REGISTERED, "provider_id": str(PROVIDER_ID), "case_id": CASE_ID},
    ),
    "kvk_transfer": Beginning(
        "90000019",
        REGISTERED,
        {
            "kvk": REGISTERED,
            "provider_id": str(PROVIDER_ID),
            "case_id": CASE_ID,
            "new_kvk": "90000019",
            "consent_until": "2030-03-01",
        },
    ),
    "provider_merge": Beginning(
        REGISTERED,
        REGISTERED,
        {
            "kvk": REGISTERED,
            "provider_id": str(PROVIDER_ID),
            "case_id": CASE_ID,
            "new_kvk": REMAINING,
        },
    ),
    "provider_suspension": Beginning(
        REGISTERED,
        REGISTERED,
        {
            "kvk": REGISTERED,
            "provider_id": str(PROVIDER_ID),
            "case_id": CASE_ID,
            "object_until": "2030-03-01",
            "suspended_at": "2030-01-10T09:00:00+01:00",
            "suspended_by": BY,
        },
    ),
    "mail_bounced": Beginning(
        REGISTERED,
        REGISTERED,
        {
            "provider_id": str(PROVIDER_ID),
            "mail_id": "00000000-0000-4000-8000-000000000301",
        },
    ),
}
RESULTS: Mapping[str, Mapping[str, Any]] = {
    "migrate-offers": {"offers_migrated": 3, "offers_failed": 0},
    "end-offers": {"ended_action": "00000000-0000-4000-8000-000000000201"},
    "check-trade-register": {"company_known": True},
}
"""What a job may come back with, by topic."""


def beginning_of(process_key: str, kvk: str | None = None) -> Beginning:
    """How this process starts for this company; an unknown process gets only the company."""
    other = Beginning(KNOWN, KNOWN, {"kvk": KNOWN, "reference": REFERENCE})
    usual = _BEGINNINGS.get(process_key, other)
    company = kvk or usual.tenant
    key = company if usual.key == usual.tenant else usual.key
    own = {"kvk": company} if "kvk" in usual.variables else {}
    return Beginning(key, company, {**usual.variables, **own})


def new_world() -> Engine:
    """A database in memory with requirements, three companies and one offer.

    Raises LookupError where no delegates are registered.
    """
    if not DELEGATES:
        needed = (claims, delegates, leaving, merging, reports, redeclarations, transfers)
        raise LookupError(needed)
    engine = open_database("sqlite://")
    with own_clock(lambda: MADE_AT):
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            _fill(session)
            session.commit()
    return engine


def example_offer(session: Session) -> dict[str, Any]:
    """The fields of the made-up activity as it is now, with its version."""
    offer = session.get_one(Offer, OFFER_ID)
    return {**fields_of(offer), "based_on": offer.version}


def on_latest(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """The form values on the offer's latest version: nobody else edits it here (R30)."""
    if values.get("based_on") is None and "changes" not in values:
        return dict(values)
    return {**values, "based_on": session.get_one(Offer, OFFER_ID).version}


def _fill(session: Session) -> None:
    seed_requirements(session)
    remember_extract(session, KNOWN, outcome="found", facts=FACTS, source="proefgegevens")
    remember_extract(session, UNKNOWN, outcome="unknown", facts=None, source="proefgegevens")
    provider = providers.register(
        session,
        kvk=REGISTERED,
        reference="AB-2020-PR9EFK",
        company={},
        corrections={"name": "Voorbeeld Academie"},
        display_name="Voorbeeld Academie",
        company_known=False,
        contact=EXAMPLE_CONTACT,
        registered_by=BY,
    )
    provider.id = PROVIDER_ID
    session.flush()
    _fill_other_provider(session)
    _fill_older_register(session)
    offer = offers.create(session, provider, by=BY)
    offer.id = OFFER_ID
    session.flush()
    offers.edit(session, OFFER_ID, OFFER, based_on=offer.version, by=BY)


def _fill_other_provider(session: Session) -> None:
    """The same company under another number."""
    providers.register(
        session,
        kvk=REMAINING,
        reference="AB-2020-PR9EFM",
        company={},
        corrections={"name": "Voorbeeld Academie Zuid"},
        display_name="Voorbeeld Academie Zuid",
        company_known=False,
        contact=EXAMPLE_CONTACT,
        registered_by=BY,
    )


def _fill_older_register(session: Session) -> None:
    """An account that nobody has claimed."""
    read = LegacyImport(source="voorbeeld", filename="voorbeeld.csv", sha256="", rows=0)
    session.add(read)
    session.flush()
    account = LegacyProvider(
        import_id=read.id,
        source=read.source,
        account="nascholing",
        kvk="90000099",
        name="Voorbeeld Nascholing",
    )
    account.id = OLDER_ACCOUNT_ID
    session.add(account)
    session.flush()

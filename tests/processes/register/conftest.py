"""Fixtures of the register: providers and offers."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.register.offers.fields import put
from processes.register.offers.offers import Area, Offer, OfferKind, OfferStatus, Sector
from processes.register.offers.runs import Run
from processes.register.providers.providers import Provider, new_reference

TODAY = date(2026, 11, 23)
NewProvider = Callable[..., Provider]
NewOffer = Callable[..., Offer]

COMPLETE: dict[str, Any] = {
    "title": "Differentiëren in de rekenles",
    "kind": OfferKind.COURSE,
    "contribution": "<p>U leert omgaan met verschillen.</p>",
    "content": "<p>Drie middagen met opdrachten in de klas.</p>",
    "contact_hours": Decimal(12),
    "self_study_hours": Decimal("3.5"),
    "areas": frozenset({Area.DIDACTICS.value}),
    "sectors": frozenset({Sector.PRIMARY.value}),
}


def make_provider(kvk: str = "68750110", **columns: Any) -> Provider:
    """A provider that is registered, with nothing special about it."""
    ordinary: dict[str, Any] = {
        "reference": new_reference(),
        "name": f"Bedrijf {kvk}",
        "display_name": f"Bedrijf {kvk}",
        "company": {},
        "corrections": {},
        "company_known": True,
        "contact_name": "A. de Vries",
        "contact_email": "info@voorbeeld.nl",
        "contact_phone": None,
        "contact_function": None,
        "contact_public": False,
        "registered_by": "medewerker 1",
    }
    return Provider(kvk=kvk, **(ordinary | columns))


def make_offer(provider: Provider, **fields: Any) -> Offer:
    """A complete concept, but for the fields given."""
    columns = {
        name: fields.pop(name)
        for name in list(fields)
        if name in {"status", "branch", "source", "touched"} or name.startswith("legacy_")
    }
    if start := fields.pop("start_date", None):
        fields["runs"] = (Run(start=start),)
    offer = Offer(provider_id=provider.id, **columns)
    put(offer, COMPLETE | fields)
    offer.provider = provider
    return offer


@pytest.fixture(autouse=True)
def _noon() -> None:
    """It is noon on the day that these tests live on."""
    set_clock(lambda: datetime(2026, 11, 23, 11, 0, tzinfo=UTC))


@pytest.fixture
def provider(session: Session) -> Provider:
    provider = make_provider()
    session.add(provider)
    session.flush()
    return provider


@pytest.fixture
def new_provider(session: Session) -> NewProvider:
    numbers = count(90_000_001)

    def make(**columns: Any) -> Provider:
        provider = make_provider(**({"kvk": str(next(numbers))} | columns))
        session.add(provider)
        session.flush()
        return provider

    return make


@pytest.fixture
def new_offer(session: Session, provider: Provider) -> NewOffer:
    def make(**fields: Any) -> Offer:
        offer = make_offer(fields.pop("provider", provider), **fields)
        session.add(offer)
        session.flush()
        return offer

    return make


@pytest.fixture
def published(new_offer: NewOffer) -> Offer:
    return new_offer(status=OfferStatus.PUBLISHED)

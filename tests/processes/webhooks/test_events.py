"""What the register tells webhooks of: each change that others can see, by its ids alone."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import today
from processes.letters.trail import ACTIONS
from processes.platform.settings import Settings
from processes.register.changes import record_event
from processes.register.offers import offers
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.reports import hiding
from processes.register.providers import leaving, providers
from processes.register.providers.providers import Provider
from processes.webhooks import addresses
from processes.webhooks.events import EVENTS, OF_MIGRATION, OF_THE_TRAIL, PREFIX
from processes.webhooks.models import WebhookDelivery
from tests.processes.register.conftest import make_offer, make_provider

ONE_DATABASE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
BY = "medewerker 7"
UNTOLD = {
    "offer-assessment-begun",
    "offer-branch-changed",  # within the company
    "offer-checked",
    "offer-migrated",  # by how it ended
    "offer-put-back",  # offer-shown follows where it is visible again
    "offer-reported",
    "offer-taken-out",  # offer-hidden follows where it was visible
    "company-assessed",
    "declaration-answered",  # declaration-frozen follows when it is final
    "provider-leaving",  # provider-left follows on the last day
    "provider-stays",
}
"""What the trail records of an activity or a provider that changes nothing for who reads them."""


@pytest.fixture
def provider(session: Session, settings: Settings) -> Provider:
    assert settings
    addresses.add(session, "crm", "https://crm.voorbeeld.nl/in", EVENTS, by=BY)
    provider = make_provider(contact_public=True)
    session.add(provider)
    session.flush()
    return provider


@pytest.fixture
def offer(session: Session, provider: Provider) -> Offer:
    offer = make_offer(provider, status=OfferStatus.PUBLISHED)
    session.add(offer)
    session.flush()
    return offer


@pytest.fixture
def told(session: Session) -> Callable[[], list[tuple[str, str, dict[str, Any]]]]:
    def rows() -> list[tuple[str, str, dict[str, Any]]]:
        query = select(WebhookDelivery).order_by(WebhookDelivery.number)
        return [
            (each.event_type.removeprefix(PREFIX), each.subject, each.data)
            for each in session.scalars(query)
        ]

    return rows


Told = Callable[[], list[tuple[str, str, dict[str, Any]]]]


@ONE_DATABASE
def test_an_activity_is_told_from_its_making_to_its_deletion(
    session: Session, provider: Provider, told: Told
) -> None:
    offer = make_offer(provider)
    session.add(offer)
    session.flush()
    tomorrow, yesterday = today() + timedelta(days=1), today() - timedelta(days=1)
    offers.publish(session, offer.id, by=BY)
    offers.edit(session, offer.id, {"title": "Geheime titel"}, based_on=offer.version, by=BY)
    offers.set_end_date(session, offer.id, yesterday, by=BY)
    offers.set_end_date(session, offer.id, tomorrow, by=BY)
    hiding.hide(session, offer.id, "Geheime reden", by=BY)
    hiding.show(session, offer.id, by=BY)
    copied = offers.copy(session, offer.id, by=BY)
    offers.delete(session, offer.id, by=BY)
    about = {"offer": str(offer.id)}
    assert [kind for kind, subject, data in told() if data == about] == [
        "offer.published",
        "offer.changed",
        *("offer.changed", "offer.hidden"),
        *("offer.changed", "offer.shown"),
        "offer.hidden",
        "offer.shown",
        "offer.deleted",
    ]
    other = str(copied.id)
    assert ("offer.created", f"offer/{other}", {"offer": other}) in told()
    for secret in ("Geheim", "medewerker", provider.kvk):
        assert secret not in json.dumps(told())


@ONE_DATABASE
def test_a_provider_is_told_when_it_changes_is_suspended_leaves_and_comes_back(
    session: Session, provider: Provider, offer: Offer, told: Told
) -> None:
    assert offer
    contact = {"name": "Bea Geheim", "email": "bea@voorbeeld.nl", "public": True}
    providers.change_contact(session, provider, contact, by=BY)
    providers.change_display(session, provider, {}, "Nieuwe naam", by=BY)
    providers.suspend(session, provider, "Geheime reden", by=BY)
    providers.reinstate(session, provider, by=BY)
    leaving.close(session, provider, by=BY)
    leaving.erase_contact(session, provider, by=BY)
    leaving.come_back(session, provider, by=BY)
    told_of = {"provider": str(provider.id)}
    assert told() == [
        (f"provider.{kind}", f"provider/{provider.id}", told_of)
        for kind in (
            *("changed", "changed", "suspended", "reinstated"),
            *("left", "changed", "returned"),
        )
    ]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("action", "details", "kinds"),
    [
        ("offer-migrated", {"outcome": "nieuw"}, ["offer.created"]),
        ("offer-migrated", {"outcome": "bijgewerkt"}, ["offer.changed"]),
        ("offer-migrated", {"outcome": "nieuwere-brongegevens"}, ["offer.changed"]),
        ("offer-migrated", {"outcome": "ongewijzigd"}, []),
        ("offer-migrated", {"outcome": "verwijderd"}, []),
        ("offer-migrated", {"outcome": "dubbel"}, []),
        ("company-checked", {"differences": {}}, []),
        ("company-checked", {"differences": {"Naam": ["A", "B"]}}, ["provider.changed"]),
    ],
)
def test_what_changed_nothing_is_told_to_nobody(
    session: Session,
    provider: Provider,
    told: Told,
    action: str,
    details: dict[str, Any],
    kinds: list[str],
) -> None:
    subject = f"{'offer' if action.startswith('offer') else 'provider'}:{provider.id}"
    record_event(session, action, actor=BY, kvk=provider.kvk, subject=subject, **details)
    assert [kind for kind, _, _ in told()] == kinds


def test_whatever_the_trail_records_of_an_activity_or_provider_is_an_event_or_said_to_be_none() -> (
    None
):
    objects = ("offer", "provider", "company", "contact", "kvk-number", "import", "declaration")
    about = tuple(f"{each}-" for each in objects)
    assert {action for action in ACTIONS if action.startswith(about)} == UNTOLD | {*OF_THE_TRAIL}
    assert {*OF_THE_TRAIL.values(), *OF_MIGRATION.values()} <= EVENTS.keys()

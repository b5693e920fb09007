"""Newer data of the older register, accepted or ignored by the provider (R50)."""

import pytest
from sqlalchemy.orm import Session

from processes.register.legacy.newer import keep_own, newer_fields, take_newer
from processes.register.offers.fields import fields_of
from processes.register.offers.offers import Offer


def with_newer_data(published: Offer) -> Offer:
    published.legacy_fields = fields_of(published) | {"title": "Van de bron", "online": True}
    published.legacy_newer = True
    return published


def test_only_what_differs_is_newer(published: Offer) -> None:
    assert newer_fields(published) == {}

    offer = with_newer_data(published)

    assert newer_fields(offer) == {"title": "Van de bron", "online": True}


@pytest.mark.rule("R50")
def test_the_provider_takes_the_newer_data(session: Session, published: Offer) -> None:
    offer = with_newer_data(published)

    take_newer(session, offer.id, ["title", "online"], by="medewerker 1")

    assert (offer.title, offer.online, offer.version) == ("Van de bron", True, 2)
    assert newer_fields(offer) == {}


@pytest.mark.rule("R50")
def test_the_provider_takes_one_field_and_keeps_what_it_changed_itself(
    session: Session, published: Offer
) -> None:
    offer = with_newer_data(published)

    take_newer(session, offer.id, ["online"], by="medewerker 1")

    assert (offer.title, offer.online) == ("Differentiëren in de rekenles", True)
    assert newer_fields(offer) == {}


def test_the_provider_leaves_the_newer_data(session: Session, published: Offer) -> None:
    offer = with_newer_data(published)

    keep_own(session, offer.id)

    assert offer.title == "Differentiëren in de rekenles"
    assert not offer.legacy_newer

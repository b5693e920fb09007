"""The staff takes an offer out of the catalogue and puts it back (R73)."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.register.catalogue.catalogue import (
    CatalogueQuery,
    catalogue_offer,
    search,
    visible_offer_ids,
)
from processes.register.changes import AuditEvent
from processes.register.offers.offers import (
    Offer,
    OfferStatus,
    addable_on,
    delete,
    edit,
    publish,
    visible_on,
)
from processes.register.offers.overview import counters
from processes.register.offers.reports.hiding import hide, show
from processes.register.offers.search.indexing import complete, rebuild, verify
from processes.register.providers.providers import reinstate, suspend
from processes.register.search.restrictions import Scope
from tests.processes.register.conftest import TODAY, NewOffer

BY = "Anna"
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PUBLISHED = OfferStatus.PUBLISHED


def seen(session: Session) -> tuple[list[str], int, int]:
    """What a search finds, what SQL calls visible, and what the site map has."""
    found = [each.title for each in search(session, on=TODAY, query=CatalogueQuery())]
    visible = session.scalars(select(Offer.id).where(visible_on(TODAY))).all()
    return found, len(visible), len(visible_offer_ids(session, on=TODAY))


@pytest.mark.rule("R73")
def test_a_hidden_offer_is_nowhere_in_the_catalogue_and_stays_addable(
    session: Session, new_offer: NewOffer
) -> None:
    ticks = count()
    set_clock(lambda: MORNING + timedelta(seconds=next(ticks)))  # the trail is read by its moments
    offer = new_offer(title="Breuken", status=PUBLISHED, end_date=TODAY + timedelta(days=9))
    assert seen(session) == (["Breuken"], 1, 1)

    assert hide(session, offer.id, "De prijs klopt niet.", by=BY)
    assert seen(session) == ([], 0, 0)
    assert verify(session) == []
    assert not offer.is_visible(TODAY)
    assert offer.is_addable(TODAY, TODAY)
    assert session.scalars(select(Offer.id).where(addable_on(TODAY))).all() == [offer.id]
    assert catalogue_offer(session, offer.id, on=TODAY).state == "hidden"
    assert (offer.status, offer.end_date) == (PUBLISHED, TODAY + timedelta(days=9))
    counted = counters(session, offer.provider.kvk, on=TODAY)
    assert (counted.published, counted.visible) == (1, 0)

    assert show(session, offer.id, by=BY)
    assert seen(session) == (["Breuken"], 1, 1)
    assert verify(session) == []
    assert not show(session, offer.id, by=BY)
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all()
    assert actions[-4:] == ["offer-taken-out", "offer-hidden", "offer-put-back", "offer-shown"]


@pytest.mark.rule("R73")
def test_nothing_that_the_provider_does_shows_a_hidden_offer(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(title="Breuken")
    hide(session, offer.id, "Ongepast.", by=BY)
    publish(session, offer.id, by="medewerker 1")
    edit(session, offer.id, {"title": "Netjes"}, based_on=offer.version, by="medewerker 1")
    assert (complete(session), seen(session)) == (0, ([], 0, 0))
    assert (rebuild(session), seen(session)) == (1, ([], 0, 0))
    for_portfolio = CatalogueQuery(scope=Scope.PORTFOLIO)
    assert [each.title for each in search(session, on=TODAY, query=for_portfolio)] == ["Netjes"]
    assert offer.hidden_reason == "Ongepast."


@pytest.mark.rule("R60", "R73")
def test_hidden_and_suspended_end_apart_from_each_other(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(title="Breuken", status=PUBLISHED)
    suspend(session, offer.provider, "Klachten", by=BY)
    hide(session, offer.id, "Prijs", by=BY)
    reinstate(session, offer.provider, by=BY)
    assert seen(session) == ([], 0, 0)
    show(session, offer.id, by=BY)
    assert seen(session) == (["Breuken"], 1, 1)


def test_what_was_deleted_is_not_hidden_and_keeps_no_reason(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(status=PUBLISHED)
    hide(session, offer.id, "Prijs", by=BY)
    delete(session, offer.id, by="medewerker 1")
    assert (offer.hidden_at, offer.hidden_reason) == (None, None)
    assert not hide(session, offer.id, "Prijs", by=BY)
    assert not show(session, offer.id, by=BY)

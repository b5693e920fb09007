"""What providers do with offers: create, edit, publish, end, copy, delete."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.register.changes import events_of
from processes.register.offers import offers
from processes.register.offers.end_dates import EndBeforeStartError, end_date_notices
from processes.register.offers.fields import OfferFieldError, fields_of
from processes.register.offers.offers import (
    Offer,
    OfferDeletedError,
    OfferIncompleteError,
    OfferNotFoundError,
    OfferStatus,
    OfferTransitionError,
    StaleOfferError,
)
from processes.register.offers.versions import OfferVersion, versions_of
from processes.register.providers.providers import (
    CompanyEndedError,
    Provider,
    ProviderSuspendedError,
    reinstate,
    suspend,
)
from tests.processes.register.conftest import TODAY, NewOffer, NewProvider

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
BY = "medewerker 1"


def actions(session: Session, offer: Offer) -> list[str]:
    events = events_of(session, offer.provider.kvk)
    return sorted(event.action for event in events if event.subject == f"offer:{offer.id}")


def test_a_new_offer_is_an_empty_concept(session: Session, provider: Provider) -> None:
    offer = offers.create(session, provider, by=BY)

    assert offer.status is OfferStatus.CONCEPT
    assert offer.missing_fields()
    assert actions(session, offer) == ["offer-created"]


@pytest.mark.rule("R62")
def test_another_companys_offer_does_not_exist(session: Session, published: Offer) -> None:
    assert offers.offer_of(session, published.id, kvk="68750110") is published
    with pytest.raises(OfferNotFoundError):
        offers.offer_of(session, published.id, kvk="90000102")


@pytest.mark.rule("R54")
def test_a_branch_changes_its_own_offers_and_reads_those_of_the_whole_company(
    session: Session, new_offer: NewOffer
) -> None:
    own, wide = new_offer(branch="000037178598"), new_offer()
    other = new_offer(branch="000037178599")
    limit = {"kvk": "68750110", "branch": "000037178598"}

    assert offers.offer_of(session, own.id, **limit) is own
    for offer in (wide, other):
        with pytest.raises(OfferNotFoundError):
            offers.offer_of(session, offer.id, **limit)
    assert offers.readable_offer_of(session, wide.id, **limit) is wide
    with pytest.raises(OfferNotFoundError):
        offers.readable_offer_of(session, other.id, **limit)


@pytest.mark.rule("R28")
def test_an_edit_of_a_published_offer_is_live_and_keeps_what_was(
    session: Session, published: Offer
) -> None:
    changes = {"title": "Rekenen met breuken", "contact_hours": "8", "areas": ["pedagogisch"]}

    offers.edit(session, published.id, changes, based_on=1, by="medewerker 2")

    assert published.title == "Rekenen met breuken"
    assert published.contact_hours == Decimal(8)
    assert published.areas == {"pedagogisch"}
    assert published.is_visible(TODAY)
    assert published.version == 2
    (before,) = versions_of(session, published, 1)
    assert before.version == 1
    assert before.fields["title"] == "Differentiëren in de rekenles"
    assert before.fields["contact_hours"] == "12"
    assert actions(session, published) == ["offer-edited"]


def test_a_published_offer_loses_nothing_that_publishing_asks(
    session: Session, published: Offer
) -> None:
    with pytest.raises(OfferIncompleteError) as error:
        offers.edit(session, published.id, {"title": "", "areas": []}, based_on=1, by=BY)

    assert [each.field for each in error.value.missing] == ["title", "areas"]


def test_saving_without_a_change_makes_no_version(session: Session, published: Offer) -> None:
    offers.edit(session, published.id, fields_of(published), based_on=1, by=BY)

    assert published.version == 1
    assert actions(session, published) == []


@pytest.mark.rule("R30")
def test_the_second_of_two_people_sees_what_the_first_changed(
    session: Session, published: Offer
) -> None:
    offers.edit(session, published.id, {"title": "Van de eerste"}, based_on=1, by=BY)

    with pytest.raises(StaleOfferError) as error:
        offers.edit(session, published.id, {"title": "Van de tweede"}, based_on=1, by=BY)

    assert published.title == "Van de eerste"
    assert error.value.current["title"] == "Van de eerste"
    assert error.value.yours == {"title": "Van de tweede"}
    assert error.value.version == 2
    assert error.value.fields == ["title"]


def test_the_same_change_twice_is_no_conflict(session: Session, published: Offer) -> None:
    for _ in range(2):
        offers.edit(session, published.id, {"title": "Eén keer"}, based_on=1, by=BY)

    assert published.version == 2


def test_markup_that_can_do_harm_is_taken_out(session: Session, published: Offer) -> None:
    content = '<p onclick="x()">Dag <b>een</b></p><script>alert(1)</script><img src="https://x.nl">'

    offers.edit(session, published.id, {"content": content}, based_on=1, by=BY)

    assert published.content == "<p>Dag een</p>"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_hours", "-1"),
        ("contact_hours", "veel"),
        ("contact_hours", "NaN"),
        ("kind", "feest"),
        ("areas", ["koken"]),
        ("url", "javascript:alert(1)"),
        ("title", "x" * 251),
        ("max_participants", "0"),
        ("runs", [{"start": "gisteren"}]),
        ("runs", "morgen"),
        ("status", "gepubliceerd"),
        ("legacy_hours", "3"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    session: Session, published: Offer, field: str, value: object
) -> None:
    with pytest.raises(OfferFieldError) as error:
        offers.edit(session, published.id, {field: value}, based_on=1, by=BY)
    assert error.value.field == field


def test_publishing_makes_a_complete_concept_visible(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer()

    offers.publish(session, offer.id, by=BY)

    assert offer.is_visible(TODAY)
    assert offer.published_at is not None
    assert actions(session, offer) == ["offer-published"]
    with pytest.raises(OfferTransitionError):
        offers.publish(session, offer.id, by=BY)


@pytest.mark.rule("R23")
def test_publishing_with_a_past_end_date_makes_an_expired_offer(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(end_date=YESTERDAY)

    offers.publish(session, offer.id, by=BY)

    assert offer.shown_status(TODAY) == "verlopen"
    assert not offer.is_visible(TODAY)


def test_an_incomplete_offer_stays_a_concept(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer(sectors=frozenset())

    with pytest.raises(OfferIncompleteError):
        offers.publish(session, offer.id, by=BY)
    assert offer.status is OfferStatus.CONCEPT


@pytest.mark.rule("R42")
def test_a_company_that_stopped_publishes_nothing(
    session: Session, new_provider: NewProvider, new_offer: NewOffer
) -> None:
    stopped = new_provider(company={"ended_on": "2026-11-23"})
    offer = new_offer(provider=stopped)

    with pytest.raises(CompanyEndedError):
        offers.publish(session, offer.id, by=BY)


@pytest.mark.rule("R20", "R21")
def test_a_past_end_date_hides_and_a_later_one_shows_again(
    session: Session, published: Offer
) -> None:
    offers.set_end_date(session, published.id, YESTERDAY, by=BY)
    assert not published.is_visible(TODAY)

    offers.set_end_date(session, published.id, date(2027, 11, 23), by=BY)
    assert published.is_visible(TODAY)

    offers.set_end_date(session, published.id, None, by=BY)
    assert published.is_visible(TODAY)
    assert actions(session, published) == ["offer-end-date"] * 3 + ["offer-hidden", "offer-shown"]


@pytest.mark.rule("R21")
def test_a_concept_stays_a_concept_whatever_its_end_date(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(end_date=YESTERDAY)

    offers.set_end_date(session, offer.id, None, by=BY)

    assert offer.status is OfferStatus.CONCEPT
    assert not offer.is_visible(TODAY)


def test_an_end_before_the_start_is_refused_when_it_is_not_past(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(start_date=TOMORROW)

    with pytest.raises(EndBeforeStartError):
        offers.set_end_date(session, offer.id, TODAY, by=BY)
    with pytest.raises(EndBeforeStartError):
        offers.edit(session, offer.id, {"end_date": TODAY.isoformat()}, based_on=1, by=BY)
    offers.set_end_date(session, offer.id, TOMORROW, by=BY)
    assert offer.end_date == TOMORROW


def test_a_past_end_date_hides_what_was_still_to_begin_and_the_rest_can_be_edited(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(status=OfferStatus.PUBLISHED, start_date=TOMORROW)

    (notice,) = end_date_notices(offer, YESTERDAY, on=TODAY)
    offers.set_end_date(session, offer.id, YESTERDAY, by=BY)
    offers.edit(session, offer.id, {"title": "Anders"}, based_on=offer.version, by=BY)
    later = {"runs": [{"start": (TOMORROW + timedelta(days=30)).isoformat()}]}
    offers.edit(session, offer.id, later, based_on=offer.version, by=BY)

    assert "niet doorgaat" in notice
    assert (offer.end_date, offer.title) == (YESTERDAY, "Anders")
    assert not offer.is_visible(TODAY)
    offers.set_end_date(session, offer.id, None, by=BY)
    assert offer.is_visible(TODAY)


@pytest.mark.rule("R22")
@pytest.mark.parametrize(
    ("end", "words"),
    [
        (None, []),
        (TODAY, []),
        (YESTERDAY, ["verleden"]),
        (date(2011, 1, 1), ["verleden", "2011"]),
        (date(2037, 1, 1), ["2037"]),
    ],
)
def test_an_unusual_end_date_is_told_not_forbidden(
    published: Offer, end: date | None, words: list[str]
) -> None:
    notices = end_date_notices(published, end, on=TODAY)

    assert len(notices) == len(words)
    assert all(word in notice for word, notice in zip(words, notices, strict=True))


@pytest.mark.rule("R32")
def test_deleting_leaves_a_tombstone_without_content(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer(source="registerleraar", legacy_id="17")
    offers.edit(session, offer.id, {"title": "Andere titel"}, based_on=1, by=BY)

    offers.delete(session, offer.id, by=BY)

    assert offer.status is OfferStatus.DELETED
    assert not any(fields_of(offer).values())
    assert offer.search_text == ""
    assert (offer.source, offer.legacy_id) == ("registerleraar", "17")
    assert session.scalars(select(OfferVersion)).all() == []
    with pytest.raises(OfferNotFoundError):
        offers.offer_of(session, offer.id, kvk="68750110")
    with pytest.raises(OfferDeletedError):
        offers.set_end_date(session, offer.id, None, by=BY)


def test_a_copy_is_a_concept_of_its_own(session: Session, new_offer: NewOffer) -> None:
    original = new_offer(
        status=OfferStatus.PUBLISHED, source="registerleraar", legacy_id="17", end_date=YESTERDAY
    )

    copy = offers.copy(session, original.id, by=BY)

    assert copy.id != original.id
    assert copy.title == "Differentiëren in de rekenles (kopie)"
    assert copy.content == original.content
    assert copy.status is OfferStatus.CONCEPT
    assert (copy.end_date, copy.source, copy.legacy_id) == (None, None, None)
    assert copy.missing_fields() == []


@pytest.mark.rule("R26")
def test_checked_is_apart_from_published(session: Session, new_offer: NewOffer) -> None:
    offer = new_offer()

    offers.mark_checked(session, offer.id, checked=True, by=BY)
    assert offer.checked_by == BY
    assert offer.status is OfferStatus.CONCEPT
    offers.mark_checked(session, offer.id, checked=False, by=BY)
    assert offer.checked_at is None
    assert offer.version == 1


@pytest.mark.rule("R60")
def test_a_suspended_provider_changes_nothing_until_reinstated(
    session: Session, provider: Provider, published: Offer
) -> None:
    suspend(session, provider, "De klachtenregeling is weg.", by="registrar")

    with pytest.raises(ProviderSuspendedError) as error:
        offers.edit(session, published.id, {"title": "Nieuw"}, based_on=1, by=BY)
    assert error.value.reason == "De klachtenregeling is weg."
    with pytest.raises(ProviderSuspendedError):
        offers.create(session, provider, by=BY)

    reinstate(session, provider, by="registrar")
    assert published.is_visible(TODAY)


@pytest.mark.rule("R52")
def test_hours_that_differ_from_the_old_total_can_be_confirmed(
    session: Session, new_offer: NewOffer
) -> None:
    offer = new_offer(legacy_hours=Decimal(20))
    assert [each.field for each in offer.missing_fields()] == ["contact_hours"]

    offers.edit(session, offer.id, {"hours_confirmed": True}, based_on=1, by=BY)

    assert offer.missing_fields() == []

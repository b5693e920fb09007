"""State machine, visibility and completeness of offers, in Python and in SQL (F3)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock, today
from processes.register.offers.offers import (
    Offer,
    OfferIncompleteError,
    OfferStatus,
    OfferTransitionError,
    addable_on,
    visible_on,
)
from processes.register.offers.overview import shown_as
from processes.register.offers.rules import complete
from processes.register.providers.providers import ProviderStatus
from tests.processes.register.conftest import (
    TODAY,
    NewOffer,
    NewProvider,
    make_offer,
    make_provider,
)

PAST, FUTURE = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CONCEPT, PUBLISHED, DELETED = OfferStatus.CONCEPT, OfferStatus.PUBLISHED, OfferStatus.DELETED

TRUTH_TABLE = [  # status, end date, visible, addable, shown (F3)
    (CONCEPT, None, False, False, "concept"),
    (CONCEPT, TODAY, False, False, "concept"),
    (CONCEPT, FUTURE, False, False, "concept"),
    (CONCEPT, PAST, False, False, "verlopen"),
    (PUBLISHED, None, True, True, "gepubliceerd"),
    (PUBLISHED, TODAY, True, True, "gepubliceerd"),
    (PUBLISHED, FUTURE, True, True, "gepubliceerd"),
    (PUBLISHED, PAST, False, True, "verlopen"),
    (DELETED, None, False, False, "verwijderd"),
    (DELETED, PAST, False, False, "verwijderd"),
    (DELETED, FUTURE, False, False, "verwijderd"),
]


@pytest.mark.parametrize(("status", "end", "visible", "addable", "shown"), TRUTH_TABLE)
def test_the_truth_table_holds_in_python_and_in_sql(
    session: Session,
    new_offer: NewOffer,
    status: OfferStatus,
    end: date | None,
    visible: bool,
    addable: bool,
    shown: str,
) -> None:
    offer = new_offer(status=status, end_date=end)

    assert offer.is_visible(TODAY) is visible
    assert offer.is_addable(TODAY) is addable
    assert offer.shown_status(TODAY) == shown
    assert _found(session, visible_on(TODAY)) is visible
    assert _found(session, addable_on(TODAY)) is addable
    assert _found(session, shown_as(shown, TODAY))
    others = {"concept", "gepubliceerd", "verlopen", "verwijderd"} - {shown}
    assert not any(_found(session, shown_as(other, TODAY)) for other in others)


VALIDATED = {"legacy_valid_until": date(2018, 8, 1)}


@pytest.mark.parametrize(
    ("fields", "addable"),
    [
        (VALIDATED, True),
        ({"legacy_number": "12-345"}, True),
        (VALIDATED | {"sectors": frozenset()}, True),  # the older register did not ask it
        (VALIDATED | {"title": ""}, False),
        (VALIDATED | {"contact_hours": None, "self_study_hours": None}, False),
        ({"legacy_number": ""}, False),
        ({}, False),
    ],
)
def test_an_ended_concept_is_addable_only_if_it_was_validated_and_has_a_title_and_hours(
    session: Session, new_offer: NewOffer, fields: dict[str, Any], addable: bool
) -> None:
    offer = new_offer(end_date=PAST, **fields)

    assert offer.is_addable(TODAY) is addable
    assert _found(session, addable_on(TODAY)) is addable


@pytest.mark.parametrize("status", [CONCEPT, PUBLISHED])
def test_what_does_not_go_ahead_is_hidden_and_nobody_can_have_followed_it(
    session: Session, new_offer: NewOffer, status: OfferStatus
) -> None:
    offer = new_offer(status=status, start_date=FUTURE, end_date=PAST, **VALIDATED)

    assert offer.is_called_off(TODAY)
    assert not offer.is_visible(TODAY)
    assert not offer.is_addable(TODAY)
    assert not _found(session, visible_on(TODAY))
    assert not _found(session, addable_on(TODAY))


@pytest.mark.rule("R60")
def test_offers_of_a_suspended_provider_are_hidden_but_stay_addable(
    session: Session, new_provider: NewProvider, new_offer: NewOffer
) -> None:
    offer = new_offer(
        provider=new_provider(status=ProviderStatus.SUSPENDED), status=OfferStatus.PUBLISHED
    )

    assert not offer.is_visible(TODAY)
    assert not _found(session, visible_on(TODAY))
    assert offer.is_addable(TODAY)
    assert _found(session, addable_on(TODAY))


@pytest.mark.rule("R65")
@pytest.mark.parametrize(
    ("moment", "visible"),
    [
        (datetime(2026, 11, 23, 22, 59, tzinfo=UTC), True),  # 23:59 in Amsterdam, winter time
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), False),
    ],
)
def test_an_offer_is_visible_until_midnight_in_amsterdam(moment: datetime, visible: bool) -> None:
    set_clock(lambda: moment)
    offer = make_offer(make_provider(), status=PUBLISHED, end_date=date(2026, 11, 23))

    assert offer.is_visible(today()) is visible


@pytest.mark.rule("R65")
def test_in_summer_midnight_comes_two_hours_before_that_of_utc() -> None:
    offer = make_offer(make_provider(), status=PUBLISHED, end_date=date(2026, 7, 1))

    set_clock(lambda: datetime(2026, 7, 1, 21, 59, tzinfo=UTC))
    assert offer.is_visible(today())
    set_clock(lambda: datetime(2026, 7, 1, 22, 0, tzinfo=UTC))
    assert not offer.is_visible(today())


@pytest.mark.rule("R36")
@pytest.mark.parametrize(
    ("followed", "addable"),
    [
        (date(2026, 3, 1), True),
        (date(2026, 6, 1), True),
        (date(2026, 6, 2), False),
        (date(2026, 2, 28), False),
        (FUTURE, False),
    ],
)
def test_the_day_followed_lies_between_start_and_end_and_not_in_the_future(
    followed: date, addable: bool
) -> None:
    offer = make_offer(
        make_provider(),
        status=PUBLISHED,
        start_date=date(2026, 3, 1),
        end_date=date(2026, 6, 1),
    )

    assert offer.is_addable(TODAY, followed) is addable


INCOMPLETE: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"title": ""}, ["title"]),
    ({"kind": None}, ["kind"]),
    ({"contribution": ""}, ["contribution"]),
    ({"content": ""}, ["content"]),
    ({"contact_hours": None}, ["contact_hours", "closing_test"]),
    ({"self_study_hours": None}, ["self_study_hours"]),
    ({"self_study_hours": Decimal(0)}, []),
    ({"contact_hours": Decimal(0), "self_study_hours": Decimal(0)}, ["contact_hours"]),
    ({"self_study_hours": Decimal("12.01")}, ["closing_test"]),
    ({"self_study_hours": Decimal(12)}, []),
    ({"self_study_hours": Decimal(20), "closing_test": "Een verslag."}, []),
    ({"areas": frozenset()}, ["areas"]),
    ({"sectors": frozenset()}, ["sectors"]),
    ({"title": "", "kind": None, "areas": frozenset()}, ["title", "kind", "areas"]),
    ({"legacy_hours": Decimal("15.5")}, []),
    ({"legacy_hours": Decimal(16)}, ["contact_hours"]),
    ({"legacy_hours": Decimal(16), "touched": frozenset({"self_study_hours"})}, []),
    ({"legacy_hours": Decimal(16), "touched": frozenset({"title"})}, ["contact_hours"]),
]


@pytest.mark.rule("R24")
@pytest.mark.parametrize(("fields", "missing"), INCOMPLETE)
def test_what_is_missing_is_the_same_in_python_and_in_sql(
    session: Session, new_offer: NewOffer, fields: dict[str, Any], missing: list[str]
) -> None:
    offer = new_offer(**fields)

    assert [each.field for each in offer.missing_fields()] == missing
    assert _found(session, complete()) is not bool(missing)


def _found(session: Session, condition: Any) -> bool:
    return session.scalar(select(Offer.id).where(condition)) is not None


@pytest.mark.rule("R24")
def test_an_incomplete_offer_cannot_be_published() -> None:
    offer = make_offer(make_provider(), title="")

    with pytest.raises(OfferIncompleteError) as error:
        offer.publish()
    assert [each.label for each in error.value.missing] == ["Titel"]
    assert offer.status is CONCEPT


TRANSITIONS = [
    (CONCEPT, CONCEPT, False),
    (CONCEPT, PUBLISHED, True),
    (CONCEPT, DELETED, True),
    (PUBLISHED, CONCEPT, False),
    (PUBLISHED, PUBLISHED, False),
    (PUBLISHED, DELETED, True),
    (DELETED, CONCEPT, False),
    (DELETED, PUBLISHED, False),
    (DELETED, DELETED, False),
]


@pytest.mark.rule("R29")
@pytest.mark.parametrize(("current", "wanted", "allowed"), TRANSITIONS)
def test_an_offer_goes_from_concept_to_published_to_deleted_and_never_back(
    current: OfferStatus, wanted: OfferStatus, allowed: bool
) -> None:
    offer = make_offer(make_provider(), status=current)

    if allowed:
        offer.move_to(wanted)
        assert offer.status is wanted
    else:
        with pytest.raises(OfferTransitionError):
            offer.move_to(wanted)

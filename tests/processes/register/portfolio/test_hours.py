"""Hours against the goals of four years, and which four years those are."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from processes.register.offers.offers import OfferKind
from processes.register.portfolio.entries import PortfolioEntry
from processes.register.portfolio.hours import Period, hours, periods, up_to
from tests.processes.register.conftest import TODAY

YESTERDAY = TODAY - timedelta(days=1)


def entry_of(contact: int, *areas: str) -> PortfolioEntry:
    return PortfolioEntry(
        teacher_id=uuid4(),
        offer_id=uuid4(),
        offer_version=1,
        title="Cursus",
        provider_name="Bedrijf",
        kind=OfferKind.COURSE,
        contact_hours=Decimal(contact),
        self_study_hours=Decimal(0),
        areas=frozenset(areas),
        followed_on=YESTERDAY,
    )


@pytest.mark.parametrize(
    ("primary", "other", "counted"),
    [
        (0, 10, 10),
        (0, 200, 60),
        (100, 60, 160),
        (100, 80, 160),
        (120, 60, 160),
        (160, 60, 160),
        (200, 60, 200),
    ],
)
def test_the_room_for_other_areas_shrinks_as_primary_hours_grow(
    primary: int, other: int, counted: int
) -> None:
    sums = hours(
        [entry_of(primary, "vakinhoudelijk"), entry_of(other, "algemeen-professioneel")],
        up_to(TODAY),
    )

    assert sums.total == primary + other
    assert sums.primary == sums.subject == primary
    assert sums.counted == counted


def test_didactics_are_primary_but_no_subject_knowledge() -> None:
    sums = hours(
        [entry_of(8, "vakdidactisch", "beroepsgroep"), entry_of(4, "vakinhoudelijk")], up_to(TODAY)
    )

    assert sums.total == sums.primary == Decimal(12)
    assert sums.subject == Decimal(4)
    goals = [sums.goal_total, sums.goal_primary, sums.goal_subject]
    assert goals == [Decimal(160), Decimal(100), Decimal(40)]


@pytest.mark.parametrize(
    ("on", "followed", "counts"),
    [
        (date(2026, 11, 23), date(2022, 11, 24), True),
        (date(2026, 11, 23), date(2022, 11, 23), False),
        (date(2026, 11, 23), date(1990, 1, 1), False),
        (date(2028, 2, 29), date(2024, 3, 1), True),
        (date(2028, 2, 29), date(2024, 2, 29), False),
    ],
)
def test_only_the_last_four_years_count(on: date, followed: date, counts: bool) -> None:
    entry = entry_of(8, "vakinhoudelijk")
    entry.followed_on = followed

    assert hours([entry], up_to(on)).total == (8 if counts else 0)


def test_what_is_missing_is_never_below_zero() -> None:
    some = hours([entry_of(30, "vakinhoudelijk"), entry_of(20, "beroepsgroep")], up_to(TODAY))
    all_ = hours([entry_of(200, "vakinhoudelijk")], up_to(TODAY))

    missing = [some.missing_total, some.missing_primary, some.missing_subject]
    assert list(map(int, missing)) == [110, 70, 10]
    assert not any([all_.missing_total, all_.missing_primary, all_.missing_subject])


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (None, [("2022-11-24", "2026-11-23")]),
        ("2026-11-24", [("2022-11-24", "2026-11-23")]),
        ("2026-11-23", [("2026-11-23", "2030-11-22")]),
        ("2022-11-24", [("2022-11-24", "2026-11-23")]),
        ("2022-11-23", [("2026-11-23", "2030-11-22"), ("2022-11-23", "2026-11-22")]),
        ("2024-02-29", [("2024-02-29", "2028-02-28")]),
    ],
)
def test_periods_follow_each_other_the_current_one_first(
    start: str | None, found: list[tuple[str, str]]
) -> None:
    first = date.fromisoformat(start) if start else None

    assert periods(first, on=TODAY) == [Period(*map(date.fromisoformat, each)) for each in found]

"""Dates and times of FEEL, beside Python's own where that knows them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.engine.language.feel.literals import literal, moment_from
from processes.engine.language.feel.moments import Date, Zone, date_of
from processes.engine.language.feel.showing import text_of

EPOCH = Date(1, 1, 1).number


@given(st.dates(), st.integers(-20_000, 20_000))
def test_days_are_counted_as_python_counts_them(day: date, days: int) -> None:
    ours = Date(day.year, day.month, day.day)

    assert ours.number - EPOCH == day.toordinal() - 1
    assert ours.weekday == day.isoweekday()
    if 1 <= day.toordinal() + days <= date.max.toordinal():
        there = day + timedelta(days)
        assert ours.plus_days(days) == Date(there.year, there.month, there.day)


@given(st.integers(-400_000_000, 400_000_000))
def test_every_number_of_days_is_one_date(number: int) -> None:
    assert date_of(number).number == number


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28",
        "-0001-01-01",
        "999999999-12-31",
        "23:59:59.123456789",
        "10:00:00+01:30",
        "10:00:00@Europe/Amsterdam",
        "2026-11-28T10:00:00Z",
        "P1Y2M",
        "-P3DT4H5M6.5S",
        "PT0S",
        "P0M",
    ],
)
def test_what_is_read_is_written_the_same(text: str) -> None:
    assert text_of(literal(text)) == text


def test_the_end_of_a_day_is_the_beginning_of_the_next() -> None:
    assert moment_from("2026-12-31T24:00:00") == moment_from("2027-01-01T00:00:00")


def test_an_hour_is_an_hour_also_when_clocks_change() -> None:
    before = moment_from("2026-10-25T01:30:00@Europe/Amsterdam")

    assert text_of(before.plus_seconds(Decimal(3 * 3600))) == "2026-10-25T03:30:00@Europe/Amsterdam"
    spring = moment_from("2026-03-29T01:30:00@Europe/Amsterdam").plus_seconds(Decimal(3600))
    assert text_of(spring) == "2026-03-29T03:30:00@Europe/Amsterdam"
    assert text_of(before.in_zone(Zone())) == "2026-10-24T23:30:00Z"

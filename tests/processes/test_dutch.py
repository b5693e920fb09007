"""Dates are written in Dutch, on the clock of Amsterdam (R66)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from processes.dutch import (
    MONTH_NUMBERS,
    age_in_words,
    date_in_words,
    days_in_words,
    decimal_text,
    length_in_words,
    moment_in_words,
    percent_text,
)


@pytest.mark.rule("R66")
def test_a_date_is_written_in_words() -> None:
    assert date_in_words(date(2026, 3, 1)) == "1 maart 2026"


@pytest.mark.rule("R66")
def test_a_moment_is_on_the_calendar_of_amsterdam() -> None:
    just_before_midnight_in_london = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert date_in_words(just_before_midnight_in_london) == "1 januari 2027"
    assert moment_in_words(just_before_midnight_in_london) == "1 januari 2027, 00.30 uur"


def test_summer_time_counts() -> None:
    assert moment_in_words(datetime(2026, 7, 1, 12, 5, tzinfo=UTC)) == "1 juli 2026, 14.05 uur"


def test_nothing_is_written_for_no_date() -> None:
    assert (date_in_words(None), moment_in_words(None)) == ("", "")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0 seconden"),
        (timedelta(milliseconds=4), "minder dan 1 seconde"),
        (timedelta(seconds=1), "1 seconde"),
        (timedelta(seconds=90), "1,5 minuten"),
        (timedelta(hours=1), "1 uur"),
        (timedelta(hours=2.5), "2,5 uur"),
        (timedelta(hours=23), "23 uur"),
        (timedelta(days=1), "1 dag"),
        (timedelta(days=28), "28 dagen"),
        (timedelta(weeks=10), "10 weken"),
        (None, ""),
    ],
)
def test_a_length_is_told_in_the_unit_that_people_use(length: timedelta, words: str) -> None:
    assert length_in_words(length) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0%"), (0.004, "<1%"), (0.873, "87%"), (1.0, "100%"), (None, "")]
)
def test_a_share_is_told_in_percent(share: float | None, words: str) -> None:
    assert percent_text(share) == words


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=1), "1 seconde"),
        (timedelta(seconds=59), "59 seconden"),
        (timedelta(minutes=1), "1 minuut"),
        (timedelta(hours=2, minutes=50), "2 uur"),
        (timedelta(days=1), "1 dag"),
        (timedelta(days=12), "12 dagen"),
        (timedelta(seconds=-5), "0 seconden"),
        (None, ""),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age: timedelta | None, words: str) -> None:
    assert age_in_words(age) == words


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("3.50"), "3,5"),
        (Decimal("1680.00"), "1680"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.000001"), "-0,000001"),
        (12.5, "12,5"),
        (100.0, "100"),
        (0, "0"),
        (None, ""),
    ],
)
def test_a_number_has_a_comma_and_no_idle_zeros(number: Decimal | float | None, text: str) -> None:
    assert decimal_text(number) == text


@pytest.mark.parametrize(
    ("spelling", "month"),
    [("januari", 1), ("jan", 1), ("mrt", 3), ("maa", 3), ("maart", 3), ("mei", 5), ("okt", 10)],
)
def test_a_month_is_known_by_its_spellings(spelling: str, month: int) -> None:
    assert MONTH_NUMBERS[spelling] == month


def test_there_are_twelve_months() -> None:
    assert set(MONTH_NUMBERS.values()) == set(range(1, 13))


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "1 dag"), (90, "90 dagen"), (364, "364 dagen"), (365, "1 jaar"), (2555, "7 jaar")],
)
def test_a_term_is_told_in_years_where_it_is_whole_ones(days: int, words: str) -> None:
    assert days_in_words(days) == words

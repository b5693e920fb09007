"""Dates are written in Dutch, on the clock of Amsterdam (R66)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.web.formats import datum, datum_tijd, duur, procent


def test_a_date_is_written_in_words() -> None:
    assert datum(date(2026, 3, 1)) == "1 maart 2026"


def test_a_moment_is_on_the_calendar_of_amsterdam() -> None:
    just_before_midnight_in_london = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert datum(just_before_midnight_in_london) == "1 januari 2027"
    assert datum_tijd(just_before_midnight_in_london) == "1 januari 2027, 00.30 uur"


def test_summer_time_counts() -> None:
    assert datum_tijd(datetime(2026, 7, 1, 12, 5, tzinfo=UTC)) == "1 juli 2026, 14.05 uur"


def test_nothing_is_written_for_no_date() -> None:
    assert (datum(None), datum_tijd(None)) == ("", "")


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
    assert duur(length) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0%"), (0.004, "<1%"), (0.873, "87%"), (1.0, "100%"), (None, "")]
)
def test_a_share_is_told_in_percent(share: float | None, words: str) -> None:
    assert procent(share) == words

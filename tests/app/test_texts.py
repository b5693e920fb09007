"""Dates are written in Dutch, on the clock of Amsterdam (R66)."""

from datetime import UTC, date, datetime

from app.texts import datum, datum_tijd


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

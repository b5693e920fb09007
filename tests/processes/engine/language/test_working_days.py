"""Working days and the last day of a term are those of the Algemene termijnenwet."""

from datetime import date, timedelta

import pytest

from processes.engine.language import iso8601
from processes.engine.language.expressions import ExpressionError, evaluate
from processes.engine.language.working_days import (
    MOST,
    easter_sunday,
    end_of_term,
    holidays,
    is_working_day,
    working_days_between,
    working_days_on,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (1818, "1818-03-22"),  # the earliest and the latest that there are
        (2038, "2038-04-25"),
        (1943, "1943-04-25"),
        (1954, "1954-04-18"),  # where the tables of the moon are corrected
        (1981, "1981-04-19"),
        (2024, "2024-03-31"),
        (2025, "2025-04-20"),
        (2026, "2026-04-05"),
        (2027, "2027-03-28"),
        (2076, "2076-04-19"),
    ],
)
def test_easter_is_the_sunday_after_the_churchs_full_moon(year: int, easter: str) -> None:
    assert easter_sunday(year) == day(easter)


def test_easter_is_a_sunday_between_22_march_and_25_april_in_every_year() -> None:
    for year in range(1583, 9999):
        easter = easter_sunday(year)
        assert easter.weekday() == 6
        assert date(year, 3, 22) <= easter <= date(year, 4, 25)


def test_the_holidays_of_a_year_are_those_that_article_3_names() -> None:
    assert holidays(2026) == {
        day("2026-01-01"),  # "de Nieuwjaarsdag"
        day("2026-04-03"),  # "de Goede Vrijdag" (3.2)
        day("2026-04-06"),  # "de Christelijke tweede Paasdag"
        day("2026-04-27"),  # "de dag waarop de verjaardag van de Koning wordt gevierd"
        day("2026-05-05"),  # "de vijfde mei"
        day("2026-05-14"),  # "de Hemelvaartsdag"
        day("2026-05-25"),  # "tweede Pinksterdag"
        day("2026-12-25"),  # "de beide Kerstdagen"
        day("2026-12-26"),
    }


@pytest.mark.parametrize("year", range(2020, 2040))
def test_5_may_is_a_holiday_in_every_year(year: int) -> None:
    assert not is_working_day(date(year, 5, 5))


@pytest.mark.parametrize(
    ("year", "celebrated"),
    [(2025, "2025-04-26"), (2026, "2026-04-27"), (2031, "2031-04-26"), (2013, "2013-04-30")],
)
def test_the_birthday_of_the_king_is_never_celebrated_on_a_sunday(
    year: int, celebrated: str
) -> None:
    spring = {each for each in holidays(year) if each.month == 4 and each.day >= 26}
    assert spring == {day(celebrated)}


@pytest.mark.parametrize(
    ("begun", "term", "last"),
    [
        # Article 1: not on a Saturday, Sunday or holiday, but the next day that is none of these.
        ("2026-03-02", "P1W", "2026-03-09"),
        ("2026-03-02", "P12D", "2026-03-16"),  # a Saturday
        ("2026-03-01", "P2W", "2026-03-16"),  # a Sunday
        ("2026-04-21", "P2W", "2026-05-06"),  # 5 May
        ("2026-04-30", "P2W", "2026-05-15"),  # Ascension Day
        ("2026-03-06", "P4W", "2026-04-07"),  # Good Friday, and all of Easter
        ("2026-10-26", "P2M", "2026-12-28"),  # both days of Christmas, one on a Saturday
        ("2026-11-30", "P3M", "2027-03-01"),  # a month without a 30th: Sunday 28 February
        # Article 2: in a term of three days or more lie two working days.
        ("2026-04-02", "P3D", "2026-04-08"),
        ("2026-04-02", "P2D", "2026-04-07"),
        ("2026-12-24", "P3D", "2026-12-29"),
        # Article 4a: not what is in more than 90 days, twelve weeks or three months, or in years.
        ("2026-02-06", "P12W", "2026-05-01"),
        ("2026-01-04", "P90D", "2026-04-07"),  # Saturday 4 April
        ("2026-01-04", "P91D", "2026-04-05"),
        ("2026-01-25", "P13W", "2026-04-26"),
        ("2026-01-05", "P4M", "2026-05-05"),
        ("2027-05-05", "P1Y", "2028-05-05"),
    ],
)
def test_a_term_ends_where_the_law_says(begun: str, term: str, last: str) -> None:
    assert end_of_term(day(begun), iso8601.duration(term)) == day(last)
    assert evaluate("term_end(day, term)", {"day": begun, "term": term}) == last


@pytest.mark.parametrize(
    ("start", "number", "expected"),
    [
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-04-07", -1, "2026-04-02"),
        ("2026-05-04", 1, "2026-05-06"),
        ("2026-12-24", 2, "2026-12-29"),
        ("2026-03-07", 0, "2026-03-07"),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(
    start: str, number: int, expected: str
) -> None:
    assert working_days_on(day(start), number) == day(expected)
    assert evaluate("workday(day, number)", {"day": start, "number": number}) == expected


def test_going_on_and_counting_agree() -> None:
    start = day("2026-03-25")
    for number in range(1, 60):
        there = working_days_on(start, number)
        assert working_days_between(start, there) == number
        assert working_days_on(there, -number) == start
        assert is_working_day(there)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("workdays_between('2026-04-01', '2026-04-08')", 3),
        ("workdays_between('2026-04-08', '2026-04-01')", 0),
        ("is_workday('2026-05-05')", False),
        ("is_workday('2026-05-06')", True),
        # A moment is of the day that it is in Amsterdam.
        ("is_workday('2026-05-04T22:30:00+00:00')", False),
        ("term_end('2026-04-20T23:59:00+02:00', 'P2W')", "2026-05-04"),
        ("workday(term_end('2026-04-21', 'P2W'), 1)", "2026-05-07"),
    ],
)
def test_expressions_reckon_with_days(source: str, expected: object) -> None:
    assert evaluate(source, {}) == expected


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("workday('gisteren', 1)", "geen datum"),
        ("workday(null, 1)", "geen datum"),
        ("workday(today(), 1.5)", "geen heel getal"),
        ("workday(today(), true)", "geen heel getal"),
        ("workday(today())", "verkeerd aantal"),
        (f"workday(today(), {MOST + 1})", f"meer dan {MOST} dagen"),
        ("workday('9999-12-30', 5)", "verder dan de kalender"),
        ("workday('0001-01-02', -5)", "verder dan de kalender"),
        ("workdays_between('2000-01-01', '2026-01-01')", f"meer dan {MOST} dagen"),
        ("term_end(today(), 'PT48H')", "termijn"),
        ("term_end(today(), 'zes weken')", "termijn"),
        ("term_end(today(), 6)", "termijn"),
        ("term_end('9999-12-01', 'P60D')", "verder dan de kalender"),
        ("is_workday(20260505)", "geen datum"),
    ],
)
def test_what_is_no_day_or_term_is_told(source: str, reason: str) -> None:
    with pytest.raises(ExpressionError, match=reason):
        evaluate(source, {})


def test_a_day_is_moved_to_the_nearest_that_is_open() -> None:
    """For each day of four years: nothing between a term's own end and the moved one is open."""
    for number in range(4 * 365):
        start = day("2025-01-01") + timedelta(days=number)
        own = start + timedelta(days=14)
        end = end_of_term(start, iso8601.duration("P14D"))
        assert is_working_day(end)
        between = (own + timedelta(days=each) for each in range((end - own).days))
        assert not any(map(is_working_day, between))

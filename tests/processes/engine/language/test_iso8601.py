"""Moments, durations and repeats are right in Amsterdam, on both nights of the clock change too."""

from datetime import UTC, datetime

import pytest

from processes.engine.language import iso8601


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "due"),
    [
        ("PT1H", "2026-06-01T10:00", "2026-06-01T11:00"),
        ("PT90M", "2026-06-01T10:00", "2026-06-01T11:30"),
        # In the night of 29 March an hour is skipped, in that of 25 October one comes twice.
        ("P1D", "2026-03-28T11:00", "2026-03-29T10:00"),
        ("PT24H", "2026-03-28T11:00", "2026-03-29T11:00"),
        ("P1D", "2026-10-24T10:00", "2026-10-25T11:00"),
        ("PT24H", "2026-10-24T10:00", "2026-10-25T10:00"),
        ("P1W", "2026-03-25T11:00", "2026-04-01T10:00"),
        ("P1DT2H", "2026-03-28T11:00", "2026-03-29T12:00"),
        # Half past two does not exist on 29 March: the moment after the hour that is skipped.
        ("P1D", "2026-03-28T01:30", "2026-03-29T01:30"),
        ("P1M", "2026-01-31T11:00", "2026-02-28T11:00"),
        ("P1M", "2028-01-31T11:00", "2028-02-29T11:00"),
        ("P1Y", "2028-02-29T11:00", "2029-02-28T11:00"),
        ("P12M", "2026-05-15T10:00", "2027-05-15T10:00"),
        ("PT1.5S", "2026-06-01T10:00", "2026-06-01T10:00:01.500000"),
        ("PT0,5H", "2026-06-01T10:00", "2026-06-01T10:30"),
        ("P1DT1.5M", "2026-06-01T10:00", "2026-06-02T10:01:30"),
        ("P0,5W", "2026-06-01T10:00", "2026-06-04T22:00"),
        ("P1.5D", "2026-03-28T11:00", "2026-03-29T22:00"),
    ],
)
def test_a_duration_counts_days_by_the_calendar_and_hours_by_the_clock(
    text: str, since: str, due: str
) -> None:
    assert iso8601.due(text, utc(since)) == utc(due)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2030-07-01T09:00", "2030-07-01T07:00"),
        ("2030-01-01T09:00:30", "2030-01-01T08:00:30"),
        ("2030-07-01T09:00Z", "2030-07-01T09:00"),
        ("2030-07-01T09:00:00+05:00", "2030-07-01T04:00"),
        ("2030-07-01", "2030-06-30T22:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30"),
        ("2030-06-30T24:00:00", "2030-06-30T22:00"),
        ("2030-12-31T24:00", "2030-12-31T23:00"),
        ("20301231T2400Z", "2031-01-01T00:00"),
        ("2030-12-31T24:00:00.000+05:00", "2030-12-31T19:00"),
        ("2030-W01-1", "2029-12-30T23:00"),
        ("2030W011T0900", "2029-12-31T08:00"),
        ("2030-001", "2029-12-31T23:00"),
        ("2030-182T09:00", "2030-07-01T07:00"),
        ("2030182T24:00Z", "2030-07-02T00:00"),
        ("2028-366", "2028-12-30T23:00"),
        (" 2030-365T09:00:00+05:00 ", "2030-12-31T04:00"),
        ("20300701", "2030-06-30T22:00"),
    ],
)
def test_a_moment_without_a_zone_is_on_the_clock_of_amsterdam(text: str, moment: str) -> None:
    assert iso8601.due(text, utc("2026-01-01T00:00")) == utc(moment)


def test_a_repeat_says_how_often_how_long_and_from_when() -> None:
    assert iso8601.cycle("R3/P7D").times == 3
    assert iso8601.cycle("R/PT1H").times is None
    started = iso8601.cycle("R2/2030-07-01T09:00/P1D")
    assert started.start == utc("2030-07-01T07:00")
    assert started.every == iso8601.duration("P1D")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1",
        "1D",
        "P-1D",
        "PT1.5H5M",
        "P0.5M",
        "P0,5Y",
        "PT.5H",
        "P999999D",
        "2030-366",
        "2030-000",
        "0000-001",
        "2030-1",
        "2030-0011",
        "2030-W54-1",
        "9999-366",
        "P1D; DROP",
        "tomorrow",
        "٣",
    ],
)
def test_what_is_no_duration_or_moment_is_refused(text: str) -> None:
    with pytest.raises(iso8601.IsoError):
        iso8601.due(text, utc("2026-01-01T00:00"))


@pytest.mark.parametrize(
    "text",
    [
        *("P1D", "R", "R3", "R-1/P1D", "R99999/P1D", "R3/tomorrow/P1D", "R0/PT1H", "R000/PT1H"),
        *("R/PT1H/2030-01-01", "R3/2030-01-02/2030-01-01", "R3/2030-01-01/2030-01-01"),
        *("R3/2030-01-01/tomorrow", "R3/PT1H/", "R3//2030-01-01", "R3/PT1H/PT1H/PT1H"),
        *("R3/2030-01-01/2030-01-02/P1D", "R9999/P999Y/2030-01-01"),
        # 02:30 is skipped: it is 03:30
        *("R3/2026-03-29T02:30/2026-03-29T03:15", "R3/2026-03-29T02:30/2026-03-29T03:30"),
    ],
)
def test_what_is_no_repeat_is_refused(text: str) -> None:
    with pytest.raises(iso8601.IsoError):
        iso8601.cycle(text)


def occurrences(text: str, begun: str, *moments: str) -> list[datetime]:
    """When a repeat is due: at first, and then after each of these moments at which it fires."""
    cycle = iso8601.cycle(text)
    due = cycle.first(utc(begun))
    found = []
    for moment in moments:
        assert due is not None
        found.append(due.due_at)
        due = cycle.following(due, utc(begun), max(due.due_at, utc(moment)))
    return found if due is None else [*found, due.due_at]


@pytest.mark.parametrize(
    ("text", "begun", "fired", "expected"),
    [
        # A grid that began before: its own moments, not that of the deployment.
        (
            "R/2025-08-01T00:00/P1Y",
            "2026-11-06T09:01",
            ["2027-08-01T03:00"],
            ["2027-07-31T22:00", "2028-07-31T22:00"],
        ),
        (
            "R/2027-01-31T09:00/P1M",
            "2026-11-06T09:01",
            ["2027-01-31T08:00", "2027-02-28T08:00", "2027-03-31T07:00"],
            ["2027-01-31T08:00", "2027-02-28T08:00", "2027-03-31T07:00", "2027-04-30T07:00"],
        ),
        # Without a moment it counts from when it began.
        (
            "R/P1M",
            "2027-01-31T08:00",
            ["2027-02-28T08:00", "2027-03-31T07:00"],
            ["2027-02-28T08:00", "2027-03-31T07:00", "2027-04-30T07:00"],
        ),
        (
            "R/P1Y",
            "2024-02-29T08:00",
            ["2025-02-28T08:00", "2026-02-28T08:00", "2027-02-28T08:00"],
            ["2025-02-28T08:00", "2026-02-28T08:00", "2027-02-28T08:00", "2028-02-29T08:00"],
        ),
        # Half past two does not exist on 28 March 2027, and is there again the day after.
        (
            "R/2027-03-27T02:30/P1D",
            "2027-03-01T00:00",
            ["2027-03-27T01:30", "2027-03-28T01:30"],
            ["2027-03-27T01:30", "2027-03-28T01:30", "2027-03-29T00:30"],
        ),
        # Twice half past two on 31 October 2027: once a day.
        (
            "R/2027-10-30T02:30/P1D",
            "2027-10-01T00:00",
            ["2027-10-30T00:30", "2027-10-31T00:30"],
            ["2027-10-30T00:30", "2027-10-31T00:30", "2027-11-01T01:30"],
        ),
        # After a standstill the next that is still to come, at its own minute.
        (
            "R/PT1H",
            "2026-06-01T10:17",
            ["2026-06-04T12:40"],
            ["2026-06-01T11:17", "2026-06-04T13:17"],
        ),
        # Of three, those that were missed are past too.
        (
            "R3/PT1H",
            "2026-06-01T10:00",
            ["2026-06-01T12:30"],
            ["2026-06-01T11:00", "2026-06-01T13:00"],
        ),
        ("R3/PT1H", "2026-06-01T10:00", ["2026-06-01T13:00"], ["2026-06-01T11:00"]),
        # By start and end: the first at the start; a day is one by the clock of Amsterdam.
        (
            "R3/2027-03-27T09:00/2027-03-28T09:00",
            "2027-03-01T00:00",
            ["2027-03-27T08:00", "2027-03-28T07:00", "2027-03-29T07:00"],
            ["2027-03-27T08:00", "2027-03-28T07:00", "2027-03-29T07:00"],
        ),
        (
            "R2/2027-06-01T09:00/2027-06-02T10:30",
            "2027-03-01T00:00",
            ["2027-06-01T07:00"],
            ["2027-06-01T07:00", "2027-06-02T08:30"],
        ),
        # By pause and end: so many pauses before it, and the last of them ends there.
        (
            "R3/PT1H/2027-06-01T12:00",
            "2027-03-01T00:00",
            ["2027-06-01T07:00", "2027-06-01T08:00", "2027-06-01T09:00"],
            ["2027-06-01T07:00", "2027-06-01T08:00", "2027-06-01T09:00"],
        ),
        (
            "R3/PT1H/2027-06-01T12:00",
            "2027-06-01T08:30",
            ["2027-06-01T09:00"],
            ["2027-06-01T09:00"],
        ),
        ("R3/2026-01-01/P1Y", "2027-06-01T00:00", ["2028-01-01T00:00"], ["2027-12-31T23:00"]),
        # What is written in the hour that a clock change skips is that hour on the other days.
        (
            "R4/2027-03-28T02:30/P1D",
            "2027-03-01T00:00",
            ["2027-03-28T01:30", "2027-03-29T00:30"],
            ["2027-03-28T01:30", "2027-03-29T00:30", "2027-03-30T00:30"],
        ),
        (
            "R/2027-03-28T02:30/P1W",
            "2027-04-01T00:00",
            [],
            ["2027-04-04T00:30"],
        ),
        (
            "R/2027-03-27T02:30/2027-03-28T02:30",
            "2027-03-28T12:00",
            ["2027-03-29T00:30"],
            ["2027-03-29T00:30", "2027-03-30T00:30"],
        ),
        (
            "R/2027-03-28T02:30/2027-03-29T02:30",
            "2027-03-28T00:00",
            ["2027-03-28T01:30"],
            ["2027-03-28T01:30", "2027-03-29T00:30"],
        ),
        (
            "R2/P1D/2027-03-28T02:30",
            "2027-03-01T00:00",
            ["2027-03-26T01:30"],
            ["2027-03-26T01:30", "2027-03-27T01:30"],
        ),
        # The moment at which it begins counts.
        ("R/2026-06-01T10:00Z/P1D", "2026-06-01T10:00", [], ["2026-06-01T10:00"]),
        ("R/2026-06-01T10:00Z/P1D", "2026-06-03T10:00", [], ["2026-06-03T10:00"]),
    ],
)
def test_a_repeat_counts_from_its_first_moment(
    text: str, begun: str, fired: list[str], expected: list[str]
) -> None:
    assert occurrences(text, begun, *fired) == [utc(each) for each in expected]


def test_a_repeat_of_which_all_is_past_never_comes() -> None:
    assert iso8601.cycle("R2/2020-01-01/P1Y").first(utc("2026-01-01T00:00")) is None


def test_a_minute_after_years_of_standstill_is_found() -> None:
    cycle = iso8601.cycle("R/PT1M")
    first = cycle.first(utc("2000-01-01T00:00"))
    assert first is not None
    later = cycle.following(first, utc("2000-01-01T00:00"), utc("2026-01-01T00:00"))
    assert later == iso8601.Occurrence(utc("2026-01-01T00:01"), None)

"""Parses ISO 8601 dates, durations and repeating intervals, in the time zone Europe/Amsterdam."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TypeVar

from processes.base import AMSTERDAM, local

_PART = r"(?:(?P<{}>\d{{1,{}}}{}){})?"
_DECIMALS = r"(?:[.,]\d{1,6})?"
_DURATION = re.compile(
    "P"
    + _PART.format("years", 3, "", "Y")
    + _PART.format("months", 4, "", "M")
    + _PART.format("weeks", 4, _DECIMALS, "W")
    + _PART.format("days", 5, _DECIMALS, "D")
    + "(?:T"
    + _PART.format("hours", 5, _DECIMALS, "H")
    + _PART.format("minutes", 6, _DECIMALS, "M")
    + _PART.format("seconds", 8, _DECIMALS, "S")
    + ")?",
    re.ASCII,
)
_END_OF_A_DAY = re.compile(r"(.+T)24((?::?00){0,2}(?:[.,]0+)?)((?:Z|[+-].+)?)", re.ASCII)
_DAY_OF_A_YEAR = re.compile(r"(\d{4})-?(\d{3})(?!\d)(.*)", re.ASCII)
_DAY = 86_400  # seconds
_LAST_DAY = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 2

Day = TypeVar("Day", bound=date)


class IsoError(ValueError):
    """The text is no ISO 8601 date, duration or interval that a diagram may use."""


@dataclass(frozen=True)
class Duration:
    """Calendar units follow the wall clock (DST), hours and smaller are elapsed time."""

    months: int
    days: int
    seconds: float  # to the microsecond

    def after(self, moment: datetime) -> datetime:
        """The moment that lies this duration later."""
        return self.times(1, moment)

    def times(self, count: int, moment: datetime) -> datetime:
        """The moment that lies so many times this duration later; raises IsoError after 9999.

        Counted from `moment` at once: a month that is short, or an hour that a clock change
        skips, moves one occurrence and not all that follow.
        """
        wall = local(moment)
        try:
            if self.months or self.days:
                wall = _add_months(wall, count * self.months) + timedelta(days=count * self.days)
            return wall.astimezone(UTC) + timedelta(seconds=count * self.seconds)
        except (ValueError, OverflowError):
            raise IsoError(moment.isoformat()) from None

    def on(self, day: date) -> date:
        """The day that lies this duration later, hours aside; raises IsoError after 9999."""
        try:
            return _add_months(day, self.months) + timedelta(days=self.days)
        except (ValueError, OverflowError):
            raise IsoError(day.isoformat()) from None

    @property
    def approximate(self) -> timedelta:
        """The length as a timedelta, a month being thirty days: only for comparing."""
        return timedelta(days=self.days + 30 * self.months, seconds=self.seconds)


@dataclass(frozen=True)
class Cycle:
    """A repeating interval such as R3/P7D: count (None: unlimited), pause, first moment.

    Occurrence n is start + n times the pause, in Amsterdam's time. Without a start the first is
    one pause after the interval began (`begun`).
    """

    times: int | None
    every: Duration
    start: datetime | None  # in its own zone: its wall clock counts, also where that was skipped

    def first(self, begun: datetime) -> "Occurrence | None":
        """The first occurrence from `begun` on; None where all of them are past."""
        if self.start is None:
            return Occurrence(self.every.after(begun), self.times)
        first = Occurrence(self.start.astimezone(UTC), self.times)
        if first.due_at >= begun:
            return first
        return self.following(first, begun, begun - timedelta.resolution)

    def following(
        self, last: "Occurrence", begun: datetime, moment: datetime
    ) -> "Occurrence | None":
        """The next after this one that is still to come at `moment`; what was missed is past."""
        anchor = self.start or begun
        if not self.every.approximate:
            return None  # without a pause there is no next

        def number_after(each: datetime) -> int:
            return _first_number(lambda number: self.every.times(number, anchor) > each)

        try:
            number = number_after(max(moment, last.due_at))
            due_at = self.every.times(number, anchor)
            passed = number - number_after(last.due_at) + 1
        except IsoError:
            return None  # beyond the calendar
        left = None if last.left is None else last.left - passed
        return None if left is not None and left < 1 else Occurrence(due_at, left)


@dataclass(frozen=True)
class Occurrence:
    """One moment of a repeat, and how many are left with it (None is without end)."""

    due_at: datetime
    left: int | None


def duration(text: str) -> Duration:
    """Parse P1Y2M3W4DT5H6M7S; at least one part, of which the last may have decimals.

    Not those of a year or month, whose parts have no length of their own; part of a day is hours.
    Raises IsoError.
    """
    match = _DURATION.fullmatch(text.strip())
    drawn = {name: value for name, value in match.groupdict().items() if value} if match else {}
    parts = {name: Fraction(value.replace(",", ".")) for name, value in drawn.items()}
    if not parts or any(each.denominator > 1 for each in list(parts.values())[:-1]):
        raise IsoError(text)
    days = 7 * parts.get("weeks", 0) + parts.get("days", 0)
    seconds = 3600 * parts.get("hours", 0) + 60 * parts.get("minutes", 0) + parts.get("seconds", 0)
    seconds += days % 1 * _DAY
    return Duration(
        months=int(12 * parts.get("years", 0) + parts.get("months", 0)),
        days=int(days),
        seconds=int(seconds) if seconds.denominator == 1 else float(seconds),
    )


def moment(text: str) -> datetime:
    """Parse a date or date and time; without a zone, Europe/Amsterdam. Raises IsoError.

    A day is one of a month, a week (2026-W05-1) or a year (2026-032). T24:00 is midnight at its
    end.
    """
    return _written(text).astimezone(UTC)


def _written(text: str) -> datetime:
    """A moment in the zone in which it is written. Raises IsoError."""
    try:
        written = _by_month(text)
        end = _END_OF_A_DAY.fullmatch(written)
        value = datetime.fromisoformat("{}00{}{}".format(*end.groups()) if end else written)
        value += timedelta(days=1 if end else 0)
        value = value if value.tzinfo else value.replace(tzinfo=AMSTERDAM)
        value.astimezone(UTC)  # within the calendar there too
    except (ValueError, OverflowError):
        raise IsoError(text) from None
    return value


def day(text: str) -> date:
    """Parse a date without a time, as `moment` does. Raises IsoError."""
    try:
        return date.fromisoformat(_by_month(text))
    except (ValueError, OverflowError):
        raise IsoError(text) from None


def _by_month(text: str) -> str:
    """A day of a year as one of a month; other text as it is. Raises ValueError."""
    written = text.strip()
    found = _DAY_OF_A_YEAR.fullmatch(written)
    if found is None:
        return written
    year, number, rest = found.groups()
    day = date(int(year), 1, 1) + timedelta(days=int(number) - 1)
    if str(day.year) != year.lstrip("0"):
        raise ValueError(text)
    return f"{day}{rest}"


def cycle(text: str) -> Cycle:
    """Parse a repeat by its pause, start and pause, start and end, or pause and end (R3/PT1H/…).

    The last begins so many pauses before that end: without a number it has no start. Raises
    IsoError.
    """
    repeat, _, rest = text.strip().partition("/")
    if not re.fullmatch(r"R(?!0+$)\d{0,4}", repeat, re.ASCII):
        raise IsoError(text)
    times = int(repeat[1:]) if repeat[1:] else None
    first, separator, last = rest.partition("/")
    if not separator:
        return Cycle(times, duration(first), None)
    if last.strip().startswith("P"):
        return Cycle(times, duration(last), _written(first))
    end = _written(last)
    if not first.strip().startswith("P"):
        start = _written(first)
        return Cycle(times, _between(start, end), start)
    if times is None:
        raise IsoError(text)
    every = duration(first)
    return Cycle(times, every, every.times(-times, end))


def _between(start: datetime, end: datetime) -> Duration:
    """How long it is: whole days on the wall clock, and the rest. Raises IsoError where it is not.

    So that from one midnight to the next is a day, in the night of a clock change too.
    """
    if end.astimezone(UTC) <= start.astimezone(UTC):  # of one zone `<=` compares wall clocks
        raise IsoError(end.isoformat())
    days = (end - start).days + 1  # the night of a clock change may count as one more
    while (rest := end - Duration(0, days, 0).after(start)) < timedelta():
        days -= 1
    return Duration(0, days, rest.total_seconds())


def due(text: str, since: datetime) -> datetime:
    """The due date of a timer; a duration counts from `since`. Raises IsoError."""
    return duration(text).after(since) if text.strip().startswith("P") else moment(text)


def _first_number(holds: Callable[[int], bool]) -> int:
    """The lowest number, from 0 on, for which this holds; once it does, it does for all higher."""
    low, high = 0, 1
    while not holds(high):
        low, high = high, 2 * high
    return low + bisect_left(range(low, high), True, key=holds)  # noqa: FBT003 - what is sought


def _add_months(wall: Day, months: int) -> Day:
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    month += 1
    leap = month == _FEBRUARY and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return wall.replace(year=year, month=month, day=min(wall.day, _LAST_DAY[month - 1] + leap))

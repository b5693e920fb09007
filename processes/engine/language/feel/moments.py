"""Dates, times and zones of FEEL: any year from -999,999,999 on, fractions of a second exact.

Python's own know the years 1 to 9999 and microseconds; XML Schema, which FEEL follows (DMN 1.5
§10.3.2.3.4-6), knows more. Days are counted in the proleptic Gregorian calendar.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

LAST_YEAR: Final = 999_999_999
DAY: Final = 86_400
MINUTE: Final = 60
HOUR: Final = 3_600
CYCLE_YEARS, CYCLE_DAYS = 400, 146_097  # the calendar repeats after so many
MONTHS: Final = 12
LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
LARGEST_OFFSET: Final = 18 * HOUR  # as java.time; XML Schema has 14


@dataclass(frozen=True, slots=True)
class Zone:
    """An offset from UTC in seconds, or the name of a time zone of the IANA database."""

    offset: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        if self.name:
            ZoneInfo(self.name)  # raises ValueError or LookupError for one that is not there
        if abs(self.offset) > LARGEST_OFFSET:
            raise ValueError(self.offset)


UTC_ZONE: Final = Zone()


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar. Raises ValueError for one that is not there."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if abs(self.year) > LAST_YEAR or not 1 <= self.month <= MONTHS:
            raise ValueError(self.month)
        if not 1 <= self.day <= length_of_month(self.year, self.month):
            raise ValueError(self.day)

    @property
    def number(self) -> int:
        """Days since 1 March of the year 0."""
        year = self.year - (self.month <= 2)  # noqa: PLR2004 - the year begins in March
        cycle, year = divmod(year, CYCLE_YEARS)
        in_year = (153 * ((self.month + 9) % MONTHS) + 2) // 5 + self.day - 1
        return cycle * CYCLE_DAYS + year * 365 + year // 4 - year // 100 + in_year

    @property
    def weekday(self) -> int:
        """1 is Monday, 7 is Sunday."""
        return (self.number + 2) % 7 + 1

    def plus_days(self, days: int) -> "Date":
        return date_of(self.number + days)

    def plus_months(self, months: int) -> "Date":
        """So many months later, at the last day of the month where it has no such day."""
        year, month = divmod(self.year * MONTHS + self.month - 1 + months, MONTHS)
        return Date(year, month + 1, min(self.day, length_of_month(year, month + 1)))


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the day, with a zone or without."""

    hour: int
    minute: int
    second: Decimal
    zone: Zone | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.hour < 24 and 0 <= self.minute < MINUTE and 0 <= self.second < MINUTE):  # noqa: PLR2004 - hours of a day
            raise ValueError(self.hour)

    @property
    def seconds(self) -> Decimal:
        """Seconds since midnight."""
        return self.hour * HOUR + self.minute * MINUTE + self.second


@dataclass(frozen=True, slots=True)
class DateTime:
    """A moment: a date, and a time of it with or without a zone."""

    date: Date
    time: Time

    @property
    def local_seconds(self) -> Decimal:
        """Seconds since the first day of the count, as the clock on the wall says."""
        return self.date.number * DAY + self.time.seconds

    @property
    def offset(self) -> int | None:
        """Seconds before UTC; None where there is no zone."""
        return None if self.time.zone is None else offset_at(self.time.zone, self.date, self.time)

    @property
    def seconds(self) -> Decimal:
        """Seconds since the first day of the count, in UTC; as on the wall without a zone."""
        return self.local_seconds - (self.offset or 0)

    def plus_months(self, months: int) -> "DateTime":
        return replace(self, date=self.date.plus_months(months))

    def plus_seconds(self, seconds: Decimal) -> "DateTime":
        """So many seconds later; in a named zone an hour is an hour, also when clocks change."""
        zone = self.time.zone
        if zone is None or not zone.name:
            return moment_of(self.local_seconds + seconds, zone)
        return _shown(self.seconds + seconds, zone)

    def in_zone(self, zone: Zone) -> "DateTime":
        """The same moment as clocks in this zone show it."""
        return _shown(self.seconds, zone)


def length_of_month(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % CYCLE_YEARS == 0)
    return LENGTHS[month - 1] + (month == 2 and leap)  # noqa: PLR2004 - February


def date_of(number: int) -> Date:
    """The date of a number of days since 1 March of the year 0."""
    cycle, day = divmod(number, CYCLE_DAYS)
    year = (day - day // 1_460 + day // 36_524 - day // (CYCLE_DAYS - 1)) // 365
    day -= year * 365 + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day_of_month = day - (153 * month + 2) // 5 + 1
    calendar_month = (month + 2) % MONTHS + 1
    return Date(
        cycle * CYCLE_YEARS + year + (calendar_month <= 2),  # noqa: PLR2004 - the year begins in March
        calendar_month,
        day_of_month,
    )


def time_of(seconds: Decimal, zone: Zone | None) -> Time:
    """The time so many seconds after midnight; a day later is the same time."""
    whole, rest = divmod(seconds % DAY, MINUTE)
    hour, minute = divmod(int(whole), 60)
    return Time(hour, minute, rest, zone)


def moment_of(seconds: Decimal, zone: Zone | None) -> DateTime:
    """The moment so many seconds, on the wall, after the first day of the count."""
    days = int(seconds // DAY) - (seconds < 0 and seconds % DAY != 0)
    return DateTime(date_of(days), time_of(seconds - days * DAY, zone))


def offset_at(zone: Zone, date: Date, time: Time) -> int:
    """Seconds before UTC at a moment on the wall."""
    if not zone.name:
        return zone.offset
    return _seconds(_python(date, time).replace(tzinfo=ZoneInfo(zone.name)).utcoffset())


def _shown(seconds: Decimal, zone: Zone) -> DateTime:
    """The moment, in seconds of UTC, as clocks in a zone show it."""
    offset = zone.offset
    if zone.name:
        utc = moment_of(seconds, UTC_ZONE)
        there = _python(utc.date, utc.time).replace(tzinfo=UTC).astimezone(ZoneInfo(zone.name))
        offset = _seconds(there.utcoffset())
    return moment_of(seconds + offset, zone)


def _python(date: Date, time: Time) -> datetime:
    """The moment in Python's type; one beyond its years as 400 years, or more, nearer."""
    year = date.year if 1 < date.year < 9999 else 2000 + date.year % CYCLE_YEARS  # noqa: PLR2004 - Python's years
    return datetime(year, date.month, date.day, time.hour, time.minute, int(time.second))  # noqa: DTZ001 - the zone follows


def _seconds(offset: timedelta | None) -> int:
    return int((offset or timedelta()).total_seconds())


def from_date(day: date) -> Date:
    """A day of Python's."""
    return Date(day.year, day.month, day.day)


def from_python(moment: datetime) -> DateTime:
    """A moment of Python's, with its zone."""
    key = getattr(moment.tzinfo, "key", "")
    offset = moment.utcoffset()
    fixed = Zone(int(offset.total_seconds())) if offset is not None else None
    second = Decimal(moment.second) + Decimal(moment.microsecond) / 1_000_000
    time = Time(moment.hour, moment.minute, second, Zone(name=key) if key else fixed)
    return DateTime(Date(moment.year, moment.month, moment.day), time)

"""Reads dates, times and durations from text (DMN 1.5 §10.3.2.3, §10.3.4.1; XML Schema 1.1)."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeVar

from processes.engine.language.feel.moments import HOUR, MINUTE, MONTHS, Date, DateTime, Time, Zone
from processes.engine.language.feel.values import Months, NoValueError, Seconds
from processes.engine.sentences.catalogue import say

DATE: Final = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
TIME: Final = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}(?:\.[0-9]{1,20})?)"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+/-]{1,60})?"
)
ONLY_DATE: Final = re.compile(DATE)
ONLY_TIME: Final = re.compile("T?" + TIME)
MOMENT: Final = re.compile(f"{DATE}(?:T{TIME})?")
YEARS: Final = re.compile(r"(-)?P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?")
DAYS: Final = re.compile(
    r"(-)?P(?:([0-9]{1,15})D)?"
    r"(?:T(?:([0-9]{1,15})H)?(?:([0-9]{1,15})M)?(?:([0-9]{1,15}(?:\.[0-9]{0,20})?)S)?)?"
)
LARGEST_ZONE_HOURS: Final = 14
Moment = TypeVar("Moment", Date, Time, DateTime)


def date_from(text: str) -> Date:
    """`2026-11-28`. Raises NoValueError."""
    return _read(text, ONLY_DATE, _date)


def time_from(text: str) -> Time:
    """`12:30:00`, with an offset, `Z` or `@Europe/Amsterdam` or without. Raises NoValueError."""
    return _read(text, ONLY_TIME, _time)


def moment_from(text: str) -> DateTime:
    """A date, `T` and a time; a date alone is its midnight. Raises NoValueError."""
    return _read(text, MOMENT, _moment)


def duration_from(text: str) -> Months | Seconds:
    """`P1Y2M` or `P1DT2H30M`, negative with a minus before. Raises NoValueError."""
    years = YEARS.fullmatch(text)
    if years and (years[2] or years[3]):
        return Months(_sign(years[1]) * (int(years[2] or 0) * MONTHS + int(years[3] or 0)))
    days = DAYS.fullmatch(text)
    if days and any(days.groups()[1:]) and not text.endswith("T"):
        day, hour, minute, second = (Decimal(each or 0) for each in days.groups()[1:])
        return Seconds(_sign(days[1]) * (day * 24 * HOUR + hour * HOUR + minute * MINUTE + second))
    raise NoValueError(say("feel.not-a-duration"))


def literal(text: str) -> Any:
    """The value of `@"…"`: the kind is clear from how it is written. Raises NoValueError."""
    for read in (date_from, moment_from, time_from, duration_from):
        try:
            return read(text)
        except NoValueError:
            continue
    raise NoValueError(say("feel.not-a-literal"))


def zone_from(text: str | None) -> Zone | None:
    """`Z`, an offset, or `@` with the name of a time zone. Raises ValueError, LookupError."""
    if not text:
        return None
    if text == "Z":
        return Zone()
    if text.startswith("@"):
        return Zone(name=text[1:])
    hours, minutes, seconds = (int(each) for each in (text[1:] + ":00").split(":")[:3])
    if hours > LARGEST_ZONE_HOURS or minutes >= MINUTE or seconds >= MINUTE:
        raise ValueError(text)
    offset = hours * HOUR + minutes * MINUTE + seconds
    return Zone(-offset if text.startswith("-") else offset)


def _read(text: str, pattern: re.Pattern[str], make: Callable[[re.Match[str]], Moment]) -> Moment:
    found = pattern.fullmatch(text)
    if found is None:
        raise NoValueError(say("feel.not-a-moment"))
    try:
        return make(found)
    except (ValueError, LookupError, OSError):
        raise NoValueError(say("feel.no-such-moment")) from None


def _date(found: re.Match[str]) -> Date:
    return Date(int(found["year"]), int(found["month"]), int(found["day"]))


def _time(found: re.Match[str]) -> Time:
    zone = zone_from(found["zone"])
    return Time(int(found["hour"]), int(found["minute"]), Decimal(found["second"]), zone)


def _moment(found: re.Match[str]) -> DateTime:
    if found["hour"] is None:
        return DateTime(_date(found), Time(0, 0, Decimal(0)))
    if found["hour"] == "24" and found["minute"] == "00" and not Decimal(found["second"]):
        midnight = Time(0, 0, Decimal(0), zone_from(found["zone"]))
        return DateTime(_date(found).plus_days(1), midnight)  # the end of a day, XML Schema 3.3.7
    return DateTime(_date(found), _time(found))


def _sign(minus: str | None) -> int:
    return -1 if minus else 1

"""Functions of FEEL on dates, times and durations (DMN 1.5 §10.3.4.1, §10.3.4.7-8)."""

from decimal import Decimal
from typing import Any, Final

from processes.base import local
from processes.base import now as clock
from processes.engine.language.feel.builtins.registry import (
    built_in,
    integer,
    need,
    number,
)
from processes.engine.language.feel.literals import (
    date_from,
    duration_from,
    moment_from,
    time_from,
)
from processes.engine.language.feel.moments import (
    MONTHS,
    UTC_ZONE,
    Date,
    DateTime,
    Time,
    Zone,
    from_python,
)
from processes.engine.language.feel.values import Months, NoValueError, Seconds
from processes.engine.sentences.catalogue import say

WEEKDAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTH_NAMES: Final = (
    ["January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"]
)  # fmt: skip
THURSDAY: Final = 4


@built_in("date", "from")
def _date(value: Any) -> Date:
    found = need(value, "string", "date", "date and time")
    if isinstance(found, DateTime):
        return found.date
    return found if isinstance(found, Date) else date_from(found)


@built_in("date", "year, month, day")
def _date_of(year: Any, month: Any, day: Any) -> Date:
    return Date(integer(year), integer(month), integer(day))


@built_in("time", "from")
def _time(value: Any) -> Time:
    found = need(value, "string", "time", "date", "date and time")
    if isinstance(found, DateTime):
        return found.time
    if isinstance(found, Date):
        return Time(0, 0, Decimal(0), UTC_ZONE)
    return found if isinstance(found, Time) else time_from(found)


@built_in("time", "hour, minute, second, offset", required=3)
def _time_of(hour: Any, minute: Any, second: Any, offset: Any = None) -> Time:
    zone = None
    if offset is not None:
        zone = Zone(int(need(offset, "days and time duration").count))
    return Time(integer(hour), integer(minute), number(second), zone)


@built_in("date and time", "from")
def _moment(value: Any) -> DateTime:
    found = need(value, "string", "date", "date and time")
    if isinstance(found, Date):
        return DateTime(found, Time(0, 0, Decimal(0), UTC_ZONE))
    return found if isinstance(found, DateTime) else moment_from(found)


@built_in("date and time", "date, time")
def _moment_of(date: Any, time: Any) -> DateTime:
    """A date and a time together; or a moment, as the clocks of a time zone show it."""
    found = need(date, "date", "date and time", "string")
    if isinstance(time, str):
        return _moment(found).in_zone(Zone(name=time))
    if isinstance(found, str):
        raise NoValueError(say("feel.not-a-moment"))
    return DateTime(_date(found), need(time, "time"))


@built_in("duration", "from")
def _duration(value: Any) -> Months | Seconds:
    found = need(value, "string", "years and months duration", "days and time duration")
    return found if isinstance(found, (Months, Seconds)) else duration_from(found)


@built_in("years and months duration", "from, to")
def _months_between(start: Any, end: Any) -> Months:
    """Whole months from the one to the other, negative where the second comes first."""
    first, last = _day(start), _day(end)
    sign = 1
    if first.number > last.number:
        first, last, sign = last, first, -1
    months = (last.year - first.year) * MONTHS + last.month - first.month
    return Months(sign * (months - (last.day < first.day)))


@built_in("now")
def _now() -> DateTime:
    return from_python(clock())


@built_in("today")
def _today() -> Date:
    return from_python(local(clock())).date


@built_in("day of year", "date")
def _day_of_year(value: Any) -> Decimal:
    date = _day(value)
    return Decimal(date.number - Date(date.year, 1, 1).number + 1)


@built_in("day of week", "date")
def _day_of_week(value: Any) -> str:
    return WEEKDAYS[_day(value).weekday - 1]


@built_in("month of year", "date")
def _month_of_year(value: Any) -> str:
    return MONTH_NAMES[_day(value).month - 1]


@built_in("week of year", "date")
def _week_of_year(value: Any) -> Decimal:
    """By ISO 8601: the week of a day is that of its Thursday."""
    date = _day(value)
    thursday = date.plus_days(THURSDAY - date.weekday)
    return Decimal((thursday.number - Date(thursday.year, 1, 1).number) // 7 + 1)


def _day(value: Any) -> Date:
    return _date(need(value, "date", "date and time"))

"""Functions of FEEL for working days and legal terms, by the Algemene termijnenwet.

Not of the standard: the same as `workday`, `workdays_between`, `is_workday` and `term_end` of
`${…}`, over dates and durations.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from processes.engine.language import working_days
from processes.engine.language.feel.builtins.registry import built_in, integer, need
from processes.engine.language.feel.moments import DAY, Date, DateTime, from_date
from processes.engine.language.feel.values import Months, NoValueError
from processes.engine.language.iso8601 import Duration, IsoError
from processes.engine.sentences.catalogue import say

Found = TypeVar("Found")


@built_in("workday", "from, number")
def _workday(start: Any, number: Any) -> Date:
    """The day so many working days later; earlier below zero."""
    day, count = _day(start), integer(number)
    return from_date(_counted(lambda: working_days.working_days_on(day, count)))


@built_in("workdays between", "from, to")
def _workdays_between(start: Any, end: Any) -> Decimal:
    """Working days after the first day, up to and with the last."""
    first, last = _day(start), _day(end)
    return Decimal(_counted(lambda: working_days.working_days_between(first, last)))


@built_in("is workday", "date")
def _is_workday(value: Any) -> bool:
    return working_days.is_working_day(_day(value))


@built_in("term end", "from, duration")
def _term_end(start: Any, duration: Any) -> Date:
    """The last day of a legal term that an event on a day begins (articles 1, 2 and 4)."""
    day, term = _day(start), _term(duration)
    return from_date(_counted(lambda: working_days.end_of_term(day, term)))


def _term(value: Any) -> Duration:
    """A term of whole months, or of whole days. Raises NoValueError."""
    found = need(value, "years and months duration", "days and time duration")
    if isinstance(found, Months):
        term = Duration(found.count, 0, 0)
    else:
        days, rest = divmod(found.count, DAY)
        term = Duration(0, int(days), int(rest))
    if not working_days.is_term(term):
        raise NoValueError(say("language.term"))
    return term


def _day(value: Any) -> date:
    """The day, in Python; of a moment the day that its own clock shows. Raises NoValueError."""
    found = need(value, "date", "date and time")
    day = found.date if isinstance(found, DateTime) else found
    try:
        return date(day.year, day.month, day.day)
    except ValueError:
        raise NoValueError(say("feel.beyond-the-calendar")) from None


def _counted(count: Callable[[], Found]) -> Found:
    try:
        return count()
    except (IsoError, OverflowError):
        raise NoValueError(say("feel.beyond-the-calendar")) from None

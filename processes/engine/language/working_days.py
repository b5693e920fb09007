"""Working days and the last day of legal terms, by the Dutch Algemene termijnenwet.

General holidays are those that article 3 names for every year. Days that a decree makes equal to
them in one year (article 3.3) are working days here.
"""

from datetime import date, timedelta
from functools import lru_cache

from processes.engine.language.iso8601 import Duration, IsoError

SATURDAY = 5
A_DAY = timedelta(days=1)
LAST_YEAR = 9998
"""There is a day after each of its days."""
MOST = 2000
"""So many days are counted at most, one after the other."""

FIXED = ((1, 1), (5, 5), (12, 25), (12, 26))
"""Month and day of New Year's Day, 5 May and both days of Christmas."""
AFTER_EASTER = (-2, 1, 39, 50)
"""Days from Easter to Good Friday, Easter Monday, Ascension Day and Whit Monday."""
KING, QUEEN = (4, 27), (4, 30)
FIRST_YEAR_OF_KING = 2014

SHORT_TERM_DAYS = 3
"""From this length on, at least two working days lie in a term (article 2)."""
LONGEST_MONTHS, LONGEST_DAYS = 3, 90
"""The law does not move the end of what is longer (article 4a); twelve weeks are 84 days."""


@lru_cache(maxsize=256)
def holidays(year: int) -> frozenset[date]:
    """The general holidays of this year (articles 3.1 and 3.2)."""
    easter = easter_sunday(year)
    moving = {easter + timedelta(days=number) for number in AFTER_EASTER}
    fixed = {date(year, month, day) for month, day in FIXED}
    return frozenset({*moving, *fixed, _birthday(year)})


def _birthday(year: int) -> date:
    """When the birthday of the King or Queen is celebrated: not on a Sunday, but the day before."""
    day = date(year, *(KING if year >= FIRST_YEAR_OF_KING else QUEEN))
    return day - A_DAY if day.weekday() > SATURDAY else day


def easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar: the Sunday after the full moon of the church's tables.

    Gauss's rule, with Lichtenberg's correction; days are counted from the last of February.
    """
    century = year // 100
    leap_days = 2 - (3 * century + 3) // 4
    epact = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    moon = (19 * (year % 19) + epact) % 30
    full_moon = 21 + moon - (moon + (year % 19) // 11) // 29
    first_sunday = 7 - (year + year // 4 + leap_days) % 7
    return date(year, 3, 1) + timedelta(days=full_moon + 6 - (full_moon - first_sunday) % 7)


def is_working_day(day: date) -> bool:
    """Whether this is no Saturday, Sunday or general holiday."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def working_days_on(day: date, number: int) -> date:
    """The day so many working days after (below zero: before) this one; of 0, the day itself.

    Raises IsoError beyond the calendar, and for more than `MOST`.
    """
    if abs(number) > MOST:
        raise IsoError(str(number))
    step = A_DAY if number > 0 else -A_DAY
    for _ in range(abs(number)):
        day = _next(day, step)
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after the first day, up to and including the last.

    None if the last is no later. Raises IsoError for more than `MOST` days.
    """
    number = (last - first).days
    if number > MOST:
        raise IsoError(last.isoformat())
    return sum(is_working_day(first + timedelta(days=each)) for each in range(1, number + 1))


def is_term(term: Duration) -> bool:
    """Whether this is a term in days, weeks, months or years (article 4a leaves out hours)."""
    return bool(term.months or term.days) and not term.seconds


def end_of_term(day: date, term: Duration) -> date:
    """The last day of a legal term that an event on this day begins (articles 1, 2 and 4).

    The day of the event does not count; the term is one (`is_term`). Raises IsoError beyond the
    calendar.
    """
    end = term.on(day)
    if term.months > LONGEST_MONTHS or term.days > LONGEST_DAYS:
        return end
    if not is_working_day(end):
        end = _next(end, A_DAY)
    if term.months or term.days >= SHORT_TERM_DAYS:
        while working_days_between(day, end) < 2:  # noqa: PLR2004 - "ten minste twee dagen"
            end = _next(end, A_DAY)
    return end


def _next(day: date, step: timedelta) -> date:
    """The nearest working day in this direction."""
    while True:
        day = _moved(day, step)
        if is_working_day(day):
            return day


def _moved(day: date, step: timedelta) -> date:
    if not 1 < day.year <= LAST_YEAR:
        raise IsoError(day.isoformat())
    return day + step

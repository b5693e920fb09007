"""Days and times as a Dutch office writes them: 1-3-27, ma 1 maart 2027, 1e mrt. '27, 9.30 uur."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta

from processes.dutch import MONTH_NUMBERS, beginnings
from processes.reading.characters import apostrophes, hyphens, line

YEARS = range(1900, 3000)  # whoever means a year that is far off is asked, by the form
CENTURY = 2000
SPREADSHEET_DAY_ZERO = date(1899, 12, 30)
SPREADSHEET_DAYS = range(30_000, 60_000)  # 1982 to 2064
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

_NAMED_DAYS = "|".join(spelling for day in WEEKDAYS for spelling in beginnings(day, 2))
_WEEKDAY = re.compile(rf"({_NAMED_DAYS})\b\.?,?\s*")
_NUMBERS = re.compile(r"([0-9]{1,2}) ?[-/. ] ?([0-9]{1,2}) ?[-/. ] ?'?([0-9]{4}|[0-9]{2})")
_MONTHS = "|".join(MONTH_NUMBERS)
_WORDS = re.compile(
    rf"([0-9]{{1,2}})(?:e|ste|de)?[- .]{{0,2}}({_MONTHS})\.?[- ,]{{0,2}}'?([0-9]{{4}}|[0-9]{{2}})"
)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DIGITS = re.compile(r"[0-9]{8}")
_NUMBER = re.compile(r"([0-9]{5})(?:[.,]([0-9]+))?")  # of a spreadsheet
# What stands behind a day in a sentence, and the midnight that programs write behind it.
_BEHIND = re.compile(r"(?:[t ]0?0[:.]00(?:[:.]00(?:\.0+)?)?(?:z|[-+][0-9]{2}:?[0-9]{2})?)?[.,;]?$")
# Programs that reckon in UTC write midnight of Amsterdam as an hour of the day before.
_EVENING = re.compile(r"[t ](2[23])[:.]00(?:[:.]00(?:\.0+)?)?(?:z|[-+]00:?00)?$")
# As JavaScript writes a moment or a day: mon mar 01 2027 00:00:00 gmt+0100 (central european time)
_OF_JAVASCRIPT = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun) ([a-z]{3}) ([0-9]{2}) ([0-9]{4})"
    r"(?:( [0-9:]{8}) gmt([-+][0-9]{4})(?: \(.*\))?)?$"
)
_SLASHES = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/(?:[0-9]{4}|[0-9]{2})")
MONTHS = 12
EVENING = "{hour} uur bij deze datum: misschien is de volgende dag bedoeld. Vul alleen de dag in."
IMPOSSIBLE = "Deze datum bestaat niet. Controleer de dag, de maand en het jaar."
MONTH_FIRST = (
    "Deze datum bestaat niet. Staat de maand voorop? Schrijf eerst de dag: {day:%d-%m-%Y}."
)

_CLOCK = re.compile(
    r"([01]?\d|2[0-3])(?:\s?(?:[:.,h]|u(?:ur)?)\s?([0-5]\d)(?::00)?)?\s*(?:uur|u|h)?\.?"
)
_FOUR_DIGITS = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


class NoDateError(ValueError):
    """The text does not look like a day."""


class ImpossibleDateError(ValueError):
    """There is no such day, or perhaps another is meant: 31-2-2027, the year 26. Says why."""


def date_of(text: str) -> date:
    """The day that is written. Raises NoDateError, ImpossibleDateError."""
    plain = _BEHIND.sub("", _plain(text))
    named = _WEEKDAY.match(plain)
    rest = plain[named.end() :] if named else plain
    tried = list(_readings(rest))
    if not tried:
        if (evening := _EVENING.search(plain)) and any(_readings(rest[: -len(evening[0])])):
            raise ImpossibleDateError(EVENING.format(hour=evening[1]))
        raise NoDateError
    days = [day for reading in tried if (day := _day(*reading))]
    if not days:
        year, second, first = tried[0]
        meant = _day(year, first, second) if is_month_first(text) else None
        raise ImpossibleDateError(MONTH_FIRST.format(day=meant) if meant else IMPOSSIBLE)
    if named and not WEEKDAYS[days[0].weekday()].startswith(named[1]):
        message = f"Deze dag is een {WEEKDAYS[days[0].weekday()]}. Controleer de datum."
        raise ImpossibleDateError(message)
    return days[0]


def may_mean_the_next_day(text: str) -> bool:
    """Whether the hour behind it is midnight of Amsterdam in UTC: 22 in summer, 23 in winter."""
    return _evening(text) != ""


def day_of_spreadsheet(text: str) -> date | None:
    """The day whose number a spreadsheet writes where a cell has no format; None for no such.

    What stands behind its comma or point is an hour of that day.
    """
    found = _NUMBER.fullmatch(text)
    if found and int(found[1]) in SPREADSHEET_DAYS:
        return SPREADSHEET_DAY_ZERO + timedelta(days=int(found[1]))
    return None


def day_of_cell(text: str) -> date:
    """The day in a cell of a sheet: or its number. Raises NoDateError, ImpossibleDateError."""
    day = day_of_spreadsheet(text)
    if day is None:
        return date_of(text)
    if hour := _evening(text):
        raise ImpossibleDateError(EVENING.format(hour=hour))
    return day


def _evening(text: str) -> str:
    """The hour that is midnight of Amsterdam in UTC, if that stands behind a day; else nothing."""
    if found := _EVENING.search(_plain(text)):
        return found[1]
    number = _NUMBER.fullmatch(text.strip())
    minutes = round(float(f"0.{number[2]}") * 24 * 60) if number and number[2] else 0
    return next((hour for hour in ("22", "23") if minutes == int(hour) * 60), "")


def is_month_first(text: str) -> bool | None:
    """Whether the month stands before the day in 3/15/2027; None where it may: 3/1/2027."""
    found = _SLASHES.fullmatch(_BEHIND.sub("", _plain(text)))
    first, second = (int(found[1]), int(found[2])) if found else (0, 0)
    if first == second or first > MONTHS:
        return False
    return True if second > MONTHS else None


def _plain(text: str) -> str:
    """In small letters, and a moment of JavaScript with the day in front."""
    plain = apostrophes(hyphens(line(text).lower())).strip('"')
    return _OF_JAVASCRIPT.sub(r"\2 \1 \3\4\5", plain)


def time_of(text: str) -> time:
    """The time of day that is written: 9:30, 9.30 uur, 9u30, 0930, 14 uur. Raises ValueError."""
    plain = line(text).lower()
    found = _CLOCK.fullmatch(plain) or _FOUR_DIGITS.fullmatch(plain)
    if found is None:
        message = f"no time: {text[:40]!r}"
        raise ValueError(message)
    return time(int(found[1]), int(found[2] or 0))


def _readings(text: str) -> Iterator[tuple[int, int, int]]:
    """Year, month and day in the ways that the text can be read, the likeliest first."""
    if found := _NUMBERS.fullmatch(text):
        yield _year(found[3]), int(found[2]), int(found[1])
    elif found := _YEAR_FIRST.fullmatch(text):
        yield int(found[1]), int(found[2]), int(found[3])
    elif _DIGITS.fullmatch(text):
        yield int(text[4:]), int(text[2:4]), int(text[:2])
        yield int(text[:4]), int(text[4:6]), int(text[6:])
    elif found := _WORDS.fullmatch(text):
        yield _year(found[3]), MONTH_NUMBERS[found[2]], int(found[1])


def _year(digits: str) -> int:
    year = int(digits)
    return year + CENTURY if len(digits) < len("2026") else year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None

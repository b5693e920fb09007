"""How dates, lengths of time and numbers are written in Dutch: by Babel, on the CLDR (R66)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time, get_month_names
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from processes.base import local

LOCALE = Locale("nl")

UNITS = (
    (timedelta(weeks=8), timedelta(weeks=1), "week"),
    (timedelta(days=1), timedelta(days=1), "day"),
    (timedelta(hours=1), timedelta(hours=1), "hour"),
    (timedelta(minutes=1), timedelta(minutes=1), "minute"),
    (timedelta(0), timedelta(seconds=1), "second"),
)
"""From which length on which unit is used."""
WHOLE = 10  # from here on decimals say nothing


def beginnings(name: str, shortest: int) -> list[str]:
    """What a name may be shortened to: sep, sept, septe … september."""
    return [name[:length] for length in range(shortest, len(name) + 1)]


def _spellings() -> dict[str, int]:
    short = get_month_names("abbreviated", locale=LOCALE)
    dutch = get_month_names("wide", locale=LOCALE)
    english = get_month_names("wide", locale=Locale("en"))
    return {
        spelling: month
        for month, name in dutch.items()
        for spelling in (
            *beginnings(name, 3),
            *beginnings(english[month].lower(), 3),
            short[month].rstrip("."),
        )
    }


MONTH_NUMBERS: Mapping[str, int] = _spellings()
"""The number of a month by its name in lower case, whole or shortened: maart, maa, mrt, sept.

By its English name too, which programs write in a file whatever its language.
"""


def date_in_words(moment: date | datetime | None) -> str:
    """12 maart 2026, on the calendar of Amsterdam; "" for none."""
    if moment is None:
        return ""
    return _day_in_words(local(moment).date() if isinstance(moment, datetime) else moment)


@lru_cache(1024)
def _day_in_words(day: date) -> str:
    """A list has the same few days over and over."""
    return format_date(day, "d MMMM y", locale=LOCALE)


def month_in_words(day: date) -> str:
    """The month of a day: maart 2026."""
    return format_date(day, "MMMM y", locale=LOCALE)


def time_in_words(moment: datetime) -> str:
    """14.05 uur, on the clock of Amsterdam."""
    return format_time(local(moment).time(), "HH.mm 'uur'", locale=LOCALE)


def moment_in_words(moment: datetime | None) -> str:
    """12 maart 2026, 14.05 uur, on the clock of Amsterdam; "" for none."""
    return "" if moment is None else f"{date_in_words(moment)}, {time_in_words(moment)}"


def length_in_words(length: timedelta | None) -> str:
    """A length in the unit that people would use: 3 dagen, 2,5 uur, 40 seconden; "" for none."""
    if length is None:
        return ""
    number, unit = _measured(length)
    rounded = round(number, 0 if number >= WHOLE else 1)
    return _counted(rounded, unit) if rounded or not length else "minder dan 1 seconde"


def shown(length: timedelta) -> timedelta:
    """A length as exactly as `length_in_words` tells it: 2 hours and 28 minutes is 2.5 hours.

    Less than half a hundredth of a second is nothing, as clocks go.
    """
    if length < timedelta(seconds=0.005):
        return timedelta(0)
    number, unit = _measured(length)
    rounded = round(number, 0 if number >= WHOLE else 1)
    one = next(one for _least, one, name in UNITS if name == unit)
    return rounded * one or timedelta(seconds=0.01)


def age_in_words(age: timedelta | None) -> str:
    """How long ago, in whole units: 2 uur, from two hours to three; "" for none."""
    if age is None:
        return ""
    number, unit = _measured(max(age, timedelta(0)))
    return _counted(int(number), unit)


def days_in_words(days: int) -> str:
    """A term in days, in years where it is whole ones of 365: 90 dagen, 7 jaar."""
    years, left = divmod(days, 365)
    return _counted(days, "day") if left or not years else _counted(years, "year")


def _measured(length: timedelta) -> tuple[float, str]:
    one, unit = next((one, unit) for least, one, unit in UNITS if length >= least)
    return length / one, unit


def _counted(number: float, unit: str) -> str:
    return format_unit(number, f"duration-{unit}", length="long", locale=LOCALE)


def percent_text(share: float | None) -> str:
    """0.873 as 87%; what is little but not nothing is no 0%; "" for none."""
    if share is None:
        return ""
    if 0 < share < 0.01:  # noqa: PLR2004 - one percent
        return "<1%"
    return format_percent(share, locale=LOCALE)


def amount_text(euros: Decimal) -> str:
    """An amount with a point between thousands, and cents where there are any: 1.250, 49,50."""
    is_whole = euros == euros.to_integral_value()
    return format_decimal(euros, "#,##0" if is_whole else "#,##0.00", locale=LOCALE)


def decimal_text(value: Decimal | float | None) -> str:
    """A number with a decimal comma, and no zeros that say nothing: 3,5; "" for none."""
    if value is None:
        return ""
    return format_decimal(value, "0.#", locale=LOCALE, decimal_quantization=False)

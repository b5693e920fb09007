"""Jinja filters for dates, durations and percentages in Dutch (R66)."""

from datetime import date, datetime, timedelta

from flask import Flask

from processes.base import local

MONTHS = [
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
]

UNITS = (
    (timedelta(weeks=8), timedelta(weeks=1), "week", "weken"),
    (timedelta(days=1), timedelta(days=1), "dag", "dagen"),
    (timedelta(hours=1), timedelta(hours=1), "uur", "uur"),
    (timedelta(minutes=1), timedelta(minutes=1), "minuut", "minuten"),
    (timedelta(0), timedelta(seconds=1), "seconde", "seconden"),
)
"""From which length on which unit is used."""
WHOLE = 10  # from here on decimals say nothing


def datum(moment: date | datetime | None) -> str:
    """12 maart 2026, on the calendar of Amsterdam."""
    if moment is None:
        return ""
    day = local(moment) if isinstance(moment, datetime) else moment
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def datum_tijd(moment: datetime | None) -> str:
    """12 maart 2026, 14.05 uur, on the clock of Amsterdam."""
    return "" if moment is None else f"{datum(moment)}, {local(moment):%H.%M} uur"


def duur(length: timedelta | None) -> str:
    """A length in the unit that people would use: 3 dagen, 2,5 uur, 40 seconden."""
    if length is None:
        return ""
    if not length:
        return "0 seconden"
    unit, one, many = next((u, a, b) for least, u, a, b in UNITS if length >= least)
    number = length / unit
    text = f"{number:.0f}" if number >= WHOLE else f"{number:.1f}".removesuffix(".0")
    if text == "0":
        return "minder dan 1 seconde"
    return f"{text.replace('.', ',')} {one if text == '1' else many}"


def procent(share: float | None) -> str:
    """0.873 as 87%; a small share that is not zero is never 0%."""
    if share is None:
        return ""
    if 0 < share < 0.01:  # noqa: PLR2004 - one percent
        return "<1%"
    return f"{100 * share:.0f}%"


def init_texts(app: Flask) -> None:
    """Register the filters."""
    app.add_template_filter(datum)
    app.add_template_filter(datum_tijd)
    app.add_template_filter(duur)
    app.add_template_filter(procent)

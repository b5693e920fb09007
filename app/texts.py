"""How dates and numbers are written in Dutch, for every template (R66)."""

from datetime import date, datetime

from flask import Flask

from processes.base import local

MONTHS = [
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
]


def datum(moment: date | datetime | None) -> str:
    """12 maart 2026, on the calendar of Amsterdam."""
    if moment is None:
        return ""
    day = local(moment) if isinstance(moment, datetime) else moment
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def datum_tijd(moment: datetime | None) -> str:
    """12 maart 2026, 14.05 uur, on the clock of Amsterdam."""
    return "" if moment is None else f"{datum(moment)}, {local(moment):%H.%M} uur"


def init_texts(app: Flask) -> None:
    """Give the templates their filters."""
    app.add_template_filter(datum)
    app.add_template_filter(datum_tijd)

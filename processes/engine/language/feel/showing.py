"""The text of a FEEL value, as `string()` gives it (DMN 1.5 §10.3.4.1)."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from processes.engine.language.feel.moments import (
    DAY,
    HOUR,
    MINUTE,
    MONTHS,
    Date,
    DateTime,
    Time,
    Zone,
)
from processes.engine.language.feel.values import Function, Months, Range, Seconds

PLAIN_KEY: Final = re.compile(r"[^\W\d][\w ]*")


def text_of(value: Any) -> str:
    """How a value is written; a text within a list or context stands in quotes."""
    return _TEXTS[type(value)](value)


def number_text(value: Decimal) -> str:
    """Without exponent, and without zeros that say nothing."""
    if not value:
        return "0"
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def _context(context: dict[str, Any]) -> str:
    entries = (
        f"{key if PLAIN_KEY.fullmatch(key) else _quoted(key)}: {text_of(each)}"
        for key, each in context.items()
    )
    return "{" + ", ".join(entries) + "}"


def _date(date: Date) -> str:
    year = f"{abs(date.year):04}"
    return f"{'-' if date.year < 0 else ''}{year}-{date.month:02}-{date.day:02}"


def _time(time: Time) -> str:
    whole, rest = divmod(time.second, 1)
    fraction = f"{rest:f}"[1:].rstrip("0").rstrip(".") if rest else ""
    return f"{time.hour:02}:{time.minute:02}:{int(whole):02}{fraction}{_zone(time.zone)}"


def _zone(zone: Zone | None) -> str:
    if zone is None:
        return ""
    if zone.name:
        return f"@{zone.name}"
    if not zone.offset:
        return "Z"
    offset = abs(zone.offset)
    seconds = f":{offset % MINUTE:02}" if offset % MINUTE else ""
    sign = "-" if zone.offset < 0 else "+"
    return f"{sign}{offset // HOUR:02}:{offset % HOUR // MINUTE:02}{seconds}"


def _months(duration: Months) -> str:
    years, months = divmod(abs(duration.count), MONTHS)
    parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if duration.count < 0 else ''}P{parts or '0M'}"


def _seconds(duration: Seconds) -> str:
    left = abs(duration.count)
    days, hours = left // DAY, left % DAY // HOUR
    minutes, seconds = left % HOUR // MINUTE, left % MINUTE
    time = "".join(
        f"{number_text(count)}{unit}"
        for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S"))
        if count
    )
    parts = (f"{number_text(days)}D" if days else "") + (f"T{time}" if time else "")
    return f"{'-' if duration.count < 0 else ''}P{parts or 'T0S'}"


def _range(whole: Range) -> str:
    if whole.low is None:
        return f"({'<=' if whole.high_included else '<'} {text_of(whole.high)})"
    if whole.high is None:
        return f"({'>=' if whole.low_included else '>'} {text_of(whole.low)})"
    ends = f"{text_of(whole.low)}..{text_of(whole.high)}"
    opening, closing = "[" if whole.low_included else "(", "]" if whole.high_included else ")"
    return f"{opening}{ends}{closing}"


def _function(function: Function) -> str:
    return f"function({', '.join(function.variants[0].parameters)})"


_TEXTS: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _none: "null",
    bool: lambda truth: str(truth).lower(),
    Decimal: number_text,
    str: _quoted,
    list: lambda items: f"[{', '.join(map(text_of, items))}]",
    dict: _context,
    Date: _date,
    Time: _time,
    DateTime: lambda moment: f"{_date(moment.date)}T{_time(moment.time)}",
    Months: _months,
    Seconds: _seconds,
    Range: _range,
    Function: _function,
}

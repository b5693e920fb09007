"""Properties of FEEL values, as in `date.year` (DMN 1.5 table 65)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

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
from processes.engine.language.feel.values import (
    Months,
    NoValueError,
    Range,
    Seconds,
    kind,
)
from processes.engine.sentences.catalogue import say, word_list

Properties: TypeAlias = Mapping[str, Callable[[Any], Any]]
LONG_NAMES: Final = frozenset({"time offset", "start included", "end included"})


def property_of(value: Any, name: str) -> Any:
    """`value.name`; of a list, that of each item. Raises NoValueError."""
    if isinstance(value, list):
        return [_entry_or_null(each, name) for each in value]
    if isinstance(value, dict):
        if name not in value:
            raise NoValueError(say("feel.no-such-entry", name=name))
        return value[name]
    read = PROPERTIES.get(type(value), {}).get(name)
    if read is None:
        raise NoValueError(
            say("feel.no-such-property", kind=word_list("feel.kinds")[kind(value)], name=name)
        )
    return read(value)


def _entry_or_null(item: Any, name: str) -> Any:
    try:
        return property_of(item, name)
    except NoValueError:
        return None


def _offset(offset: int | None) -> Seconds | None:
    return None if offset is None else Seconds(Decimal(offset))


def _zone_name(zone: Zone | None) -> str | None:
    return zone.name or None if zone else None


def _signed(total: Any, part: Any) -> Decimal:
    return Decimal(-part if total < 0 else part)


def _of_part(part: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda moment: read(getattr(moment, part))


_DATE: Properties = {
    "year": lambda date: Decimal(date.year),
    "month": lambda date: Decimal(date.month),
    "day": lambda date: Decimal(date.day),
    "weekday": lambda date: Decimal(date.weekday),
}
_TIME: Properties = {
    "hour": lambda time: Decimal(time.hour),
    "minute": lambda time: Decimal(time.minute),
    "second": lambda time: time.second,
    "time offset": lambda time: _offset(
        time.zone.offset if time.zone and not time.zone.name else None
    ),
    "timezone": lambda time: _zone_name(time.zone),
}
PROPERTIES: Mapping[type, Properties] = {
    Date: _DATE,
    Time: _TIME,
    DateTime: {
        **{name: _of_part("date", read) for name, read in _DATE.items()},
        **{name: _of_part("time", read) for name, read in _TIME.items()},
        "time offset": lambda moment: _offset(moment.offset),
    },
    Months: {
        "years": lambda each: _signed(each.count, abs(each.count) // MONTHS),
        "months": lambda each: _signed(each.count, abs(each.count) % MONTHS),
    },
    Seconds: {
        "days": lambda each: _signed(each.count, abs(each.count) // DAY),
        "hours": lambda each: _signed(each.count, abs(each.count) % DAY // HOUR),
        "minutes": lambda each: _signed(each.count, abs(each.count) % HOUR // MINUTE),
        "seconds": lambda each: _signed(each.count, abs(each.count) % MINUTE),
    },
    Range: {
        "start": lambda each: each.low,
        "end": lambda each: each.high,
        "start included": lambda each: each.low_included,
        "end included": lambda each: each.high_included,
    },
}

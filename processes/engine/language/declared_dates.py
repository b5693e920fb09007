"""Which process variables FEEL reads as dates: those that a form field of type date gives.

A variable is JSON, in which a date is text. FEEL is told by the process what its forms declare;
the small language reads the same text, of which the order is that of the calendar.
"""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TypeAlias

from processes.engine.language.feel.json_values import from_json
from processes.engine.language.feel.literals import date_from
from processes.engine.language.feel.values import NoValueError

Dates: TypeAlias = Mapping[str, frozenset[str]]
"""Name of a variable → nothing where it is a date itself; of rows, their columns that are."""

_declared: ContextVar[Dates] = ContextVar("declared_dates", default=MappingProxyType({}))


class declared:  # noqa: N801 - used as `with declared(dates)`
    """Within it FEEL reads these variables as dates."""

    __slots__ = ("_dates", "_token")

    def __init__(self, dates: Dates) -> None:
        self._dates = dates

    def __enter__(self) -> None:
        self._token = _declared.set(self._dates)

    def __exit__(self, *_error: object) -> None:
        _declared.reset(self._token)


def feel_values(names: Iterable[str], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The FEEL values of these process variables, of those that are there."""
    known = {name: from_json(variables[name]) for name in names if name in variables}
    dates = _declared.get()
    if dates:
        known |= {name: _dated(known[name], dates[name]) for name in known.keys() & dates.keys()}
    return known


def feel_value(name: str, value: Any) -> Any:
    """The FEEL value of a process variable: a date where one is declared and the text is one."""
    columns = _declared.get().get(name)
    found = from_json(value)
    return found if columns is None else _dated(found, columns)


def _dated(value: Any, columns: frozenset[str]) -> Any:
    if isinstance(value, str):
        try:
            return date_from(value)
        except NoValueError:
            return value
    if isinstance(value, list):
        return [_with_dates(row, columns) if isinstance(row, dict) else row for row in value]
    return value


def _with_dates(row: dict[str, Any], columns: frozenset[str]) -> dict[str, Any]:
    return {
        name: _dated(each, frozenset()) if name in columns else each for name, each in row.items()
    }

"""Validates process variables and copies them as JSON values."""

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from math import isfinite
from operator import is_
from typing import Any
from uuid import UUID

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
_LARGEST = 2**63 - 1
_AS_IT_IS = frozenset({str, bool, type(None)})


class VariablesError(ValueError):
    """A variable has a name or a value that cannot be stored."""


def variables_of(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """A deep copy of these variables as JSON types; dates become ISO text.

    Raises VariablesError for a name or value that cannot be stored.
    """
    copied = {}
    for name, value in (given or {}).items():
        if not _NAME.fullmatch(name):
            message = f"{name!r} is no name for a process variable"
            raise VariablesError(message)
        copied[name] = json_value(value)
    return copied


def json_value(value: Any) -> Any:
    """A deep copy of one value as JSON types. Raises VariablesError."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return _scalar(value)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; a boolean never equals a number (DMN 1.5 §10.3.2.2)."""
    if one is other:
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return False
        return all(map(is_, one, other)) or all(map(same, one, other))  # mostly a copy of the list
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def whole(value: Any) -> Any:
    """A whole number that is written with decimals or as a text, as a number; all else as it is."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}\s*", value, re.ASCII):
        return int(value)
    return value


def _scalar(value: Any) -> float | str:
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, int | float):
        message = "this number is too large, or is none: it cannot be kept in a process variable"
    else:
        message = f"a {type(value).__name__} cannot be kept in a process variable"
    raise VariablesError(message)

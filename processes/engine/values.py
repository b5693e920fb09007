"""Process variables are plain JSON values, copied at the edge: nothing is shared, nothing is lost."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
_LARGEST = 2**63 - 1


class VariablesError(ValueError):
    """A variable has a name or a value that cannot be kept."""


def variables_of(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """A deep copy of these variables as JSON types; dates become ISO text."""
    copied = {}
    for name, value in (given or {}).items():
        if not _NAME.fullmatch(name):
            message = f"{name!r} is no name for a process variable"
            raise VariablesError(message)
        copied[name] = json_value(value)
    return copied


def json_value(value: Any) -> Any:
    """A deep copy of one value as JSON types."""
    match value:
        case Enum():
            return json_value(value.value)
        case None | bool() | float():
            return value
        case str():
            return str(value)
        case int() if abs(value) <= _LARGEST:
            return value
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return {str(key): json_value(item) for key, item in value.items()}
        case list() | tuple():
            return [json_value(item) for item in value]
        case _:
            message = f"a {type(value).__name__} cannot be kept in a process variable"
            raise VariablesError(message)

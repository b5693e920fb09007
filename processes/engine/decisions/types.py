"""The `typeRef` of a column of a decision table: its values are converted, or refused."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from processes.engine.diagram.graph import Element

NUMBERS = frozenset(["number", "integer", "long", "double", "decimal", "float", "short"])
"""What is a number: its name in DMN, and those of Camunda 7 and older tools."""
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
TRUTHS = {"true": True, "false": False}


def type_of(element: Element | None) -> str:
    """What a column or an expression is declared to hold: "number", "boolean" or ""."""
    written = (element.get("typeRef") or "") if element is not None else ""
    local = written.strip().rpartition(":")[2]
    return "number" if local in NUMBERS else local if local == "boolean" else ""


def typed(type_: str, value: Any) -> Any:
    """The value as one of this type, null as null. Raises ValueError where it is none.

    A text that is a number or a truth value is converted (DMN 1.5 §10.3.2.9.4); a column of texts
    takes what it is given.
    """
    if value is None or not type_:
        return value
    return READERS[type_](value)


def _number(value: Any) -> float:
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        number = float(value)
        return int(number) if number.is_integer() else number
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ValueError(value)


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        value = TRUTHS.get(value.strip().lower())
    if isinstance(value, bool):
        return value
    raise ValueError(value)


READERS: Mapping[str, Callable[[Any], Any]] = {"number": _number, "boolean": _truth}

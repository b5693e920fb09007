"""The variables of a case: for its page, and as a condition of the list of cases."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from sqlalchemy.orm import Session

from processes.engine.execution.instances import variables
from processes.engine.interpreter.stored_variables import may_have, stored_variables
from processes.engine.store.models import ProcessInstance
from processes.reading import characters
from processes.reading.numbers import NoNumberError, decimal_of

MISSING = object()
IS, EXISTS, MISSES = "is", "bestaat", "ontbreekt"


def variables_or_none(session: Session, one: ProcessInstance) -> dict[str, Any]:
    """The variables, or none where the state cannot be read: a page must show what is broken."""
    try:
        return variables(session, one)
    except Exception:  # noqa: BLE001 - whatever is wrong with the state
        return {}


def written(value: Any) -> str:
    """A value as an operator types it: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class VariableCondition:
    """What a variable must be: its name (or `name.part` of a map), an operator, a value."""

    name: str = ""
    operator: str = IS
    value: str = ""

    @classmethod
    def read(cls, words: Mapping[str, str]) -> Self:
        """From an address; `gegeven=status=open` of an earlier release too."""
        name, sign, given = characters.line(words.get("gegeven", "")).partition("=")
        operator, value = words.get("hoe", ""), characters.line(words.get("waarde", ""))
        value = value or given.strip()
        if operator not in HOLDS or (not value and operator not in (EXISTS, MISSES)):
            operator = IS if value or sign else EXISTS
        return cls(name.strip(), operator, value)

    @property
    def words(self) -> dict[str, str]:
        """As it stands in an address."""
        if not self.name:
            return {"gegeven": "", "hoe": "", "waarde": ""}
        return {"gegeven": self.name, "hoe": self.operator, "waarde": self.value}

    def holds_in(self, state: bytes) -> bool:
        """Whether it holds for the stored state of a case; not where that cannot be read."""
        name, *parts = self.name.split(".")
        try:
            found: Any = stored_variables(state) if may_have(state, name) else {}
        except Exception:  # noqa: BLE001 - whatever is wrong with the state
            return False
        for part in (name, *parts):
            found = found.get(part, MISSING) if isinstance(found, dict) else MISSING
        return HOLDS[self.operator](found, self.value)


def _is(found: Any, text: str) -> bool:
    return found is not MISSING and (written(found) == text or _compare(found, text) == 0)


def _contains(found: Any, text: str) -> bool:
    if isinstance(found, list) and any(_is(each, text) for each in found):
        return True
    return found is not MISSING and text.casefold() in written(found).casefold()


def _compare(found: Any, text: str) -> int | None:
    """Below zero, zero or above: numbers by their value, texts (also dates) by their letters."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        value, other = decimal_of(found) if isinstance(found, str) else found, decimal_of(text)
    except NoNumberError:
        return _order(found, text) if isinstance(found, str) else None
    return _order(Decimal(str(value)), other)


def _order(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


HOLDS: Mapping[str, Callable[[Any, str], bool]] = {
    IS: _is,
    "niet": lambda found, text: found is not MISSING and not _is(found, text),
    "bevat": _contains,
    "begint": lambda found, text: (
        found is not MISSING and written(found).casefold().startswith(text.casefold())
    ),
    "meer": lambda found, text: (_compare(found, text) or 0) > 0,
    "minder": lambda found, text: (_compare(found, text) or 0) < 0,
    EXISTS: lambda found, _text: found is not MISSING,
    MISSES: lambda found, _text: found is MISSING,
}
"""By its word in an address, whether what was found holds against what was typed."""

OPERATORS = (
    (IS, "is"),
    ("niet", "is niet"),
    ("bevat", "bevat"),
    ("begint", "begint met"),
    ("meer", "is meer of later dan"),
    ("minder", "is minder of eerder dan"),
    (EXISTS, "bestaat"),
    (MISSES, "bestaat niet"),
)

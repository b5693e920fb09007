"""Why a case went the way it did: each condition that was looked at, and the values it read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from processes.engine.insight.history import Entry
from processes.engine.language.expressions import compile_expression

QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Considered:
    """One condition behind an element that a token left."""

    element_id: str
    at: datetime
    condition: str
    holds: bool
    reason: str  # Dutch; why FEEL could not tell, or nothing
    is_by_default: bool  # the last one, where no condition held
    values: Mapping[str, Any]

    def without_values(self, hidden: str) -> "Considered":
        """The same without its values: what a reason quotes and the condition does not say too."""

        def shown(quote: re.Match[str]) -> str:
            return quote[0] if quote[1] in self.condition else f'"{hidden}"'

        return replace(self, values={}, reason=QUOTED.sub(shown, self.reason))


def choices_in(history: Iterable[Entry]) -> list[Considered]:
    """Every condition that was looked at, in order."""
    return [each for entry in history for each in _of(entry)]


def _of(entry: Entry) -> Iterator[Considered]:
    chosen = entry.chosen or {"conditions": [], "values": {}}
    conditions = chosen["conditions"]
    none_holds = not any(each["holds"] for each in conditions)
    for number, each in enumerate(conditions, 1):
        names = compile_expression(each["text"]).names
        yield Considered(
            entry.element_id,
            entry.left_at or entry.entered_at,
            each["text"],
            each["holds"],
            each["reason"] or "",
            none_holds and number == len(conditions),
            {name: value for name, value in chosen["values"].items() if name in names},
        )

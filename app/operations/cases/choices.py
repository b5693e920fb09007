"""Why a case went the way it did: each condition that was looked at, and the values it read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.operations.masks import HIDDEN, masked
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


def choices_in(history: Iterable[Entry], *, is_masked: bool) -> list[Considered]:
    """Every condition that was looked at, in order; what may be personal is masked."""
    return [each for entry in history for each in _of(entry, is_masked=is_masked)]


def _of(entry: Entry, *, is_masked: bool) -> Iterator[Considered]:
    chosen = entry.chosen or {"conditions": [], "values": {}}
    values = masked(chosen["values"]) if is_masked else chosen["values"]
    conditions = chosen["conditions"]
    none_holds = not any(each["holds"] for each in conditions)
    for number, each in enumerate(conditions, 1):
        names = compile_expression(each["text"]).names
        reason = each["reason"] or ""
        yield Considered(
            entry.element_id,
            entry.left_at or entry.entered_at,
            each["text"],
            each["holds"],
            _without_values(reason, each["text"]) if is_masked else reason,
            none_holds and number == len(conditions),
            {name: value for name, value in values.items() if name in names},
        )


def _without_values(reason: str, condition: str) -> str:
    """A reason may quote a value; what the condition does not say itself is masked."""
    return QUOTED.sub(lambda quote: quote[0] if quote[1] in condition else f'"{HIDDEN}"', reason)

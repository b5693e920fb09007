"""What the cells of a decision table take, column by column, as far as that can be proved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from processes.engine.decisions.axes import Axis, Piece, axis_of, bits
from processes.engine.decisions.cells import compile_cell
from processes.engine.decisions.deciding import in_small_language
from processes.engine.decisions.dmn.reading import entry_text, name_of, type_ref
from processes.engine.decisions.regions import (
    LAST,
    WHOLE,
    Reader,
    Region,
    in_feel,
    region_of,
    small_language_reader,
)
from processes.engine.decisions.tables import entries, input_texts, input_types, table_of
from processes.engine.decisions.types import NUMBERS
from processes.engine.diagram.graph import Element, children, first, text_of
from processes.engine.language.expressions import ExpressionError
from processes.engine.language.feel.evaluation import BudgetError
from processes.engine.language.feel.expressions import compile_tests
from processes.engine.language.feel.source import FeelSyntaxError

VARIABLE: Final = re.compile(r"(?:(?:date|number|string)\()?\s*[\w. ]+\s*\)?")
WHOLE_NUMBERS: Final = frozenset({"integer", "long", "short"})
KINDS: Final = {
    **dict.fromkeys(NUMBERS, "number"),
    "boolean": "boolean",
    "string": "string",
    "date": "date",
    "yearMonthDuration": "years and months duration",
    "years and months duration": "years and months duration",
    "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration",
}


@dataclass(frozen=True)
class InputColumn:
    """An input of a table: what its cells take, each None where that cannot be told."""

    name: str  # as a message calls it
    kind: str  # what it is declared to hold, "" where it may hold anything
    is_whole_numbers: bool
    is_free: bool  # it may hold any value whatever the other columns hold
    allowed: Region | None
    cells: tuple[Region | None, ...]
    nulls: tuple[bool, ...]  # whether each cell takes null, which no region holds

    def axis_with_null(self) -> Axis:
        """Its axis with a last piece for null: what takes every value need not take that."""
        axis, nulls = self.axis(), bits(self.nulls)
        null = Piece(LAST, LAST, nulls | axis.unknown)
        return replace(axis, pieces=(*axis.pieces, null), any=axis.any & nulls)

    def axis(self, *, only_named: bool = False) -> Axis:
        """Its axis; a cell that does not hold values of its kind is unknown."""
        allowed = self.allowed if self.is_free else None
        if allowed is None or not self.fits(allowed):
            cells = [each if each and each.is_whole else None for each in self.cells]
            return axis_of(self.name, cells)
        return axis_of(
            self.name,
            [each if each and self.fits(each) else None for each in self.cells],
            allowed,
            is_whole_numbers=self.is_whole_numbers,
            only_named=only_named,
        )

    def fits(self, cell: Region) -> bool:
        """Whether a cell compares with values of the kind of its column."""
        return not self.kind or cell.kind in ("", self.kind)


def columns_of(decision: Element) -> list[InputColumn]:
    """The inputs of the table of a decision, whose every rule has a cell for each column."""
    table = table_of(decision)
    if table is None:
        return []
    texts, types = input_texts(table), input_types(table)
    small = in_small_language(decision) is not None
    rules = [entries(rule, "inputEntry") for rule in children(table, "rule")]
    found = []
    for at, drawn in enumerate(children(table, "input")):
        read = small_language_reader(types[at]) if small else in_feel
        kind, allowed = _held(decision, drawn, read)
        cells = tuple(region_of(rule[at], read) for rule in rules)
        nulls = tuple(_takes_null(rule[at], types[at] if small else None) for rule in rules)
        name = (drawn.get("label") or "").strip() or texts[at]
        whole = _base(decision, drawn) in WHOLE_NUMBERS
        found.append(InputColumn(name, kind, whole, _is_free(texts, at), allowed, cells, nulls))
    return found


def _takes_null(text: str, type_: str | None) -> bool:
    """Whether a cell of constants takes null; `type_` is of a column in the small language."""
    try:
        if type_ is not None:
            return compile_cell(text, type_)(None, {})
        return text.strip() == "" or compile_tests(text).holds(None, {}) is True
    except (ExpressionError, FeelSyntaxError, BudgetError):
        return False  # told by other rules


def _is_free(texts: list[str], at: int) -> bool:
    """Whether a column reads one variable that no other column reads."""
    own = texts[at].strip()
    others = (each.strip() for number, each in enumerate(texts) if number != at)
    variable = _variable(own)
    return bool(VARIABLE.fullmatch(own)) and all(
        bool(VARIABLE.fullmatch(each)) and _apart(variable, _variable(each)) for each in others
    )


def _variable(text: str) -> str:
    return text.rpartition("(")[2].strip(" )")


def _apart(one: str, other: str) -> bool:
    return not f"{one}.".startswith(f"{other}.") and not f"{other}.".startswith(f"{one}.")


def _held(decision: Element, drawn: Element, read: Reader) -> tuple[str, Region | None]:
    """The kind of a column, and what it allows; None where that cannot be told."""
    kind = KINDS.get(_base(decision, drawn), "")
    allowed = WHOLE
    for text in _constraints(decision, drawn):
        region = region_of(text, read)
        if region is None:
            return kind, None
        allowed = allowed.within(region)
    return kind or allowed.kind, allowed


def _constraints(decision: Element, drawn: Element) -> Iterator[str]:
    """The unary tests that every value of a column satisfies."""
    definition = _definition(decision, drawn)
    parts = [first(drawn, "inputValues")]
    if definition is not None:
        parts += [first(definition, "allowedValues"), first(definition, "typeConstraint")]
    return (entry_text(part) for part in parts if entry_text(part))


def _definition(decision: Element, drawn: Element) -> Element | None:
    reference = type_ref(first(drawn, "inputExpression"))
    root = decision.getroottree().getroot()
    found = (e for e in children(root, "itemDefinition") if reference and name_of(e) == reference)
    return next(found, None)


def _base(decision: Element, drawn: Element) -> str:
    """The type of FEEL that a column holds, "" where it is made of others."""
    definition = _definition(decision, drawn)
    if definition is None:
        return type_ref(first(drawn, "inputExpression"))
    if definition.get("isCollection") == "true":
        return ""
    base = first(definition, "typeRef")
    return text_of(base).strip() if base is not None else type_ref(definition)

"""Compiles and evaluates DMN decision tables with their hit policies."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from processes.engine.decisions.cells import Cell, compile_cell
from processes.engine.diagram.graph import Diagram, Element, children, first, read, text_of
from processes.engine.language.expressions import Expression, ExpressionError, compile_expression

HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "COLLECT", "RULE ORDER"})
ONE_HIT = frozenset({"UNIQUE", "FIRST"})
AGGREGATIONS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "SUM": sum,
    "MIN": min,
    "MAX": max,
    "COUNT": len,
}


class DecisionError(ValueError):
    """A decision that cannot be evaluated; the reason is Dutch."""


@dataclass(frozen=True)
class Row:
    """One rule of a table."""

    id: str
    cells: tuple[Cell, ...]
    results: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Table:
    """A compiled decision table; safe to share between threads."""

    decision: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Expression, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]

    def evaluate(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Output name → value; lists under COLLECT and RULE ORDER; None without a hit."""
        values = [expression.evaluate(variables) for expression in self.inputs]
        hits = self._hits(values, variables)
        if self.hit_policy not in ONE_HIT:
            found = [_results(row, variables) for row in hits]
            return {
                name: self._collected([result[at] for result in found])
                for at, name in enumerate(self.outputs)
            }
        row = next(hits, None)
        if row and self.hit_policy == "UNIQUE":
            self._refuse_second(row, hits)
        results = _results(row, variables) if row else [None] * len(self.outputs)
        return dict(zip(self.outputs, results, strict=True))

    def _hits(self, values: list[Any], variables: Mapping[str, Any]) -> Iterator[Row]:
        for row in self.rows:
            if all(cell(v, variables) for cell, v in zip(row.cells, values, strict=True)):
                yield row

    def _refuse_second(self, row: Row, hits: Iterator[Row]) -> None:
        second = next(hits, None)
        if second:
            message = f'Bij beslissing "{self.decision}" passen meer regels tegelijk: '
            reason = f"{message}{row.id} en {second.id}. Er mag er maar één passen."
            raise DecisionError(reason)

    def _collected(self, values: list[Any]) -> Any:
        if not self.aggregation:
            return values
        if not values:
            return 0 if self.aggregation in ("SUM", "COUNT") else None
        try:
            return AGGREGATIONS[self.aggregation](values)
        except TypeError:
            message = f'Bij beslissing "{self.decision}" zijn de uitkomsten niet op te tellen.'
            raise DecisionError(message) from None


def evaluate_table(xml: bytes, decision_id: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of one decision. Raises DecisionError or ExpressionError."""
    return _table(xml, decision_id).evaluate(variables)


@lru_cache(maxsize=128)
def _table(xml: bytes, decision_id: str) -> Table:
    for decision in decisions(read(xml)):
        if decision.get("id") == decision_id:
            return compile_table(decision)
    message = f'De beslissing "{decision_id}" bestaat niet.'
    raise DecisionError(message)


def decisions(diagram: Diagram) -> list[Element]:
    """The decisions of a DMN file."""
    return children(diagram.root, "decision") if diagram.is_dmn else []


def table_of(decision: Element) -> Element | None:
    return first(decision, "decisionTable")


def hit_policy(table: Element) -> str:
    """UNIQUE where none is drawn, as DMN says."""
    return (table.get("hitPolicy") or "UNIQUE").strip().upper().replace("_", " ")


def compile_table(decision: Element) -> Table:
    """Compile a decision. Raises DecisionError where it is unsupported."""
    table = table_of(decision)
    name = decision.get("name") or decision.get("id") or ""
    if table is None:
        message = f'De beslissing "{name}" heeft geen tabel.'
        raise DecisionError(message)
    policy, aggregation = hit_policy(table), (table.get("aggregation") or "").upper()
    if policy not in HIT_POLICIES or (aggregation and aggregation not in AGGREGATIONS):
        message = f'De beslissing "{name}" gebruikt {policy} {aggregation}; dat kan hier niet.'
        raise DecisionError(message)
    inputs = tuple(compile_expression(text) for text in input_texts(table))
    outputs = tuple(output_names(table))
    rows = tuple(_row(rule, len(inputs), len(outputs)) for rule in children(table, "rule"))
    return Table(name, policy, aggregation, inputs, outputs, rows)


def input_texts(table: Element) -> list[str]:
    """The expression of each input column."""
    expressions = [first(column, "inputExpression") for column in children(table, "input")]
    return [text_of(first(e, "text")) if e is not None else "" for e in expressions]


def output_names(table: Element) -> list[str]:
    """The variable of each output column."""
    return [(column.get("name") or "").strip() for column in children(table, "output")]


def entries(rule: Element, wanted: str) -> list[str]:
    """The texts of the input or output cells of a rule."""
    return [text_of(first(entry, "text")) for entry in children(rule, wanted)]


def _row(rule: Element, inputs: int, outputs: int) -> Row:
    cells = [compile_cell(text) for text in entries(rule, "inputEntry")]
    texts = entries(rule, "outputEntry")
    if len(cells) != inputs or len(texts) != outputs:
        message = f"Regel {rule.get('id') or ''} heeft niet voor elke kolom een cel."
        raise DecisionError(message)
    results = (compile_expression(text) if text else None for text in texts)
    return Row(rule.get("id") or "", tuple(cells), tuple(results))


def _results(row: Row, variables: Mapping[str, Any]) -> list[Any]:
    return [result.evaluate(variables) if result else None for result in row.results]


__all__ = ["DecisionError", "ExpressionError", "Table", "compile_table", "evaluate_table"]

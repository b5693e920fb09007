"""Compiles and evaluates decision tables in the small language, with their hit policies."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from processes.engine.decisions.cells import Cell, compile_cell
from processes.engine.decisions.index import Index, index_of
from processes.engine.decisions.regions import region_of, small_language_reader
from processes.engine.decisions.types import type_of, typed
from processes.engine.diagram.graph import Diagram, Element, children, first, label, text_of
from processes.engine.language.expressions import Expression, ExpressionError, compile_expression
from processes.engine.sentences.catalogue import say, word_list

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
class Decided:
    """A decision that was taken."""

    id: str  # of the decision
    inputs: Mapping[str, Any]  # by the expression of the column, or the name of the input
    hits: tuple[int, ...]  # the rules that count, by number from 1; none where there is no table
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One rule of a table."""

    id: str
    cells: tuple[Cell, ...]
    results: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Table:
    """A compiled decision table; safe to share between threads."""

    id: str  # of its decision
    decision: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Expression, ...]
    outputs: tuple[str, ...]
    types: tuple[str, ...]  # of the inputs, and then of the outputs
    rows: tuple[Row, ...]
    defaults: tuple[Expression | None, ...]  # the outcomes where no row hits
    allowed_inputs: tuple[Cell | None, ...]  # what each input must satisfy, where that is drawn
    allowed_outputs: tuple[Cell | None, ...]
    index: Index

    def evaluate(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Output name → value; lists under COLLECT and RULE ORDER. Raises as `decide`."""
        return dict(self.decide(variables).outputs)

    def decide(self, variables: Mapping[str, Any]) -> Decided:
        """What is decided, with the inputs and the rules that count.

        Without a hit the default outputs (DMN 1.5 §8.2.11), else None. Raises DecisionError for a
        value that the table does not allow, ExpressionError for what cannot be worked out.
        """
        read = [expression.evaluate(variables) for expression in self.inputs]
        columns = [each.source for each in self.inputs]
        values = self._typed(columns, self._types("input"), read)
        self._refuse_others("input", values, variables)
        chosen = self._chosen(values, variables)
        found = [self._outcomes(self.rows[number].results, variables) for number in chosen]
        if not found and any(self.defaults):
            found = [self._outcomes(self.defaults, variables)]
        hits = tuple(number + 1 for number in chosen)
        return Decided(self.id, dict(zip(columns, values, strict=True)), hits, self._given(found))

    def _given(self, found: list[list[Any]]) -> dict[str, Any]:
        if self.hit_policy in ONE_HIT:
            one = found[0] if found else [None] * len(self.outputs)
            return dict(zip(self.outputs, one, strict=True))
        return {
            name: self._collected([result[at] for result in found])
            for at, name in enumerate(self.outputs)
        }

    def _chosen(self, values: list[Any], variables: Mapping[str, Any]) -> list[int]:
        """The rows that count under the hit policy, by number from 0."""
        hits = self._hits(values, variables)
        if self.hit_policy not in ONE_HIT:
            return list(hits)
        row = next(hits, None)
        if row is not None and self.hit_policy == "UNIQUE":
            self._refuse_second(row, hits)
        return [] if row is None else [row]

    def _outcomes(
        self, results: tuple[Expression | None, ...], variables: Mapping[str, Any]
    ) -> list[Any]:
        found = [result.evaluate(variables) if result else None for result in results]
        outcomes = self._typed(self.outputs, self._types("output"), found)
        self._refuse_others("output", outcomes, variables)
        return outcomes

    def _types(self, kind: str) -> tuple[str, ...]:
        count = len(self.inputs)
        return self.types[:count] if kind == "input" else self.types[count:]

    def _typed(self, names: Sequence[str], types: Sequence[str], values: list[Any]) -> list[Any]:
        """The values, converted to what their columns are declared to hold."""
        converted = []
        for name, type_, value in zip(names, types, values, strict=True):
            try:
                converted.append(typed(type_, value))
            except ValueError:
                raise DecisionError(
                    say(
                        "decisions.not-of-type",
                        decision=self.decision,
                        column=name,
                        type=word_list("decisions.types")[type_],
                    )
                ) from None
        return converted

    def _refuse_others(self, kind: str, values: list[Any], variables: Mapping[str, Any]) -> None:
        """Refuse a value that is not among those of its column; null always is."""
        names = [each.source for each in self.inputs] if kind == "input" else list(self.outputs)
        allowed = self.allowed_inputs if kind == "input" else self.allowed_outputs
        for name, cell, value in zip(names, allowed, values, strict=True):
            if cell and value is not None and not cell(value, variables):
                raise DecisionError(
                    say(
                        "decisions.value-not-allowed",
                        decision=self.decision,
                        column=name,
                    )
                )

    def _hits(self, values: list[Any], variables: Mapping[str, Any]) -> Iterator[int]:
        for number, is_sure in self.index.candidates(values):
            cells = zip(self.rows[number].cells, values, strict=True)
            if is_sure or all(cell(value, variables) for cell, value in cells):
                yield number

    def _refuse_second(self, row: int, hits: Iterator[int]) -> None:
        second = next(hits, None)
        if second is not None:
            raise DecisionError(
                say(
                    "decisions.second-hit",
                    decision=self.decision,
                    first=row + 1,
                    second=second + 1,
                )
            )

    def _collected(self, values: list[Any]) -> Any:
        if not self.aggregation:
            return values
        if not values:
            return 0 if self.aggregation in ("SUM", "COUNT") else None
        try:
            return AGGREGATIONS[self.aggregation](values)
        except TypeError:
            message = say("decisions.outcomes-not-numbers", decision=self.decision)
            raise DecisionError(message) from None


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
    name = label(decision) or decision.get("id") or ""
    if table is None:
        message = say("decisions.no-table", decision=name)
        raise DecisionError(message)
    policy, aggregation = hit_policy(table), (table.get("aggregation") or "").upper()
    if policy not in HIT_POLICIES or (aggregation and aggregation not in AGGREGATIONS):
        message = say(
            "decisions.policy-refused", decision=name, policy=policy, aggregation=aggregation
        )
        raise DecisionError(message)
    inputs = tuple(compile_expression(text) for text in input_texts(table))
    outputs = tuple(output_names(table))
    types = (*input_types(table), *output_types(table))
    rows = tuple(_row(rule, types, len(inputs)) for rule in children(table, "rule"))
    return Table(
        decision.get("id") or "",
        name,
        policy,
        aggregation,
        inputs,
        outputs,
        types,
        rows,
        tuple(compile_expression(text) if text else None for text in default_texts(table)),
        _allowed(table, "input", input_types(table)),
        _allowed(table, "output", output_types(table)),
        _index(table, input_types(table)),
    )


def _index(table: Element, types: Sequence[str]) -> Index:
    readers = [small_language_reader(type_) for type_ in types]
    rules = (entries(rule, "inputEntry") for rule in children(table, "rule"))
    regions = [list(map(region_of, texts, readers)) for texts in rules]
    return index_of(regions, len(types))


def _allowed(table: Element, kind: str, types: Sequence[str]) -> tuple[Cell | None, ...]:
    texts = allowed_texts(table, kind)
    return tuple(
        compile_cell(text, type_) if text else None
        for text, type_ in zip(texts, types, strict=True)
    )


def input_texts(table: Element) -> list[str]:
    """The expression of each input column."""
    expressions = [first(column, "inputExpression") for column in children(table, "input")]
    return [text_of(first(e, "text")) if e is not None else "" for e in expressions]


def output_names(table: Element) -> list[str]:
    """The variable of each output column."""
    return [(column.get("name") or "").strip() for column in children(table, "output")]


def default_texts(table: Element) -> list[str]:
    """The outcome of each output column where no row hits; "" where none is drawn."""
    drawn = (first(column, "defaultOutputEntry") for column in children(table, "output"))
    return [text_of(first(each, "text")) if each is not None else "" for each in drawn]


def allowed_texts(table: Element, kind: str) -> list[str]:
    """The values that each input or output column allows; "" where it allows any."""
    drawn = (first(column, f"{kind}Values") for column in children(table, kind))
    return [text_of(first(each, "text")) if each is not None else "" for each in drawn]


def input_types(table: Element) -> list[str]:
    """What each input column is declared to hold (`typeRef`)."""
    return [type_of(first(column, "inputExpression")) for column in children(table, "input")]


def output_types(table: Element) -> list[str]:
    """What each output column is declared to hold (`typeRef`)."""
    return [type_of(column) for column in children(table, "output")]


def entries(rule: Element, wanted: str) -> list[str]:
    """The texts of the input or output cells of a rule."""
    return [text_of(first(entry, "text")) for entry in children(rule, wanted)]


def _row(rule: Element, types: Sequence[str], inputs: int) -> Row:
    tests, texts = entries(rule, "inputEntry"), entries(rule, "outputEntry")
    if len(tests) != inputs or len(texts) != len(types) - inputs:
        message = say("decisions.row-incomplete", row=rule.get("id") or "")
        raise DecisionError(message)
    cells = (compile_cell(text, type_) for text, type_ in zip(tests, types, strict=False))
    results = (compile_expression(text) if text else None for text in texts)
    return Row(rule.get("id") or "", tuple(cells), tuple(results))


__all__ = ["Decided", "DecisionError", "ExpressionError", "Table", "compile_table"]

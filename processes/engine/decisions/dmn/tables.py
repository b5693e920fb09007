"""Compiles decision tables of every hit policy (DMN 1.5 §8) to closures over a FEEL scope."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from processes.engine.decisions.dmn.items import ItemDefinitions
from processes.engine.decisions.dmn.reading import (
    Element,
    children,
    entry_text,
    first,
    kind,
    name_of,
    type_ref,
)
from processes.engine.decisions.dmn.texts import TextCompiler
from processes.engine.decisions.index import Index, index_of
from processes.engine.decisions.regions import in_feel, region_of
from processes.engine.decisions.tables import Decided
from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel.calls import invoke
from processes.engine.language.feel.comparing import same
from processes.engine.language.feel.evaluation import Evaluation, Run, Scope
from processes.engine.language.feel.expressions import FeelSyntaxError, UnaryTests
from processes.engine.language.feel.nodes import or_null
from processes.engine.language.feel.values import NoValueError
from processes.engine.sentences.catalogue import say

AGGREGATIONS: Final[Mapping[str, str]] = {
    "SUM": "sum",
    "MIN": "min",
    "MAX": "max",
    "COUNT": "count",
}


class Trace(Evaluation):
    """An evaluation that notes every table in it, with the rules that were hit."""

    __slots__ = ("tables",)

    def __init__(self, steps: int, seconds: float) -> None:
        super().__init__(steps, seconds)
        self.tables: list[Decided] = []


@dataclass(frozen=True)
class Column:
    """An input or output of a table."""

    name: str  # of an output, its name; of an input, its expression
    expression: Run | None  # what an input reads
    type_: str
    allowed: UnaryTests | None
    order: tuple[Run, ...]  # the allowed outputs, the most important first
    default: Run | None


@dataclass(frozen=True)
class Rule:
    """A row: its number from 1, the tests of its inputs and the expressions of its outputs."""

    number: int
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Run, ...]


class TableCompiler:
    """Compiles the decision tables of one model."""

    def __init__(self, texts: TextCompiler) -> None:
        self._texts = texts

    def compiled(self, drawn: Element, names: frozenset[str]) -> Run:
        """The table. Raises FeelSyntaxError."""
        policy = (drawn.get("hitPolicy") or "UNIQUE").strip().upper().replace("_", " ")
        if policy not in _POLICIES:
            raise FeelSyntaxError(say("decisions.policy-unknown", policy=policy[:40]))
        decision = drawn.getparent()
        return _Table(
            (decision.get("id") or "") if kind(decision) == "decision" else "",
            self._texts.items,
            policy,
            (drawn.get("aggregation") or "").upper(),
            tuple(self._input(each, names) for each in children(drawn, "input")),
            tuple(self._output(each, names) for each in children(drawn, "output")),
            tuple(
                self._rule(number, each, names)
                for number, each in enumerate(children(drawn, "rule"), start=1)
            ),
            _index(drawn),
        ).evaluated

    def _input(self, drawn: Element, names: frozenset[str]) -> Column:
        expression = first(drawn, "inputExpression")
        return Column(
            entry_text(expression),
            self._texts.expression(entry_text(expression), names),
            type_ref(expression),
            self._allowed(first(drawn, "inputValues"), names),
            (),
            None,
        )

    def _output(self, drawn: Element, names: frozenset[str]) -> Column:
        values = entry_text(first(drawn, "outputValues"))
        default = first(drawn, "defaultOutputEntry")
        return Column(
            name_of(drawn),
            None,
            type_ref(drawn),
            self._allowed(first(drawn, "outputValues"), names),
            tuple(self._texts.expression(each, names) for each in parts_of(values)),
            None if default is None else self._texts.expression(entry_text(default), names),
        )

    def _allowed(self, drawn: Element | None, names: frozenset[str]) -> UnaryTests | None:
        text = entry_text(drawn)
        return self._texts.tests(text, names) if text else None

    def _rule(self, number: int, drawn: Element, names: frozenset[str]) -> Rule:
        tests = (self._texts.tests(entry_text(e), names) for e in children(drawn, "inputEntry"))
        outputs = (
            self._texts.expression(entry_text(each), names)
            for each in children(drawn, "outputEntry")
        )
        return Rule(number, tuple(tests), tuple(outputs))


@dataclass(frozen=True)
class _Table:
    """A compiled table."""

    decision: str  # the id of its decision; "" where it stands elsewhere
    items: ItemDefinitions
    policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[Rule, ...]
    index: Index

    def evaluated(self, scope: Scope) -> Any:
        return or_null(scope, self._decided, scope)

    def _decided(self, scope: Scope) -> Any:
        values = [self._value(column, scope) for column in self.inputs]
        hits = [
            at
            for at, is_sure in self.index.candidates(values)
            if is_sure or _hits(self.rules[at], values, scope)
        ]
        if self.decision and isinstance(scope.evaluation, Trace):
            self._note(scope.evaluation, values, hits)
        if not hits:
            return self._default(scope)
        return _POLICIES[self.policy](self, [self.rules[at] for at in hits], scope)

    def _note(self, trace: Trace, values: list[Any], hits: list[int]) -> None:
        counting = hits[:1] if self.policy == "FIRST" else hits
        inputs = dict(zip([column.name for column in self.inputs], values, strict=True))
        trace.tables.append(Decided(self.decision, inputs, tuple(at + 1 for at in counting), {}))

    def _value(self, column: Column, scope: Scope) -> Any:
        """What an input reads. Raises NoValueError where the column does not allow it."""
        found = column.expression(scope) if column.expression else None
        with _in_column(column):
            value = self.items.fit(found, column.type_)
            if value is not None and column.allowed:
                _refuse_other(column.allowed, value, scope)
        return value

    def _default(self, scope: Scope) -> Any:
        defaults = [column.default for column in self.outputs]
        if not any(defaults):
            return None
        return self._shaped([default(scope) if default else None for default in defaults], scope)

    def _row(self, rule: Rule, scope: Scope) -> list[Any]:
        return [output(scope) for output in rule.outputs]

    def _shaped(self, row: list[Any], scope: Scope) -> Any:
        """One output as it is; more of them as a context."""
        fitted = [self._fitted(*each, scope) for each in zip(row, self.outputs, strict=True)]
        if len(fitted) == 1:
            return fitted[0]
        return dict(zip([column.name for column in self.outputs], fitted, strict=True))

    def _fitted(self, given: Any, column: Column, scope: Scope) -> Any:
        """An outcome. Raises NoValueError where its column does not allow it."""
        with _in_column(column):
            value = self.items.fit(given, column.type_)
            if value is not None and column.allowed:
                _refuse_other(column.allowed, value, scope)
        return value

    def _unique(self, hits: list[Rule], scope: Scope) -> Any:
        if len(hits) > 1:
            first, second = hits[0].number, hits[1].number
            raise NoValueError(say("decisions.more-than-one-hit", first=first, second=second))
        return self._first(hits, scope)

    def _first(self, hits: list[Rule], scope: Scope) -> Any:
        return self._shaped(self._row(hits[0], scope), scope)

    def _any(self, hits: list[Rule], scope: Scope) -> Any:
        rows = [self._row(rule, scope) for rule in hits]
        if not all(same(rows[0], row) for row in rows):
            raise NoValueError(say("decisions.different-outcomes"))
        return self._shaped(rows[0], scope)

    def _ranked(self, hits: list[Rule], scope: Scope) -> list[Any]:
        """The rows, the most important outcome first: as the output values stand."""
        orders = [[each(scope) for each in column.order] for column in self.outputs]
        rows = [self._row(rule, scope) for rule in hits]
        rows.sort(key=lambda row: [_rank(*each) for each in zip(row, orders, strict=True)])
        return [self._shaped(row, scope) for row in rows]

    def _priority(self, hits: list[Rule], scope: Scope) -> Any:
        return self._ranked(hits, scope)[0]

    def _all(self, hits: list[Rule], scope: Scope) -> Any:
        return [self._shaped(self._row(rule, scope), scope) for rule in hits]

    def _collected(self, hits: list[Rule], scope: Scope) -> Any:
        found = self._all(hits, scope)
        if not self.aggregation:
            return found
        function = FUNCTIONS[AGGREGATIONS[self.aggregation]]
        return invoke(function, [found], {}, scope.evaluation)


_POLICIES: Mapping[str, Callable[[_Table, list[Rule], Scope], Any]] = {
    "UNIQUE": _Table._unique,  # noqa: SLF001 - the methods of the class above
    "FIRST": _Table._first,  # noqa: SLF001
    "ANY": _Table._any,  # noqa: SLF001
    "PRIORITY": _Table._priority,  # noqa: SLF001
    "OUTPUT ORDER": _Table._ranked,  # noqa: SLF001
    "RULE ORDER": _Table._all,  # noqa: SLF001
    "COLLECT": _Table._collected,  # noqa: SLF001
}


POLICIES: Final = frozenset(_POLICIES)


def parts_of(text: str) -> list[str]:
    """The expressions of a text that commas part, outside brackets and quotes."""
    parts, depth, quoted = [""], 0, False
    for sign in text:
        quoted ^= sign == '"'
        if not quoted:
            depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and not quoted and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def _index(drawn: Element) -> Index:
    width = len(children(drawn, "input"))
    rules = (
        [entry_text(e) for e in children(rule, "inputEntry")] for rule in children(drawn, "rule")
    )
    regions = [[region_of(text, in_feel) for text in texts] for texts in rules]
    return index_of([(each + [None] * width)[:width] for each in regions], width)


def _hits(rule: Rule, values: Sequence[Any], scope: Scope) -> bool:
    return all(
        test.run(value, scope) is True for test, value in zip(rule.tests, values, strict=True)
    )


@contextmanager
def _in_column(column: Column) -> Iterator[None]:
    """Name the column in the reason why a value is none of it."""
    try:
        yield
    except NoValueError as error:
        if not column.name:
            raise
        raise NoValueError(
            say("decisions.in-column", column=column.name[:80], reason=str(error))
        ) from None


def _refuse_other(allowed: UnaryTests, value: Any, scope: Scope) -> None:
    if allowed.run(value, scope) is not True:
        raise NoValueError(say("decisions.not-among-allowed"))


def _rank(value: Any, order: Sequence[Any]) -> int:
    return next((at for at, each in enumerate(order) if same(each, value)), len(order))

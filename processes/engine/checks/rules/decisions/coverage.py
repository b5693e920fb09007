"""Rules for what a decision table leaves open, takes twice or never reaches; tables nobody uses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Final

from processes.engine.checks.rules.decisions.decision_tables import label_of, tables_of
from processes.engine.checks.rules.rule import (
    DMN_RULES,
    Complaint,
    Surroundings,
    error,
    warning,
)
from processes.engine.checks.rules.tasks import decision_of
from processes.engine.decisions.axes import Axis
from processes.engine.decisions.columns import InputColumn, columns_of
from processes.engine.decisions.coverage import (
    Combination,
    Steps,
    TooManyStepsError,
    never_hit,
    overlaps,
)
from processes.engine.decisions.dmn.tables import parts_of
from processes.engine.decisions.gaps import gaps
from processes.engine.decisions.regions import LITERAL, in_feel
from processes.engine.decisions.tables import (
    allowed_texts,
    decisions,
    default_texts,
    entries,
    hit_policy,
    input_texts,
    output_names,
)
from processes.engine.diagram.graph import Diagram, Element, children
from processes.engine.sentences.catalogue import say, word_list

ONE_OUTCOME: Final = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
MOST_TOLD: Final = 10  # gaps or overlaps of one table; of more it is said how many
MOST_COMPARED: Final = 10_000  # pairs that are counted, or whose outcomes are compared


@dataclass(frozen=True)
class _Table:
    """A table that has every cell, as its rules of coverage look at it."""

    decision: Element
    drawn: Element

    @cached_property
    def columns(self) -> list[InputColumn]:
        return columns_of(self.decision)

    @cached_property
    def axes(self) -> list[Axis]:
        return [column.axis() for column in self.columns]

    @cached_property
    def rules(self) -> list[Element]:
        return children(self.drawn, "rule")

    @cached_property
    def every(self) -> int:
        """All rules, as bits."""
        return (1 << len(self.rules)) - 1

    @cached_property
    def known(self) -> int:
        """The rules of which every cell is known, as bits."""
        known = self.every
        for axis in self.axes:
            known &= ~axis.unknown
        return known

    @property
    def policy(self) -> str:
        return hit_policy(self.drawn)

    def outcomes(self, rule: int) -> list[Any]:
        """What a rule gives, as far as that is written out. Raises ValueError where it is not."""
        return [_constant(text) for text in entries(self.rules[rule], "outputEntry")]

    def in_words(self, axes: Sequence[Axis], combination: Combination) -> str:
        """A combination of values, for a message."""
        told = [
            say(
                "checks.one-of-combination",
                column=axis.name[:60],
                value=axis.example(piece)[:60] or say("checks.another-text"),
            )
            for axis, piece in zip(axes, combination, strict=True)
            if piece is not None and not (piece.low.rank and piece.high.rank)
        ]
        return " en ".join(told) or say("checks.any-combination")


def _whole_tables(diagram: Diagram) -> Iterator[_Table]:
    """The tables with rules, and a cell for each column in each of them."""
    for decision, drawn in tables_of(diagram):
        width = len(input_texts(drawn)), len(output_names(drawn))
        rules = children(drawn, "rule")
        cells = ((len(entries(e, "inputEntry")), len(entries(e, "outputEntry"))) for e in rules)
        if rules and all(each == width for each in cells):
            yield _Table(decision, drawn)


@warning("decision-gap", of=DMN_RULES)
def _every_combination_has_an_outcome(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """DMN 1.5 §8.1: a table should be complete; one that collects may find nothing."""
    for table in _whole_tables(diagram):
        if table.policy not in ONE_OUTCOME or any(default_texts(table.drawn)):
            continue
        axes = [column.axis(only_named=True) for column in table.columns]
        try:
            found = gaps(axes, table.every)
        except TooManyStepsError:
            continue
        name = label_of(table.decision)
        for combination in found[:MOST_TOLD]:
            words = table.in_words(axes, combination)
            yield table.decision, say("checks.decision-gap", decision=name, combination=words)
        if len(found) > MOST_TOLD:
            left = len(found) - MOST_TOLD
            yield table.decision, say("checks.decision-gaps-left", decision=name, count=left)


@error("decision-overlap", of=DMN_RULES)
def _rules_of_a_unique_table_do_not_overlap(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    """DMN 1.5 §8.2.8: each combination may fit one rule; at two of them a case would stop."""
    for table in _whole_tables(diagram):
        if table.policy == "UNIQUE":
            yield from _of_pairs(table, _pairs(table), is_clash=False)


@error("decision-clash", of=DMN_RULES)
def _rules_that_overlap_agree(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """DMN 1.5 §8.2.8: rules of an ANY table may overlap when their outcomes are the same."""
    for table in _whole_tables(diagram):
        if table.policy == "ANY":
            pairs = islice(_pairs(table), MOST_COMPARED)
            clashes = (pair for pair in pairs if _differ(table, pair[0], pair[1]))
            yield from _of_pairs(table, clashes, is_clash=True)


@warning("decision-never-hit", of=DMN_RULES)
def _every_rule_can_count(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for table in _whole_tables(diagram):
        ordered = table.policy in {"FIRST", "PRIORITY"}
        try:
            order = _order(table) if ordered else range(len(table.rules))
            axes = [column.axis_with_null() for column in table.columns]
            found = list(never_hit(axes, order, table.known, Steps()))
        except (TooManyStepsError, ValueError):
            continue
        for rule, is_taken in found:
            if ordered or not is_taken:
                yield table.rules[rule], _of_rule(table, rule, is_taken=is_taken)


@warning("cell-kind", of=DMN_RULES)
def _cells_compare_with_what_their_column_holds(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    """Beside `cell-type`: such a cell is worked out, and never holds for what the column is for."""
    words = word_list("feel.kinds")
    for table in _whole_tables(diagram):
        for at, column in enumerate(table.columns):
            for rule, cell in zip(table.rules, column.cells, strict=True):
                if cell is not None and not column.fits(cell):
                    value = entries(rule, "inputEntry")[at][:60]
                    kind, wanted = words[cell.kind], words[column.kind]
                    name = label_of(table.decision)
                    yield (
                        rule,
                        say(
                            "checks.cell-kind",
                            decision=name,
                            value=value,
                            kind=kind,
                            wanted=wanted,
                        ),
                    )


@warning("decision-unused", of=DMN_RULES)
def _decisions_are_asked(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    """Told of a table that is in use already: it came before the first process that asks it."""
    nodes = [node for file in around.files if not file.is_dmn for node in file.nodes]
    asked = {decision_of(node) for node in nodes} | _required(diagram)
    placed = {each.get("id") for file in around.files for each in decisions(file)}
    for decision in decisions(diagram):
        if decision.get("id") in placed - asked:
            yield decision, say("checks.decision-unused", decision=label_of(decision))


def _required(diagram: Diagram) -> set[str]:
    """The decisions that others in the file require, or give as outcome of a service."""
    wanted = ("{*}requiredDecision", "{*}outputDecision", "{*}encapsulatedDecision")
    return {(e.get("href") or "").rpartition("#")[2] for e in diagram.root.iter(*wanted)}


def _pairs(table: _Table) -> Iterator[tuple[int, int, Combination]]:
    try:
        yield from overlaps(table.axes, table.known, Steps())
    except TooManyStepsError:
        return


def _of_rule(table: _Table, rule: int, *, is_taken: bool) -> str:
    """Why a rule never counts: earlier ones take all that fits it, or nothing fits it."""
    name, number = label_of(table.decision), rule + 1
    if is_taken:
        return say("checks.decision-never-hit", decision=name, rule=number)
    return say("checks.decision-never-fits", decision=name, rule=number)


def _of_pairs(
    table: _Table, pairs: Iterator[tuple[int, int, Combination]], *, is_clash: bool
) -> Iterator[Complaint]:
    for pair in islice(pairs, MOST_TOLD):
        yield _of_pair(table, pair, is_clash=is_clash)
    left = sum(1 for _ in islice(pairs, MOST_COMPARED))
    if left:
        name = label_of(table.decision)
        yield table.decision, say("checks.decision-pairs-left", decision=name, count=left)


def _of_pair(table: _Table, pair: tuple[int, int, Combination], *, is_clash: bool) -> Complaint:
    """Two rules that take one combination; a clash where their outcomes differ too."""
    first, second = pair[0] + 1, pair[1] + 1
    words, name = table.in_words(table.axes, pair[2]), label_of(table.decision)
    if is_clash:
        told = say(
            "checks.decision-clash", decision=name, first=first, second=second, combination=words
        )
    else:
        told = say(
            "checks.decision-overlap", decision=name, first=first, second=second, combination=words
        )
    return table.rules[pair[1]], told


def _differ(table: _Table, one: int, other: int) -> bool:
    try:
        return table.outcomes(one) != table.outcomes(other)
    except ValueError:
        return False


def _order(table: _Table) -> list[int]:
    """The rules as they count: as drawn, or by their output values. Raises ValueError."""
    numbers = list(range(len(table.rules)))
    if table.policy == "FIRST":
        return numbers
    orders = [_listed(text) for text in allowed_texts(table.drawn, "output")]
    return sorted(numbers, key=lambda rule: _ranks(table.outcomes(rule), orders))


def _ranks(outcomes: list[Any], orders: list[list[Any]]) -> list[int]:
    return [
        order.index(value) if value in order else len(order)
        for value, order in zip(outcomes, orders, strict=True)
    ]


def _listed(text: str) -> list[Any]:
    return [_constant(part) for part in parts_of(text)]


def _constant(text: str) -> Any:
    """A value that is written out. Raises ValueError for anything else."""
    if not LITERAL.fullmatch(text.strip()):
        raise ValueError(text)
    return in_feel(text.strip())

"""A table decides with its index as it does by trying every rule, errors and their order too."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from processes.engine.decisions.deciding import compiled, decide
from processes.engine.decisions.index import index_of
from processes.engine.decisions.tables import DecisionError, ExpressionError, Table
from processes.engine.language.feel.expressions import compile_expression, compile_tests
from processes.engine.language.feel.json_values import from_json
from tests.processes.engine.tables import column, dmn, wide_rule, wide_table
from tests.steps import calls_of

CELLS = (
    ("-", "1", "< 2", ">= 2", "[1..3]", "(0..2.5)", "not(1, 3)", "1, 4, 9", "-2", "limit",
     "> limit", "not([1..limit])", '"a"'),
    ("-", '"a"', '"a", "b"', 'not("a")', '"c"', '>= "b"', "name", '["a".."c")'),
    ("-", "true", "false", "not(true)", "null", "not(null)", "true, false"),
)  # fmt: skip
VALUES: tuple[tuple[Any, ...], ...] = (
    (0, 1, 1.5, 2, 2.5, 3, 4, 9, -2, None, "1", True, [1], 10**14),
    ("a", "b", "c", "", None, 1, False, ["a"]),
    (True, False, None, 1, "true"),
)
TYPES = (("number", ""), ("string", ""), ("boolean", ""))
POLICIES = ("FIRST", "UNIQUE", "COLLECT", "RULE ORDER")


def without_index(table: Table) -> Table:
    return replace(
        table, index=index_of([[None] * len(table.inputs)] * len(table.rows), len(table.inputs))
    )


def outcome(table: Table, variables: Mapping[str, Any]) -> object:
    try:
        return table.decide(variables)
    except (DecisionError, ExpressionError) as error:
        return type(error), str(error)


def drawn_at_random(dice: random.Random, count: int) -> tuple[list[str], list[str]]:
    names = ("n", "s", "b")
    columns = [column(name, dice.choice(TYPES[at])) for at, name in enumerate(names)]
    rules = [
        wide_rule(*(dice.choice(cells) for cells in CELLS), to=str(number))
        for number in range(count)
    ]
    return columns, rules


def asked_at_random(dice: random.Random) -> dict[str, Any]:
    known = {"limit": dice.choice((1, 3, "x")), "name": dice.choice(("a", "b"))}
    values = (dice.choice(values) for values in VALUES)
    return {**known, **dict(zip(("n", "s", "b"), values, strict=True))}


@pytest.mark.parametrize("seed", range(40))
def test_the_index_changes_no_outcome(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same tables each time
    columns, rules = drawn_at_random(dice, 8)
    xml = dmn(wide_table(columns, *rules, policy=dice.choice(POLICIES)))
    table = compiled(xml, "colour").by
    assert isinstance(table, Table)
    plain = without_index(table)

    for _ in range(40):
        asked = asked_at_random(dice)
        assert outcome(table, asked) == outcome(plain, asked), asked


DATES = ("-", '< date("2026-03-01")', '[date("2026-01-01")..date("2026-06-30")]',
         'date("2026-03-01")', 'not(date("2026-03-01"))', "> date(limit)", "null")  # fmt: skip
DAYS = ("2025-12-31", "2026-01-01", "2026-03-01", "2026-06-30", "2026-07-01", None, "x")


@pytest.mark.parametrize("seed", range(20))
def test_the_index_of_a_table_in_feel_changes_no_outcome(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same tables each time
    cells = [(dice.choice(DATES), dice.choice(CELLS[0][:8])) for _ in range(6)]
    rules = [wide_rule(*each, to=str(number)) for number, each in enumerate(cells)]
    columns = [column("date(day)", ""), column("n", "")]
    xml = dmn(wide_table(columns, *rules, policy="COLLECT"))

    for _ in range(20):
        asked = {"day": dice.choice(DAYS), "n": dice.choice(VALUES[0][:9]), "limit": "2026-03-01"}
        tried = [number for number, each in enumerate(cells) if fits(each, asked)]
        assert hits_of(xml, asked) == tried, (cells, asked)


def hits_of(xml: bytes, asked: Mapping[str, Any]) -> list[int]:
    try:
        return decide(xml, "colour", asked)["outcome"] or []
    except DecisionError:  # no rule was hit, and there is a reason why something was null
        return []


def fits(cells: Sequence[str], asked: Mapping[str, Any]) -> bool:
    """Whether both cells of a rule take what is asked, each tried by itself."""
    known = {name: from_json(value) for name, value in asked.items()}
    values = (compile_expression("date(day)").evaluate(known), known["n"])
    tests = (compile_tests(cell) for cell in cells)
    return all(test.holds(value, known) is True for test, value in zip(tests, values, strict=True))


def test_a_decision_of_many_rules_tries_few() -> None:
    columns = [column(name, "number") for name in "ab"]
    rules = [wide_rule(f"[{at}..{at})", str(at), to=str(at)) for at in range(200)]
    rules = [rule.replace(f"..{at})", f"..{at + 1})") for at, rule in enumerate(rules)]
    table = compiled(dmn(wide_table(columns, *rules)), "colour").by
    assert isinstance(table, Table)
    asked = {"a": 150.5, "b": 150}

    indexed, found = calls_of(lambda: table.decide(asked))
    plain, same = calls_of(lambda: without_index(table).decide(asked))

    assert found == same
    assert found.outputs == {"outcome": 150}
    assert plain > 10 * indexed

"""What a decision table leaves open, takes twice or never reaches is told, with an example."""

import random

import pytest

from processes.engine.decisions.axes import axis_of
from processes.engine.decisions.coverage import (
    Steps,
    TooManyStepsError,
    never_hit,
    overlaps,
)
from processes.engine.decisions.deciding import decide
from processes.engine.decisions.gaps import gaps
from processes.engine.decisions.regions import in_feel, region_of
from processes.engine.decisions.tables import DecisionError
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import node, process, straight
from tests.processes.engine.tables import column, dmn, wide_rule, wide_table

HOURS = column("uren", "number")
KIND = column("soort", "string", '"kort", "lang"')
PAID = column("betaald", "boolean")
BEGIN = "date(begin)"
DAY = column(BEGIN, "date")


def asks(decision: str) -> dict[str, bytes]:
    task = node("businessRuleTask", "a", camunda_decisionRef=decision)
    return {"p": process(straight(task, ids=("a",)))}


FULL = dmn(wide_table([HOURS], wide_rule("< 5", to="1"), wide_rule(">= 5", to="2")))
PLACED = {"colour": FULL}
COVERED = [HOURS], wide_rule("> 5", to="1"), wide_rule("-", to="2")
EXAMPLES = {
    "decision-gap": Example(
        dmn(wide_table([HOURS], wide_rule("< 5", to="1"), wide_rule("> 5", to="2"))),
        FULL,
        at="colour",
    ),
    "decision-overlap": Example(
        dmn(wide_table([HOURS], wide_rule("<= 5", to="1"), wide_rule(">= 5", to="2"))),
        FULL,
        at="row2",
    ),
    "decision-clash": Example(
        dmn(wide_table([HOURS], wide_rule("<= 5", to="1"), wide_rule("-", to="2"), policy="ANY")),
        dmn(wide_table([HOURS], wide_rule("<= 5", to="1"), wide_rule("-", to="1"), policy="ANY")),
        at="row2",
    ),
    "decision-never-hit": Example(
        dmn(wide_table(*COVERED, wide_rule("> 8", to="3"), policy="FIRST")),
        dmn(wide_table(*COVERED, policy="FIRST")),
        at="row3",
    ),
    "cell-kind": Example(
        dmn(wide_table([DAY], wide_rule('"2026-01-01"', to="1"), wide_rule("-", to="2"),
                       policy="FIRST")),
        dmn(wide_table([DAY], wide_rule('date("2026-01-01")', to="1"), wide_rule("-", to="2"),
                       policy="FIRST")),
        at="row1",
    ),
    "decision-unused": Example(
        FULL, FULL.replace(b'"colour"', b'"new"'), at="colour", beside=PLACED
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_wrong_table_is_found(name: str) -> None:
    assert_bad_is_found(name, EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_right_table_is_clean(name: str) -> None:
    assert_good_is_clean(name, EXAMPLES[name])


def test_a_table_is_used_as_soon_as_a_process_asks_it() -> None:
    assert [each.rule for each in found(FULL, PLACED | asks("another"))] == ["decision-unused"]
    assert not found(FULL, PLACED | asks("colour"))


def test_a_decision_that_another_requires_is_used() -> None:
    required = (
        b'<informationRequirement><requiredDecision href="#colour"/></informationRequirement>'
    )
    expression = b"<literalExpression><text>colour</text></literalExpression>"
    other = b'<decision id="b" name="b">' + required + expression + b"</decision></definitions>"

    assert not found(FULL.replace(b"</definitions>", other), PLACED | asks("b"))


def messages(rule: str, xml: bytes) -> list[str]:
    return [each.message for each in found(xml) if each.rule == rule]


def gaps_of(columns: list[str], *rules: str, policy: str = "UNIQUE") -> list[str]:
    told = messages("decision-gap", dmn(wide_table(columns, *rules, policy=policy)))
    return [each.partition(" als ")[2].partition(". Voeg")[0] for each in told]


def gap_of(columns: list[str], *rules: str, policy: str = "UNIQUE") -> str:
    return next(iter(gaps_of(columns, *rules, policy=policy)), "")


@pytest.mark.parametrize(
    ("columns", "rules", "example"),
    [
        ([HOURS], ["< 5", "> 5"], "uren 5 is"),
        ([HOURS], ["[0..5]", "[6..9]", "> 9", "< 0"], "uren 5.5 is"),
        ([column("uren", "integer")], ["[0..5]", "[6..9]", "> 9", "< 0"], ""),
        ([column("uren", "number", "[0..9]")], ["<= 5", "> 5"], ""),
        ([column("uren", "number", "[0..9]")], ["<= 5"], "uren 7 is"),
        ([column("uren", "number", "[0..9]")], ["[1..9]"], "uren 0 is"),
        ([HOURS], ["not(3, 4)", "3"], "uren 4 is"),
        ([HOURS], [">= 0.3"], "uren 0 is"),
        ([PAID], ["true"], "betaald false is"),
        ([PAID], ["true", "false"], ""),
        ([KIND], ['"kort"'], 'soort "lang" is'),
        ([column("soort", "string")], ['"kort"', '"lang"'], ""),
        ([DAY], ['< date("2026-01-01")', '> date("2026-01-02")'], f"{BEGIN} 1 januari 2026 is"),
        ([DAY], ['<= date("2026-01-01")', '> date("2026-01-01")'], ""),
        (
            [DAY],
            ['< date("2026-02-28")', '> date("2026-03-01")'],
            f"{BEGIN} 28 februari 2026 is",
        ),
        ([HOURS], ["< grens", ">= grens"], ""),  # nothing can be proved
        ([column("uren * 2", "number")], ["< 5"], ""),
    ],
)
def test_the_missing_value_is_told(columns: list[str], rules: list[str], example: str) -> None:
    assert gap_of(columns, *(wide_rule(each, to="1") for each in rules)) == example


def test_the_missing_combination_is_told_without_columns_that_do_not_matter() -> None:
    rules = (
        wide_rule('"kort"', "< 5", "-", to="1"),
        wide_rule('"kort"', ">= 5", "true", to="2"),
        wide_rule('"lang"', "-", "-", to="3"),
    )
    expected = 'soort "kort" is en uren 5 is en betaald false is'
    assert gap_of([KIND, HOURS, PAID], *rules) == expected

    fewer = wide_rule('"kort"', "-", "-", to="1"), wide_rule('"lang"', "> 5", "-", to="3")
    assert gap_of([KIND, HOURS, PAID], *fewer) == 'soort "lang" is en uren 5 is'


@pytest.mark.parametrize(
    ("columns", "rules", "examples"),
    [
        (
            [HOURS],
            [["[0..5]"], ["[10..15]"]],
            ["uren -1 is", "uren 7.5 is", "uren 16 is"],
        ),
        ([KIND, HOURS], [['"kort"', "< 5"]], ['soort "lang" is', 'soort "kort" is en uren 5 is']),
        # What is missing whatever the other column holds is told once, and large.
        ([HOURS, PAID], [["< 5", "true"], [">= 5", "true"]], ["betaald false is"]),
        (
            [HOURS, DAY],
            [["< 5", '<= date("2026-01-01")'], [">= 5", '<= date("2026-02-01")']],
            [
                "uren 4 is en date(begin) 2 januari 2026 is",
                "uren 5 is en date(begin) 2 februari 2026 is",
            ],
        ),
    ],
)
def test_every_gap_is_told(columns: list[str], rules: list[list[str]], examples: list[str]) -> None:
    drawn = [wide_rule(*each, to="1") for each in rules]

    assert sorted(gaps_of(columns, *drawn)) == sorted(examples)


def test_of_many_gaps_the_first_ten_are_told_and_how_many_are_left() -> None:
    drawn = [wide_rule(str(number), to="1") for number in range(14)]

    *told, left = messages("decision-gap", dmn(wide_table([HOURS], *drawn)))

    assert "als uren -1 is. " in told[0]  # below 0, between each two, above 13
    assert "als uren 0.5 is. " in told[1]
    assert len(told) == 10
    assert left.endswith("geen regel past: nog 5. U ziet ze hier als u de eerste hebt opgelost.")


def test_of_many_overlaps_the_first_ten_are_told_and_how_many_are_left() -> None:
    xml = dmn(wide_table([HOURS], *[wide_rule("> 1", to="1")] * 6))

    *told, left = messages("decision-overlap", xml)  # 5 + 4 + 3 + 2 + 1 pairs

    assert len(told) == 10
    assert "die allebei passen: nog 5. " in left


def test_a_rule_is_named_by_its_number() -> None:
    rules = wide_rule("<= 5", to="1"), wide_rule(">= 5", to="2")

    (told,) = (each for each in found(dmn(wide_table([HOURS], *rules))))

    assert told.name == 'Regel 2 van "colour"'


def test_a_date_that_is_not_on_the_calendar_of_people_is_told_as_it_is_written() -> None:
    rule = wide_rule('> date("-0044-03-15")', to="1")

    assert gap_of([DAY], rule) == "date(begin) -0044-03-15 is"


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER", "OUTPUT ORDER"])
def test_a_table_that_collects_may_find_nothing(policy: str) -> None:
    assert not gap_of([HOURS], wide_rule("> 5", to="1"), policy=policy)


def test_a_default_outcome_fills_every_gap() -> None:
    default = "<defaultOutputEntry><text>0</text></defaultOutputEntry></output>"
    drawn = wide_table([HOURS], wide_rule("> 5", to="1"))
    filled = drawn.replace('name="outcome"/>', f'name="outcome">{default}')

    assert not messages("decision-gap", dmn(filled))


@pytest.mark.parametrize(
    ("columns", "one", "other", "example"),
    [
        ([HOURS, KIND], ["> 5", "-"], ["< 7", '"kort"'], 'uren 6 is en soort "kort" is'),
        ([HOURS], ["> 5"], ["< 6"], "uren 5.5 is"),
        ([column("soort", "string")], ["-"], ['not("a")'], "soort iets anders is"),
        ([HOURS], ["-"], ["-"], "de invoer wat dan ook is"),
        ([HOURS], ["3, 9"], ["[8..10)"], "uren 9 is"),
        ([DAY], ['>= date("2026-05-01")'], ['<= date("2026-05-01")'], "date(begin) 1 mei 2026 is"),
    ],
)  # fmt: skip
def test_the_doubled_combination_is_told(
    columns: list[str], one: list[str], other: list[str], example: str
) -> None:
    xml = dmn(wide_table(columns, wide_rule(*one, to="1"), wide_rule(*other, to="2")))

    (told,) = messages("decision-overlap", xml)

    assert told.startswith(f'In "colour" passen regel 1 en regel 2 allebei als {example}. ')
    assert told.endswith('kies bij "Welke regel telt" iets anders, zoals "De eerste" (FIRST).')


@pytest.mark.parametrize(
    ("columns", "one", "other"),
    [
        ([HOURS], ["> 5"], ["<= 5"]),
        ([column("uren", "integer")], ["> 5"], ["< 6"]),
        ([HOURS, KIND], ["> 5", '"lang"'], ["> 5", '"kort"']),
        ([HOURS], ["> grens"], ["> 5"]),
        ([column("count(uren)", "number")], ["< 0"], ["< -1"]),  # never so
        ([column("uren", "number"), column("uren", "number")], ["> 5", "-"], ["-", "< 3"]),
    ],
)
def test_what_cannot_be_proved_to_overlap_is_not_told(
    columns: list[str], one: list[str], other: list[str]
) -> None:
    rules = wide_rule(*one, to="1"), wide_rule(*other, to="2")

    assert not messages("decision-overlap", dmn(wide_table(columns, *rules)))


def test_a_rule_that_comes_last_by_its_outcome_is_never_reached() -> None:
    values = '<outputValues><text>"rood", "geel"</text></outputValues></output>'
    rules = wide_rule("> 9", to='"geel"'), wide_rule("> 5", to='"rood"')
    drawn = wide_table([HOURS], *rules, policy="PRIORITY")
    xml = dmn(drawn.replace('name="outcome"/>', f'name="outcome">{values}'))

    (told,) = messages("decision-never-hit", xml)

    assert told.startswith('Regel 1 van "colour" telt nooit: wat daar past, past ook bij een regel')


def test_a_rule_outside_the_values_of_its_column_never_fits() -> None:
    rules = wide_rule('"midden"', to="1"), wide_rule('"kort", "lang"', to="2")

    (told,) = messages("decision-never-hit", dmn(wide_table([KIND], *rules)))

    assert told.startswith('Regel 1 van "colour" past nooit')


@pytest.mark.parametrize(
    ("col", "variable", "cells", "counts"),
    [
        (PAID, "betaald", ["true", "false", "-"], True),
        (PAID, "betaald", ["true", "false", "null"], True),
        (PAID, "betaald", ["true", "not(true)", "null, false"], False),  # not(true) takes null
        (HOURS, "uren", ["< 5", ">= 5", "-"], True),
        (HOURS, "uren", ["< 5", ">= 5", "< 9"], False),
        (KIND, "soort", ['"kort"', '"lang"', "null"], True),
        (column("uren", "number", "[0..9]"), "uren", ["<= 5", "> 5", "-"], True),
    ],
)
def test_a_rule_that_is_left_for_null_alone_counts(
    col: str, variable: str, cells: list[str], counts: bool
) -> None:
    """Null may stand in any column, whatever it is declared to hold: the table itself is asked."""
    rules = [wide_rule(each, to=str(at)) for at, each in enumerate(cells, 1)]
    xml = dmn(wide_table([col], *rules, policy="FIRST"))

    assert (decide(xml, "colour", {variable: None})["outcome"] == len(cells)) == counts
    assert bool(messages("decision-never-hit", xml)) != counts


def test_a_rule_for_null_in_a_unique_table_may_be_hit() -> None:
    rules = (wide_rule(each, to="1") for each in ("true", "false", "null"))

    assert not messages("decision-never-hit", dmn(wide_table([PAID], *rules)))


def test_a_rule_of_which_one_cell_is_not_known_covers_nothing() -> None:
    rules = wide_rule("> grens", to="1"), wide_rule("> 5", to="2")

    assert not messages("decision-never-hit", dmn(wide_table([HOURS], *rules, policy="FIRST")))


CELLS = ("-", "1", "< 1", "> 2", "[1..3]", "(1..2]", "not(2)", "1, 3", "not([1..2])")
VALUES = (0, 1, 1.5, 2, 2.5, 3, 4)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_told_is_so(seed: int) -> None:
    """Against the table itself, asked for every combination of values."""
    dice = random.Random(seed)  # noqa: S311 - the same tables each time
    rules = [
        wide_rule(dice.choice(CELLS), dice.choice(CELLS), to=str(number)) for number in range(4)
    ]
    columns = [HOURS, column("dagen", "number")]
    unique = dmn(wide_table(columns, *rules))
    every = dmn(wide_table(columns, *rules, policy="RULE ORDER"))
    asked = [{"uren": uren, "dagen": dagen} for uren in VALUES for dagen in VALUES]
    hits = [len(decide(every, "colour", each)["outcome"]) for each in asked]

    assert bool(messages("decision-gap", unique)) == (0 in hits)
    assert bool(messages("decision-overlap", unique)) == (max(hits) > 1)
    if max(hits) > 1:
        with pytest.raises(DecisionError):
            decide(unique, "colour", asked[hits.index(max(hits))])


def test_what_takes_too_many_steps_is_left_alone() -> None:
    """A thousand rules that cut each column everywhere: the work is counted, not timed."""
    starts = [[number * step % 97 for step in (3, 5, 7, 11, 13)] for number in range(1000)]
    cells = [[region_of(f"[{low}..{low + 40}]", in_feel) for low in row] for row in starts]
    axes = [axis_of(name, [row[at] for row in cells]) for at, name in enumerate("abcde")]
    every = (1 << len(cells)) - 1

    assert gaps(axes, every)
    with pytest.raises(TooManyStepsError):
        list(overlaps(axes, every, Steps(10_000)))
    with pytest.raises(TooManyStepsError):
        list(never_hit(axes, range(1000), every, Steps(10_000)))

"""Every example of the guide about decisions is worked out by the engine (beslissingen.md)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from processes.engine.decisions.deciding import decide
from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel_expressions import compiled
from tests.processes.engine.tables import dmn

FOLDER = Path(__file__).parents[1] / "docs" / "process-owners"
GUIDE = (FOLDER / "beslissingen.md").read_text(encoding="utf8")
POLICIES = ("UNIQUE", "FIRST", "COLLECT SUM", "RULE ORDER")
EXAMPLE = re.compile(r"^- Met `(\{.*\})`: `(.+)`$", re.MULTILINE)
BAR = re.compile(r"\|(?=(?:[^`]*`[^`]*`)*[^`]*$)")  # between cells, not within code
CODE = re.compile(r"`([^`]*)`")


def value(text: str) -> Any:
    """What a value that is written in FEEL is, in JSON."""
    return compiled(f"= {text}")[1]({})


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in BAR.split(line.strip().strip("|"))]


def rows() -> Iterator[list[str]]:
    """The cells of each row of the guide's tables."""
    for line in GUIDE.splitlines():
        if line.startswith("|"):
            yield cells_of(line)


def expressions() -> list[tuple[str, str, str]]:
    """The examples of expressions: text, variables and outcome."""
    found, is_examples = [], False
    for cells in rows():
        if cells[0] == "expressie":
            is_examples = True
        elif not cells[0].startswith(("`", "--")):
            is_examples = False
        elif is_examples and cells[0].startswith("`"):
            text, outcome = CODE.findall(cells[0])[0], CODE.findall(cells[-1])[0]
            known = CODE.findall(cells[1])[0] if len(cells) == 3 and cells[1] else "{}"
            found.append((text, known, outcome))
    return found


def files() -> Iterator[tuple[str, bytes, str, str]]:
    """Each example of a decision: its name, file, variables and outcome."""
    parts = re.split(r"\n(?=\| (?:UNIQUE|FIRST|COLLECT|RULE)[A-Z ]* \|)|\n(?=## )", GUIDE)
    for part in parts:
        head = part.split("|")[1].strip() if part.startswith("|") else ""
        if head in POLICIES:
            yield from ((head, _table(part), *each) for each in EXAMPLE.findall(part))
        elif linked := re.search(r"\((\w+\.dmn)\)", part):
            xml = (FOLDER / linked[1]).read_bytes()
            yield from ((linked[1], xml, *each) for each in EXAMPLE.findall(part))


def _table(part: str) -> bytes:
    """A decision table as DMN, from how the guide shows it."""
    lines = [cells_of(line) for line in part.split("\n\n", maxsplit=1)[0].splitlines()]
    (policy, *heads), _line, *rules = lines
    kinds = [(head.split()[0], CODE.findall(head)[0]) for head in heads]
    hit, _, together = (
        policy.strip().partition(" ") if "COLLECT" in policy else (policy.strip(), "", "")
    )
    attributes = f'hitPolicy="{hit}"' + (f' aggregation="{together}"' if together else "")
    columns = "".join(
        f'<input id="i{at}"><inputExpression id="e{at}"><text>{escape(name)}</text>'
        "</inputExpression></input>"
        if kind == "Als"
        else f'<output id="o{at}" name="{name}"/>'
        for at, (kind, name) in enumerate(kinds)
    )
    written = "".join(_rule(number, cells, kinds) for number, cells in enumerate(rules))
    return dmn(f'<decisionTable id="t" {attributes}>{columns}{written}</decisionTable>', "beslis")


def _rule(number: int, cells: list[str], kinds: list[tuple[str, str]]) -> str:
    entries = "".join(
        f'<{tag} id="c{number}_{at}"><text>{escape(CODE.findall(cell)[0])}</text></{tag}>'
        for at, (cell, (kind, _name)) in enumerate(zip(cells[1:], kinds, strict=True))
        for tag in ["inputEntry" if kind == "Als" else "outputEntry"]
    )
    return f'<rule id="r{number}">{entries}</rule>'


@pytest.mark.parametrize(("text", "known", "outcome"), expressions())
def test_each_expression_gives_what_the_guide_says(text: str, known: str, outcome: str) -> None:
    assert compiled(f"= {text}")[1](value(known)) == value(outcome)


@pytest.mark.parametrize(("name", "xml", "known", "outcome"), list(files()))
def test_each_decision_gives_what_the_guide_says(
    name: str, xml: bytes, known: str, outcome: str
) -> None:
    first = re.search(rb'<decision id="(\w+)"', xml)
    assert first, name
    (found,) = decide(xml, first[1].decode(), value(known)).values()
    assert found == value(outcome)


def test_the_guide_shows_each_part_with_examples() -> None:
    assert len(expressions()) > 40
    assert {name for name, *_ in files()} == {*POLICIES, "controle.dmn"}
    called = {name for text, *_ in expressions() for name in FUNCTIONS if f"{name}(" in text}
    assert called >= {"workday", "workdays between", "is workday", "term end", "date", "duration"}

"""The page of journeys names tests that are there, and says on which databases they run."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "journeys.md"
ROW = re.compile(r"^\|[^|]*\| `(\S+)::(\w+)` \| (both|SQLite|PostgreSQL) \|$", re.MULTILINE)
WALKS = ROW.findall(PAGE.read_text("utf-8"))
REGISTER = (
    "offer_publication",
    "programs",
    "provider_overview",
    "provider_work",
    "staff_work",
    "teacher_work",
)
"""The files of journeys that are about the register alone: each of their tests is on the page."""


@cache
def module(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))


def databases(path: str, name: str) -> str | None:
    """Where this test runs, as its marks (and those of its module) say; None: no such test."""
    found = [each for each in module(path).body if getattr(each, "name", "") == name]
    if not found:
        return None
    marks = [ast.unparse(each) for each in getattr(found[0], "decorator_list", [])]
    marks += [ast.unparse(each) for each in module(path).body if isinstance(each, ast.Assign)]
    if any("'backend', ['sqlite']" in each for each in marks):
        return "SQLite"
    return "both" if "on_both_databases" in marks else "PostgreSQL"


@pytest.mark.parametrize(("path", "name", "told"), WALKS, ids=[walk[1] for walk in WALKS])
def test_a_journey_on_the_page_runs_where_it_says(path: str, name: str, told: str) -> None:
    assert databases(path, name) == told


def test_every_journey_of_the_register_is_on_the_page() -> None:
    there = {
        (f"tests/journeys/test_{file}.py", each.name)
        for file in REGISTER
        for each in module(f"tests/journeys/test_{file}.py").body
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    }
    another_company = "test_another_company_finds_no_page_at_the_edit_address"  # a refusal
    told = {(path, name) for path, name, _ in WALKS}
    assert {each for each in there - told if each[1] != another_company} == set()


def test_every_row_of_the_page_is_read() -> None:
    rows = re.findall(r"^\|.*::.*$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == len(WALKS) > 20

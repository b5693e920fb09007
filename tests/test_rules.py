"""Every rule of docs/domain.md is found by its number: in a test that holds it, or as missing."""

import re
from pathlib import Path

from tests.rules_table import NOT_IMPLEMENTED, PAGE, holders, page, place, rules

ROOT = Path(__file__).parents[1]
CODE = [
    path
    for folder in ("app", "workers", "forms", "processes")
    for path in (ROOT / folder).rglob("*.py")
]


def test_the_table_of_rules_is_that_of_the_tests() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.rules_table"


def test_every_rule_is_held_by_a_test_or_said_to_be_missing() -> None:
    tested = set(holders())
    assert tested <= set(rules())
    assert set(rules()) - tested == set(NOT_IMPLEMENTED)


def test_the_code_cites_only_rules_that_exist() -> None:
    cited = {
        rule for path in CODE for rule in re.findall(r"\bR\d{1,2}[a-z]?\b", path.read_text("utf-8"))
    }
    assert sorted(cited - set(rules()), key=place) == []


def test_no_number_of_a_rule_is_missing() -> None:
    numbers = {place(rule)[0] for rule in rules()}
    assert numbers == set(range(1, max(numbers) + 1))
    assert max(numbers) >= 73

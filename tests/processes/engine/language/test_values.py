"""Process variables are plain JSON values, and nobody shares them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest

from processes.engine.language.values import VariablesError, variables_of


class Colour(StrEnum):
    RED = "red"


def test_what_json_knows_stays_what_it_is() -> None:
    given = {"a": None, "b": True, "c": 1, "d": 1.5, "e": "x", "f": [1, {"g": "h"}]}
    assert variables_of(given) == given


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (date(2026, 11, 2), "2026-11-02"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), "2026-11-02T09:00:00+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ((1, 2), [1, 2]),
        (Colour.RED, "red"),
        ({1: "one"}, {"1": "one"}),
    ],
)
def test_what_has_one_way_to_be_written_is_written_so(value: Any, kept: Any) -> None:
    written = variables_of({"x": value})["x"]
    assert written == kept
    assert type(written) is type(kept)


@pytest.mark.parametrize(
    "value", [{1, 2}, Decimal("1.1"), b"bytes", object(), 2**70, float("nan"), float("inf")]
)
def test_what_would_be_lost_is_refused(value: Any) -> None:
    with pytest.raises(VariablesError):
        variables_of({"x": [value]})


@pytest.mark.parametrize("name", ["__builtins__", "_x", "", "a b", "a-b", "é", "1a", "a" * 101])
def test_a_name_that_an_expression_could_not_use_is_refused(name: str) -> None:
    with pytest.raises(VariablesError):
        variables_of({name: 1})


def test_a_copy_shares_nothing_with_what_was_given() -> None:
    given: dict[str, Any] = {"x": {"deep": [1]}}
    kept = variables_of(given)
    given["x"]["deep"].append(2)
    assert kept == {"x": {"deep": [1]}}

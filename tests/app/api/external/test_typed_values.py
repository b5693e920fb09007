"""Variables in the format of Camunda 7: what each value is told as, and what is read of it."""

from typing import Any

import pytest

from app.api.external.errors import InvalidRequestError
from app.api.external.typed_values import typed, untyped


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        (True, "Boolean", True),
        (7, "Integer", 7),
        (2**40, "Long", 2**40),
        (-(2**31), "Integer", -(2**31)),
        (1.5, "Double", 1.5),
        ("2026-01-31", "String", "2026-01-31"),
        (None, "Null", None),
        ({"a": [1, "é"]}, "Json", '{"a": [1, "é"]}'),
        ([], "Json", "[]"),
    ],
)
def test_variables_have_the_types_of_camunda(value: Any, kind: str, told: Any) -> None:
    assert typed({"x": value}) == {"x": {"type": kind, "value": told, "valueInfo": {}}}


@pytest.mark.parametrize("value", [True, 7, 2**40, 1.5, "x", None, {"a": [1, {"b": None}]}, []])
def test_what_is_told_comes_back_the_same(value: Any) -> None:
    assert untyped(typed({"x": value}), "variables") == {"x": value}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"value": 3}, 3),
        ({"value": {"b": [None]}}, {"b": [None]}),
        ({"value": "12", "type": "Long"}, 12),
        ({"value": 2, "type": "double"}, 2.0),
        ({"value": "true", "type": "Boolean"}, True),
        ({"value": '{"b": 1}', "type": "json"}, {"b": 1}),
        ({"value": "[1]", "type": "Object", "valueInfo": {"objectTypeName": "List"}}, [1]),
        ({"value": "2026-01-31T10:00:00.000+0100", "type": "date"}, "2026-01-31T10:00:00+01:00"),
        (
            {"value": "2026-01-31T09:00:00.000UTC+00:00", "type": "Date"},
            "2026-01-31T09:00:00+00:00",
        ),
        ({"value": "2026-01-31T10:00:00GMT+01:00", "type": "Date"}, "2026-01-31T10:00:00+01:00"),
        ({"value": None, "type": "Null"}, None),
        ({"type": "String"}, None),
        ({"value": "a\nb", "type": "Xml"}, "a\nb"),
    ],
)
def test_typed_variables_are_read(sent: dict[str, Any], kept: Any) -> None:
    found = untyped({"x": sent}, "variables")["x"]
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    "sent",
    [
        {"value": "x", "type": "Integer"},
        {"value": True, "type": "Long"},
        {"value": 1.5, "type": "Integer"},
        {"value": 2**70},
        {"value": "{", "type": "Json"},
        {"value": "NaN", "type": "Json"},
        {"value": "nan", "type": "Double"},
        {"value": "gisteren", "type": "Date"},
        {"value": "2026-01-31T10:00:00UTC", "type": "Date"},
        {"value": 1, "type": "String"},
        {"value": 1, "type": "Boolean"},
        {"value": 0, "type": "Null"},
        {"value": "rO0ABXNy", "type": "Object"},
        {"value": "eA==", "type": "Bytes"},
        {"value": "eA==", "type": "File"},
        {"value": "x\x00", "type": "String"},
        {"value": '{"a": ["\\u0000"]}', "type": "Json"},
        {"value": "[" * 100_000, "type": "Json"},
        {"value": "x", "type": 3},
        {"value": "x", "soort": "String"},
        "x",
        None,
    ],
)
def test_what_is_no_variable_is_refused_by_name(sent: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"variables\.x: |variables\.x is"):
        untyped({"x": sent}, "variables")


@pytest.mark.parametrize("given", ["x", [1], 3])
def test_variables_are_an_object(given: Any) -> None:
    with pytest.raises(InvalidRequestError, match="variables is an object"):
        untyped(given, "variables")


def test_a_name_that_no_variable_can_have_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="no name"):
        untyped({"a-b": {"value": 1}}, "variables")
    assert untyped(None, "variables") == {}

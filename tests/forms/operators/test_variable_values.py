"""A value that an operator types is read as the kind that the variable has, or refused."""

from typing import Any

import pytest
from wtforms.validators import ValidationError

from forms.operators.variable_values import checked, kind_of, read_value

KNOWN: dict[str, Any] = {
    "text": "x", "number": 3, "half": 1.5, "yes": True, "list": [1], "map": {"a": 1}, "nil": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("text", "12", "12"),
        ("text", "", ""),
        ("number", "1.500", 1500),
        ("number", "2,5", 2.5),
        ("half", "2", 2),
        ("yes", "Nee", False),
        ("yes", "true", True),
        ("list", '["a", null]', ["a", None]),
        ("map", '{"b": [1.5]}', {"b": [1.5]}),
        ("nil", '"tekst"', "tekst"),
    ],
)
def test_kept_as_it_is_the_kind_stays(name: str, typed: str, value: Any) -> None:
    found = checked("keep", typed, name, KNOWN)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "name", "typed", "words"),
    [
        ("keep", "number", "drie", "Vul een getal in"),
        ("keep", "yes", "1", "Vul ja of nee in"),
        ("keep", "list", "[1", "Dit is geen JSON"),
        ("keep", "list", "[NaN]", "Dit is geen JSON"),
        ("keep", "list", "{}", "Dit gegeven is nu een lijst. Wat u invult is een groep."),
        ("keep", "new", "x", "Dit gegeven is er nog niet"),
        ("text", "number", "3", "Dit gegeven is nu een getal. Wat u invult is een tekst."),
        ("json", "yes", "1", "Dit gegeven is nu ja of nee. Wat u invult is een getal."),
        ("json", "text", "null", "Dit gegeven is nu een tekst. Wat u invult is leeg."),
        ("json", "map", "[" * 100_000, "Dit is geen JSON"),
    ],
)
def test_another_kind_is_refused_with_both_named(
    kind: str, name: str, typed: str, words: str
) -> None:
    with pytest.raises(ValidationError, match=words.replace("[", r"\[")):
        checked(kind, typed, name, KNOWN)


def test_a_new_variable_is_of_the_kind_that_is_chosen() -> None:
    assert checked("text", "3", "new", KNOWN) == "3"
    assert checked("number", "3", "new", KNOWN) == read_value("json", "3", None) == 3
    assert [kind_of(each) for each in KNOWN.values()] == [
        "een tekst", "een getal", "een getal", "ja of nee", "een lijst", "een groep", "leeg",
    ]  # fmt: skip

"""Parses the form fields that a user task declares in `camunda:formData`."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from processes.engine.diagram.default_values import (
    day,
    decimal_number,
    email,
    kvk_number,
    postcode,
    whole_number,
    yes_or_no,
)
from processes.engine.diagram.graph import CAMUNDA, Element
from processes.engine.language.declared_dates import Dates, declared
from processes.engine.language.expressions import compile_expression
from processes.engine.language.functions import ExpressionError, any_value_counts, is_true
from processes.reading.file_kinds import KINDS, USUAL

FIELD = f"{CAMUNDA}formField"
HELP = "help"  # the property that holds a field's explanation, in Markdown
GROUP = "group"  # the heading above it and its neighbours of the same group
VISIBLE = "visible"  # an expression over earlier answers: asked only while it holds
PREFILL = "prefill"  # an expression over what is known: what the field opens with
IN_TABLE = "in"  # the id of the table of which the field is a column
ALLOWED = "kinds"  # of files: the names of KINDS that may be sent, with commas between
LARGEST_FILE = "largest"  # in megabytes, of one file
PROPERTIES = (HELP, GROUP, VISIBLE, PREFILL, IN_TABLE, ALLOWED, LARGEST_FILE)
MOST_ROWS = 20
MOST_FILES = 10
MEGABYTES = 20  # the largest file that a field may ask for
USUAL_MEGABYTES = 10
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
LONGEST = 10_000

Value: TypeAlias = bool | float | str | None


class FieldType(StrEnum):
    """The type of a field: the values of `camunda:type`, and a few of our own."""

    TEXT = "string"
    LONG_TEXT = "longtext"
    NUMBER = "long"
    DECIMAL = "double"
    DATE = "date"
    YES_NO = "boolean"
    CHOICE = "enum"
    EMAIL = "email"
    KVK = "kvk"
    POSTCODE = "postcode"
    TABLE = "table"  # rows of the fields that name it in their property `in`
    FILE = "file"  # a list of references to files; see `forms.uploads`


TEXTS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})
NUMBERS = frozenset({FieldType.NUMBER, FieldType.DECIMAL})
CONSTRAINTS: Mapping[str, frozenset[FieldType]] = MappingProxyType(
    {
        "required": frozenset(FieldType),
        "readonly": frozenset(FieldType),
        "minlength": TEXTS,
        "maxlength": TEXTS,
        "min": NUMBERS,
        "max": NUMBERS | {FieldType.TABLE, FieldType.FILE},
    }
)
"""The constraints that count, and for which types of fields."""


@dataclass(frozen=True)
class FormField:
    """One field of a form; its answer becomes the process variable of the same name."""

    id: str
    label: str
    type: FieldType = FieldType.TEXT
    default: Value = None
    help: str = ""  # Markdown
    choices: tuple[tuple[str, str], ...] = ()
    is_required: bool = False
    is_readonly: bool = False
    shortest: int | None = None
    longest: int | None = None
    least: float | None = None
    most: float | None = None
    group: str = ""  # the heading above it
    visible: str | None = None  # an expression: it is asked while that holds
    prefill: str | None = None  # an expression: what it opens with
    table: str = ""  # the id of the table of which it is a column
    columns: tuple["FormField", ...] = ()  # of a table
    kinds: tuple[str, ...] = ()  # of files: names of KINDS
    megabytes: int = USUAL_MEGABYTES  # of one file, at most
    dates: Dates = field(default_factory=dict, compare=False)  # of its form, for its expressions

    def is_shown(self, values: Mapping[str, Any]) -> bool:
        """Whether it is asked with these answers and variables; what is missing counts as null.

        What is no yes or no is a yes where something is filled in, also as a part of it.
        """
        if self.visible is None:
            return True
        with any_value_counts():
            return is_true(self._worked_out(self.visible, values))

    def opens_with(self, known: Mapping[str, Any]) -> Any:
        """What it is filled in with beforehand; its default where that is not known."""
        found = None if self.prefill is None else self._worked_out(self.prefill, known)
        return self.default if found is None else found

    def _worked_out(self, text: str, values: Mapping[str, Any]) -> Any:
        """The value of an expression; None where there is none."""
        try:
            expression = compile_expression(text)
            with declared(self.dates):
                return expression.evaluate({**dict.fromkeys(expression.names), **values})
        except ExpressionError:
            return None


def dates_in(fields: Iterable[FormField]) -> Dates:
    """The fields of type date, and of tables the columns."""
    return {
        each.id: frozenset(one.id for one in each.columns if one.type is FieldType.DATE)
        for each in fields
        if each.type in {FieldType.DATE, FieldType.TABLE}
    }


def fields_in(parts: Iterable[Element]) -> tuple[FormField, ...]:
    """The valid fields among these extension elements."""
    drawn = [part for part in parts if part.tag == FIELD]
    named = {id_of(part): part for part in reversed(drawn) if NAME.fullmatch(id_of(part))}
    fields = [_field(part) for part in drawn if named.get(id_of(part)) is part]
    whole = [_with_columns(each, fields) for each in fields if not each.table]
    dates = dates_in(whole)
    return tuple(replace(each, dates=dates) if _asks(each) else each for each in whole)


def _asks(drawn: FormField) -> bool:
    """Whether it has an expression."""
    return drawn.visible is not None or drawn.prefill is not None


def _with_columns(table: FormField, fields: Iterable[FormField]) -> FormField:
    if table.type is not FieldType.TABLE:
        return table
    columns = (each for each in fields if each.table == table.id)
    plain = (replace(each, visible=None, group="") for each in columns if each.type != table.type)
    return replace(table, columns=tuple(plain))


def id_of(drawn: Element) -> str:
    return (drawn.get("id") or "").strip()


def type_of(drawn: Element) -> FieldType | None:
    """The type of the field; None where it is not one of FieldType."""
    with suppress(ValueError):
        return FieldType((drawn.get("type") or "").strip())
    return None


def label_of(drawn: Element) -> str:
    return " ".join((drawn.get("label") or "").split())


def choices_of(drawn: Element) -> list[tuple[str, str]]:
    """Value and label of each choice."""
    values = drawn.iterchildren(f"{CAMUNDA}value")
    pairs = ((_attribute(each, "id"), _attribute(each, "name")) for each in values)
    return [(value, " ".join(label.split()) or value) for value, label in pairs]


def constraints_of(drawn: Element) -> list[tuple[str, str]]:
    """Name and configuration of each constraint."""
    found = drawn.iterdescendants(f"{CAMUNDA}constraint")
    return [(_attribute(each, "name"), _attribute(each, "config")) for each in found]


def properties_of(drawn: Element) -> dict[str, str]:
    """The properties of a field; ours are PROPERTIES."""
    found = drawn.iterdescendants(f"{CAMUNDA}property")
    return {_attribute(each, "id"): each.get("value") or "" for each in found}


def kinds_in(said: Mapping[str, str]) -> list[str]:
    """The kinds of files that the properties of a field name, known or not."""
    return [name.strip().lower() for name in said.get(ALLOWED, "").split(",") if name.strip()]


def megabytes_in(said: Mapping[str, str]) -> int | None:
    """The largest file that the properties of a field allow; None where they do not say it."""
    text = said.get(LARGEST_FILE, "").strip()
    is_number = re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) and 0 < int(text) <= MEGABYTES
    return int(text) if is_number else None


def bound(name: str, text: str) -> float:
    """The number in a constraint. Raises ValueError where it makes no sense."""
    if name in {"required", "readonly"}:
        return {"": True, "true": True, "false": False}[text.lower()]
    value = whole_number(text) if name.endswith("length") else decimal_number(text)
    if name.endswith("length") and not 0 < value <= LONGEST:
        raise ValueError(text)
    return value


def default_of(drawn: Element) -> Value:
    """The default value, None without one. Raises ValueError where it does not fit the type."""
    text, type_ = _attribute(drawn, "defaultValue"), type_of(drawn)
    if not text or type_ is None:
        return None
    if type_ is FieldType.CHOICE and text not in dict(choices_of(drawn)):
        raise ValueError(text)
    value = READERS.get(type_, str)(text)
    if not _fits(value, type_, _bounds(drawn)):
        raise ValueError(text)
    return value


def _field(drawn: Element) -> FormField:
    bounds, default, said = _bounds(drawn), None, properties_of(drawn)
    with suppress(ValueError):
        default = default_of(drawn)
    lengths = (bounds.get("minlength"), bounds.get("maxlength"))
    shortest, longest = (None if length is None else int(length) for length in lengths)
    return FormField(
        id=id_of(drawn),
        label=label_of(drawn) or id_of(drawn),
        type=type_of(drawn) or FieldType.TEXT,
        default=default,
        help=said.get(HELP, "").strip(),
        choices=tuple(dict(choices_of(drawn)).items()),
        is_required=bool(bounds.get("required")),
        is_readonly=bool(bounds.get("readonly")),
        shortest=shortest,
        longest=longest,
        least=bounds.get("min"),
        most=bounds.get("max"),
        group=" ".join(said.get(GROUP, "").split()),
        visible=said.get(VISIBLE, "").strip() or None,
        prefill=said.get(PREFILL, "").strip() or None,
        table=said.get(IN_TABLE, "").strip(),
        kinds=_kinds(said) if type_of(drawn) is FieldType.FILE else (),
        megabytes=megabytes_in(said) or USUAL_MEGABYTES,
    )


def _kinds(said: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in kinds_in(said) if name in KINDS) or USUAL


def _bounds(drawn: Element) -> dict[str, float]:
    bounds = {}
    for name, text in constraints_of(drawn):
        if type_of(drawn) in CONSTRAINTS.get(name, ()):
            with suppress(ValueError, LookupError):
                bounds[name] = bound(name, text)
    return bounds


def _fits(value: Value, type_: FieldType, bounds: Mapping[str, float]) -> bool:
    size = len(str(value)) if type_ in TEXTS else value
    if type_ not in TEXTS | NUMBERS or not isinstance(size, int | float):
        return True
    least = bounds.get("minlength", bounds.get("min", size))
    return least <= size <= bounds.get("maxlength", bounds.get("max", size))


def _attribute(drawn: Element, name: str) -> str:
    return (drawn.get(name) or "").strip()


READERS: Mapping[FieldType, Callable[[str], Value]] = MappingProxyType(
    {
        FieldType.NUMBER: whole_number,
        FieldType.DECIMAL: decimal_number,
        FieldType.DATE: day,
        FieldType.YES_NO: yes_or_no,
        FieldType.EMAIL: email,
        FieldType.KVK: kvk_number,
        FieldType.POSTCODE: postcode,
    }
)

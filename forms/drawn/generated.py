"""Generates form fields from `camunda:formData`, with the look and validation of coded ones."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from forms.choices import ChoiceField, DropDownField, YesNoField
from forms.drawn.form import ASKED, NOTHING, AskedField, DrawnForm
from forms.drawn.values import DrawnField, as_data, name_of, on_page, shown
from forms.fields import (
    AtLeast,
    DutchDateField,
    EmailField,
    KvkNumberField,
    LineField,
    PostcodeField,
    ShownField,
    TextField,
)
from forms.numbers import Between, DecimalField, WholeNumberField
from forms.registry import UserTaskForm
from forms.tables import ROWS, TableField
from forms.uploads import UploadField

__all__ = ["DrawnField", "DrawnForm", "name_of", "on_page", "shown", "with_fields"]

LINE, TEXT = 200, 10_000
FEW = 7  # choices that one sees at a glance; more of them go in a list that unfolds
Make = Callable[[DrawnField], Any]


def needs_variables(fields: Sequence[DrawnField]) -> bool:
    """Whether these fields show, ask or open with what is known around the form."""
    return any(each.is_readonly or each.visible or each.prefill for each in fields)


def with_fields(
    form_class: type[UserTaskForm],
    fields: Sequence[DrawnField],
    given: Mapping[str, Any] = NOTHING,
) -> type[UserTaskForm]:
    """A subclass of the form with these fields; `given` are the variables and facts around it."""
    if not fields:
        return form_class
    if needs_variables(fields):
        return _made(form_class, tuple(fields), given)
    return _kept(form_class, tuple(fields))


@lru_cache(maxsize=64)
def _kept(form_class: type[UserTaskForm], fields: tuple[DrawnField, ...]) -> type[UserTaskForm]:
    return _made(form_class, fields, NOTHING)


def _made(
    form_class: type[UserTaskForm], fields: tuple[DrawnField, ...], around: Mapping[str, Any]
) -> type[UserTaskForm]:
    known = [each.id for each in fields if each.is_readonly and each.id in around]
    given = {name: around[name] for name in known}
    members: dict[str, Any] = {name_of(each): _field(each, given) for each in fields}
    if any(each.visible for each in fields):
        members[ASKED] = AskedField()
    members |= {"drawn": fields, "given": given, "around": around}
    made = type(form_class.__name__, (DrawnForm, form_class), members)
    return cast("type[UserTaskForm]", made)


def _field(drawn: DrawnField, given: Mapping[str, Any]) -> Any:
    if drawn.is_readonly:
        value = given.get(drawn.id, drawn.default)
        return ShownField(drawn.label, value=on_page(drawn, value))
    return _MAKE.get(drawn.type, _line)(drawn)


def _about(drawn: DrawnField, words: str = "") -> dict[str, Any]:
    """What fields of every type are told."""
    about: dict[str, Any] = {"default": as_data(drawn, drawn.default)}
    if drawn.is_required:
        about["required"] = words or _wanted(drawn.label)
    return about


def _wanted(label: str) -> str:
    return f"Beantwoord de vraag: {label}" if label.endswith("?") else f"Vul in: {label}."


def _line(drawn: DrawnField) -> LineField:
    limit = min(drawn.longest or LINE, TEXT)
    return LineField(drawn.label, limit=limit, also=_lengths(drawn), **_about(drawn))


def _text(drawn: DrawnField) -> TextField:
    limit = min(drawn.longest or TEXT, TEXT)
    return TextField(drawn.label, limit=limit, also=_lengths(drawn), **_about(drawn))


def _lengths(drawn: DrawnField) -> list[Any]:
    return [AtLeast(drawn.shortest)] if drawn.shortest else []


def _number(drawn: DrawnField) -> WholeNumberField:
    return WholeNumberField(drawn.label, also=_range(drawn), **_about(drawn))


def _decimal_number(drawn: DrawnField) -> DecimalField:
    return DecimalField(drawn.label, also=_range(drawn), **_about(drawn))


def _range(drawn: DrawnField) -> list[Any]:
    return [Between(drawn.least, drawn.most)]


def _yes_no(drawn: DrawnField) -> YesNoField:
    about = {"required": "", **_about(drawn, f"Kies ja of nee: {drawn.label}")}
    return YesNoField(drawn.label, **about)


def _choice(drawn: DrawnField) -> ChoiceField | DropDownField:
    about = _about(drawn, f"Maak een keuze: {drawn.label}")
    if len(drawn.choices) > FEW:
        return DropDownField(drawn.label, choices=drawn.choices, **about)
    return ChoiceField(drawn.label, choices=drawn.choices, **about)


def _table(drawn: DrawnField) -> TableField:
    row_class = with_fields(UserTaskForm, tuple(drawn.columns))
    required = f"Vul ten minste één rij in: {drawn.label}" if drawn.is_required else ""
    rows = int(drawn.most or ROWS)
    return TableField(drawn.label, row_class=row_class, rows=rows, required=required)


def _files(drawn: DrawnField) -> UploadField:
    required = f"Voeg een bestand toe: {drawn.label}" if drawn.is_required else ""
    most = int(drawn.most or 1)
    return UploadField(
        drawn.label, kinds=drawn.kinds, megabytes=drawn.megabytes, most=most, required=required
    )


_MAKE: Mapping[str, Make] = MappingProxyType(
    {
        "string": _line,
        "longtext": _text,
        "long": _number,
        "double": _decimal_number,
        "date": lambda drawn: DutchDateField(drawn.label, **_about(drawn)),
        "boolean": _yes_no,
        "enum": _choice,
        "table": _table,
        "file": _files,
        "email": lambda drawn: EmailField(drawn.label, **_about(drawn)),
        "kvk": lambda drawn: KvkNumberField(drawn.label, **_about(drawn)),
        "postcode": lambda drawn: PostcodeField(drawn.label, **_about(drawn)),
    }
)

"""Generates form fields from `camunda:formData`, with the look and validation of coded ones."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, cast

from wtforms import Field

from forms.choices import ChoiceField, DropDownField, YesNoField
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
from processes.dutch import decimal_text

PREFIX = "veld_"  # before the names on the page, where the coded form has names of its own
LINE, TEXT = 200, 10_000
FEW = 7  # choices that one sees at a glance; more of them go in a list that unfolds
YES_NO = {True: "ja", False: "nee"}
Make = Callable[["DrawnField"], Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class DrawnField(Protocol):
    """The declaration of a generated field."""

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def default(self) -> Any: ...
    @property
    def help(self) -> str: ...
    @property
    def choices(self) -> Sequence[tuple[str, str]]: ...
    @property
    def is_required(self) -> bool: ...
    @property
    def is_readonly(self) -> bool: ...
    @property
    def shortest(self) -> int | None: ...
    @property
    def longest(self) -> int | None: ...
    @property
    def least(self) -> float | None: ...
    @property
    def most(self) -> float | None: ...


class DrawnForm(UserTaskForm):
    """A form with generated fields, below its own if it has any."""

    drawn: ClassVar[tuple[DrawnField, ...]] = ()
    given: ClassVar[Mapping[str, Any]] = NOTHING  # what read-only fields show, and leave alone

    @property
    def drawn_fields(self) -> list[tuple[DrawnField, Field]]:
        return [(each, self[name_of(each)]) for each in self.drawn]

    def variables(self) -> dict[str, Any]:
        """The form's own variables, and the answer per generated field; None without one."""
        asked = [each for each in self.drawn_fields if each[0].id not in self.given]
        return super().variables() | {each.id: self._answer(each, field) for each, field in asked}

    def _answer(self, drawn: DrawnField, field: Field) -> Any:
        if drawn.is_readonly:
            return drawn.default
        # Who goes back has not been judged: only what would do becomes a variable.
        return as_json(drawn, field.data) if field.validate(self) else None

    @classmethod
    def data_from(cls, variables: Mapping[str, Any]) -> dict[str, Any]:
        known = [each for each in cls.drawn if each.id in variables and not each.is_readonly]
        answers = {name_of(each): as_data(each, variables[each.id]) for each in known}
        return super().data_from(variables) | answers


def name_of(drawn: DrawnField) -> str:
    """The name of a drawn field on the page."""
    return f"{PREFIX}{drawn.id}"


def with_fields(
    form_class: type[UserTaskForm],
    fields: Sequence[DrawnField],
    given: Mapping[str, Any] = NOTHING,
) -> type[UserTaskForm]:
    """A subclass of the form with these fields; `given` are the current variables."""
    if not fields:
        return form_class
    if any(each.is_readonly for each in fields):
        known = {each.id for each in fields if each.is_readonly and each.id in given}
        return _made(form_class, tuple(fields), {name: given[name] for name in known})
    return _kept(form_class, tuple(fields))


@lru_cache(maxsize=64)
def _kept(form_class: type[UserTaskForm], fields: tuple[DrawnField, ...]) -> type[UserTaskForm]:
    return _made(form_class, fields, NOTHING)


def _made(
    form_class: type[UserTaskForm], fields: tuple[DrawnField, ...], given: Mapping[str, Any]
) -> type[UserTaskForm]:
    members: dict[str, Any] = {name_of(each): _field(each, given) for each in fields}
    members |= {"drawn": fields, "given": given}
    made = type(form_class.__name__, (DrawnForm, form_class), members)
    return cast("type[UserTaskForm]", made)


def as_json(drawn: DrawnField, data: Any) -> Any:
    """The process variable for a field's data: a JSON type, None without an answer."""
    if drawn.type == "boolean":
        return {"ja": True, "nee": False}.get(data)
    if isinstance(data, Decimal):
        return float(data)
    if isinstance(data, date):
        return data.isoformat()
    return None if data == "" else data


def as_data(drawn: DrawnField, value: Any) -> Any:
    """The field's data for a process variable; None where that is no valid answer."""
    try:
        return _READ.get(drawn.type, str)(value) if value is not None else None
    except (ArithmeticError, TypeError, ValueError):
        return None


def shown(drawn: DrawnField, value: Any) -> str:
    """An answer as text for people; "" without one."""
    data = as_data(drawn, value)
    if data is None:
        return ""
    if drawn.type == "boolean":
        return str(data).capitalize()
    if isinstance(data, date):
        return data.strftime("%d-%m-%Y")
    if isinstance(data, Decimal):
        return decimal_text(data)
    return dict(drawn.choices).get(str(data), str(data))


def _decimal(value: Any) -> Decimal:
    number = Decimal(str(value))
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


_READ: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "boolean": YES_NO.get,
        "date": lambda value: date.fromisoformat(str(value)),
        "long": int,
        "double": _decimal,
    }
)


def _field(drawn: DrawnField, given: Mapping[str, Any]) -> Any:
    if drawn.is_readonly:
        value = given.get(drawn.id, drawn.default)
        return ShownField(drawn.label, value=shown(drawn, value))
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


_MAKE: Mapping[str, Make] = MappingProxyType(
    {
        "string": _line,
        "longtext": _text,
        "long": _number,
        "double": _decimal_number,
        "date": lambda drawn: DutchDateField(drawn.label, **_about(drawn)),
        "boolean": _yes_no,
        "enum": _choice,
        "email": lambda drawn: EmailField(drawn.label, **_about(drawn)),
        "kvk": lambda drawn: KvkNumberField(drawn.label, **_about(drawn)),
        "postcode": lambda drawn: PostcodeField(drawn.label, **_about(drawn)),
    }
)

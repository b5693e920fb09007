"""Judges JSON variables by a form as its page would: the same fields, conditions and sentences."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import isfinite
from types import MappingProxyType
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)

from forms.drawn.form import ASKED, NOTHING
from forms.drawn.values import YES_NO, DrawnField, name_of
from forms.fields import SURE, DutchDateField
from forms.registry import UserTaskForm
from forms.tables import TableField
from forms.uploads import references_in, token_of

Path = tuple[str | int, ...]

UNKNOWN = "Dit formulier vraagt dit niet."
READ_ONLY = "Dit staat vast, en kan hier niet worden ingevuld."
NOT_ASKED = "Dit wordt bij deze antwoorden niet gevraagd."
ON_ITS_PAGE = "Dit kan alleen op de pagina worden ingevuld."
NO_TEXT = "Geef hier een tekst (string)."
NO_DATE = "Geef de datum als jaar-maand-dag, bijvoorbeeld 2026-12-31."
NO_WHOLE = "Geef hier een heel getal (integer)."
NO_NUMBER = "Geef hier een getal (number)."
NO_BOOLEAN = "Geef hier true of false."
NO_ROWS = "Geef hier een lijst, met voor elke rij een object."
NO_FILES = "Geef hier een lijst van bestanden die al zijn verstuurd, elk met zijn id."
NO_TEXTS = "Geef hier een lijst van teksten (string)."
NO_OBJECT = "Geef hier een object."


class NotReadError(ValueError):
    """The JSON type of a value is not that of its field; the text says what is."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one value, and the path to it from the variables."""

    path: Path
    detail: str


@dataclass
class _Sent:
    """The values as the page would send them, by the names of its fields."""

    form_class: type[UserTaskForm]
    raw: dict[str, list[str]] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)

    @cached_property
    def drawn(self) -> Mapping[str, DrawnField]:
        return {each.id: each for each in getattr(self.form_class, "drawn", ())}

    def read(self, variables: Mapping[str, Any]) -> None:
        """Read every variable; null is no answer."""
        drawn = self.drawn
        for name, value in variables.items():
            if value is not None and name in drawn:
                self._read_drawn(drawn[name], name_of(drawn[name]), (name,), value)
            else:
                self._read_own((name,), value)

    def open_with(self, known: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        """What the page would open with, in the fields of which nothing is said."""
        around = getattr(self.form_class, "around", NOTHING)
        for name, each in self.drawn.items():
            value = known[name] if name in known else each.opens_with(around)
            if name in given or each.is_readonly or value is None:
                continue
            if each.type == "file":
                self.raw[name_of(each)] = list(map(token_of, references_in(value)))
            else:
                beside = _Sent(self.form_class)  # what no longer fits the field is left out
                beside.read({name: value})
                self.raw |= beside.raw

    def _read_own(self, path: tuple[str, ...], value: Any) -> None:
        """A value of a form that is no drawn field, or an object with such values."""
        own = self.form_class.json_names
        if value is None:
            return
        if path in own:
            self._read_field(path, own[path], value)
        elif not any(each[: len(path)] == path for each in own):
            self.wrong.append(Wrong(path, UNKNOWN))
        elif not isinstance(value, Mapping):
            self.wrong.append(Wrong(path, NO_OBJECT))
        else:
            for key, each in value.items():
                self._read_own((*path, key), each)

    def _read_field(self, path: Path, name: str, value: Any) -> None:
        """A value of a field of the form itself."""
        field_class = getattr(getattr(self.form_class, name, None), "field_class", Field)
        if not issubclass(field_class, SelectMultipleField):
            self._put(path, name, value, _yes if issubclass(field_class, BooleanField) else _text)
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            self.raw[name] = value
        else:
            self.wrong.append(Wrong(path, NO_TEXTS))

    def _read_drawn(self, drawn: DrawnField, name: str, path: Path, value: Any) -> None:
        if drawn.is_readonly:
            self.wrong.append(Wrong(path, READ_ONLY))
        elif drawn.type == "table":
            self._read_table(drawn, name, path, value)
        elif drawn.type == "file":
            self._read_files(name, path, value)
        else:
            self._put(path, name, value, _TEXT_OF[drawn.type])

    def _read_table(self, drawn: DrawnField, name: str, path: Path, value: Any) -> None:
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            self.wrong.append(Wrong(path, NO_ROWS))
            return
        columns = {each.id: each for each in drawn.columns}
        for number, row in enumerate(value):
            for id_, cell in row.items():
                place = (*path, number, id_)
                if id_ not in columns:
                    self.wrong.append(Wrong(place, UNKNOWN))
                elif cell is not None:
                    inner = f"{name}-{number}-{name_of(columns[id_])}"
                    self._read_drawn(columns[id_], inner, place, cell)

    def _read_files(self, name: str, path: Path, value: Any) -> None:
        """References to files that are kept; who calls this has looked them up."""
        found = references_in(value)
        if not isinstance(value, list) or len(found) != len(value):
            self.wrong.append(Wrong(path, NO_FILES))
        else:
            self.raw[name] = list(map(token_of, found))

    def _put(self, path: Path, name: str, value: Any, text_of: Callable[[Any], str]) -> None:
        try:
            self.raw[name] = list(filter(None, [text_of(value)]))
        except NotReadError as reason:
            self.wrong.append(Wrong(path, str(reason)))


def type_of(field: Field) -> str:
    """What a field of a form itself takes, in the words for a drawn one; `list` is of choices."""
    return next((name for kind, name in _TYPES if isinstance(field, kind)), "string")


def judged(
    form_class: type[UserTaskForm],
    variables: Mapping[str, Any],
    known: Mapping[str, Any] = NOTHING,
) -> tuple[dict[str, Any], list[Wrong]]:
    """The process variables that the form gives for these values; and everything that is wrong.

    A field of which nothing is said keeps what its page opens with: an earlier answer in `known`,
    else its default; null is no answer. A day far away is not asked about twice.
    """
    sent = _Sent(form_class)
    sent.read(variables)
    sent.open_with(known, variables)
    drawn = sent.drawn
    sure = {f"{name}{SURE}": texts for name, texts in sent.raw.items()}
    form = form_class.from_draft({**sent.raw, **sure, ASKED: [" ".join(drawn)]})
    form.validate()
    wrong = sent.wrong or list(_not_asked(form, drawn, variables))
    told = {each.path for each in wrong}
    wrong += [each for each in _errors(form, drawn) if each.path not in told]
    wrong += _too_many_rows(form, drawn, variables)
    return ({} if wrong else form.variables()), wrong


def _not_asked(
    form: UserTaskForm, drawn: Mapping[str, DrawnField], variables: Mapping[str, Any]
) -> Iterator[Wrong]:
    asked = {each.id for each, _field in form.drawn_fields}
    for name in drawn:
        if variables.get(name) is not None and name not in asked:
            yield Wrong((name,), NOT_ASKED)


def _too_many_rows(
    form: UserTaskForm, drawn: Mapping[str, DrawnField], variables: Mapping[str, Any]
) -> Iterator[Wrong]:
    for name, each in drawn.items():
        table, rows = form[name_of(each)], variables.get(name)
        if isinstance(table, TableField) and isinstance(rows, list) and len(rows) > table.rows:
            yield Wrong((name,), f"Hier passen {table.rows} rijen.")


def _errors(form: UserTaskForm, drawn: Mapping[str, DrawnField]) -> Iterator[Wrong]:
    paths: dict[str, Path] = {name: path for path, name in form.json_names.items()}
    paths |= {name_of(each): (name,) for name, each in drawn.items()}
    for each in form:
        if not each.errors:
            continue
        path = paths.get(each.name, ())
        wrong_rows = list(_row_errors(each, path)) if isinstance(each, TableField) else []
        yield from wrong_rows
        if not wrong_rows:
            yield Wrong(path, str(each.errors[0]))


def _row_errors(table: TableField, path: Path) -> Iterator[Wrong]:
    for number, row in enumerate(table.entries):
        for drawn in getattr(row, "drawn", ()):
            errors = row[name_of(drawn)].errors if row in table.filled else ()
            if errors:
                yield Wrong((*path, number, drawn.id), str(errors[0]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NotReadError(NO_TEXT)
    return value


def _whole(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
        raise NotReadError(NO_WHOLE)
    return str(int(value))


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise NotReadError(NO_NUMBER)
    return f"{Decimal(str(value)):f}".replace(".", ",")


def _yes_or_no(value: Any) -> str:
    if not isinstance(value, bool):
        raise NotReadError(NO_BOOLEAN)
    return YES_NO[value]


def _yes(value: Any) -> str:
    """A box that is ticked; one that is not, is not sent."""
    if not isinstance(value, bool):
        raise NotReadError(NO_BOOLEAN)
    return "y" if value else ""


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(_text(value)).strftime("%d-%m-%Y")
    except ValueError:
        raise NotReadError(NO_DATE) from None


_TEXT_OF: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        **dict.fromkeys(("string", "longtext", "enum", "email", "kvk", "postcode"), _text),
        "long": _whole,
        "double": _number,
        "boolean": _yes_or_no,
        "date": _day,
    }
)

_TYPES: tuple[tuple[type[Field], str], ...] = (
    (BooleanField, "boolean"),
    (SelectMultipleField, "list"),
    (SelectField, "enum"),
    (RadioField, "enum"),
    (DutchDateField, "date"),
    (TextAreaField, "longtext"),
)

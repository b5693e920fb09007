"""What a field of `camunda:formData` declares, and its answer as variable, data and text."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol

from forms.pages import Answered
from forms.uploads import described, linked, references_in
from processes.dutch import decimal_text

PREFIX = "veld_"  # before the names on the page, where the coded form has names of its own
YES_NO = {True: "ja", False: "nee"}


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
    @property
    def group(self) -> str: ...
    @property
    def visible(self) -> str | None: ...
    @property
    def prefill(self) -> str | None: ...
    @property
    def columns(self) -> "Sequence[DrawnField]": ...
    @property
    def kinds(self) -> Sequence[str]: ...
    @property
    def megabytes(self) -> int: ...
    def is_shown(self, values: Mapping[str, Any]) -> bool: ...
    def opens_with(self, known: Mapping[str, Any]) -> Any: ...


def name_of(drawn: DrawnField) -> str:
    """The name of a drawn field on the page."""
    return f"{PREFIX}{drawn.id}"


def as_json(drawn: DrawnField, data: Any) -> Any:
    """The process variable for a field's data: a JSON type, None without an answer."""
    if drawn.type == "boolean":
        return {"ja": True, "nee": False}.get(data)
    if isinstance(data, Decimal):
        return float(data)
    if isinstance(data, date):
        return data.isoformat()
    if drawn.type == "file":
        return data or None
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
    if isinstance(data, list):
        return "; ".join(_part_shown(drawn, part) for part in data if isinstance(part, Mapping))
    if drawn.type == "boolean":
        return str(data).capitalize()
    if isinstance(data, date):
        return data.strftime("%d-%m-%Y")
    if isinstance(data, Decimal):
        return decimal_text(data)
    return dict(drawn.choices).get(str(data), str(data))


def on_page(drawn: DrawnField, value: Any) -> str:
    """An answer as a page shows it: files as links."""
    return linked(references_in(value)) if drawn.type == "file" else shown(drawn, value)


def answer_to(drawn: DrawnField, value: Any) -> Answered:
    """An answer for who looks it over."""
    files = references_in(value) if drawn.type == "file" else []
    mark = " ".join(each["id"] for each in files)
    return Answered(drawn.id, drawn.label, shown(drawn, value), on_page(drawn, value), mark)


def _part_shown(drawn: DrawnField, row: Mapping[str, Any]) -> str:
    """A file, or a row of a table."""
    if drawn.type == "file":
        return described(row)
    texts = ((each.label, shown(each, row.get(each.id))) for each in drawn.columns)
    return ", ".join(f"{label} {text}" for label, text in texts if text)


def _decimal(value: Any) -> Decimal:
    number = Decimal(str(value))
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


_READ: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "boolean": YES_NO.get,
        "date": lambda value: date.fromisoformat(str(value)),
        "long": int,
        "double": _decimal,
        "file": references_in,
        "table": lambda value: value if isinstance(value, list) else None,
    }
)

"""The columns of a sheet of offers: headings in Dutch, how a cell is written and read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from processes.reading.booleans import boolean_of
from processes.reading.dates import (
    ImpossibleDateError,
    NoDateError,
    day_of_cell,
)
from processes.reading.numbers import hours_of, whole_of
from processes.register.offers.fields import FIELD_LABELS
from processes.register.offers.rules import Offer
from processes.register.offers.terms import AREA_LABELS, KIND_LABELS, SECTOR_LABELS
from processes.register.rich_text import editable
from processes.register.search_words import folded
from processes.register.sheets.runs_text import runs_in, runs_text

Cell = str | int | Decimal | date | None

SHEET = "Aanbod"  # in a workbook
NUMBER = "Nummer"
STATUS = "Status"
YES_NO = ("ja", "nee")
ZERO_DAY = (
    "Hier staat 0. Sommige programma's schrijven een 0 voor elke datum, elk ja en elk nee."
    " Vul de datum in, en controleer ook de kolommen met ja of nee."
)


@dataclass(frozen=True)
class Column:
    """One column: a field of an offer, or with `member` whether that is in the field's set."""

    heading: str
    field: str
    write: Callable[[Any], Cell]
    read: Callable[[str], Any]
    member: str = ""
    options: tuple[str, ...] = ()  # of the drop-down

    @property
    def is_of_days(self) -> bool:
        """Whether it holds a date."""
        return self.read is _day

    def cell_of(self, offer: Offer | Row[Any]) -> Cell:
        """What this column says of the offer."""
        value = getattr(offer, self.field)
        return self.write(self.member in value if self.member else value)


def _as_it_is(value: Any) -> Any:
    return value


def _kind(text: str) -> str | None:
    if not text:
        return None
    labels = {folded(label): kind.value for kind, label in KIND_LABELS.items()}
    found = labels.get(folded(text)) or next((k.value for k in KIND_LABELS if k == text), None)
    if found is None:
        message = f"Kies een van deze types: {', '.join(KIND_LABELS.values())}."
        raise ValueError(message)
    return found


def _hours(text: str) -> str | None:
    try:
        return str(hours_of(text)) if text else None
    except ValueError:
        message = "Vul een aantal uren in, bijvoorbeeld 3,5."
        raise ValueError(message) from None


def _count(text: str) -> int | None:
    try:
        return whole_of(text) if text else None
    except ValueError:
        message = "Vul een heel getal in, bijvoorbeeld 20."
        raise ValueError(message) from None


def _day(text: str) -> str | None:
    if text == "0":
        raise ValueError(ZERO_DAY)
    try:
        return day_of_cell(text).isoformat() if text else None
    except NoDateError:
        message = "Vul een datum in, bijvoorbeeld 31-12-2026."
        raise ValueError(message) from None
    except ImpossibleDateError as error:
        raise ValueError(str(error)) from None


def _yes(text: str) -> bool:
    answer = boolean_of(text) if text else False
    if answer is None:
        message = "Vul ja of nee in."
        raise ValueError(message)
    return answer


def _yes_no(value: Any) -> str:
    return "ja" if value else "nee"


def _label(value: Any) -> str:
    return KIND_LABELS[value] if value else ""


_WAYS: Mapping[str, tuple[Callable[[Any], Cell], Callable[[str], Any], tuple[str, ...]]] = {
    "kind": (_label, _kind, tuple(KIND_LABELS.values())),
    "contribution": (editable, str, ()),
    "content": (editable, str, ()),
    "contact_hours": (_as_it_is, _hours, ()),
    "self_study_hours": (_as_it_is, _hours, ()),
    "online": (_yes_no, _yes, YES_NO),
    "max_participants": (_as_it_is, _count, ()),
    "runs": (runs_text, runs_in, ()),
    "end_date": (_as_it_is, _day, ()),
}
_SETS: Mapping[str, tuple[str, Mapping[Any, str]]] = {
    "areas": ("Bekwaamheidsgebied", AREA_LABELS),
    "sectors": ("Sector", SECTOR_LABELS),
}


def _columns_of(field: str) -> list[Column]:
    if field in _SETS:
        name, labels = _SETS[field]
        return [
            Column(f"{name}: {label}", field, _yes_no, _yes, str(member), YES_NO)
            for member, label in labels.items()
        ]
    write, read, options = _WAYS.get(field, (_as_it_is, str, ()))
    return [Column(FIELD_LABELS[field], field, write, read, "", options)]


COLUMNS = tuple(column for field in FIELD_LABELS for column in _columns_of(field))
HEADINGS = (NUMBER, STATUS, *(column.heading for column in COLUMNS))


def plain_heading(text: str) -> str:
    """A heading by its letters alone: "Contact-uren:" is "Contacturen"."""
    return re.sub(r"[^a-z0-9]", "", folded(text))


BY_HEADING = {plain_heading(column.heading): column for column in COLUMNS}


def heading_of(field: str) -> str:
    """The heading under which an error in this field is told."""
    return next((each.heading for each in COLUMNS if each.field == field), field)

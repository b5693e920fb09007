"""Cleans values of the older register; an unreadable value stays empty, with a note (R51)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import unescape
from typing import Any

from processes.base import today
from processes.dutch import decimal_text
from processes.reading import characters
from processes.reading.addresses import NoAddressError, web_address
from processes.reading.booleans import boolean_of
from processes.reading.dates import date_of, day_of_spreadsheet, may_mean_the_next_day
from processes.reading.numbers import has_grouping, hours_of, whole_of
from processes.register import markup
from processes.register.legacy.columns import by_column
from processes.register.legacy.files import MENDED, MERGED
from processes.register.legacy.known_words import AREAS, KINDS, SECTORS
from processes.register.offers.fields import FIELD_LABELS, LONGEST, MOST_HOURS, MOST_PARTICIPANTS
from processes.register.offers.runs import Run
from processes.register.offers.terms import OfferKind
from processes.register.rich_text import as_text, clean_html
from processes.register.search_words import folded

BRANCH_DIGITS = 12
AHEAD = 20  # years, in which two digits of a year may lie
LAST_YEAR = 2100  # what lies behind it is a slip, and nobody is there to ask

ERRORS = frozenset(
    {
        *("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"),
        *("#N/B", "#VERW!", "#DEEL/0!", "#WAARDE!", "#NAAM?", "#GETAL!", "#LEEG!"),
    }
)
"""What a spreadsheet program, in English or Dutch, shows in a cell that it could not work out."""
_ABOUT = re.compile(r"^(?:ca\.?|circa|\u00b1|max\.?|maximaal)\s*", re.IGNORECASE)
_POWER = re.compile(r"[0-9][eE][-+]?[0-9]")  # 3,7178598E+07, of which digits may be lost
_UNIT = re.compile(r"\s*(?:ru|pers|personen|deelnemers|contacturen|klokuren)\.?$", re.IGNORECASE)
_TIME = re.compile(r"(?<=\d)[Tt ]\d{1,2}:\d{2}.*$")  # after a day
_FRACTION_OF_DAY = re.compile(r"[.,]\d{5,}$")  # what 30:15 becomes where a format is not read
_AND = re.compile(r"\s(?:en|&|\+)\s")
_PARTS = re.compile(r"[|;,/]")
_WRONGLY_READ = re.compile(r"[\u00c3\u00c2][\u0080-\u00ff\u0152-\u2122]|\u00e2\u20ac")
_HANDLER = re.compile(r"<[^<>]*\son\w+\s*=", re.IGNORECASE)


@dataclass
class CleanRow:
    """A row of the older register as values of an offer, with notes on what was wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    branch: str | None = None
    number: str | None = None
    valid_until: date | None = None
    total_hours: Decimal | None = None
    notes: list[str] = field(default_factory=list)

    def note(self, label: str, text: str, what: str) -> None:
        shown = text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line's worth
        self.notes.append(f"{label}: \u201c{shown}\u201d {what}")


def clean(raw: Mapping[str, str]) -> CleanRow:
    """Clean the row of an export; nothing is lost without a note."""
    cells, row = by_column(raw), CleanRow()
    cells = {column: _mended(text, column, row) for column, text in cells.items()}
    for column in [column for column, text in cells.items() if text in ERRORS]:
        row.note(
            _label(column), cells.pop(column), "is een fout van het rekenblad. Vul zelf iets in."
        )
    for column, read in READERS.items():
        row.values[column] = read(row, column, cells.get(column, ""))
    begins = row.values.pop("start_date")
    row.values["runs"] = (Run(start=begins),) if begins else ()
    _read_what_was_validated(row, cells)
    if MENDED in raw:
        row.notes.append("Deze rij bevatte vreemde tekens. Controleer de teksten.")
    if MERGED in raw:
        row.notes.append(
            "In deze rij waren cellen samengevoegd met die van een andere rij of kolom."
            " Controleer alles."
        )
    if not row.values["title"]:
        row.notes.append("Titel: ontbreekt. Vul een titel in.")
    _compare_hours(row)
    return row


def _mended(text: str, column: str, row: CleanRow) -> str:
    """Text that was once read with the wrong character set, put right."""
    if text.isascii() or not _WRONGLY_READ.search(text):
        return text
    try:
        mended = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
    row.notes.append(f"{_label(column)}: vreemde tekens zijn hersteld. Controleer de tekst.")
    return mended


def _label(column: str) -> str:
    return {"start_date": "Begindatum"}.get(column) or FIELD_LABELS.get(column, column)


def _read_line(row: CleanRow, column: str, text: str) -> str:
    line = characters.line(unescape(markup.without_tags(text)))
    return _shortened(row, column, line)


def _read_text(row: CleanRow, column: str, text: str) -> str:
    _note_what_went(row, column, text)
    return _shortened(row, column, as_text(clean_html(text)))


def _note_what_went(row: CleanRow, column: str, text: str) -> None:
    """Markup that a reader may miss is told (R51)."""
    if markup.lost(text) or _HANDLER.search(text):
        row.notes.append(f"{_label(column)}: opmaak die niet mag, is weggehaald.")


def _read_html(row: CleanRow, column: str, text: str) -> str:
    if len(text) > LONGEST[column]:
        text = _shortened(row, column, as_text(clean_html(text)))
    _note_what_went(row, column, text)
    return clean_html(text)


def _shortened(row: CleanRow, column: str, text: str) -> str:
    longest = LONGEST[column]
    if len(text) <= longest:
        return text
    row.notes.append(f"{_label(column)}: te lang, ingekort tot {longest} tekens.")
    return text[:longest].rsplit(" ", 1)[0]


def _read_hours(row: CleanRow, column: str, text: str) -> Decimal | None:
    return _hours(row, _label(column), text, "is geen aantal uren. Vul het aantal in.")


def _hours(row: CleanRow, label: str, text: str, wrong: str) -> Decimal | None:
    """Hours with two decimals; a point that may have meant a comma gets a note."""
    if not text:
        return None
    hours, is_unsure = _read_number_of_hours(text)
    if hours is None:
        row.note(label, text, wrong)
    elif is_unsure:
        row.note(label, text, f"is gelezen als {decimal_text(hours)} uur. Controleer dit.")
    return hours


@lru_cache(maxsize=256)  # a file has the same few numbers in most rows
def _read_number_of_hours(text: str) -> tuple[Decimal | None, bool]:
    """The hours, and whether a point may have meant a comma; None for what is no number of them."""
    bare = _UNIT.sub("", _ABOUT.sub("", text))
    try:
        hours = hours_of(bare).quantize(Decimal("0.01"))
    except (ArithmeticError, ValueError):
        return None, False
    is_unsure = has_grouping(bare) or _FRACTION_OF_DAY.search(bare) is not None
    return (hours if 0 <= hours <= MOST_HOURS else None), is_unsure


def read_date(text: str) -> date | None:
    """A date in one of the notations that people use, or None."""
    return _date_of(text, today().year)


@lru_cache(maxsize=256)  # the year decides what two digits mean, so it is asked each time
def _date_of(text: str, this_year: int) -> date | None:
    plain = _TIME.sub("", text.strip()).removesuffix(".0")  # a number that was read as a fraction
    if day := day_of_spreadsheet(plain):
        return day
    try:
        day = date_of(plain)
    except ValueError:
        return None
    if str(day.year) not in plain and day.year > this_year + AHEAD:
        day = day.replace(year=day.year - 100)  # two digits: the older register began in this one
    return day if day.year <= LAST_YEAR else None


def _read_date(row: CleanRow, column: str, text: str) -> date | None:
    day = read_date(text)
    if text and day is None:
        row.note(_label(column), text, "is geen datum die wij kunnen lezen.")
    elif may_mean_the_next_day(text):
        row.note(_label(column), text, "heeft een tijd. Misschien is de volgende dag bedoeld.")
    return day


@lru_cache(maxsize=256)
def _word(text: str) -> str:
    return re.sub(r"[^a-z]", "", folded(text))


def _read_kind(row: CleanRow, column: str, text: str) -> OfferKind | None:
    kind = KINDS.get(_word(text))
    if text and kind is None:
        row.note(_label(column), text, "is onbekend. Kies een type.")
    return kind


def _read_set(known: Mapping[str, Any]) -> Callable[[CleanRow, str, str], frozenset[str]]:
    def read(row: CleanRow, column: str, text: str) -> frozenset[str]:
        chosen = set()
        for part in filter(None, map(str.strip, _PARTS.split(text))):
            for each in [part] if _word(part) in known else _AND.split(part):
                if word := known.get(_word(each)):
                    chosen.add(word.value)
                else:
                    row.note(_label(column), each, "is onbekend. Kies zelf.")
        return frozenset(chosen)

    return read


def _read_yes(row: CleanRow, column: str, text: str) -> bool:
    says = True if folded(text) == "online" else boolean_of(text)
    if text and says is None:
        row.note(_label(column), text, "is geen ja of nee. Controleer dit.")
    return bool(says)


def _read_number(row: CleanRow, column: str, text: str) -> int | None:
    if not text:
        return None
    bare = _UNIT.sub("", _ABOUT.sub("", text))
    try:
        number = whole_of(bare)
    except ValueError:
        number = 0
    if not 1 <= number <= MOST_PARTICIPANTS:
        row.note(_label(column), text, "is geen aantal.")
        return None
    if has_grouping(bare):
        row.note(_label(column), text, f"is gelezen als {number}. Controleer dit.")
    return number


def _read_url(row: CleanRow, column: str, text: str) -> str:
    if not text:
        return ""
    try:
        return web_address(text)
    except NoAddressError:
        row.note(_label(column), text, "is geen webadres.")
        return ""


READERS: dict[str, Callable[[CleanRow, str, str], Any]] = {
    "title": _read_line,
    "kind": _read_kind,
    "contribution": _read_html,
    "content": _read_html,
    "contact_hours": _read_hours,
    "self_study_hours": _read_hours,
    "self_study_account": _read_text,
    "closing_test": _read_text,
    "areas": _read_set(AREAS),
    "sectors": _read_set(SECTORS),
    "subject": _read_line,
    "audience": _read_line,
    "location": _read_line,
    "online": _read_yes,
    "cost": _read_line,
    "url": _read_url,
    "language": _read_line,
    "max_participants": _read_number,
    "evidence": _read_line,
    "start_date": _read_date,
}
"""By column; the begin date becomes a run."""


def _read_what_was_validated(row: CleanRow, cells: Mapping[str, str]) -> None:
    row.number = cells.get("legacy_number") or None
    text = cells.get("legacy_valid_until", "")
    row.valid_until = read_date(text)
    if text and row.valid_until is None:
        row.note("Gevalideerd tot", text, "is geen datum die wij kunnen lezen.")
    total = cells.get("total_hours", "")
    row.total_hours = _hours(row, "Totaal aantal uren", total, "is geen aantal uren.")
    said = cells.get("branch", "")
    branch = "" if _POWER.search(said) else re.sub(r"\D", "", said)
    if branch.strip("0") and len(branch) <= BRANCH_DIGITS:
        row.branch = branch.zfill(BRANCH_DIGITS)  # a spreadsheet drops the zeros in front
    elif cells.get("branch"):
        row.note("Vestiging", cells["branch"], "is geen vestigingsnummer van 12 cijfers.")


def _compare_hours(row: CleanRow) -> None:
    contact, self_study = row.values["contact_hours"], row.values["self_study_hours"]
    total = row.total_hours
    if contact is None or self_study is None or total is None or contact + self_study == total:
        return
    row.notes.append(
        f"Uren: contact ({decimal_text(contact)}) en zelfstudie ({decimal_text(self_study)}) zijn "
        f"samen niet het totaal ({decimal_text(total)}) uit het oude register. Pas de uren aan."
    )

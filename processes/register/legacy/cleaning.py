"""Cleans values of the older register; an unreadable value stays empty, with a note (R51)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

from processes.dutch import MONTH_NUMBERS, decimal_text
from processes.register.legacy.columns import by_column
from processes.register.offer_fields import FIELD_LABELS, LONGEST, MOST_HOURS
from processes.register.offer_terms import Area, OfferKind, Sector
from processes.register.rich_text import as_text, clean_html
from processes.register.search_words import folded

EXCEL_DAY_ZERO = date(1899, 12, 30)
EXCEL_DAYS = range(30_000, 60_000)  # 1982 to 2064
CENTURY = 2000
TWO_DIGITS = 100

_HOURS = re.compile(r"(?:ca\.?|circa|\u00b1)?\s*(\d{1,5}(?:[.,]\d{1,4})?)\s*(?:uur|uren|u|ru)?\.?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[t ].*)?")
_WRITTEN = re.compile(r"(\d{1,2})\s+([a-z]+)\.?\s+(\d{4})")
_PARTS = re.compile(r"[|;,/]")
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_HARMFUL = re.compile(r"<\s*(script|img|iframe|object|style|table|font)|\son\w+\s*=", re.IGNORECASE)
_URL = re.compile(r"https?://[\w.-]+\.[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)

KINDS = {
    "opleiding": OfferKind.PROGRAMME,
    "cursus": OfferKind.COURSE,
    "training": OfferKind.COURSE,
    "studiedag": OfferKind.STUDY_DAY,
    "conferentie": OfferKind.CONFERENCE,
    "congres": OfferKind.CONFERENCE,
    "overigeactiviteitenbinnendeschool": OfferKind.IN_SCHOOL,
    "overigbinnenschool": OfferKind.IN_SCHOOL,
    "overigeactiviteitenbuitendeschool": OfferKind.OUTSIDE_SCHOOL,
    "overigbuitenschool": OfferKind.OUTSIDE_SCHOOL,
    "professionelezelfstudie": OfferKind.SELF_STUDY,
    "zelfstudie": OfferKind.SELF_STUDY,
}
AREAS = {
    "vakinhoudelijk": Area.SUBJECT,
    "vakdidactisch": Area.DIDACTICS,
    "didactisch": Area.DIDACTICS,
    "pedagogisch": Area.PEDAGOGY,
    "algemeenprofessioneelhandelen": Area.GENERAL,
    "algemeenprofessioneel": Area.GENERAL,
    "onderwijskundigeontwikkelingenindeschool": Area.SCHOOL_DEVELOPMENT,
    "onderwijskundig": Area.SCHOOL_DEVELOPMENT,
    "ontwikkelingvandeberoepsgroep": Area.PROFESSION,
    "beroepsgroep": Area.PROFESSION,
}
SECTORS = {
    "po": Sector.PRIMARY,
    "primaironderwijs": Sector.PRIMARY,
    "basisonderwijs": Sector.PRIMARY,
    "vo": Sector.SECONDARY,
    "voortgezetonderwijs": Sector.SECONDARY,
    "mbo": Sector.VOCATIONAL,
    "middelbaarberoepsonderwijs": Sector.VOCATIONAL,
    "so": Sector.SPECIAL,
    "vso": Sector.SPECIAL,
    "svo": Sector.SPECIAL,
    "speciaalonderwijs": Sector.SPECIAL,
    "voortgezetspeciaalonderwijs": Sector.SPECIAL,
}


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
    for column, read in READERS.items():
        row.values[column] = read(row, column, cells.get(column, ""))
    _read_what_was_validated(row, cells)
    if not row.values["title"]:
        row.notes.append("Titel: ontbreekt. Vul een titel in.")
    _compare_hours(row)
    return row


def _mended(text: str, column: str, row: CleanRow) -> str:
    """Text that was once read with the wrong character set, put right."""
    if not re.search(r"[\u00c3\u00c2][\u0080-\u00ff\u0152-\u2122]|\u00e2\u20ac", text):
        return text
    try:
        mended = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
    row.notes.append(f"{_label(column)}: vreemde tekens zijn hersteld. Controleer de tekst.")
    return mended


def _label(column: str) -> str:
    return FIELD_LABELS.get(column, column)


def _read_line(row: CleanRow, column: str, text: str) -> str:
    line = " ".join(unescape(_MARKUP.sub(" ", text)).split())
    return _shortened(row, column, line)


def _read_text(row: CleanRow, column: str, text: str) -> str:
    return _shortened(row, column, as_text(clean_html(text)))


def _read_html(row: CleanRow, column: str, text: str) -> str:
    if len(text) > LONGEST[column]:
        text = _shortened(row, column, as_text(clean_html(text)))
    html = clean_html(text)
    if _HARMFUL.search(text):
        row.notes.append(f"{_label(column)}: opmaak die niet mag, is weggehaald.")
    return html


def _shortened(row: CleanRow, column: str, text: str) -> str:
    longest = LONGEST[column]
    if len(text) <= longest:
        return text
    row.notes.append(f"{_label(column)}: te lang, ingekort tot {longest} tekens.")
    return text[:longest].rsplit(" ", 1)[0]


def _read_hours(row: CleanRow, column: str, text: str) -> Decimal | None:
    found = _HOURS.fullmatch(text.replace("\u00bd", ",5").lower())
    hours = Decimal(found[1].replace(",", ".")).quantize(Decimal("0.01")) if found else None
    if text and (hours is None or hours > MOST_HOURS):
        row.note(_label(column), text, "is geen aantal uren. Vul het aantal in.")
        return None
    return hours


def read_date(text: str) -> date | None:
    """A date in one of the notations that people use, or None."""
    plain = folded(text)
    if plain.isdigit() and len(plain) == 5 and int(plain) in EXCEL_DAYS:  # noqa: PLR2004 - digits
        return EXCEL_DAY_ZERO + timedelta(days=int(plain))
    try:
        if found := _YEAR_FIRST.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY_FIRST.fullmatch(plain):
            year = int(found[3])
            year += CENTURY if year < TWO_DIGITS else 0
            return date(year, int(found[2]), int(found[1]))
        if found := _WRITTEN.fullmatch(plain):
            return date(int(found[3]), MONTH_NUMBERS[found[2][:3]], int(found[1]))
    except (KeyError, ValueError):
        return None
    return None


def _read_date(row: CleanRow, column: str, text: str) -> date | None:
    day = read_date(text)
    if text and day is None:
        row.note(_label(column), text, "is geen datum die wij kunnen lezen.")
    return day


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
            if word := known.get(_word(part)):
                chosen.add(word.value)
            else:
                row.note(_label(column), part, "is onbekend. Kies zelf.")
        return frozenset(chosen)

    return read


def _read_yes(_row: CleanRow, _column: str, text: str) -> bool:
    return folded(text) in {"ja", "j", "1", "true", "waar", "x", "online"}


def _read_number(row: CleanRow, column: str, text: str) -> int | None:
    found = re.fullmatch(r"(?:max\.?|maximaal)?\s*(\d{1,5})(?:\s*(?:personen|deelnemers))?", text)
    if text and (not found or not int(found[1])):
        row.note(_label(column), text, "is geen aantal.")
        return None
    return int(found[1]) if found else None


def _read_url(row: CleanRow, column: str, text: str) -> str:
    has_scheme = re.match(r"https?://", text, re.IGNORECASE)
    url = text if has_scheme or not text else f"https://{text}"
    if text and not _URL.fullmatch(url):
        row.note(_label(column), text, "is geen webadres.")
        return ""
    return _shortened(row, column, url)


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


def _read_what_was_validated(row: CleanRow, cells: Mapping[str, str]) -> None:
    row.number = cells.get("legacy_number") or None
    text = cells.get("legacy_valid_until", "")
    row.valid_until = read_date(text)
    if text and row.valid_until is None:
        row.note("Gevalideerd tot", text, "is geen datum die wij kunnen lezen.")
    total = cells.get("total_hours", "")
    found = _HOURS.fullmatch(total.lower())
    if found:
        row.total_hours = Decimal(found[1].replace(",", ".")).quantize(Decimal("0.01"))
    elif total:
        row.note("Totaal aantal uren", total, "is geen aantal uren.")
    branch = re.sub(r"\D", "", cells.get("branch", ""))
    if len(branch) == 12:  # noqa: PLR2004 - the length of a branch number
        row.branch = branch
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

"""Reads a sheet of offers (CSV or XLSX): each row as changes, with errors by column."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain, islice
from typing import Any
from uuid import UUID

from processes.reading.dates import is_month_first
from processes.reading.formulas import unguarded
from processes.reading.workbooks import (
    WorkbookError,
    covered_cells,
    opened_sheet,
    rows_of,
)
from processes.register.legacy.files import (
    TITLE_LINES,
    LegacyFileError,
    as_text,
    csv_lines,
)
from processes.register.offers.fields import OfferFieldError, read
from processes.register.sheets.columns import (
    BY_HEADING,
    NUMBER,
    SHEET,
    STATUS,
    Column,
    heading_of,
    plain_heading,
)

LARGEST_FILE = 10 * 2**20  # bytes
MOST_ROWS = 5000
MOST_COLUMNS = 200
MOST_LINES = 20_000  # also empty ones
FORMULA = "Hier staat een formule. Wij rekenen niets uit: vul de waarde zelf in."
BROKEN = "Hier staat een fout van het rekenblad. Vul de waarde zelf in."
MERGED = "Deze cel is samengevoegd met een andere. Splits ze en vul in elke rij de waarde in."
STRANGE = "Hier staan tekens die wij niet zeker kunnen lezen: {}. Kijk die na."
PROBLEMS = {"f": FORMULA, "e": BROKEN}
NOTHING = {"null", "undefined", "NaN"}
"""What programs write for a value that is not there; a text that is only this, nobody writes."""

NO_VALUE = "Hier staat “{text}”: uw programma had geen waarde. Vul die in, of maak de cel leeg."
NO_NUMBER = "Dit is geen nummer van een activiteit. Laat het leeg of zet het terug."
TOO_LONG = f"Het bestand heeft meer dan {MOST_ROWS} rijen. Verdeel het over bestanden."
MONTH_FIRST = (
    "In rij {row} van deze kolom staat de maand voorop. Misschien ook hier."
    " Schrijf eerst de dag, met streepjes: 31-12-2026."
)
NO_HEADINGS = "Dit is geen CSV- of XLSX-bestand met onze koppen. Gebruik het sjabloon."
TOO_WIDE = f"Het bestand heeft meer dan {MOST_COLUMNS} kolommen. Haal weg wat u niet nodig hebt."
MOST_SHEETS = 20
HEADINGS_OF_ROWS = 2  # in one row: below them stand activities, and no explanation of one heading

Error = tuple[str, str]  # the heading of the column, and what is wrong, in Dutch


class SheetError(ValueError):
    """The file as a whole cannot be read; the message is Dutch."""


@dataclass(frozen=True)
class CellText:
    """A cell as somebody would have typed it, and what is wrong with it as a cell."""

    text: str
    problem: str = ""
    is_doubtful: bool = False  # it may have bytes of another character set


@dataclass(frozen=True)
class SheetRow:
    """One row: which offer, what it should become, and the errors by column."""

    number: int  # of the row in the file; the headings are usually row 1
    offer_id: UUID | None
    changes: Mapping[
        str, Any
    ]  # fields as JSON; sets as {member: bool} of the columns that are there
    errors: Sequence[Error] = ()
    remark: str = ""  # Dutch: what asks a look, and is no error


@dataclass
class Sheet:
    """The rows of a file; and what is not read: headings that are not of ours, other sheets."""

    rows: list[SheetRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_sheet(content: bytes) -> Sheet:
    """Every row that has something in it. Raises SheetError."""
    if len(content) > LARGEST_FILE:
        message = f"Het bestand is groter dan {LARGEST_FILE // 2**20} MB."
        raise SheetError(message)
    try:
        if zipfile.is_zipfile(BytesIO(content)):
            return _sheet_of_workbook(content)
        return _sheet(_csv(content))
    except (LegacyFileError, WorkbookError) as error:
        raise SheetError(str(error)) from error


def _csv(content: bytes) -> Iterator[list[CellText]]:
    for line, mark in csv_lines(content, is_heading=_is_heading):
        yield [
            CellText(unguarded(cell), is_doubtful=bool(mark) and not cell.isascii())
            for cell in line
        ]


def _sheet_of_workbook(content: bytes) -> Sheet:
    """The sheet of ours, else the one with most of our headings: others may explain them."""
    with opened_sheet(content) as sheet:
        all_sheets = sheet.parent.worksheets
        shown = [each.title for each in all_sheets if each.sheet_state == "visible"][:MOST_SHEETS]
    if SHEET in shown or not shown:
        return _sheet(_xlsx(content, SHEET if shown else ""))
    told = {name: _told(_xlsx(content, name)) for name in shown}
    chosen = max(shown, key=lambda name: told[name])
    sheet = _sheet(_xlsx(content, chosen))
    others = [name for name in shown if name != chosen and told[name][0] >= HEADINGS_OF_ROWS]
    sheet.ignored += [f"werkblad \u201c{name}\u201d" for name in others]
    return sheet


def _told(lines: Iterable[list[CellText]]) -> tuple[int, bool]:
    """How many headings of ours one row has, and whether there is any row."""
    first = [line for _number, line in islice(_filled(lines), TITLE_LINES)]
    return max(map(_headings_in, first), default=0), bool(first)


def _xlsx(content: bytes, name: str) -> Iterator[list[CellText]]:
    # With the formulas, not their saved outcomes: a cell that was never calculated has none.
    with opened_sheet(content, named=name) as sheet:
        covered = covered_cells(sheet, rows=MOST_LINES + 1, columns=MOST_COLUMNS)
        for number, (row, beyond) in enumerate(rows_of(sheet, MOST_COLUMNS), start=1):
            cells = [_cell(cell) for cell in (row if beyond is None else (*row, beyond))]
            yield (
                [
                    CellText("", MERGED) if (number, place) in covered else cell
                    for place, cell in enumerate(cells, start=1)
                ]
                if covered
                else cells
            )


def _cell(cell: Any) -> CellText:
    problem = PROBLEMS.get(cell.data_type, "")
    return CellText(as_text(cell.value), problem)


def _sheet(lines: Iterable[list[CellText]]) -> Sheet:
    filled = _filled(lines)
    first = list(islice(filled, TITLE_LINES))
    _refuse_if(not first, "Het bestand is leeg.")
    # Above the headings stand a title, a word of explanation, or a name of several columns.
    place = max(range(len(first)), key=lambda each: _headings_in(first[each][1]))
    _refuse_if(not _headings_in(first[place][1]), NO_HEADINGS)
    headings = [cell.text.strip() for cell in first[place][1]]
    _refuse_if(any(headings[MOST_COLUMNS:]), TOO_WIDE)
    header = _Header(headings)
    sheet = Sheet(ignored=header.ignored)
    for number, line in chain(first[place + 1 :], filled):
        _refuse_if(len(sheet.rows) == MOST_ROWS, TOO_LONG)
        sheet.rows.append(header.row(number, line))
    header.doubt_days()
    _refuse_if(not sheet.rows, "Onder de koppen staan geen activiteiten.")
    return sheet


def _filled(lines: Iterable[list[CellText]]) -> Iterator[tuple[int, list[CellText]]]:
    """The rows with something in them, by their numbers. Raises SheetError."""
    for number, line in enumerate(lines, start=1):
        if any(cell.text.strip() for cell in line):
            yield number, line
        else:
            _refuse_if(number > MOST_LINES, TOO_LONG)


def _is_heading(text: str) -> bool:
    return plain_heading(text) in BY_HEADING


def _headings_in(line: Iterable[CellText]) -> int:
    return len({plain_heading(cell.text) for cell in line} & BY_HEADING.keys())


def _refuse_if(is_wrong: bool, message: str) -> None:  # noqa: FBT001 - a condition
    if is_wrong:
        raise SheetError(message)


class _Header:
    """The headings of a file: which column stands where."""

    def __init__(self, headings: list[str]) -> None:
        names = [plain_heading(heading) for heading in headings]
        number = plain_heading(NUMBER)
        ours = {number, plain_heading(STATUS), *BY_HEADING}
        named = list(zip(headings, names, strict=True))
        twice = sorted({h for h, name in named if names.count(name) > 1 and name in ours})
        if twice:
            message = f"Deze koppen staan er meer dan één keer: {', '.join(twice)[:200]}."
            raise SheetError(message)
        self.columns = {
            place: BY_HEADING[name] for place, name in enumerate(names) if name in BY_HEADING
        }
        self.number = names.index(number) if number in names else None
        self.ignored = list(dict.fromkeys(h for h, name in named if h and name not in ours))
        self._month_first: dict[Column, int] = {}  # the first row that is surely written so
        self._either: list[tuple[Column, dict[str, Any], list[Error]]] = []

    def row(self, number: int, line: list[CellText]) -> SheetRow:
        """What this line says."""
        errors: list[Error] = []
        offer_id = self._offer_id(line, errors)
        changes: dict[str, Any] = {}
        for place, column in self.columns.items():
            cell = line[place] if place < len(line) else CellText("")
            try:
                _add(changes, column, cell)
            except ValueError as error:
                errors.append((column.heading, str(error)))
            if column.is_of_days:
                match is_month_first(cell.text):
                    case True:
                        self._month_first.setdefault(column, number)
                    case None:
                        self._either.append((column, changes, errors))
        doubtful = [
            column.heading
            for place, column in self.columns.items()
            if place < len(line) and line[place].is_doubtful
        ]
        remark = STRANGE.format(", ".join(doubtful)) if doubtful else ""
        return SheetRow(number, offer_id, changes, errors, remark)

    def doubt_days(self) -> None:
        """Refuse 3/1/2027 where another row of its column can only have the month in front."""
        for column, changes, errors in self._either:
            if row := self._month_first.get(column):
                changes.pop(column.field, None)
                errors.append((column.heading, MONTH_FIRST.format(row=row)))

    def _offer_id(self, line: list[CellText], errors: list[Error]) -> UUID | None:
        if self.number is None or self.number >= len(line):
            return None
        cell = line[self.number]
        if cell.problem:
            errors.append((NUMBER, cell.problem))
            return None
        text = cell.text.strip()
        try:
            return UUID(text) if text else None
        except ValueError:
            errors.append((NUMBER, NO_NUMBER))
            return None


def _add(changes: dict[str, Any], column: Column, cell: CellText) -> None:
    if cell.problem:
        raise ValueError(cell.problem)
    if cell.text.strip() in NOTHING:
        raise ValueError(NO_VALUE.format(text=cell.text.strip()))
    text = cell.text if column.field in {"contribution", "content", "runs"} else cell.text.strip()
    value = column.read(text)
    if column.member:
        changes.setdefault(column.field, {})[column.member] = value
    else:
        changes[column.field] = value


def judged(changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[Error]]:
    """The changes as values of an offer, and what the register refuses of them."""
    values: dict[str, Any] = {}
    errors: list[Error] = []
    for name, value in changes.items():
        try:
            values |= read({name: value})
        except OfferFieldError as error:
            errors.append((heading_of(name), error.message))
    return values, errors

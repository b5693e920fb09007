"""Reads a sheet of offers (CSV or XLSX): each row as changes, with errors by column."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID

from processes.reading.formulas import unguarded
from processes.reading.workbooks import WorkbookError, opened_sheet, or_damaged
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
PROBLEMS = {"f": FORMULA, "e": BROKEN}
NO_NUMBER = "Dit is geen nummer van een activiteit. Laat het leeg of zet het terug."
TOO_LONG = f"Het bestand heeft meer dan {MOST_ROWS} rijen. Verdeel het over bestanden."
NO_HEADINGS = "Dit is geen CSV- of XLSX-bestand met onze koppen. Gebruik het sjabloon."
MOST_SHEETS = 20

Error = tuple[str, str]  # the heading of the column, and what is wrong, in Dutch


class SheetError(ValueError):
    """The file as a whole cannot be read; the message is Dutch."""


class NoHeadingsError(SheetError):
    """No row of it holds our headings."""


@dataclass(frozen=True)
class CellText:
    """A cell as somebody would have typed it, and what is wrong with it as a cell."""

    text: str
    problem: str = ""


@dataclass(frozen=True)
class SheetRow:
    """One row: which offer, what it should become, and the errors by column."""

    number: int  # of the row in the file; the headings are usually row 1
    offer_id: UUID | None
    changes: Mapping[
        str, Any
    ]  # fields as JSON; sets as {member: bool} of the columns that are there
    errors: Sequence[Error] = ()


@dataclass
class Sheet:
    """The rows of a file, and the headings that are not of ours."""

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
    for line, _mended in csv_lines(content):
        yield [CellText(unguarded(cell)) for cell in line]


def _sheet_of_workbook(content: bytes) -> Sheet:
    """The sheet of ours, else the first; where that has no headings, the first that has them."""
    try:
        return _sheet(_xlsx(content, SHEET))
    except NoHeadingsError as first:
        for name in _sheets_that_show(content)[:MOST_SHEETS]:
            with suppress(NoHeadingsError):
                return _sheet(_xlsx(content, name))
        raise first from None


def _sheets_that_show(content: bytes) -> list[str]:
    with opened_sheet(content) as sheet:
        return [each.title for each in sheet.parent.worksheets if each.sheet_state == "visible"]


def _xlsx(content: bytes, name: str) -> Iterator[list[CellText]]:
    # With the formulas, not their saved outcomes: a cell that was never calculated has none.
    with opened_sheet(content, named=name) as sheet:
        rows = sheet.iter_rows(max_col=MOST_COLUMNS)
        while (row := or_damaged(lambda: next(rows, None))) is not None:
            yield [_cell(cell) for cell in row]


def _cell(cell: Any) -> CellText:
    problem = PROBLEMS.get(cell.data_type, "")
    return CellText(as_text(cell.value), problem)


def _sheet(lines: Iterable[list[CellText]]) -> Sheet:
    sheet, header, above = Sheet(), None, 0
    for number, line in enumerate(lines, start=1):
        if not any(cell.text.strip() for cell in line):
            _refuse_if(number > MOST_LINES, TOO_LONG)
            continue
        if header is None:
            headings = [cell.text.strip() for cell in line]
            if any(plain_heading(each) in BY_HEADING for each in headings):
                header = _Header(headings)
                sheet.ignored = header.ignored
            above += 1  # a title, perhaps, or a word of explanation
            if header is None and above == TITLE_LINES:
                raise NoHeadingsError(NO_HEADINGS)
            continue
        _refuse_if(len(sheet.rows) == MOST_ROWS, TOO_LONG)
        sheet.rows.append(header.row(number, line))
    if header is None:
        raise NoHeadingsError(NO_HEADINGS if above else "Het bestand is leeg.")
    _refuse_if(not sheet.rows, "Onder de koppen staan geen activiteiten.")
    return sheet


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
        return SheetRow(number, offer_id, changes, errors)

    def _offer_id(self, line: list[CellText], errors: list[Error]) -> UUID | None:
        if self.number is None or self.number >= len(line):
            return None
        text = line[self.number].text.strip()
        try:
            return UUID(text) if text else None
        except ValueError:
            errors.append(
                (NUMBER, "Dit is geen nummer van een activiteit. Laat het leeg of zet het terug.")
            )
            return None


def _add(changes: dict[str, Any], column: Column, cell: CellText) -> None:
    if cell.problem:
        raise ValueError(cell.problem)
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

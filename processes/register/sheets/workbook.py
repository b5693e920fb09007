"""The spreadsheet (XLSX) of offers: rows, drop-downs and a sheet of help, by openpyxl."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from processes.reading.workbooks import escaped
from processes.register.sheets.columns import COLUMNS, HEADINGS, SHEET, Cell
from processes.register.sheets.runs_text import EXAMPLE

CHOICES, HELP = "Keuzes", "Uitleg"
LAST_ROW = 5001  # with a drop-down
FORMULAS = ("=", "+", "-", "@")  # how a text begins that some spreadsheets take for a formula
MISREAD = (*FORMULAS, "#")  # and what openpyxl takes for an error, such as #N/A
EXPLANATION = (
    "Elke rij is een activiteit. De kolommen mogen in elke volgorde staan.",
    "Een kolom die u weglaat, verandert niets. Een lege cel maakt het gegeven leeg.",
    "Laat het nummer leeg bij een nieuwe activiteit. Verander het niet bij een andere.",
    "De status lezen wij niet: publiceren doet u op de site.",
    "Datums schrijft u als 31-12-2026 of 2026-12-31, uren als 3,5.",
    f"Uitvoeringen: elke regel in de cel is er een, bijvoorbeeld {EXAMPLE}.",
)


def write_workbook(rows: Iterable[Sequence[Cell]], file: IO[bytes]) -> None:
    """The rows below the headings, with drop-downs; text is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "D2"
    for place, heading in enumerate(HEADINGS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 40 if heading == "Titel" else 18
    for validation in _drop_downs():
        sheet.data_validations.append(validation)
    sheet.append([_cell(sheet, heading, bold=True) for heading in HEADINGS])
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    _add_choices(book)
    _add_help(book)
    book.save(file)


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> Any:
    """A cell of its own for what needs one; all others are made by openpyxl at a third less."""
    if isinstance(value, str):
        value = escaped(value)
        if not (bold or "\n" in value or value.startswith(MISREAD)):
            return value or None
    elif not isinstance(value, date):
        return value
    plain: Any = value
    cell = WriteOnlyCell(sheet, plain)
    if isinstance(value, str):
        cell.data_type = "s"  # never "f" or "e", also when it begins with an equals sign
        cell.quotePrefix = value.startswith(FORMULAS)
    else:
        cell.number_format = "dd-mm-yyyy"
    if isinstance(value, str) and "\n" in value:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _lists() -> dict[tuple[str, ...], str]:
    """Of each list of options its letter on the sheet of choices."""
    kinds = dict.fromkeys(column.options for column in COLUMNS if column.options)
    return {options: get_column_letter(place) for place, options in enumerate(kinds, start=1)}


def _drop_downs() -> Iterable[DataValidation]:
    letters = _lists()
    for options, letter in letters.items():
        source = f"{CHOICES}!${letter}$1:${letter}${len(options)}"
        validation = DataValidation("list", formula1=source, allow_blank=True)
        validation.error = "Kies een van de mogelijkheden."
        for column in COLUMNS:
            if column.options == options:
                place = get_column_letter(HEADINGS.index(column.heading) + 1)
                validation.add(f"{place}2:{place}{LAST_ROW}")
        yield validation


def _add_choices(book: Any) -> None:
    sheet = book.create_sheet(CHOICES)
    lists = list(_lists())
    for row in range(max(map(len, lists))):
        sheet.append([options[row] if row < len(options) else None for options in lists])


def _add_help(book: Any) -> None:
    sheet = book.create_sheet(HELP)
    sheet.column_dimensions["A"].width = 110
    for line in EXPLANATION:
        sheet.append([line])

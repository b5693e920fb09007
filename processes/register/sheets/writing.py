"""Writes offers as CSV, or as a spreadsheet (XLSX) with drop-downs."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from processes.dutch import decimal_text
from processes.reading.formulas import guarded
from processes.register.offers.rules import Offer
from processes.register.sheets.columns import COLUMNS, HEADINGS, Cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_of(rows: Iterable[Sequence[Cell]]) -> str:
    """The cells of offers for a Dutch spreadsheet; no cell is a formula (threat 17).

    Days as in ISO 8601: programs take 05-03-2027 for 3 May (findings/sheetjs-dutch-csv.sh). No line
    end behind the last row: by the empty row after it papaparse takes a comma for what parts the
    cells (findings/papaparse-last-line-end.sh).
    """
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow([guarded(_text(cell)) for cell in row])
    return file.getvalue().removesuffix(writer.dialect.lineterminator)


def xlsx_of(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The cells of offers, with drop-downs; text is text, whatever it begins with."""
    # Who writes no spreadsheet does not load what does: a sixth of a start.
    from processes.register.sheets.workbook import workbook_of

    return workbook_of(rows)


def cells_of(offer: Offer) -> Sequence[Cell]:
    """The cells of its row, in the order of `HEADINGS`."""
    return [str(offer.id), str(offer.status), *(column.cell_of(offer) for column in COLUMNS)]


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return decimal_text(cell)
        case date():
            return cell.isoformat()
    return str(cell)

"""Writes offers as CSV, or as a spreadsheet (XLSX) with drop-downs."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session

from processes.dutch import decimal_text
from processes.reading.formulas import guarded
from processes.register.offers.rules import Offer
from processes.register.sheets.columns import COLUMNS, HEADINGS, Cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READ_TOGETHER = 500  # rows
NEEDED = [
    getattr(Offer, name)
    for name in dict.fromkeys(["id", "status", *(column.field for column in COLUMNS)])
]
"""The columns of the table that a row of a sheet is made of."""


def write_csv(rows: Iterable[Sequence[Cell]], file: IO[bytes]) -> None:
    """The cells of offers for a Dutch spreadsheet; no cell is a formula (threat 17).

    Days as in ISO 8601: programs take 05-03-2027 for 3 May (findings/sheetjs-dutch-csv.sh). No line
    end behind the last row: by the empty row after it papaparse takes a comma for what parts the
    cells (findings/papaparse-last-line-end.sh).
    """
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow([guarded(_text(cell)) for cell in row])
    text.detach()
    file.truncate(file.tell() - len(writer.dialect.lineterminator))


def write_xlsx(rows: Iterable[Sequence[Cell]], file: IO[bytes]) -> None:
    """The cells of offers, with drop-downs; text is text, whatever it begins with."""
    # Who writes no spreadsheet does not load what does: a sixth of a start.
    from processes.register.sheets.workbook import write_workbook

    write_workbook(rows, file)


def offer_rows(session: Session, offers: Select[Offer], most: int) -> Iterator[Sequence[Cell]]:
    """The cells of the first of these offers, read in a stream and without objects."""
    query = offers.with_only_columns(*NEEDED).limit(most)
    for row in session.execute(query.execution_options(yield_per=READ_TOGETHER)):
        yield cells_of(row)


def cells_of(offer: Offer | Row[Any]) -> Sequence[Cell]:
    """The cells of its row, in the order of `HEADINGS`; `offer` has what is `NEEDED`."""
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

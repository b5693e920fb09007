"""CSV files for a Dutch spreadsheet, in which no cell is a formula (threat 17)."""

import csv
import io
from collections.abc import Iterable, Sequence

from processes.reading.formulas import guarded


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows, with the semicolons and byte order mark that a Dutch Excel expects.

    Without a line end behind the last row, which papaparse takes for a row of one cell
    (findings/papaparse-last-line-end.sh).
    """
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return file.getvalue().removesuffix(writer.dialect.lineterminator)

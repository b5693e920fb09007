"""CSV files for a Dutch spreadsheet, in which no cell is a formula (threat 17)."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from processes.reading import characters

SIGNS = ("=", "+", "-", "@")
ENDS = ("\t", "\r", "\n")


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows, with the semicolons and byte order mark that a Dutch Excel expects."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return file.getvalue()


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would calculate.

    Spaces and characters that nobody sees do not hide the sign; a full-width sign counts too.
    """
    seen = unicodedata.normalize("NFKC", characters.seen(text)).strip()
    calculates = seen.startswith(SIGNS) or text.lstrip(" ").startswith(ENDS)
    return f"'{text}" if calculates else text

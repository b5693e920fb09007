"""Reads an export of the older register (CSV or XLSX) as rows of text, within limits."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from processes.reading.dates import may_mean_the_next_day
from processes.reading.workbooks import (
    Cell,
    WorkbookError,
    covered_cells,
    opened_sheet,
    rows_of,
    unescaped,
)
from processes.register.legacy.columns import is_known
from processes.register.legacy.escapes import has_escapes, without_words
from processes.register.legacy.one_byte import character_set

LARGEST_FILE = 50 * 2**20
MOST_ROWS = 100_000  # with something in them
MOST_LINES = 2**20  # as a sheet of Excel has
MOST_COLUMNS = 100
LONGEST_CELL = 100_000
DELIMITERS = ";,\t"
TITLE_LINES = 20
SEPARATOR = re.compile(r"\"?sep=([;,\t|])\"?[;, \t]*\r?\n", re.IGNORECASE)
UTF8_OF_DUTCH = re.compile(rb"[\xc2\xc3][\x80-\xbf]|\xe2[\x80\x82][\x80-\xbf]")
UNKNOWN = (
    "\ufffd"  # what stands for a byte that no character set has, here or in what made the file
)
ONE_BYTE = "loket-windows-1252"
MENDED = "vreemde tekens"  # the name of a cell of our own, in a row with bytes of another set
MERGED = "samengevoegde cellen"  # the same, in a row with cells that lie below a merged one
THREE_DECIMALS = re.compile(r"\.[0-9]{3}$")
OLDER_WORKBOOK = (
    "Dit is een ouder Excel-bestand (XLS), of een bestand met een wachtwoord."
    " Bewaar het als XLSX of als CSV, zonder wachtwoord."
)
TOO_WIDE = f"Het bestand heeft meer dan {MOST_COLUMNS} kolommen."
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of XLS, and of a workbook in cipher


Line = tuple[list[str], str]  # its cells, and MENDED, MERGED or ""


class LegacyFileError(ValueError):
    """The file cannot be read as an export; the message is Dutch."""


@dataclass(frozen=True)
class LegacyRow:
    """One row of the file: header → text. The header itself is row 1."""

    number: int
    values: dict[str, str]


def read_rows(path: Path) -> list[LegacyRow]:
    """All non-empty rows of the file. Raises LegacyFileError."""
    if path.stat().st_size > LARGEST_FILE:
        message = f"Het bestand is groter dan {LARGEST_FILE // 2**20} MB."
        raise LegacyFileError(message)
    content = path.read_bytes()
    try:
        is_workbook = zipfile.is_zipfile(path)
        lines = _xlsx_lines(content) if is_workbook else csv_lines(content, is_heading=is_known)
        return list(_rows(lines))
    except WorkbookError as error:
        raise LegacyFileError(str(error)) from error


def _rows(lines: Iterable[Line]) -> Iterator[LegacyRow]:
    """The rows below the header; empty ones have a number, but do not count."""
    filled = _filled(lines)
    first = list(islice(filled, TITLE_LINES))
    if not first:
        message = "Het bestand is leeg."
        raise LegacyFileError(message)
    # Above the header a title may stand, or a word of explanation.
    place = max(range(len(first)), key=lambda each: sum(map(is_known, first[each][1])))
    header = _header(first[place][1])
    for number, line, mark in chain(first[place + 1 :], filled):
        yield LegacyRow(number, _named(header, line) | ({mark: "ja"} if mark else {}))


def _filled(lines: Iterable[Line]) -> Iterator[tuple[int, list[str], str]]:
    filled = 0
    for number, (line, mark) in enumerate(lines, start=1):
        if any(cell.strip() for cell in line):
            filled += 1
            if filled > MOST_ROWS:
                message = f"Het bestand heeft meer dan {MOST_ROWS} rijen."
                raise LegacyFileError(message)
            yield number, line, mark


def _header(line: list[str]) -> list[str]:
    names = [cell.strip() for cell in line]
    if len(names) > MOST_COLUMNS and any(names[MOST_COLUMNS:]):
        raise LegacyFileError(TOO_WIDE)
    return names


def _named(header: list[str], line: list[str]) -> dict[str, str]:
    """The filled cells by their header; by their place where that has none, or an earlier one."""
    named: dict[str, str] = {}
    for place, cell in enumerate(line, start=1):
        name = header[place - 1] if place <= len(header) else ""
        if cell:
            named[f"kolom {place}" if not name or name in named else name] = cell[:LONGEST_CELL]
    return named


def csv_lines(
    content: bytes, *, is_heading: Callable[[str], bool] = lambda _text: False
) -> Iterator[Line]:
    """The lines of a CSV file, in any of the encodings of an office. Raises LegacyFileError.

    By its row of headings is seen what parts the cells; where none is known, by its first row.
    """
    if content.startswith(COMPOUND):
        raise LegacyFileError(OLDER_WORKBOOK)
    text, mended = decoded(content)
    if "\x00" in text:
        message = "Dit is geen tekstbestand. Lever een CSV- of XLSX-bestand aan."
        raise LegacyFileError(message)
    told = SEPARATOR.match(text)
    if told:
        yield [], ""  # the line in which Excel is told the delimiter: no row, but a number
    began = 1 if told else 0
    rest = io.StringIO(text[told.end() :] if told else text, newline="")
    delimiter = told[1] if told else _delimiter(text, is_heading)
    written: list[str] = []  # the lines of the row that is read
    escape = "\\" if has_escapes(text) else None
    reader = csv.reader(
        _noted(rest, written, delimiter, escape), delimiter=delimiter, escapechar=escape
    )
    try:
        for line in reader:
            ended = reader.line_num + (1 if told else 0)
            _refuse_unclosed(written, delimiter, escape, began + 1)
            yield line, MENDED if any(began < number <= ended for number in mended) else ""
            began = ended
            written.clear()
    except csv.Error as error:
        message = (  # of longer fields the module refuses to read more
            f"In regel {began + 1} begint een tekst van meer dan {csv.field_size_limit()} tekens."
            " Misschien ontbreekt er een aanhalingsteken aan het eind."
        )
        raise LegacyFileError(message) from error


def _noted(
    lines: Iterable[str], written: list[str], delimiter: str, escape: str | None
) -> Iterator[str]:
    for each in lines:
        # Where a row goes on in another line, a text does.
        written.append(without_words(each, delimiter, escape=escape, is_quoted=bool(written)))
        yield written[-1]


def _refuse_unclosed(
    written: Sequence[str], delimiter: str, escape: str | None, number: int
) -> None:
    """Refuse a row of several lines that ends because the file does: it holds all rows below it."""
    if len(written) == 1 and not escape and written[0].count('"') % 2 == 0:
        return
    try:
        list(csv.reader(written, delimiter=delimiter, escapechar=escape, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            message = (
                f"In regel {number} begint een tekst met een aanhalingsteken die nergens ophoudt."
                " Zet er een aanhalingsteken achter, of haal het weg."
            )
            raise LegacyFileError(message) from error


def decoded(content: bytes) -> tuple[str, frozenset[int]]:
    """The text, and the numbers of lines with bytes that are not of its character set.

    UTF-8 with or without a mark in front, in which a byte may be of Windows-1252. A file without
    any character of UTF-8 is Windows-1252 as a whole, or Mac OS Roman. UTF-16 with its mark
    is what Excel writes as "Unicode-tekst".
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", errors="replace")
        return text, _with_unknown(text)
    content = content.removeprefix(codecs.BOM_UTF8)
    lines = content.split(b"\n")
    read = [(each.decode("utf-8", errors=ONE_BYTE), _is_utf8(each)) for each in lines]
    strange = frozenset(number for number, (_, good) in enumerate(read, start=1) if not good)
    is_utf8 = any(good and not line.isascii() for line, good in read)
    if strange and not (is_utf8 or UTF8_OF_DUTCH.search(content)):
        text = content.decode(character_set(content), errors="replace")
        return text, _with_unknown(text)
    text = "\n".join(line for line, _good in read)
    return text, strange | _with_unknown(text)


def _with_unknown(text: str) -> frozenset[int]:
    """The numbers of lines with a byte that no character set has."""
    lines = enumerate(text.split("\n") if UNKNOWN in text else [], start=1)
    return frozenset(number for number, line in lines if UNKNOWN in line)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """A byte that is not of UTF-8, read as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(ONE_BYTE, _as_windows)


def _delimiter(text: str, is_heading: Callable[[str], bool]) -> str:
    """That of the row of headings: above it a title may stand, with a comma in it."""
    first = [each for each in text.split("\n", TITLE_LINES)[:TITLE_LINES] if each.strip()]

    def headings(line: str) -> int:
        return max(sum(map(is_heading, line.split(each))) for each in DELIMITERS)

    return max(DELIMITERS, key=max(first, key=headings, default="").count)


def _xlsx_lines(content: bytes) -> Iterator[Line]:
    """The rows; a cell below a merged one of its own column has what that shows, with a mark."""
    with opened_sheet(content, outcomes=True) as sheet:
        covered = covered_cells(sheet, rows=MOST_LINES, columns=MOST_COLUMNS)
        shown: dict[Cell, str] = dict.fromkeys(covered.values(), "")
        for number, (row, beyond) in enumerate(rows_of(sheet, MOST_COLUMNS), start=1):
            if number > MOST_LINES:
                message = f"Het bestand heeft meer dan {MOST_LINES} regels."
                raise LegacyFileError(message)
            if beyond is not None:
                raise LegacyFileError(TOO_WIDE)
            is_filled = any(cell.value is not None for cell in row)
            cells = [as_text(cell.value) for cell in row] if is_filled else []
            yield _uncovered(number, cells, covered, shown) if covered else (cells, "")


def _uncovered(
    number: int, cells: list[str], covered: Mapping[Cell, Cell], shown: dict[Cell, str]
) -> Line:
    """A row in which cells may lie below merged ones; `shown` keeps what those show."""
    mark = ""
    for place, text in enumerate(cells, start=1):
        above = covered.get((number, place))
        if above is not None:
            mark = MERGED
            cells[place - 1] = shown[above] if above[1] == place else ""
        elif (number, place) in shown:
            shown[number, place] = text
    return cells, mark


def as_text(cell: Any) -> str:
    """A cell of a spreadsheet as somebody would have typed it."""
    match cell:
        case None:
            return ""
        case bool():
            return "ja" if cell else "nee"
        case datetime():
            moment = cell.replace(tzinfo=None).isoformat(" ", "minutes")
            return moment if may_mean_the_next_day(moment) else cell.date().isoformat()
        case date():
            return cell.isoformat()
        case time() | timedelta() | float():
            return _number(cell) if isinstance(cell, float) else _clock(cell)
    return unescaped(str(cell))


def _clock(cell: time | timedelta) -> str:
    """Hours and minutes, of the format h:mm or [h]:mm."""
    if isinstance(cell, time):
        return f"{cell.hour}:{cell.minute:02}"
    minutes = round(cell.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def _number(cell: float) -> str:
    """A comma before three decimals, as a point there would part thousands."""
    text = str(int(cell)) if cell.is_integer() else str(cell)
    return text.replace(".", ",") if THREE_DECIMALS.search(text) else text

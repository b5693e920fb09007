"""Opens a workbook (XLSX) that somebody sent: its sheet, within limits, or why it is refused."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from lxml import etree

from processes.reading.characters import seen

LARGEST_CONTENT = 300 * 2**20  # bytes, unpacked
DAMAGED = "Dit XLSX-bestand is beschadigd."
MOST_COVERED = 100_000  # cells
TOO_MANY_MERGED = (
    "Dit werkblad heeft te veel samengevoegde cellen. Splits ze, en probeer het opnieuw."
)
NO_WORKBOOK = "Dit is geen XLSX-bestand. Bewaar het als XLSX of als CSV."
NO_SHEET = "In dit XLSX-bestand staat geen werkblad met rijen. Bewaar het opnieuw, of als CSV."
MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^<>]{0,100}?\bref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"
)
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
BLOCK = 2**20  # bytes that are searched at a time
WORKBOOK = "xl/workbook"  # how the part with the list of sheets begins; some programs number it
STRICT = b"http://purl.oclc.org/ooxml/"
USUAL_NAMES = (
    (STRICT + b"spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        STRICT + b"officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
"""What the strict form of ISO/IEC 29500 names otherwise than the usual (transitional) form."""

STYLES = "xl/styles.xml"  # where openpyxl reads them, whatever the list of parts says
PLAIN = """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts/>
<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>
<cellStyleXfs><xf/></cellStyleXfs><cellXfs/>
<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
FORMAT_OF_NUMBERS = ("numFmtId", "formatCode")

Cell = tuple[int, int]  # row and column, from 1


class WorkbookError(ValueError):
    """The file cannot be read as a workbook; the message is Dutch."""


@contextmanager
def opened_sheet(content: bytes, *, named: str = "", outcomes: bool = False) -> Iterator[Any]:
    """The sheet of this name, else the first that shows, as openpyxl's read-only worksheet.

    With `outcomes` the saved outcomes of formulas, else the formulas; nothing is calculated, no
    link is followed. Raises WorkbookError, also where no sheet shows.
    """
    import openpyxl  # late: a sixth of a start
    from openpyxl.worksheet import _reader

    # It would read no row of a sheet with such a cell.
    vars(_reader).update(_cast_number=_number_or_text, from_excel=_day_or_text)
    _refuse_bombs(content)
    file = _in_usual_names(content)
    load = partial(openpyxl.load_workbook, read_only=True, data_only=outcomes, keep_links=False)
    book = or_damaged(lambda: _loaded(file, load))
    try:
        sheets = book.worksheets
        shown = [each for each in sheets if each.sheet_state == "visible"] or sheets
        if not shown:
            raise WorkbookError(NO_SHEET)
        sheet = next((each for each in shown if each.title == named), shown[0])
        sheet.reset_dimensions()  # what a file says of its own size is a hint, and may be wrong
        yield sheet
    finally:
        book.close()


def covered_cells(sheet: Any, *, rows: int, columns: int) -> dict[Cell, Cell]:
    """The cells of a sheet that lie below a merged one and so are empty, with the cell that shows.

    Only as many rows and columns are looked at. openpyxl tells merged cells of what it reads whole
    alone. Raises WorkbookError where there are more than anybody has.
    """
    from openpyxl.utils import range_boundaries

    found: dict[Cell, Cell] = {}
    for each in _merged(sheet):
        left, top, right, bottom = (side or 1 for side in range_boundaries(each))
        wide, high = min(right, columns) + 1 - left, min(bottom, rows) + 1 - top
        if len(found) + max(0, wide) * max(0, high) > MOST_COVERED:
            raise WorkbookError(TOO_MANY_MERGED)
        found.update(
            ((top + row, left + column), (top, left))
            for row in range(high)
            for column in range(wide)
            if row or column
        )
    return found


def rows_of(sheet: Any, columns: int) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each row as so many cells, with the first filled cell beyond them; None where there is none.

    Of openpyxl's read-only cells; rows without any cell come too. Raises WorkbookError.
    """
    from openpyxl.cell.read_only import EMPTY_CELL

    rows = sheet.iter_rows()
    while (row := or_damaged(lambda: next(rows, None))) is not None:
        beyond = (each for each in row[columns:] if str(each.value or "").strip())
        padding = (EMPTY_CELL,) * (columns - len(row))
        yield (*row[:columns], *padding), next(beyond, None)


def unescaped(text: str) -> str:
    """The text of a cell without the escapes of ISO/IEC 29500 (ST_Xstring), such as _x000D_.

    Excel and other programs write so what XML cannot hold or would change; openpyxl leaves them.
    """
    if "_x" not in text:
        return text
    from openpyxl.utils.escape import unescape

    return seen(unescape(text))


def escaped(text: str) -> str:
    """The text for a cell, so that `unescaped`, and Excel, give back what looks like an escape."""
    return ESCAPE.sub("_x005F_", text)


def _number_or_text(value: str) -> float | str:
    """What a cell for numbers holds; some programs write their yes, their no and their days there.

    findings/mr-excel-letters-as-numbers.sh
    """
    try:
        return float(value) if any(sign in value for sign in ".eE") else int(value)
    except ValueError:
        return value


def _day_or_text(value: Any, *arguments: Any, **options: Any) -> Any:
    """What a cell for days holds; those programs write letters in one of these too."""
    from openpyxl.utils.datetime import from_excel

    return value if isinstance(value, str) else from_excel(value, *arguments, **options)


def _merged(sheet: Any) -> Iterator[str]:
    """The ranges of merged cells: "B4:B9"."""
    with or_damaged(sheet._get_source) as part:  # noqa: SLF001 - the only way to the file of a sheet
        kept = b""
        while block := or_damaged(partial(part.read, BLOCK)):
            text = kept + block
            last = 0
            for each in MERGED.finditer(text):
                last = each.end()
                yield each[1].decode("ascii")
            kept = text[max(last, len(text) - 200) :]


def or_damaged(read: Callable[[], Any]) -> Any:
    """What it reads; the readers raise whatever their parts raise when a file is not what it seems.

    Raises WorkbookError instead.
    """
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return read()
    except (KeyError, ValueError, TypeError, IndexError, SyntaxError, OSError) as error:
        raise WorkbookError(DAMAGED) from error
    except (zipfile.BadZipFile, zlib.error, InvalidFileException, EOFError) as error:
        raise WorkbookError(DAMAGED) from error


def _loaded(file: io.BytesIO, load: Callable[[io.BytesIO], Any]) -> Any:
    """The workbook; where openpyxl does not take how its cells look, with plain cells.

    Excel opens an empty fill; openpyxl does not (findings/xlsx-populate-empty-fill.sh).
    """
    try:
        return load(file)
    except (TypeError, ValueError):
        return load(_with_plain_cells(file))


def _with_plain_cells(file: io.BytesIO) -> io.BytesIO:
    """A copy of whose styles only the formats of numbers are left: these tell what is a date."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(file) as archive:
        if STYLES not in archive.namelist():
            return file
        styles = etree.fromstring(archive.read(STYLES), parser)
        plain = etree.fromstring(PLAIN, parser)
        for kind, own in (("numFmts", "numFmt"), ("cellXfs", "xf")):
            kept = next(plain.iterfind(f"{{*}}{kind}"))
            for each in styles.iterfind(f"{{*}}{kind}/{{*}}{own}"):
                told = {name: value for name in FORMAT_OF_NUMBERS if (value := each.get(name))}
                etree.SubElement(kept, f"{{{plain.nsmap[None]}}}{own}", told)
        return _copy(archive, lambda name, part: etree.tostring(plain) if name == STYLES else part)


def _copy(archive: zipfile.ZipFile, change: Callable[[str, bytes], bytes]) -> io.BytesIO:
    """The workbook with what this makes of each of its parts. Raises WorkbookError."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in archive.namelist():
            changed.writestr(name, change(name, or_damaged(partial(archive.read, name))))
    return copy


def _refuse_bombs(content: bytes) -> None:
    """Refuse a workbook that is too large once unpacked, or refers to entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST_CONTENT:
            message = "Het bestand is uitgepakt te groot."
            raise WorkbookError(message)
        names = archive.namelist()
        if "[Content_Types].xml" not in names or not any(map(_is_of_workbook, names)):
            raise WorkbookError(NO_WORKBOOK)
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                with archive.open(member) as part:
                    _refuse_doctype(or_damaged(partial(part.read, 4096)))


def _is_of_workbook(name: str) -> bool:
    return name.lower().startswith(WORKBOOK)


def _refuse_doctype(beginning: bytes) -> None:
    if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning:
        message = "Het bestand bevat een verwijzing die niet is toegestaan."
        raise WorkbookError(message)


def _in_usual_names(content: bytes) -> io.BytesIO:
    """The file; of one in the strict form, which openpyxl finds no sheets in, a translated copy."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        lists = [or_damaged(partial(archive.read, name)) for name in names if _is_of_workbook(name)]
        if not any(STRICT in each for each in lists):
            return io.BytesIO(content)
        return _copy(archive, _translated)


def _translated(name: str, part: bytes) -> bytes:
    for strict, usual in USUAL_NAMES if name.endswith((".xml", ".rels")) else ():
        part = part.replace(strict, usual)
    return part

"""Workbooks for tests: as somebody made them, and in the strict form of ISO/IEC 29500."""

import io
import zipfile
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart

from processes.reading.workbooks import USUAL_NAMES

Row = tuple[Any, ...]


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(*rows: Row, title: str = "Aanbod") -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


def changed(content: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """The same workbook with these pieces of its parts replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(file, "w") as copy:
        for name in archive.namelist():
            part = archive.read(name)
            for old, new in changes:
                part = part.replace(old, new)
            copy.writestr(name, part)
    return file.getvalue()


def strict(content: bytes) -> bytes:
    """The same workbook as Excel saves it as "Strict Open XML-werkblad"."""
    return changed(content, *((usual, name) for name, usual in USUAL_NAMES))


def charts_alone() -> bytes:
    """A workbook that has no worksheet."""
    book = Workbook()
    book.create_chartsheet("Grafiek").add_chart(BarChart())
    book.remove(book.worksheets[0])
    return saved(book)

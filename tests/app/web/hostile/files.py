"""Test helper: the values in what is not a page, read as who receives it reads it; text is text."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import openpyxl
from lxml import etree

from processes.reading.formulas import is_formula, unguarded
from processes.register.sheets.writing import XLSX

NO_NETWORK = etree.XMLParser(resolve_entities=False, no_network=True)


def values_in(media_type: str, content: bytes) -> Iterator[str]:
    """Every text in a file. Raises what says that somebody's text became part of its form."""
    read = READERS.get(media_type)
    assert read is not None, f"say in {__file__} how {media_type} is read"
    yield from read(content)


def _of_json(content: bytes) -> Iterator[str]:
    waiting: list[Any] = [json.loads(content)]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            waiting += each


def _of_xml(content: bytes) -> Iterator[str]:
    for element in etree.fromstring(content, NO_NETWORK).iter():
        yield from (element.text or "", element.tail or "", *element.attrib.values())


def _of_csv(content: bytes) -> Iterator[str]:
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len({len(row) for row in rows}) <= 1, "a cell ended its row"
    for row in rows:
        for cell in row:
            assert not is_formula(cell) or _is_number(cell), cell
            yield unguarded(cell)


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").lstrip("-").isdigit()


def _of_workbook(content: bytes) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                yield str(cell.value or "")


def _of_calendar(content: bytes) -> Iterator[str]:
    """RFC 5545: lines are folded, and a comma, semicolon, backslash and line end are escaped."""
    for line in content.decode().replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        assert not line or name.partition(";")[0].replace("-", "").isupper(), line
        yield (
            value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
        )


def _of_text(content: bytes) -> Iterator[str]:
    yield content.decode()


def _of_zip(content: bytes) -> Iterator[str]:
    if content == b"PK":  # of the test world: an export that holds nothing
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            kind = {"json": "application/json", "csv": "text/csv"}.get(name.rpartition(".")[2])
            yield from values_in(kind or "text/plain", archive.read(name))


def _of_bytes(_content: bytes) -> Iterator[str]:
    yield from ()


READERS = {
    "application/json": _of_json,
    "application/problem+json": _of_json,
    "application/ld+json": _of_json,
    "application/manifest+json": _of_json,
    "application/xml": _of_xml,
    "text/xml": _of_xml,
    "application/atom+xml": _of_xml,
    "application/samlmetadata+xml": _of_xml,
    "image/svg+xml": _of_xml,
    "text/csv": _of_csv,
    XLSX: _of_workbook,
    "text/calendar": _of_calendar,
    "text/plain": _of_text,
    "application/zip": _of_zip,
    "application/pdf": _of_bytes,  # a file that somebody sent, given back as it came
    "text/javascript": _of_bytes,  # ours
    "text/css": _of_bytes,
    "image/png": _of_bytes,
}


def parts_of(letter: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML of a mail. Raises where a header was added."""
    names = sorted({name.lower() for name in letter})
    assert "bcc" not in names
    plain, formatted = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert formatted is not None
    return plain.get_content(), formatted.get_content()

"""Workbooks that somebody sends: which sheet is read, in both forms of XLSX, what is refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest

from processes.reading.workbooks import WorkbookError, opened_sheet
from tests.processes.reading.workbooks import Row, book_of, changed, charts_alone, saved, strict


def rows_of(content: bytes, named: str = "") -> list[Row]:
    with opened_sheet(content, named=named) as sheet:
        return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def test_the_strict_form_reads_as_the_usual_one() -> None:
    rows = [("Titel", "Vanaf", "Uren"), ("Rekenen", datetime(2027, 3, 1), 3.5)]  # noqa: DTZ001
    content = saved(book_of(*rows))
    assert strict(content) != content
    assert rows_of(strict(content)) == rows_of(content) == rows


def test_a_date_of_the_strict_form_may_be_written_out() -> None:
    content = strict(saved(book_of(("Einddatum",), (46722,))))
    written = changed(content, (b"<v>46722</v>", b"<v>2027-12-01</v>"), (b't="n"', b't="d"'))
    value = rows_of(written)[1][0]
    assert (value.date() if isinstance(value, datetime) else value) == date(2027, 12, 1)


@pytest.mark.parametrize("written", ["True", "2027-03-01", "NaN", "-", "Mon Mar 01 2027"])
def test_letters_in_a_cell_for_numbers_are_its_text(written: str) -> None:
    """As mr-excel and pylightxl write them; a date may have a format beside it."""
    book = book_of(("Titel", "Online", "Uren"), ("Rekenen", 4321, 3.5), ("Taal", 5e-7, 12))
    content = changed(saved(book), (b"<v>4321</v>", f"<v>{written}</v>".encode()))
    assert rows_of(content)[1:] == [("Rekenen", written, 3.5), ("Taal", 5e-7, 12)]


@pytest.mark.parametrize("written", ["true", "2027-03-01T00:00:00.000Z", "NaN", "1/3/2027"])
def test_letters_in_a_cell_with_the_format_of_a_day_are_its_text(written: str) -> None:
    """Other cells of the sheet, with days in numbers, are read as always."""
    days = [("Rekenen", datetime(2027, 3, 1)), ("Taal", datetime(2027, 3, 15))]  # noqa: DTZ001
    content = changed(
        saved(book_of(("Titel", "Einddatum"), *days)),
        (b"<v>46447</v>", f"<v>{written}</v>".encode()),
    )
    assert rows_of(content)[1:] == [("Rekenen", written), days[1]]


@pytest.mark.parametrize("form", [bytes, strict])
@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'<fill><patternFill patternType="gray125"/></fill>', b"<fill/>"),
        (b'<family val="2"/>', b'<family val="99"/>'),
        (b'<color theme="1"/>', b'<color rgb="rood"/>'),
    ],
)
def test_how_cells_look_keeps_no_workbook_from_being_read(
    written: bytes, instead: bytes, form: Callable[[bytes], bytes]
) -> None:
    """Programs write styles that Excel passes over; dates stay dates, of any format."""
    book = book_of(("Titel", "Vanaf", "Uren"), ("Rekenen", datetime(2027, 3, 1), 3.5))  # noqa: DTZ001
    book.worksheets[0]["B2"].number_format = "d mmm yyyy"
    usual = saved(book)
    with zipfile.ZipFile(io.BytesIO(usual)) as archive:
        assert written in archive.read("xl/styles.xml")
    content = changed(usual, (written, instead))
    assert rows_of(form(content)) == rows_of(usual)


def test_the_sheet_with_our_name_is_read_wherever_it_stands() -> None:
    book = book_of(("Lees mij",), title="Toelichting")
    book.create_sheet("Aanbod").append(("Titel",))
    assert rows_of(saved(book), named="Aanbod") == [("Titel",)]
    assert rows_of(saved(book), named="Anders") == [("Lees mij",)]


def test_a_hidden_sheet_is_left_alone() -> None:
    book = book_of(("oud",), title="Oud")
    book.create_sheet("Nieuw").append(("Titel",))
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    assert rows_of(saved(book)) == [("Titel",)]


def test_a_workbook_of_charts_alone_is_refused_with_a_reason() -> None:
    with pytest.raises(WorkbookError, match="geen werkblad"):
        rows_of(charts_alone())


def test_a_document_of_another_program_is_no_damaged_workbook() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(WorkbookError, match="geen XLSX-bestand"):
        rows_of(file.getvalue())

"""Offers in spreadsheets: what is exported imports unchanged, what people type is read."""

import io
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from processes.reading.formulas import guarded, unguarded
from processes.register.offers.fields import as_json, put, read
from processes.register.offers.rules import Offer
from processes.register.sheets.columns import HEADINGS, NUMBER, ZERO_DAY
from processes.register.sheets.imports import Verdict, dry_run
from processes.register.sheets.reading import (
    MONTH_FIRST,
    NO_VALUE,
    Sheet,
    SheetError,
    read_sheet,
)
from processes.register.sheets.writing import cells_of, write_csv, write_xlsx

FIELDS: dict[str, Any] = {
    "title": "=1+1 leren | met 'aanhaling'; en puntkomma",
    "kind": "overig-buiten-school",
    "contribution": "<p>Eén <strong>vet</strong> woord.</p>\n<ul><li>punt</li></ul>",
    "content": "Regel een\n\n- punt\n- nog een",
    "contact_hours": "12.5",
    "self_study_hours": "0",
    "self_study_account": "+31 is het landnummer",
    "closing_test": "'=geen formule",
    "areas": ["vakdidactisch", "beroepsgroep"],
    "sectors": ["po", "so"],
    "subject": "@leraar",
    "audience": "",
    "location": "Den Bosch",
    "online": True,
    "cost": "€ 250",
    "url": "https://voorbeeld.example/cursus",
    "language": "Nederlands",
    "max_participants": 1500,
    "evidence": "-",
    "runs": [
        {"start": "2027-09-01", "start_time": "09:30", "end_time": "16:00", "place": "A | B: C"},
        {"start": "2027-10-01", "price": "1234.5", "vat_excluded": True, "places_free": 0},
        {"online": True, "price": "0", "language": "en"},
    ],
    "end_date": "2027-12-31",
}


def an_offer(**fields: Any) -> Offer:
    offer = Offer(provider_id=uuid4(), updated_by="test")
    put(offer, read(FIELDS | fields))
    return offer


def verdicts(sheet: Sheet, *offers: Offer) -> list[tuple[str, list[Any]]]:
    known = {offer.id: offer for offer in offers}
    return [(row.verdict, row.errors) for row in dry_run(uuid4(), sheet.rows, known)]


def csv_sheet(text: str, encoding: str = "utf-8") -> Sheet:
    return read_sheet(text.encode(encoding))


def csv_of(rows: Any) -> str:
    return written(write_csv, rows).decode()


def xlsx_of(rows: Any) -> bytes:
    return written(write_xlsx, rows)


def written(write: Any, rows: Any) -> bytes:
    file = io.BytesIO()
    write(rows, file)
    return file.getvalue()


@pytest.mark.parametrize("write", [lambda rows: csv_of(rows).encode(), xlsx_of])
def test_what_is_exported_imports_unchanged(write: Any) -> None:
    full, empty = an_offer(), Offer(provider_id=uuid4(), updated_by="test")
    sheet = read_sheet(write(map(cells_of, [full, empty])))
    assert sheet.ignored == []
    assert verdicts(sheet, full, empty) == [(Verdict.UNCHANGED, [])] * 2


def test_no_cell_that_goes_out_is_a_formula() -> None:
    offer = an_offer()
    text = csv_of([cells_of(offer)])
    assert "'=1+1 leren" in text
    assert ";'+31 is" in text
    assert ";'@leraar" in text
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([cells_of(offer)])))
    kinds = {cell.data_type for row in book["Aanbod"].iter_rows() for cell in row}
    assert "f" not in kinds
    assert "=1+1 leren | met 'aanhaling'; en puntkomma" in [c.value for c in book["Aanbod"][2]]


def test_csv_is_for_programs_too() -> None:
    """Days that programs read rightly, and no row behind the last line end."""
    text = csv_of([cells_of(an_offer(end_date="2027-03-05", runs=[]))])
    assert text.endswith(";;2027-03-05")
    header = text.split("\r\n")[0]
    assert csv_of([]) == header


@pytest.mark.parametrize(
    "title", ["#N/A", "#REF!", "=1+1", "+31", "-5", "@leraar", "'=1", "een\ntwee", "# een", "0012"]
)
def test_text_in_a_workbook_is_text_whatever_it_looks_like(title: str) -> None:
    offer = an_offer()
    offer.title = title
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([cells_of(offer)])))
    cell = book["Aanbod"][2][HEADINGS.index("Titel")]
    assert (cell.value, cell.data_type) == (title, "s")
    assert bool(cell.alignment.wrap_text) == ("\n" in title)


@pytest.mark.parametrize("text", ["=1+1", "'=1", "''@x", "'s avonds", "- punt", "gewoon", "", "'"])
def test_the_apostrophe_before_a_formula_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_formulas_that_come_in_are_told_and_not_calculated() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Titel", "Contacturen"])
    sheet.append(["Rekenen", "=1+1"])
    file = io.BytesIO()
    book.save(file)
    row = read_sheet(file.getvalue()).rows[0]
    assert [heading for heading, _message in row.errors] == ["Contacturen"]
    assert "formule" in row.errors[0][1]
    assert row.changes == {"title": "Rekenen"}


def test_numbers_and_dates_of_excel_are_read_as_they_show() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["einddatum", "Contacturen", "TITEL", "Maximaal aantal deelnemers", "Online"])
    sheet.append([datetime(2027, 3, 1), 3.5, 2027, 20.0, True])  # noqa: DTZ001 - as Excel has it
    file = io.BytesIO()
    book.save(file)
    row = read_sheet(file.getvalue()).rows[0]
    assert row.errors == []
    values = read(row.changes)
    assert values["end_date"] == date(2027, 3, 1)
    assert {name: as_json(value) for name, value in values.items()} == {
        "end_date": "2027-03-01",
        "contact_hours": "3.5",
        "title": "2027",
        "max_participants": 20,
        "online": True,
    }


def test_a_date_that_a_program_wrote_in_utc_is_refused_and_not_a_day_early() -> None:
    """As exceljs writes `new Date(2027, 2, 1)` in Amsterdam: findings/exceljs-day-before.sh."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Titel", "Einddatum", "Uitvoeringen"])
    sheet.append(["Rekenen", datetime(2027, 2, 28, 23), "begindatum: 30-6-2027 22:00"])  # noqa: DTZ001
    file = io.BytesIO()
    book.save(file)
    row = read_sheet(file.getvalue()).rows[0]
    assert [heading for heading, _message in row.errors] == ["Einddatum", "Uitvoeringen"]
    assert all("misschien is de volgende dag bedoeld" in told for _heading, told in row.errors)
    assert row.changes == {"title": "Rekenen"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_character_sets_and_delimiters_are_recognised(encoding: str, delimiter: str) -> None:
    text = delimiter.join(["Titel", "Type activiteit"]) + "\r\n"
    text += delimiter.join(["Café van één €", "cursus"]) + "\r\n"
    assert csv_sheet(text, encoding).rows[0].changes == {
        "title": "Café van één €",
        "kind": "cursus",
    }


@pytest.mark.parametrize(
    ("typed", "day"), [("31-12-2026", "2026-12-31"), ("2026-12-31", "2026-12-31"), ("", None)]
)
@pytest.mark.parametrize(("hours", "number"), [("3,5", "3.5"), ("3.5", "3.5"), ("1.500", "1500")])
def test_dutch_and_iso_spelling(typed: str, day: str | None, hours: str, number: str) -> None:
    sheet = csv_sheet(f"Titel;Einddatum;Contacturen\nA;{typed};{hours}\n")
    assert sheet.rows[0].changes == {"title": "A", "end_date": day, "contact_hours": number}


@pytest.mark.parametrize("year", ["2027", "27"])
def test_a_day_is_doubted_where_its_column_has_the_month_in_front(year: str) -> None:
    """As jsonexport writes days on an English machine: findings/jsonexport-month-first.sh."""
    days = [f"{day}{year}" for day in ("3/1/", "3/15/", "4-1-", "5/5/", "1/2/")]
    rows = csv_sheet("Titel;Einddatum\n" + "".join(f"A;{day}\n" for day in days)).rows
    assert [row.changes.get("end_date") for row in rows] == [
        None, None, "2027-01-04", "2027-05-05", None
    ]  # fmt: skip
    assert [[message for _heading, message in row.errors] for row in rows] == [
        [MONTH_FIRST.format(row=3)],
        ["Deze datum bestaat niet. Staat de maand voorop? Schrijf eerst de dag: 15-03-2027."],
        [],
        [],
        [MONTH_FIRST.format(row=3)],
    ]


def test_days_with_slashes_have_the_day_in_front_where_nothing_tells_otherwise() -> None:
    rows = csv_sheet("Titel;Einddatum\nA;3/1/2027\nB;15/3/2027\n").rows
    assert [row.changes["end_date"] for row in rows] == ["2027-01-03", "2027-03-15"]


@pytest.mark.parametrize("word", ["null", "undefined", "NaN"])
def test_the_word_for_no_value_is_no_text(word: str) -> None:
    """As json-2-csv and mr-excel write it: findings/json-2-csv-null.sh."""
    [row] = csv_sheet(f"Titel;Doelgroep;Plaats\nA;{word};Nullen\n").rows
    assert row.errors == [("Doelgroep", NO_VALUE.format(text=word))]
    assert row.changes == {"title": "A", "location": "Nullen"}


def test_a_zero_is_no_day() -> None:
    """As officegen writes each date, yes and no: findings/officegen-zeros.sh."""
    [row] = csv_sheet("Titel;Einddatum;Online\nA;0;0\n").rows
    assert row.errors == [("Einddatum", ZERO_DAY)]


def test_each_error_is_told_at_its_row_and_column() -> None:
    heads = "Nummer;Titel;Type activiteit;Einddatum;Online;Webadres;Uitvoeringen;Iets anders"
    sheet = csv_sheet(
        f"{heads}\n;A;fietsen;31-2-2027;misschien;geen adres;begindatum: gisteren;x\n\nx;B;;;;;;\n"
        ";;;;;;prijs: 5;\n"
    )
    assert sheet.ignored == ["Iets anders"]
    assert [row.number for row in sheet.rows] == [2, 4, 5]
    found = verdicts(sheet)
    assert {verdict for verdict, _errors in found} == {Verdict.WRONG}
    told = [[heading for heading, _message in errors] for _verdict, errors in found]
    assert told[0] == ["Type activiteit", "Einddatum", "Online", "Uitvoeringen", "Webadres"]
    assert told[1] == [NUMBER]
    assert told[2] == ["Titel"]


def test_a_number_that_is_not_ours_is_unknown_and_one_twice_is_an_error() -> None:
    offer = an_offer()
    rows = f"Nummer;Titel\n{offer.id};Nieuw\n{offer.id};Anders\n{uuid4()};C\n;D\n"
    found = verdicts(csv_sheet(rows), offer)
    assert [verdict for verdict, _errors in found] == [
        Verdict.CHANGED,
        Verdict.WRONG,
        Verdict.UNKNOWN,
        Verdict.NEW,
    ]


def test_a_member_without_a_column_stays() -> None:
    offer = an_offer()
    sheet = csv_sheet(f"Nummer;Sector: Primair onderwijs\n{offer.id};nee\n")
    (row,) = dry_run(uuid4(), sheet.rows, {offer.id: offer})
    assert row.changes == {"sectors": ["so"]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "leeg"),
        (b"Titel;Type activiteit\n", "geen activiteiten"),
        (b"Titel;titel\nA;B\n", "meer dan"),
        (b"naam;prijs\nA;5\n", "sjabloon"),
        (b"PK\x03\x04 geen zip", "sjabloon"),
        (b"Titel\n" + b"x\n" * 5001, "5000 rijen"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, told: str) -> None:
    with pytest.raises(SheetError, match=told):
        read_sheet(content)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("others", "is_read"), [(199, True), (200, False)])
def test_a_column_beyond_the_last_that_is_read_is_told(
    kind: str, others: int, *, is_read: bool
) -> None:
    headings = [*(f"eigen {number}" for number in range(others)), "Titel"]
    rows = [headings, ["x"] * others + ["Rekenen"]]
    if kind == "csv":
        content = "\n".join(map(";".join, rows)).encode()
    else:
        book, file = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(file)
        content = file.getvalue()

    if is_read:
        assert [row.changes["title"] for row in read_sheet(content).rows] == ["Rekenen"]
    else:
        with pytest.raises(SheetError, match="meer dan 200 kolommen"):
            read_sheet(content)


@pytest.mark.parametrize("place", [202, 300, 16_384])
def test_a_heading_far_to_the_right_is_told(place: int) -> None:
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["Titel"])
    sheet.append(["Rekenen"])
    sheet.cell(1, place, "Omschrijving")
    book.save(file)
    with pytest.raises(SheetError, match="meer dan 200 kolommen"):
        read_sheet(file.getvalue())


def test_the_template_has_drop_downs() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of([])))["Aanbod"]
    assert [cell.value for cell in sheet[1]] == list(HEADINGS)
    lists = {str(each.formula1): each for each in sheet.data_validations.dataValidation}
    assert set(lists) == {"Keuzes!$A$1:$A$7", "Keuzes!$B$1:$B$2"}
    kinds = get_column_letter(HEADINGS.index("Type activiteit") + 1)
    assert f"{kinds}2:{kinds}5001" in str(lists["Keuzes!$A$1:$A$7"].sqref)


@pytest.mark.parametrize(
    "text",
    [
        "Ons aanbod 2027;;\r\n\r\nTitel;Contacturen;Einddatum\r\nRekenen;3,5;31-12-2027\r\n",
        "titel:;CONTACT-UREN;Eind datum\r\nRekenen;3,5;31-12-2027\r\n",
        "Titel;Contacturen;Notitie;Notitie;Einddatum;-;?\r\nRekenen;3,5;a;b;31-12-2027;;\r\n",
        "Overzicht\nTitel,Contacturen,Einddatum\nRekenen,3.5,2027-12-31 00:00\n",
        "Ons aanbod, 2027\nTitel;Contacturen;Einddatum\nRekenen;3,5;31-12-2027\n",
        ";Kosten;\nTitel;Contacturen;Einddatum\nRekenen;3,5;31-12-2027\n",
    ],
)
def test_headings_are_found_below_a_title_and_in_another_spelling(text: str) -> None:
    (row,) = csv_sheet(text).rows
    assert row.changes == {"title": "Rekenen", "contact_hours": "3.5", "end_date": "2027-12-31"}
    assert not row.errors


def test_a_comma_in_a_cell_parts_no_file_of_one_column() -> None:
    assert [row.changes for row in csv_sheet("Titel\nRekenen, taal\n").rows] == [
        {"title": "Rekenen, taal"}
    ]


def test_a_row_that_holds_the_name_of_a_heading_is_no_row_of_headings() -> None:
    sheet = csv_sheet("Titel;Doelgroep\nTitel;Inhoud\nTaal;po\n")
    assert [row.changes["title"] for row in sheet.rows] == ["Titel", "Taal"]


def test_a_quotation_mark_without_its_end_is_told_in_dutch_in_a_long_file() -> None:
    rows = "Muziek;vo\r\n" * 20_000
    with pytest.raises(SheetError, match=r"^In regel 2 begint een tekst .*aanhalingsteken"):
        csv_sheet(f'Titel;Doelgroep\r\n"Rekenen;po\r\n{rows}')


def test_the_row_in_the_file_is_told_where_a_title_stands_above_the_headings() -> None:
    sheet = csv_sheet("Ons aanbod\r\n\r\nTitel;Contacturen\r\nRekenen;veel\r\n")
    assert [row.number for row in sheet.rows] == [4]


def test_our_own_heading_twice_is_refused() -> None:
    with pytest.raises(SheetError, match="meer dan één keer: Contact-uren, Contacturen"):
        csv_sheet("Titel;Contacturen;Contact-uren\r\nRekenen;3;4\r\n")


def test_a_quotation_mark_without_its_end_is_told_and_swallows_no_rows() -> None:
    with pytest.raises(SheetError, match=r"regel 3 .*aanhalingsteken"):
        csv_sheet('Titel;Doelgroep\r\nTaal;po\r\n"Rekenen;po\r\nMuziek;vo\r\n')
    sheet = csv_sheet('Titel;Doelgroep\r\nDe "klas";po\r\n"Rekenen\r\nen taal";"5"" breed"\r\n')
    assert [row.changes["title"] for row in sheet.rows] == ['De "klas"', "Rekenen\r\nen taal"]


def test_the_sheet_with_our_headings_is_read_wherever_it_stands() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Lees dit", 0).append(["Lees dit eerst"])
    explained = book.create_sheet("Uitleg", 1)
    explained.append(["Titel", "Hoe de activiteit heet"])
    explained.append(["Einddatum", "Tot wanneer u de activiteit geeft"])
    hidden = book.create_sheet("Oud")
    hidden.sheet_state = "hidden"
    hidden.append(["Titel"])
    hidden.append(["Verborgen"])
    shown = book.create_sheet("Cursussen 2027")
    shown.append(["Ons aanbod"])
    shown.append(["Titel", "Einddatum"])
    shown.append(["Rekenen", 46752])
    file = io.BytesIO()
    book.save(file)
    (row,) = read_sheet(file.getvalue()).rows
    assert row.changes == {"title": "Rekenen", "end_date": "2027-12-31"}


def test_another_sheet_with_activities_is_told() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "2026"
    for sheet, titles in ((book.worksheets[0], ["A", "B"]), (book.create_sheet("2027"), ["C"])):
        sheet.append(["Titel", "Type activiteit", "Kleur"])
        for title in titles:
            sheet.append([title, "Cursus", "rood"])
    book.create_sheet("Uitleg").append(["Titel", "Hoe de activiteit heet"])
    file = io.BytesIO()
    book.save(file)
    read = read_sheet(file.getvalue())
    assert [row.changes["title"] for row in read.rows] == ["A", "B"]
    assert read.ignored == ["Kleur", "werkblad \u201c2027\u201d"]


def test_what_excel_escapes_in_a_cell_is_read_as_it_shows() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Titel", "Inhoud en opzet", "Iets_x000D_\nanders_xD800_"])
    book.worksheets[0].append(["A_x005F_x0041_", "een_x000D_\ntwee_x000B_drie _xyz_", "x"])
    file = io.BytesIO()
    book.save(file)
    read = read_sheet(file.getvalue())
    assert read.rows[0].changes == {"title": "A_x0041_", "content": "een\ntwee\ndrie _xyz_"}
    assert read.ignored == ["Iets\nanders"]
    offer = an_offer()
    offer.title = "A_x0041_"
    assert verdicts(read_sheet(xlsx_of([cells_of(offer)])), offer) == [("ongewijzigd", [])]


def a_workbook(*merged: str) -> bytes:
    """A title above headings, and three activities."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Ons aanbod"], ["Titel", "Contacturen", "Onze kolom"], ["A", 3], ["B"], ["C", 5]):
        sheet.append(row)
    for each in merged:
        sheet.merged_cells.add(CellRange(each))  # `merge_cells` makes each of the cells
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("merged", ["B3:B4", "A1:C1 B3:B4", "B3:C4", "B3:B4 E1:E9"])
def test_a_cell_below_a_merged_one_is_told_and_makes_nothing_empty(merged: str) -> None:
    rows = read_sheet(a_workbook(*merged.split())).rows
    assert [row.changes.get("contact_hours", "none") for row in rows] == ["3", "none", "5"]
    ((heading, told),) = rows[1].errors
    assert (heading, "samengevoegd" in told) == ("Contacturen", True)
    assert [list(row.errors) for row in (rows[0], rows[2])] == [[], []]


def test_a_number_that_is_merged_with_another_makes_no_new_activity() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in ((NUMBER, "Titel"), (str(uuid4()), "A"), ("", "B"), ("", "C")):
        sheet.append(row)
    sheet.merged_cells.add(CellRange("A2:A3"))
    file = io.BytesIO()
    book.save(file)
    rows = read_sheet(file.getvalue()).rows
    assert [[heading for heading, _told in row.errors] for row in rows] == [[], [NUMBER], []]
    assert "samengevoegd" in rows[1].errors[0][1]


@pytest.mark.parametrize("merged", ["A1:XFD1", "C3:C5", "A1:C1 C4:H5", "A90:XFD95"])
def test_merged_cells_beside_what_is_read_are_no_error(merged: str) -> None:
    rows = read_sheet(a_workbook(*merged.split())).rows
    assert [row.changes["contact_hours"] for row in rows] == ["3", None, "5"]
    assert [list(row.errors) for row in rows] == [[], [], []]


def test_a_sheet_of_merged_cells_is_refused() -> None:
    with pytest.raises(SheetError, match="samengevoegde cellen"):
        read_sheet(a_workbook("A3:XFD1048576"))

"""Exports of the older register as CSV and XLSX, and their limits."""

import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from processes.reading import workbooks
from processes.register.legacy import files as legacy_files
from processes.register.legacy.cleaning import clean
from processes.register.legacy.files import LegacyFileError, as_text, read_rows

TEXT = 'activiteit_id;titel;inhoud\r\n1;Poëzie;"een; twee\r\ndrie"\r\n\r\n2;Rekenen;\r\n'
EXPECTED = [
    {"activiteit_id": "1", "titel": "Poëzie", "inhoud": "een; twee\r\ndrie"},
    {"activiteit_id": "2", "titel": "Rekenen"},
]


def written(tmp_path: Path, content: bytes, name: str = "export.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_each_character_set_gives_the_same_rows(tmp_path: Path, encoding: str) -> None:
    rows = read_rows(written(tmp_path, TEXT.encode(encoding)))

    assert [row.values for row in rows] == EXPECTED
    assert [row.number for row in rows] == [2, 4]


@pytest.mark.parametrize(
    "title",
    [
        "Caf\u00e9 \u2019s ochtends",
        "Cre\u00ebren en evalueren \u2013 hoe?",
        "\u201cEerste\u201d dag: \u2022 punt",
        "\u20ac 250",
        "Ge\u00efntegreerd Zo\u00eb en Fran\u00e7ois",
        "\u00c9\u00e9n dag",
        "CAF\u00c9",
        "foto\u2019s",
        "po\u2013vo",
        "\u00e0 \u20ac 25",
        "25 \u00b0C",
        "\u2018citaat\u2019 van \u00e9\u00e9n woord",
    ],
)
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_what_excel_on_a_mac_or_under_windows_writes_is_told_apart(
    tmp_path: Path, encoding: str, title: str
) -> None:
    content = f"activiteit_id;titel\r1;{title}\r".encode(encoding)
    (row,) = read_rows(written(tmp_path, content))
    assert row.values["titel"] == title


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_each_delimiter_is_recognised(tmp_path: Path, delimiter: str) -> None:
    text = f"activiteit_id{delimiter}titel\n1{delimiter}Rekenen\n"

    (row,) = read_rows(written(tmp_path, text.encode()))

    assert row.values == {"activiteit_id": "1", "titel": "Rekenen"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_delimiter_may_be_told_in_the_first_line(
    tmp_path: Path, delimiter: str, mark: str
) -> None:
    text = f"{mark}sep={delimiter}\r\nactiviteit_id{delimiter}titel\r\n1{delimiter}a;b,c\r\n"
    rows = read_rows(written(tmp_path, text.replace("a;b,c", "Rekenen").encode()))
    assert [(row.number, row.values) for row in rows] == [
        (3, {"activiteit_id": "1", "titel": "Rekenen"})
    ]


@pytest.mark.parametrize("told", ["sep=|", '"sep=|"', "SEP=| ", "sep=|;;;"])
def test_the_delimiter_may_be_told_in_other_ways(tmp_path: Path, told: str) -> None:
    text = f"{told}\r\nactiviteit_id|titel\r\n1|Rekenen; taal\r\n"
    (row,) = read_rows(written(tmp_path, text.encode()))
    assert (row.number, row.values) == (3, {"activiteit_id": "1", "titel": "Rekenen; taal"})


@pytest.mark.parametrize("above", ["Export, van 1 maart\n", "Ons aanbod;\n\nBijgewerkt;x\n"])
def test_a_title_may_stand_above_the_header(tmp_path: Path, above: str) -> None:
    text = f"{above}activiteit_id;titel;kvknummer\n1;Rekenen;68750110\n"
    (row,) = read_rows(written(tmp_path, text.encode()))
    assert row.number == text.count("\n")
    assert row.values == {"activiteit_id": "1", "titel": "Rekenen", "kvknummer": "68750110"}


def test_the_first_row_is_the_header_where_none_is_known(tmp_path: Path) -> None:
    (row,) = read_rows(written(tmp_path, b"een;twee\n1;2\n"))
    assert row.values == {"een": "1", "twee": "2"}


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Poëzie ".encode() + b"caf\xe9", "Poëzie café"),
        (b"Po\x81zie", "Po\ufffdzie"),  # a byte that Windows-1252 does not have
        ("Po\ufffdzie".encode(), "Po\ufffdzie"),  # so it was exported
        ("Zo\u00eb en \u20ac 5 ".encode() + b"\x93x\x94", "Zoë en € 5 \u201cx\u201d"),
    ],
)
def test_a_row_with_bytes_of_no_or_two_character_sets_has_a_note(
    tmp_path: Path, content: bytes, title: str
) -> None:
    (row,) = read_rows(written(tmp_path, b"activiteit_id;titel\n1;" + content + b"\n"))
    assert row.values["titel"] == title
    assert any("vreemde tekens" in note for note in clean(row.values).notes)


def test_one_byte_of_another_character_set_changes_that_byte_alone(tmp_path: Path) -> None:
    text = 'id;titel;inhoud\n1;Poëzie;"een\ntwee caf\u00e9 X"\n2;Zoë;x\n3;Reünie;y\n'
    first, second, third = read_rows(written(tmp_path, text.encode().replace(b"X", b"\xeb")))
    assert first.values["inhoud"] == "een\ntwee caf\u00e9 ë"
    assert first.values["titel"] == "Poëzie"
    assert [second.values["titel"], third.values["titel"]] == ["Zoë", "Reünie"]
    notes = [clean(row.values).notes for row in (first, second)]
    assert any("vreemde tekens" in note for note in notes[0])
    assert not any("vreemde tekens" in note for note in notes[1])


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_backslash_before_a_quote_keeps_it_in_its_text(tmp_path: Path, delimiter: str) -> None:
    lines = [
        ["activiteit_id", "titel", "inhoud", "kosten"],
        ["1", r'"De \"gouden\" les; van 1, 2"', r'"C:\\lessen\\"', "\\N"],
        ["2", '"Taal"', '"Eerst \\"dit\\"\\\nen dan dat"', '"12"'],
        ["3", r'"Slot: \"einde\""', r"\N", '"7"'],
    ]
    text = "\n".join(delimiter.join(line) for line in lines) + "\n"
    rows = read_rows(written(tmp_path, text.encode()))
    assert [(row.number, row.values) for row in rows] == [
        (
            2,
            {"activiteit_id": "1", "titel": 'De "gouden" les; van 1, 2', "inhoud": "C:\\lessen\\"},
        ),
        (
            3,
            {
                "activiteit_id": "2",
                "titel": "Taal",
                "inhoud": 'Eerst "dit"\nen dan dat',
                "kosten": "12",
            },
        ),
        (4, {"activiteit_id": "3", "titel": 'Slot: "einde"', "kosten": "7"}),
    ]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('"Map C:\\lessen\\"', "Map C:\\lessen\\"),
        ('"De ""gouden"" les in C:\\"', 'De "gouden" les in C:\\'),
        ('"C:\\""oud"" en ""nieuw"""', 'C:\\"oud" en "nieuw"'),
        ("Rekenen\\taal", "Rekenen\\taal"),
    ],
)
def test_a_backslash_is_a_sign_as_any_other_where_quotes_are_doubled(
    tmp_path: Path, cell: str, read: str
) -> None:
    text = f'activiteit_id;titel;kosten\n1;{cell};"7"\n2;"Taal";"8"\n'
    rows = read_rows(written(tmp_path, text.encode()))
    assert [row.values["titel"] for row in rows] == [read, "Taal"]
    assert [row.values["kosten"] for row in rows] == ["7", "8"]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ('"over;NULL;en \\N"', "over;NULL;en \\N"),
        ('"over\r\nNULL\r\nin SQL"', "over\r\nNULL\r\nin SQL"),
        ('"een ""NULL"";NULL;"', 'een "NULL";NULL;'),
        ('"over\r\n";NULL', "over\r\n"),
        ("NULL;NULL", None),
        ("\\N", None),
        ('een 12"-plaat;NULL', 'een 12"-plaat'),
    ],
)
def test_the_word_for_no_value_within_a_text_is_kept(
    tmp_path: Path, cell: str, told: str | None
) -> None:
    """All of a cell without quotes is read as nothing, as MySQL writes it."""
    [row] = read_rows(written(tmp_path, f"activiteit_id;titel;inhoud\r\n1;{cell}".encode()))

    assert row.values == {"activiteit_id": "1"} | ({"titel": told} if told else {})


def test_the_word_for_no_value_is_kept_behind_a_quote_with_a_backslash(tmp_path: Path) -> None:
    content = r'"1";"een \"NULL\";NULL;in SQL";NULL'
    [row] = read_rows(written(tmp_path, f"activiteit_id;titel;inhoud\n{content}\n".encode()))

    assert row.values == {"activiteit_id": "1", "titel": 'een "NULL";NULL;in SQL'}


def test_a_text_with_escapes_that_is_never_closed_is_refused(tmp_path: Path) -> None:
    text = 'activiteit_id;titel\n1;"De \\"gouden\\" les"\n2;"Taal \\"a\\"\n3;Rekenen\n'
    with pytest.raises(LegacyFileError, match="In regel 3 "):
        read_rows(written(tmp_path, text.encode()))


def test_cells_without_a_header_are_kept(tmp_path: Path) -> None:
    (row,) = read_rows(written(tmp_path, b"titel;kvk\nRekenen;01234567;en nog iets\n"))

    assert row.values["kolom 3"] == "en nog iets"


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("titel;;kvk", ["titel", "kolom 2", "kvk"]),
        ("titel;inhoud;inhoud", ["titel", "inhoud", "kolom 3"]),
        ("titel;titel;titel", ["titel", "kolom 2", "kolom 3"]),
        (";titel;", ["kolom 1", "titel", "kolom 3"]),
    ],
)
def test_no_cell_is_lost_below_an_empty_header_or_one_that_stands_twice(
    tmp_path: Path, header: str, names: list[str]
) -> None:
    (row,) = read_rows(written(tmp_path, f"{header}\na;b;c\n".encode()))
    assert row.values == dict(zip(names, "abc", strict=True))


def test_excel_writes_unicode_text_with_tabs(tmp_path: Path) -> None:
    text = "activiteit_id\ttitel\r\n1\tPo\u00ebzie \u2013 gro\u0142 \u20ac 5\r\n"
    (row,) = read_rows(written(tmp_path, text.encode("utf-16"), "export.txt"))
    assert row.values == {"activiteit_id": "1", "titel": "Po\u00ebzie \u2013 gro\u0142 \u20ac 5"}


def test_a_file_of_another_program_is_told_what_to_do(tmp_path: Path) -> None:
    older = written(tmp_path, legacy_files.COMPOUND + bytes(512), "export.xls")
    other = tmp_path / "export.ods"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    for path, said in ((older, "ouder Excel-bestand"), (other, "geen XLSX-bestand")):
        with pytest.raises(LegacyFileError, match=said):
            read_rows(path)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n;;\n", b"titel\x00kvk\n", b'titel;"' + b"x" * 140_000]
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LegacyFileError):
        read_rows(written(tmp_path, content))


def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, TEXT.encode())
    monkeypatch.setattr(legacy_files, "LARGEST_FILE", 10)

    with pytest.raises(LegacyFileError):
        read_rows(path)


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy_files, "MOST_ROWS", 3)

    with pytest.raises(LegacyFileError):
        read_rows(written(tmp_path, b"titel\na\nb\nc\n"))


def workbook(tmp_path: Path, *lines: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(list(line))  # type: ignore[union-attr]  # a new workbook has a sheet
    path = tmp_path / "export.xlsx"
    book.save(path)
    return path


def test_a_spreadsheet_reads_as_somebody_would_have_typed_it(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["activiteit_id", "titel", "contacturen", "startdatum", "dag", "online", "kvknummer"],
        [17, "Poëzie", 3.5, datetime(2016, 3, 1), date(2016, 3, 2), True, 1234567],  # noqa: DTZ001 - as Excel
        [None, None, None],
        [18.0, "Rekenen"],
    )

    first, second = read_rows(path)

    assert first.values == {
        "activiteit_id": "17",
        "titel": "Poëzie",
        "contacturen": "3.5",
        "startdatum": "2016-03-01",
        "dag": "2016-03-02",
        "online": "ja",
        "kvknummer": "1234567",
    }
    assert (second.number, second.values["activiteit_id"]) == (4, "18")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2027, 2, 28, 23), "2027-02-28 23:00"),  # noqa: DTZ001 - perhaps midnight in UTC
        (datetime(2027, 6, 30, 22), "2027-06-30 22:00"),  # noqa: DTZ001
        (datetime(2027, 2, 28, 14, 5), "2027-02-28"),  # noqa: DTZ001
        (datetime(2027, 2, 28, 23, tzinfo=UTC), "2027-02-28 23:00"),
        (datetime(2027, 6, 30, tzinfo=UTC), "2027-06-30"),
    ],
)
def test_a_moment_is_a_day_unless_it_may_mean_the_next_one(moment: datetime, text: str) -> None:
    """Those of a workbook have no zone, those of a database may."""
    assert as_text(moment) == text


def test_a_sheet_is_as_large_as_its_rows_whatever_it_says(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["id", "titel"], *[[n, f"Activiteit {n}"] for n in range(1, 40)])
    small = tmp_path / "klein.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(small, "w") as archive:
        for name in whole.namelist():
            part = whole.read(name).replace(b'ref="A1:B40"', b'ref="A1:A2"')
            archive.writestr(name, part)
    rows = read_rows(small)
    assert len(rows) == 39
    assert rows[-1].values == {"id": "39", "titel": "Activiteit 39"}


def test_a_sheet_may_end_in_its_last_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy_files, "MOST_LINES", 3)
    lines = [["titel"], ["a"], ["b"]]
    assert len(read_rows(workbook(tmp_path, *lines))) == 2
    with pytest.raises(LegacyFileError, match="meer dan 3 regels"):
        read_rows(workbook(tmp_path, *lines, ["c"]))


def test_a_sheet_with_too_many_columns_is_refused_and_not_cut_off(tmp_path: Path) -> None:
    names = [f"kolom {number}" for number in range(101)]
    with pytest.raises(LegacyFileError, match="meer dan 100 kolommen"):
        read_rows(workbook(tmp_path, names, names))
    assert read_rows(workbook(tmp_path, names[:100], names[:100]))


@pytest.mark.parametrize("place", [101, 102, 300, 16_384])
@pytest.mark.parametrize("row", [1, 2, 3])
def test_what_stands_far_to_the_right_is_told_and_not_cut_off(
    tmp_path: Path, place: int, row: int
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "titel"])
    sheet.append([1, "Rekenen"])
    sheet.cell(row, place, " ")
    book.save(tmp_path / "leeg.xlsx")
    assert [each.values["titel"] for each in read_rows(tmp_path / "leeg.xlsx")] == ["Rekenen"]
    sheet.cell(row, place, "opmerking")
    book.save(tmp_path / "breed.xlsx")
    with pytest.raises(LegacyFileError, match="meer dan 100 kolommen"):
        read_rows(tmp_path / "breed.xlsx")


def test_only_rows_with_something_in_them_count(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "titel"])
    sheet.append([1, "Rekenen"])
    sheet.cell(150_000, 3).fill = PatternFill("solid", fgColor="FFFF00")
    book.save(tmp_path / "export.xlsx")
    (row,) = read_rows(tmp_path / "export.xlsx")
    assert row.values == {"id": "1", "titel": "Rekenen"}


def test_hours_and_minutes_of_a_sheet_are_hours(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["titel", "contacturen", "zelfstudie", "totaal"])
    sheet.append(["Rekenen", timedelta(hours=30, minutes=15), time(7, 30), 12.125])
    sheet["B2"].number_format = "[h]:mm"
    book.save(tmp_path / "export.xlsx")
    (row,) = read_rows(tmp_path / "export.xlsx")
    values = clean(row.values).values
    assert values["contact_hours"] == Decimal("30.25")
    assert values["self_study_hours"] == Decimal("7.5")
    assert row.values["totaal"] == "12,125"


def merged_workbook(tmp_path: Path, merged: str) -> Path:
    """Two activities, of which these cells are merged."""
    path = workbook(
        tmp_path,
        ["activiteit_id", "titel", "kvknummer", "aanbieder"],
        [17, "Rekenen", "68750110", "Leerkring"],
        [18, "Taal", "68750110", "Leerkring"],
        [],
        [19, "Lezen", "90004728", "De Letter"],
    )
    book = openpyxl.load_workbook(path)
    for each in merged.split():
        book.worksheets[0].merge_cells(each)
    book.save(path)
    return path


def test_a_cell_below_a_merged_one_has_what_that_shows_with_a_note(tmp_path: Path) -> None:
    first, second, third = read_rows(merged_workbook(tmp_path, "C2:C4 D2:D3"))
    assert second.values["kvknummer"] == first.values["kvknummer"] == "68750110"
    assert second.values["aanbieder"] == "Leerkring"
    assert third.values["kvknummer"] == "90004728"
    notes = [" ".join(clean(row.values).notes) for row in (first, second, third)]
    assert ["samengevoegd" in note for note in notes] == [False, True, False]


@pytest.mark.parametrize("merged", ["B2:C2", "B2:D3"])
def test_a_cell_beside_a_merged_one_is_empty_with_a_note(tmp_path: Path, merged: str) -> None:
    first, second, _third = read_rows(merged_workbook(tmp_path, merged))
    assert first.values["titel"] == "Rekenen"
    assert "kvknummer" not in first.values
    assert "samengevoegd" in " ".join(clean(first.values).notes)
    assert second.values["titel"] == ("Taal" if merged == "B2:C2" else "Rekenen")


def test_merged_cells_make_no_row_of_what_is_empty(tmp_path: Path) -> None:
    rows = read_rows(merged_workbook(tmp_path, "C3:C4 A9:D20"))
    assert [row.values["activiteit_id"] for row in rows] == ["17", "18", "19"]


def test_formulas_are_never_calculated(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["titel", "contacturen"], ["Rekenen", '=HYPERLINK("https://x.nl")'])

    (row,) = read_rows(path)

    assert row.values == {"titel": "Rekenen"}


def test_a_spreadsheet_that_unpacks_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, ["titel"], ["x" * 30_000])
    monkeypatch.setattr(workbooks, "LARGEST_CONTENT", 20_000)

    with pytest.raises(LegacyFileError):
        read_rows(path)


def test_a_spreadsheet_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')

    with pytest.raises(LegacyFileError):
        read_rows(path)


def test_a_zip_that_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "geen rekenblad")

    with pytest.raises(LegacyFileError):
        read_rows(path)


def test_a_damaged_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["titel"], *[[f"Activiteit {n}"] for n in range(500)])
    content = bytearray(path.read_bytes())
    content[300:900] = bytes(600)
    path.write_bytes(content)

    with pytest.raises(LegacyFileError):
        read_rows(path)

"""The kind of a file by its content, and the name under which it is kept."""

import pytest

from processes.reading.file_kinds import HEAD, KINDS, kept_name, kind_of
from tests.uploaded import EXCEL, JPEG, PDF, PNG, WORD, archive

CONTENT = {"pdf": PDF, "jpeg": JPEG, "png": PNG, "word": WORD, "excel": EXCEL}


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_told_by_its_content(name: str) -> None:
    assert kind_of(CONTENT[name]) is KINDS[name]
    assert kind_of(CONTENT[name] + b"\0" * HEAD) is KINDS[name] or name in {"word", "excel"}


OTHERS = {
    "nothing": b"",
    "begin of a pdf": b"%PD",
    "text": b"hallo",
    "html": b"<html><script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg">',
    "program": b"MZ" + b"\0" * 200,
    "pdf within html": b"\n<p>%PDF-1.7",
    "zip": archive("a.txt"),
    "macros": archive("word/document.xml", "word/vbaProject.bin"),
    "begin of word": WORD[:40],
    "word without its end": WORD[:-10],
}


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_anything_else_is_of_no_kind(content: bytes) -> None:
    assert kind_of(content) is None


@pytest.mark.parametrize(
    ("typed", "kind", "kept"),
    [
        ("scan.pdf", "pdf", "scan.pdf"),
        ("SCAN.PDF", "pdf", "SCAN.pdf"),
        ("foto.jpeg", "jpeg", "foto.jpg"),
        ("foto.png", "jpeg", "foto.png.jpg"),
        ("rekening.pdf.exe", "pdf", "rekening.pdf.exe.pdf"),
        ("C:\\Users\\Anna\\plan.docx", "word", "plan.docx"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("", "pdf", "bestand.pdf"),
        (".pdf", "pdf", "bestand.pdf"),
        ("...", "png", "bestand.png"),
        ('a"b\r\nSet-Cookie: c', "pdf", "a b Set-Cookie c.pdf"),
        ("fac\u202efdp.pdf", "pdf", "facfdp.pdf"),
        ("Beëindiging plan.pdf", "pdf", "Beëindiging plan.pdf"),
        ("x" * 300 + ".pdf", "pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_folders_and_with_the_suffix_of_what_it_is(
    typed: str, kind: str, kept: str
) -> None:
    assert kept_name(typed, KINDS[kind]) == kept

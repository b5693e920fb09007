"""Kinds of uploaded files: told apart by their content, never by their name."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

import puremagic

from processes.reading.characters import line

MEGABYTE = 1024 * 1024
HEAD = 4096  # bytes in which a kind shows itself
LONGEST_NAME = 100
NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|]+')
MACROS = "vbaProject.bin"


@dataclass(frozen=True)
class FileKind:
    """A kind of file that people may send: how it is called and served."""

    name: str
    label: str
    media_type: str
    suffixes: tuple[str, ...]  # the first is given to what is kept
    part: str = ""  # of an archive: the part that only this kind has


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    each.name: each
    for each in (
        FileKind("pdf", "PDF", "application/pdf", (".pdf",)),
        FileKind("jpeg", "JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif")),
        FileKind("png", "PNG", "image/png", (".png",)),
        FileKind(
            "word",
            "Word",
            f"{_OFFICE}.wordprocessingml.document",
            (".docx",),
            "word/document.xml",
        ),
        FileKind("excel", "Excel", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",), "xl/workbook.xml"),
    )
}
"""What a field may allow, by the name that a diagram writes."""
USUAL = ("pdf", "jpeg", "png")
"""What a field allows that names none."""


def kind_of(content: bytes) -> FileKind | None:
    """The kind of this content; None where it is none that people may send."""
    if not content:
        return None
    try:
        found = {each.mime_type for each in puremagic.magic_string(content[:HEAD])}
    except puremagic.PureError:
        return None
    if KINDS["word"].media_type in found:  # of every zip archive
        return _office_kind(content)
    plain = (each for each in KINDS.values() if not each.part)
    return next((each for each in plain if each.media_type in found), None)


def _office_kind(content: bytes) -> FileKind | None:
    """The kind of an archive by its list of parts, none of which is unpacked; no macros."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if any(part.endswith(MACROS) for part in parts):
        return None
    kinds = (each for each in KINDS.values() if each.part)
    return next((each for each in kinds if each.part in parts), None)


def kept_name(name: str, kind: FileKind) -> str:
    """The name as it is kept: no folders, nothing unseen, and the suffix of what it is."""
    plain = NOT_IN_A_NAME.sub(" ", line(name.replace("\\", "/").rpartition("/")[2]))
    stem = plain
    for suffix in kind.suffixes:
        stem = stem[: -len(suffix)] if stem.lower().endswith(suffix) else stem
    stem = " ".join(stem.split()).strip(". ")[:LONGEST_NAME].strip()
    return f"{stem or 'bestand'}{kind.suffixes[0]}"

"""Reads an uploaded diagram: a file, or the text of one sent before."""

from contextlib import closing

from flask import request

LARGEST_DIAGRAM = 1024 * 1024  # bytes


def sent_diagram() -> bytes | str:
    """The uploaded bytes; a Dutch message (str) when they are unusable."""
    xml = _sent_bytes()
    if xml is None:
        return "Kies een BPMN-bestand."
    if not xml:
        return "Dit bestand is leeg. Kies een ander bestand."
    if len(xml) > LARGEST_DIAGRAM:
        return "Dit bestand is te groot. Een diagram mag hoogstens 1 MB zijn."
    return xml


def _sent_bytes() -> bytes | None:
    file = request.files.get("diagram")
    if file is not None and file.filename:
        with closing(file):
            return bytes(file.read(LARGEST_DIAGRAM + 1))
    text = request.form.get("xml")
    # A form sends every line end as two characters.
    return text.replace("\r\n", "\n").encode() if text else None

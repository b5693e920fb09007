"""Sends a diagram as a file to download: the editor and the viewer fetch it from there."""

import contextlib

from flask import Response

from processes.engine.diagram.layout.drawing import with_drawing
from processes.engine.diagram.xml import UnreadableDiagramError


def diagram_file(xml: str, name: str) -> Response:
    """The file, laid out where it has no drawing; never shown as a page (threat 18)."""
    sent = xml.encode()
    with contextlib.suppress(UnreadableDiagramError):
        sent = with_drawing(sent)
    response = Response(sent, mimetype="application/xml")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

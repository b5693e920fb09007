"""The editor's bundle on a page of its own, with a fake server."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from app.studio.draw.element_templates import element_templates

STATIC = Path(__file__).parents[2] / "app" / "static"
SITE = "http://editor.test"
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
PAGE = """<!doctype html><html lang="nl"><head><title>Tekenen</title>
<meta name="csrf-token" content="t">
<link rel="preload" as="fetch" crossorigin href="/source">
<script src="/static/reader.js" data-reads="/source" async fetchpriority="high"></script>
<link rel="stylesheet" href="/static/portal.css"><link rel="stylesheet" href="/static/modeler.css">
<script src="/static/modeler.js" defer></script>
<link rel="preload" as="fetch" crossorigin href="/templates"></head>
<body class="loket-theme"><main><h1>Tekenen</h1>
<div class="loket-editor" data-modeler data-src="/source" data-templates="/templates"
 data-panel-script="/static/panel.js"
 data-show="/show" data-save="/save" data-check="/check" data-feel="/feel" data-merge="/merge"
 data-names="/names"
 data-another="/another" data-version="1">
<div class="loket-editor__bar"><p role="status" data-status></p></div>
<div data-notice></div>
<div class="loket-editor__stage">
<div class="loket-editor__canvas" data-canvas></div><div class="loket-editor__side">
<section data-panel></section><section><p data-findings-summary></p>
<ul data-findings="[]"></ul></section></div></div></div></main></body></html>"""


def open_editor(
    page: Page,
    xml: bytes,
    *,
    server: Callable[[Route], None] | None = None,
    static: Path = STATIC,
    names: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None,
) -> None:
    """The editor with this diagram in it; `server` answers what is kept, else all is well.

    `names` are what completion offers, or what gives them.
    """
    put_editor(page, xml, server=server, static=static, names=names)
    page.locator("[data-modeler][data-complete]").wait_for()


def put_editor(
    page: Page,
    xml: bytes,
    *,
    server: Callable[[Route], None] | None = None,
    static: Path = STATIC,
    names: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None,
    reader: Callable[[Route], None] | None = None,
    style: Callable[[Route], None] | None = None,
    panel: Callable[[Route], None] | None = None,
) -> None:
    """As `open_editor`, for a file that may not open at all.

    `reader` and `panel` answer for the scripts that read the file, before the editor is there, and
    show the properties, after the drawing; `style` for its style. Returns before the page is loaded
    when `reader` or `style` may keep it waiting.
    """

    kept = dict.fromkeys(["/save", "/check", "/feel"], server)
    files = {"reader.js": reader, "modeler.css": style, "panel.js": panel}
    files_at = {f"/static/{name}": act for name, act in files.items()}
    given = {path: act for path, act in (kept | files_at).items() if act}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0]
        if path in given:
            given[path](route)
        elif path.startswith("/static/"):
            answer_file(route, static / path.removeprefix("/static/"))
        elif path == "/source":
            route.fulfill(body=xml, content_type="application/xml")
        elif path == "/templates":
            answer_json(route, element_templates())
        elif path == "/names":
            known = names() if callable(names) else names
            answer_json(route, known or {"functions": [], "names": [], "small": []})
        elif path in {"/save", "/check"}:
            answer_json(route, {"version": 2, "findings": []})
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    page.route(f"{SITE}/**", answer)
    page.goto(f"{SITE}/", wait_until="commit" if reader or style else "load")


def saved(page: Page) -> bytes:
    """The diagram as the editor would keep it now."""
    save = "document.querySelector('[data-modeler]').modeler.saveXML({format: true})"
    xml: str = page.evaluate(f"{save}.then(({{ xml }}) => xml)")
    return xml.encode()


def answer_file(route: Route, file: Path) -> None:
    """What is there; an older build does not have all."""
    if file.exists():
        route.fulfill(path=file, content_type=TYPES[file.suffix])
    else:
        route.fulfill(status=404)


def answer_json(route: Route, answer: object, status: int = 200) -> None:
    route.fulfill(status=status, body=json.dumps(answer), content_type="application/json")

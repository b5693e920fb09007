"""The committed files of the look, and that no template goes around them."""

import re
from pathlib import Path

import pytest

from app.web.serving.static_files import STATIC_FOLDER, content_hash, static_url

TEMPLATES = Path(__file__).parents[4] / "app" / "templates"

FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    # Data for programs that read the page are no script: no browser runs them.
    "an inline script": re.compile(
        r'<script(?!\s+type="application/ld\+json">)(?![^>]*\bsrc=)', re.IGNORECASE
    ),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an address of javascript": re.compile(r"javascript:", re.IGNORECASE),
    "a script of htmx": re.compile(r"hx-on|hx-vals\s*=\s*.js:", re.IGNORECASE),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_hold_nothing_that_the_content_security_policy_refuses(what: str) -> None:
    files = [path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".svg"}]
    # The mail in HTML is not a page: mail readers know no style sheets.
    pages = [path for path in files if "mail" not in path.parts]
    assert files
    assert [str(path) for path in pages if FORBIDDEN[what].search(path.read_text())] == []


@pytest.mark.parametrize(
    "name",
    [
        *("portal.css", "portal.js", "viewer.js", "modeler.js", "diagram.css", "modeler.css"),
        *("icon.svg", "licences.txt"),
    ],
)
def test_the_files_of_the_look_are_there_and_their_address_changes_with_them(name: str) -> None:
    assert static_url(name) == f"/static/{name}?v={content_hash(name)}"


def test_style_sheets_fetch_only_files_that_are_there() -> None:
    for sheet in STATIC_FOLDER.glob("*.css"):
        addresses = re.findall(r"url\(['\"]?(?!data:image/svg)([^'\")]+)", sheet.read_text())
        assert all((STATIC_FOLDER / address).is_file() for address in addresses), sheet.name


def test_a_file_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(FileNotFoundError):
        static_url("nothing.css")

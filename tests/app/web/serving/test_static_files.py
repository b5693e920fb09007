"""The committed files of the look, and that no template goes around them."""

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

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
        *(
            "portal.css",
            "portal.js",
            "viewer.js",
            "reader.js",
            "modeler.js",
            "panel.js",
            "diagram.css",
            "modeler.css",
        ),
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


FONT = next((STATIC_FOLDER / "fonts").glob("*.woff2")).relative_to(STATIC_FOLDER)


@pytest.mark.parametrize("address", [static_url("portal.css"), f"/static/{FONT}"])
def test_what_never_changes_is_kept_by_browsers_for_a_year(
    client: FlaskClient, address: str
) -> None:
    kept = client.get(address, buffered=True).cache_control
    assert (kept.max_age, kept.public, kept.immutable) == (31_536_000, True, True)


@pytest.mark.parametrize("address", ["/static/portal.css", "/static/portal.css?v=0123456789ab"])
def test_what_may_change_is_asked_for_again(client: FlaskClient, address: str) -> None:
    kept = client.get(address, buffered=True).cache_control
    assert (kept.max_age, kept.immutable) == (3600, False)


@pytest.mark.parametrize("name", ["portal.css", "portal.js", "icon.svg", "licences.txt"])
def test_texts_are_sent_compressed_to_who_reads_that(client: FlaskClient, name: str) -> None:
    content = (STATIC_FOLDER / name).read_bytes()
    packed = client.get(static_url(name), headers={"Accept-Encoding": "br, gzip"}, buffered=True)
    assert (packed.content_encoding, packed.vary.to_header()) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.data) == content
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    plain = client.get(static_url(name), headers={"Accept-Encoding": "identity"}, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert plain.data == content
    assert plain.get_etag() != packed.get_etag()


def test_a_compressed_file_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    asked = {"Accept-Encoding": "gzip"}
    tag = client.get("/static/portal.css", headers=asked, buffered=True).headers["ETag"]
    again = client.get("/static/portal.css", headers={**asked, "If-None-Match": tag}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


def test_fonts_and_pages_are_not_compressed(client: FlaskClient) -> None:
    """Fonts are compressed already; a page holds a secret beside what visitors type (BREACH)."""
    asked = {"Accept-Encoding": "gzip"}
    assert client.get(f"/static/{FONT}", headers=asked, buffered=True).content_encoding is None
    assert client.get("/", headers=asked, buffered=True).content_encoding is None


def test_an_ordinary_page_is_light(client: FlaskClient) -> None:
    """Page, style sheet and script together, fonts aside."""
    asked = {"Accept-Encoding": "gzip"}
    files = [static_url("portal.css"), static_url("portal.js")]
    sizes = [len(client.get(each, headers=asked, buffered=True).data) for each in files]
    page = len(gzip.compress(client.get("/").data))
    assert page + sum(sizes) < 60_000

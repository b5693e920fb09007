"""The editor of decisions on a page of its own: parts are placed with the keyboard."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.editor_page import SITE, STATIC, TYPES
from tests.processes.engine.tables import dmn, rule, table

pytestmark = pytest.mark.browser

HTML = """<!doctype html><html lang="nl"><head><title>Tekenen</title>
<link rel="stylesheet" href="/static/portal.css"><link rel="stylesheet" href="/static/tables.css">
<script src="/static/dmn.js" defer></script></head><body class="loket-theme utrecht-document"><main>
<div class="loket-dmn" data-dmn data-src="/source" data-save="/save" data-feel="/feel"
 data-check="/check" data-version="1"><p data-status></p>
<div class="loket-dmn__views" data-views></div>
<div class="loket-dmn__canvas" data-canvas></div></div>
<div data-findings></div></main></body></html>"""
AGAIN = 5000  # milliseconds until what is not kept is sent again: editor/post.js
PLAIN = dmn(table(rule('"ja"', '"groen"'), hit_policy="UNIQUE"))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(path=file, content_type=TYPES[file.suffix])
        elif path == "/source":
            route.fulfill(body=PLAIN, content_type="application/xml")
        elif path in {"/save", "/feel", "/check"}:
            told = {"version": 2, "message": "Bewaard op vandaag.", "findings": "", "faults": []}
            route.fulfill(body=json.dumps(told), content_type="application/json")
        else:
            route.fulfill(body=HTML, content_type="text/html")

    context = browser.new_context()
    page = context.new_page()
    page.route(f"{SITE}/**", answer)
    page.goto(f"{SITE}/")
    page.locator("[data-dmn][data-ready]").wait_for()
    yield page
    context.close()


def failing(page: Page, times: int) -> None:
    """The server answers so many times that it is busy."""
    left = [times]

    def answer(route: Route) -> None:
        if left[0]:
            left[0] -= 1
            route.fulfill(status=503, body="bezig")
        else:
            route.fallback()

    page.route(f"{SITE}/source", answer)
    page.goto(f"{SITE}/")


def test_a_file_is_asked_once_more_where_the_server_was_busy(page: Page) -> None:
    failing(page, 1)
    page.locator("[data-dmn][data-ready]").wait_for()
    expect(page.locator("[data-status]")).to_have_text("Alles is bewaard.")


def test_who_cannot_open_a_file_can_try_again(page: Page) -> None:
    failing(page, 2)
    expect(page.locator("[data-status]")).to_contain_text("kan niet geopend worden (503)")
    page.get_by_role("button", name="Opnieuw proberen").click()
    page.locator("[data-dmn][data-ready]").wait_for()


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ({"status": 429, "body": "{}", "content_type": "application/json"}, "op de server"),
        ({"status": 503, "body": "bezig", "content_type": "text/html"}, "op de server"),
        ({"status": 302, "headers": {"Location": "/inloggen"}}, "u bent uitgelogd"),
    ],
    ids=["too often", "away", "logged out"],
)
def test_what_the_server_does_not_take_is_sent_again_by_itself(
    page: Page, refused: dict[str, Any], told: str
) -> None:
    page.route(f"{SITE}/save", lambda route: route.fulfill(**refused))
    page.clock.install()
    page.locator('td[data-element-id="o"]').click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('"blauw"')
    expect(page.locator("[data-status]")).to_contain_text("Niet bewaard")
    expect(page.locator("[data-status]")).to_contain_text(told)
    page.unroute(f"{SITE}/save")
    page.clock.fast_forward(AGAIN)
    expect(page.locator("[data-status]")).to_have_text("Bewaard op vandaag.")


def saved(page: Page) -> str:
    """The file as the editor would keep it now."""
    save = "document.querySelector('[data-dmn]').editor.saveXML({format: true})"
    xml: str = page.evaluate(f"{save}.then(({{ xml }}) => xml)")
    return xml


def test_a_part_of_the_palette_is_placed_and_named_with_the_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Overzicht").click()
    expect(page.get_by_role("group", name="Als geen regel past")).to_be_hidden()
    tool = page.get_by_role("button", name="Invoer", exact=True)
    tool.focus()
    page.keyboard.press("Enter")
    page.locator(".djs-direct-editing-content").wait_for()
    page.keyboard.type("aantal uren")
    page.keyboard.press("Enter")

    expect(page.locator(".djs-shape", has_text="aantal uren")).to_have_count(1)
    assert '<inputData id="' in saved(page)


def test_what_holds_where_no_rule_fits_is_kept_and_undone(page: Page) -> None:
    """What the file says in words, as its policy, is in it still."""
    field = page.get_by_label("Dan is outcome")
    field.fill('"rood"')
    field.blur()
    assert "<defaultOutputEntry" in saved(page)
    assert '<text>"rood"</text>' in saved(page)
    assert 'hitPolicy="UNIQUE"' in saved(page)

    field.fill("")
    field.blur()
    assert "<defaultOutputEntry" not in saved(page)
    page.evaluate(
        "document.querySelector('[data-dmn]').editor.getActiveViewer().get('commandStack').undo()"
    )
    expect(field).to_have_value('"rood"')

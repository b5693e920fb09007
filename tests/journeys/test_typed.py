"""Back restores what was typed, whatever the controls of the form are called; the script alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

SCRIPT = (Path(__file__).parents[2] / "frontend" / "typed.js").read_text()
SITE = "http://loket.example"
PAGE = """<!doctype html><html lang="nl"><title>Formulier</title>
<form method="post" action="/sturen"><input type="hidden" name="csrf_token" value="a.b">
<input type="hidden" name="method" value="een"><input type="hidden" name="reset" value="een">
<label>Einddatum <input type="text" name="day" autocomplete="off"></label>
<button name="action" value="end-date">Instellen</button></form>
<script type="module">
import { keepTyped, showTyped } from '/typed.js';
document.addEventListener('submit', (event) => keepTyped(event.target));
showTyped();
</script></html>"""


def answer(route: Route) -> None:
    if route.request.url.endswith("/typed.js"):
        route.fulfill(content_type="text/javascript", body=SCRIPT)
    else:
        is_sent = route.request.url.endswith("/sturen")
        headers = {"Cache-Control": "no-store"}
        body = "<!doctype html><title>Ja</title><h1>Verzonden</h1>" if is_sent else PAGE
        route.fulfill(content_type="text/html", headers=headers, body=body)


@pytest.mark.browser
def test_a_control_named_action_or_method_does_not_keep_back_from_restoring(
    browser: Browser,
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/*", answer)
        page.goto(f"{SITE}/formulier")
        page.get_by_label("Einddatum").fill("31-12-2026")
        page.get_by_role("button").click()
        expect(page.get_by_role("heading")).to_have_text("Verzonden")
        page.go_back()
        expect(page.get_by_label("Einddatum")).to_have_value("31-12-2026")

"""The helpers of journeys wait for the page that they ask for, not for the one that they leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.journeys.pages import fits, press

pytestmark = pytest.mark.browser

SITE = "http://loket.example"
# As typed.js does with every form.
FORM = """<!doctype html><title>Formulier</title><form method="post" action="/sent"><button>Opslaan
</button></form><script>addEventListener('submit', () => history.replaceState({}, ''))</script>"""
# The browser shows it, and waits for a script before it reads the rest.
NEXT = """<!doctype html><title>Antwoord</title><script src="/slow.js"></script>
<h1>Bewaard</h1><p style="width: 2000px">breed</p>"""
HTML = {"Content-Type": "text/html"}
SCRIPT = {"Content-Type": "text/javascript"}
SLOW = 50  # questions to the page, which are answered in the meantime


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def standing_at_the_form(page: Page, *, status: int) -> None:
    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path == "/slow.js":
            for _question in range(SLOW):
                page.title()
            route.fulfill(body="", content_type="text/javascript")
        elif path == "/sent":
            route.fulfill(status=status, body=NEXT, headers=HTML)
        else:
            route.fulfill(body=FORM, headers=HTML)

    page.route("**/*", answer)
    page.goto(f"{SITE}/")


@pytest.mark.parametrize("status", [200, 422])
def test_the_page_that_answers_a_form_is_there_whole(page: Page, status: int) -> None:
    standing_at_the_form(page, status=status)
    press(page, "Opslaan")
    assert page.locator("h1").all_inner_texts() == ["Bewaard"]


def test_a_form_on_a_page_that_is_still_on_its_way_is_awaited_too(page: Page) -> None:
    """What loads first is the page with the form, not the page that answers it."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path in {"/form", "/slow.js"}:
            for _question in range(SLOW):
                page.title()
        pages = {"/": "<!doctype html><a href='/form'>Verder</a>", "/form": FORM, "/sent": NEXT}
        route.fulfill(body=pages.get(path, ""), headers=HTML if path in pages else SCRIPT)

    page.route("**/*", answer)
    page.goto(f"{SITE}/")
    page.get_by_role("link").click(no_wait_after=True)
    press(page, "Opslaan")
    assert page.locator("h1").all_inner_texts() == ["Bewaard"]


def test_a_page_that_is_still_loading_is_measured_whole(page: Page) -> None:
    standing_at_the_form(page, status=200)
    page.get_by_role("button").click()
    page.wait_for_url(f"{SITE}/sent", wait_until="commit")  # the page that is left fits
    assert not fits(page)


@pytest.mark.parametrize(
    "trap",
    [
        ".expect_navigation(",  # content with an entry in the history: next_page
        ".wait_for_function(",  # the policy of our pages refuses its second look: until
    ],
)
def test_no_journey_waits_in_a_way_that_passes_by_chance(trap: str) -> None:
    own = Path(__file__)
    files = [each for each in own.parent.glob("*.py") if each != own]
    assert [each.name for each in files if trap in each.read_text()] == []

"""What somebody types before the scripts of a page are there is kept as what is typed later."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, begin, login
from tests.journeys.rows import offers_of
from tests.journeys.stock import Stock
from tests.product import Product, until

pytestmark = [
    pytest.mark.browser,
    # The browser sends it, whatever the database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

SCRIPT = "**/portal.js*"
KVK = "70000071"


def open_early(page: Page, path: str) -> list[Route]:
    """A page whose script is still on its way: the request that waits for it."""
    waiting: list[Route] = []
    page.route(SCRIPT, lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright marks it
    page.goto(path, wait_until="commit")
    return waiting


def let_come(page: Page, waiting: list[Route]) -> None:
    until(lambda: page.title() and waiting)
    waiting[0].continue_()
    page.wait_for_load_state()


def test_an_early_title_is_saved_with_what_is_typed_later(page: Page, product: Product) -> None:
    offer = Stock(product, KVK, "Scenario Vroeg").concept("Eerste titel", sectors=[])
    login(page, Employee(KVK))
    waiting = open_early(page, f"/aanbod/{offer}/bewerken")
    page.locator("[name=title]").fill("Vroege titel")
    page.locator("[name=sectors][value=po]").check()
    let_come(page, waiting)
    until(lambda: [each.title for each in offers_of(product, KVK)] == ["Vroege titel"])
    assert [each.sectors for each in offers_of(product, KVK)] == [{"po"}]


def test_an_early_answer_of_a_step_is_kept(new_page: NewPage) -> None:
    page = new_page()
    begin(page, Employee("70000072"))
    waiting = open_early(page, "/aanmelding")
    page.locator("[name=requirement_1][value=ja]").check()
    let_come(page, waiting)
    expect(page.locator("#bewaard")).to_contain_text("bewaard", ignore_case=True)
    page.unroute(SCRIPT)
    page.reload()
    expect(page.locator("[name=requirement_1][value=ja]")).to_be_checked()


TELL = "addEventListener('change', ({ target }) => { window.told = target.name })"


def test_a_page_that_nobody_typed_in_sends_nothing(page: Page, product: Product) -> None:
    offer = Stock(product, "70000073", "Scenario Stil").concept("Zoals het was")
    login(page, Employee("70000073"))
    page.add_init_script(TELL)
    for path in (f"/aanbod/{offer}/bewerken", "/aanbod", "/bedrijf", "/catalogus"):
        page.goto(path)
        assert page.evaluate("window.told") is None, path


@pytest.mark.parametrize("kind", ["email", "url", "text"])
def test_what_a_browser_shows_otherwise_than_the_page_gave_it_was_not_typed(
    page: Page, product: Product, kind: str
) -> None:
    """It leaves out spaces around an address, and the end of a line."""
    kvk = f"7000008{len(kind)}"
    Stock(product, kvk, "Scenario Spaties").concept("Zoals het was")
    login(page, Employee(kvk))
    page.add_init_script(TELL)

    def with_spaces(route: Route) -> None:
        answer = route.fetch()
        given = f'<input type="{kind}" name="early" value=" noor@leerkring.example&#10;">'
        route.fulfill(response=answer, body=answer.text().replace("</form>", f"{given}</form>"))

    page.route("**/bedrijf/mensen", with_spaces)
    page.goto("/bedrijf/mensen")
    expect(page.locator("[name=early]").first).to_be_attached()
    assert page.evaluate("window.told") is None
    waiting = open_early(page, "/bedrijf/mensen")
    page.locator("[name=early]").last.fill("7")
    let_come(page, waiting)
    until(lambda: page.evaluate("window.told === 'early'"))

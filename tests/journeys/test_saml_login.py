"""Logging in by SAML at the simulator, which is another site than the portal, to the first page."""

import pytest
from playwright.sync_api import Page, expect

from processes.platform.running_demonstration import SAML_NAME
from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, heading, log_in_at_the_simulator

pytestmark = pytest.mark.browser

SIZES = [(1280, 900), (360, 740)]


@pytest.mark.parametrize("size", SIZES, ids=["wide", "narrow"])
@pytest.mark.parametrize("binding", ["artifact", "post"])
def test_an_employee_logs_in_by_saml(
    new_page: NewPage, size: tuple[int, int], binding: str
) -> None:
    page = new_page(viewport={"width": size[0], "height": size[1]})
    page.goto("/inloggen")
    fits(page)
    page.get_by_label(SAML_NAME).check()
    page.get_by_role("button", name="Inloggen met eHerkenning").click()
    heading(page, "Inlogsimulator: eHerkenning (SAML)")
    fits(page)
    page.locator(f"[name=binding][value={binding}]").check()
    log_in_at_the_simulator(page, Employee("70000017", loa="loa3"))
    page.wait_for_url("**/aanmelding**")
    expect(page.locator("main")).to_be_visible()
    fits(page)


def fits(page: Page) -> None:
    """Nothing falls off the screen, once the styles are there."""
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

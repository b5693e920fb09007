"""A page warns before the session ends; what was typed stays, whatever the user does then."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import login_account

pytestmark = [
    pytest.mark.browser,
    # The page counts by itself, on every database alike.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


def test_staying_is_one_press_and_what_was_typed_stays(new_page: NewPage) -> None:
    page = new_page()
    page.clock.install()
    login_account(page, "registrar")
    page.goto("/register/sessies")
    page.locator("[name=reason]").fill("getypt")
    dialog = page.get_by_role("alertdialog")
    page.clock.fast_forward("20:00")
    expect(dialog).to_have_count(0)
    page.clock.fast_forward("06:00")
    expect(dialog).to_contain_text("uur loggen wij u uit")
    dialog.get_by_role("button", name="Ingelogd blijven").click()
    expect(dialog).to_have_count(0)
    page.clock.fast_forward("20:00")
    expect(dialog).to_have_count(0)
    page.clock.fast_forward("10:00")
    expect(dialog).to_contain_text("U bent uitgelogd")
    expect(dialog.get_by_role("link", name="Inloggen op een nieuw tabblad")).to_be_visible()
    dialog.get_by_role("button", name="Sluiten").click()
    expect(page.locator("[name=reason]")).to_have_value("getypt")

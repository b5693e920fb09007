"""A form that asks for a fresh login: in a browser, what was typed stands there again."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from processes.base import now
from processes.register.providers.web_sessions import WebSession
from tests.journeys.conftest import NewPage
from tests.journeys.pages import fits, heading, login_account
from tests.product import Product

pytestmark = pytest.mark.browser

NEW = "/beheer/webhooks/nieuw?bron=handleiding"
NAME, ADDRESS = "rapportage", "https://rapport.voorbeeld.nl/loket"
EVENT = "nl.loket.offer.published"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "no-javascript"])


def long_ago(product: Product) -> None:
    """All logins were an hour ago."""
    with product.database.writing() as session:
        session.execute(update(WebSession).values(authenticated_at=now() - timedelta(hours=1)))


def fill_in(page: Page) -> None:
    page.goto(NEW)
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=url]").fill(ADDRESS)
    page.locator(f"[name=events][value='{EVENT}']").check()


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").click()


def stands_there(page: Page) -> None:
    expect(page).to_have_url(re.compile(re.escape(NEW) + "$"))
    expect(page.locator("main")).to_contain_text("Wat u had ingevuld, staat er weer")
    expect(page.locator("[name=name]")).to_have_value(NAME)
    expect(page.locator("[name=url]")).to_have_value(ADDRESS)
    expect(page.locator(f"[name=events][value='{EVENT}']")).to_be_checked()
    expect(page.locator("[name=events]:checked")).to_have_count(1)
    assert fits(page)


def log_in_again(page: Page, outcome: str = "success") -> None:
    page.get_by_role("button", name="Opnieuw inloggen").click()
    page.locator("[name=subject][value=operator]").check()
    page.locator(f"[name=outcome][value={outcome}]").check()
    page.get_by_role("button", name="Inloggen", exact=True).click()


@SCRIPTS
def test_what_was_typed_stands_there_again_after_a_fresh_login(
    new_page: NewPage, product: Product, *, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts, viewport={"width": 360, "height": 740})
    login_account(page, "operator")
    fill_in(page)
    long_ago(product)
    send(page)
    heading(page, "Log opnieuw in")
    log_in_again(page)
    stands_there(page)
    page.goto("/beheer/webhooks")
    expect(page.locator("main")).not_to_contain_text(NAME)  # coming back changed nothing


@SCRIPTS
def test_who_breaks_off_the_fresh_login_finds_what_was_typed_too(
    new_page: NewPage, product: Product, *, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts)
    login_account(page, "operator")
    fill_in(page)
    long_ago(product)
    send(page)
    log_in_again(page, "cancel")
    heading(page, "U bent niet opnieuw ingelogd")
    page.goto(NEW)
    stands_there(page)

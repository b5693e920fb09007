"""A company gives its own program a key, the program keeps its offers, and the key is revoked."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, fits, heading, login, press
from tests.journeys.rows import offers_of
from tests.journeys.stock import COMPLETE, Stock
from tests.product import Product

pytestmark = pytest.mark.browser

OFFER = UUID("5f1f3a64-6f0c-4a53-9a0e-7c8d9e0f1a2b")
TEXTS = ("kind", "contribution", "content", "areas", "sectors")
HOURS = {"contactHours": 12, "selfStudyHours": 4}


def told(page: Page, term: str) -> str:
    """What is told once, beside this term."""
    return page.locator(f"dt:text-is('{term}') + dd").inner_text()


def token_for(page: Page) -> str:
    """What the program asks with the key that the page shows (OAuth 2)."""
    form: dict[str, str | float | bool] = {
        "grant_type": "client_credentials",
        "client_id": told(page, "Client id"),
        "client_secret": told(page, "Client secret"),
    }
    return str(page.request.post("/api/v1/token", form=form).json()["access_token"])


def test_a_program_publishes_with_a_key_until_it_is_revoked(
    new_page: NewPage, product: Product
) -> None:
    kvk = "70000051"
    Stock(product, kvk, "Scenario Programma")
    noor, program = new_page(), new_page()
    login(noor, Employee(kvk))
    noor.goto("/koppelingen")
    press(noor, "Sleutel maken")
    heading(noor, "Koppelingen")
    noor.locator("[name=name]").fill("Planning")
    noor.locator("[name=reach][value=wijzigen]").check()
    press(noor, "Sleutel maken")
    assert fits(noor)
    headers = {"Authorization": f"Bearer {token_for(noor)}"}
    whole = {name: COMPLETE[name] for name in TEXTS} | HOURS
    body = {**whole, "title": "Koorddansen met breuken", "publish": True}
    answer = program.request.put(f"/api/v1/aanbod/{OFFER}", data=body, headers=headers)
    assert answer.status == 201, answer.text()
    program.goto(f"/catalogus/{OFFER}")
    heading(program, "Koorddansen met breuken")
    noor.goto("/koppelingen")
    expect(noor.get_by_role("row").filter(has_text="Planning")).to_contain_text("werkt")
    press(noor, "Intrekken Planning")
    expect(noor.locator("main")).to_contain_text("De sleutel is ingetrokken")
    refused = program.request.get("/api/v1/aanbod", headers=headers)
    assert refused.status == 401
    assert [each.id for each in offers_of(product, kvk)] == [OFFER]

"""The main job with JavaScript off: HTML does the work, scripts only help."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, heading, register
from tests.journeys.rows import offers_of
from tests.product import Product

pytestmark = [
    pytest.mark.browser,
    # The pages are the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


def test_a_provider_registers_and_publishes_with_javascript_off(
    new_page: NewPage, product: Product
) -> None:
    kvk = "90001354"
    page = new_page(java_script_enabled=False)
    register(page, Employee(kvk), "zonder@script.example")
    product.finished_job(kvk, "migrate-offers")  # until then the next page asks anew by itself
    page.get_by_role("link", name="Naar uw aanbod").click()
    heading(page, "Uw aanbod")
    offer = next(one for one in offers_of(product, kvk) if not one.missing_fields())
    page.goto(f"/aanbod/{offer.id}")
    page.get_by_role("link", name="Bewerken").click()
    page.locator("[name=subject]").fill("Zandtafels")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.locator("main")).to_contain_text("De activiteit is opgeslagen")
    page.get_by_role("button", name="Publiceren").click()
    expect(page.locator("main")).to_contain_text("Gepubliceerd")
    page.goto("/catalogus?zoek=zandtafels")
    expect(page.locator(".loket-offer__title")).to_have_text(offer.title)

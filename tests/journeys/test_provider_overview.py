"""What a provider does with many activities and with its company: check, undo, runs, contact."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from processes.base import today
from processes.register.offers.offers import OfferStatus
from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, fits, heading, login, next_page, press
from tests.journeys.rows import offers_of
from tests.journeys.stock import Stock
from tests.product import Product

pytestmark = pytest.mark.browser

TITLES = ("Breuken leggen", "Klokken lezen", "Tafels dansen")


def checked(product: Product, kvk: str) -> list[str]:
    return [each.title for each in offers_of(product, kvk) if each.checked_at]


def end_dates(product: Product, kvk: str) -> list[date | None]:
    return [each.end_date for each in offers_of(product, kvk)]


def choose_all(page: Page, action: str) -> None:
    page.goto("/aanbod")
    page.locator("[name=scope][value=all]").check()
    press(page, action)


@pytest.mark.rule("R25", "R31")
def test_all_are_walked_through_and_what_was_done_with_many_is_undone(
    page: Page, product: Product
) -> None:
    kvk = "70000024"
    stock = Stock(product, kvk, "Scenario Overzicht")
    for title in TITLES:
        stock.published(title)
    login(page, Employee(kvk))
    page.goto("/aanbod")
    with next_page(page):
        page.get_by_role("link", name="Volgende te controleren").click()
    first = page.get_by_role("heading", level=1).inner_text()
    press(page, "Gecontroleerd, en naar de volgende")
    assert page.get_by_role("heading", level=1).inner_text() != first
    assert len(checked(product, kvk)) == 1
    choose_all(page, "Als gecontroleerd markeren")
    heading(page, "als gecontroleerd markeren")
    assert fits(page)
    press(page, "Ja, 2 activiteiten als gecontroleerd markeren")
    assert checked(product, kvk) == list(TITLES)
    press(page, "Ongedaan maken")
    assert len(checked(product, kvk)) == 1  # what was checked before stays so
    choose_all(page, "Einddatum instellen")
    page.locator("[name=way][value=date]").check()
    last_day = date(today().year + 1, 7, 1)
    page.locator("[name=end_date]").fill(f"{last_day:%d-%m-%Y}")
    press(page, "Verder")
    press(page, "Ja, 3 activiteiten een einddatum geven")
    assert end_dates(product, kvk) == [last_day] * 3
    assert fits(page)
    press(page, "Ongedaan maken")
    assert end_dates(product, kvk) == [None] * 3
    assert {each.status for each in offers_of(product, kvk)} == {OfferStatus.PUBLISHED}


def test_an_activity_is_given_several_times_at_several_prices(
    new_page: NewPage, product: Product
) -> None:
    kvk, year = "70000025", today().year + 1
    offer = Stock(product, kvk, "Scenario Uitvoeringen").published("Sterrenkijken")
    noor, visitor = new_page(), new_page()
    login(noor, Employee(kvk))
    noor.goto(f"/aanbod/{offer}/bewerken")
    noor.locator("[name=runs-0-start]").fill(f"01-03-{year}")
    noor.locator("[name=runs-0-place]").fill("Zwolle")
    noor.locator("[name=runs-0-price]").fill("veel")
    noor.get_by_text("Uitvoering 2 toevoegen").click()
    noor.locator("[name=runs-1-start]").fill(f"02-04-{year}")
    noor.locator("[name=runs-1-online]").check()
    noor.locator("[name=runs-1-price]").fill("0")
    press(noor, "Opslaan")
    expect(noor.locator("[name=runs-0-price]")).to_have_value("veel")
    expect(noor.locator("[name=runs-1-start]")).to_have_value(f"02-04-{year}")
    noor.locator("[name=runs-0-price]").fill("125,50")
    press(noor, "Opslaan")
    heading(noor, "Sterrenkijken")
    visitor.goto(f"/catalogus/{offer}")
    for text in ("Zwolle", "125,50", "online", f"2 april {year}"):
        expect(visitor.locator("main")).to_contain_text(text)
    assert fits(visitor)


@pytest.mark.rule("R41", "R45d")
def test_another_contact_person_is_told_and_so_is_the_one_before(
    page: Page, product: Product
) -> None:
    kvk, new = "70000026", "bram@70000026.example"
    Stock(product, kvk, "Scenario Bedrijf")
    login(page, Employee(kvk))
    page.goto("/bedrijf")
    page.locator("[name=contact_name]").fill("Bram de Boer")
    page.locator("[name=contact_email]").fill("bram@")
    press(page, "Contactpersoon opslaan")
    expect(page.locator("[name=contact_name]")).to_have_value("Bram de Boer")
    page.locator("[name=contact_email]").fill(new)
    press(page, "Contactpersoon opslaan")
    assert fits(page)
    expect(page.get_by_role("region", name="Wijzigingen van uw gegevens")).to_contain_text(
        "Bram de Boer"
    )
    assert "contactpersoon" in product.text_to(new)
    assert product.text_to(f"info@{kvk}.example")

"""`bpmn/offer_publication.bpmn`: from concept to catalogue to portfolio, and out again."""

import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from processes.base import AMSTERDAM, set_clock, today
from processes.register.offers.offers import OfferStatus
from tests.journeys.conftest import NewPage, on_both_databases
from tests.journeys.pages import (
    Employee,
    heading,
    login,
    login_account,
    next_page,
    press,
    press_button,
    register,
)
from tests.journeys.rows import is_completed, offers_of
from tests.journeys.stock import Stock
from tests.journeys.web import web_of
from tests.product import Product, until

THE_FORM = re.compile(r"^/aanbod/[-0-9a-f]+/bewerken")

pytestmark = pytest.mark.browser


def day(moment: date) -> str:
    return f"{moment:%d-%m-%Y}"


def in_catalogue(page: Page, text: str) -> list[str]:
    """The titles that a visitor finds with these words."""
    page.goto(f"/catalogus?zoek={text}")
    heading(page, "Catalogus")
    return page.locator(".loket-offer__title").all_inner_texts()


def set_end_date(page: Page, offer_id: UUID, moment: date) -> None:
    page.goto(f"/aanbod/{offer_id}/einddatum")
    page.locator("[name=end_date]").fill(day(moment))
    with next_page(page):
        page.get_by_role("button", name="Einddatum").click()


def add_to_portfolio(page: Page, offer_id: UUID, followed_on: date) -> None:
    page.goto(f"/portfolio/toevoegen/{offer_id}")
    page.locator("[name=followed_on]").fill(day(followed_on))
    with next_page(page):
        page.get_by_role("button", name="Toevoegen").click()
    heading(page, "portfolio")


def delete(page: Page, offer_id: UUID, *, typed: str) -> None:
    page.goto(f"/aanbod/{offer_id}/verwijderen")
    page.locator("[name=confirmation]").fill(typed)
    press(page, "Definitief verwijderen")


@on_both_databases
@pytest.mark.rule("R27")
def test_nothing_is_visible_until_published_and_what_misses_fields_is_listed(
    new_page: NewPage, product: Product
) -> None:
    kvk = "68750110"
    visitor, employee = new_page(), new_page()
    register(employee, Employee(kvk), "opleidingen@donald.example")
    until(lambda: is_completed(product, kvk))
    assert len(offers_of(product, kvk)) == 14
    assert in_catalogue(visitor, "donald") == []
    employee.goto("/aanbod")
    employee.locator("[name=scope][value=all]").check()
    press_button(employee.locator("button[name=action][value=publish]"))
    press(employee, "Ja, 11 activiteiten publiceren")
    heading(employee, "Activiteiten publiceren")
    refused = employee.get_by_role("row").filter(has_text="Nog niet compleet")
    expect(refused).to_have_count(3)
    expect(refused.first.get_by_role("link").last).to_have_attribute("href", THE_FORM)
    assert len(in_catalogue(visitor, "donald")) == 11
    statuses = [offer.status for offer in offers_of(product, kvk)]
    assert statuses.count(OfferStatus.PUBLISHED) == 11


def test_an_end_date_in_the_past_hides_it_at_once_and_leaves_it_addable(
    new_page: NewPage, product: Product
) -> None:
    kvk = "70000008"
    offer_id = Stock(product, kvk, "Scenario Acht").published("Weerhaan lezen")
    visitor, employee, teacher = new_page(), new_page(), new_page()
    assert in_catalogue(visitor, "weerhaan") == ["Weerhaan lezen"]
    login(employee, Employee(kvk))
    set_end_date(employee, offer_id, today() - timedelta(days=1))
    employee.get_by_role("button", name="Einddatum").click()  # the one plain confirmation (R20)
    expect(employee.locator("main")).to_contain_text("niet meer in de catalogus")
    assert in_catalogue(visitor, "weerhaan") == []
    visitor.goto(f"/catalogus/{offer_id}")
    heading(visitor, "wordt niet meer aangeboden")
    login_account(teacher, "leraar-1")
    teacher.goto("/portfolio/zoeken?zoek=weerhaan")
    expect(teacher.locator("main")).to_contain_text("Weerhaan lezen")
    add_to_portfolio(teacher, offer_id, today() - timedelta(days=30))
    expect(teacher.locator("main")).to_contain_text("Weerhaan lezen")


@pytest.mark.parametrize("last_day", [date(2026, 7, 14), date(2026, 12, 14)])
def test_the_end_date_is_a_visible_day_until_midnight_in_amsterdam(
    new_page: NewPage, product: Product, last_day: date
) -> None:
    kvk = f"7001{last_day:%m%d}"
    stock = Stock(product, kvk, f"Scenario Acht, {last_day:%B}")
    offer_id = stock.published(f"Nachtuil {last_day:%m}")
    stock.ends_on(offer_id, last_day)
    with web_of(product) as url:
        page = new_page(base_url=url)
        set_clock(lambda: datetime.combine(last_day, time(23, 59), AMSTERDAM).astimezone(UTC))
        assert in_catalogue(page, "nachtuil") == [f"Nachtuil {last_day:%m}"]
        midnight = datetime.combine(last_day + timedelta(days=1), time(), AMSTERDAM)
        set_clock(lambda: midnight.astimezone(UTC))
        assert in_catalogue(page, "nachtuil") == []
        page.goto(f"/catalogus/{offer_id}")
        heading(page, "wordt niet meer aangeboden")


def test_an_end_date_next_year_makes_it_visible_again(new_page: NewPage, product: Product) -> None:
    kvk = "70000009"
    stock = Stock(product, kvk, "Scenario Negen")
    offer_id = stock.published("Terugkeer van de ooievaar")
    stock.ends_on(offer_id, today() - timedelta(days=1))
    visitor, employee = new_page(), new_page()
    assert in_catalogue(visitor, "ooievaar") == []
    login(employee, Employee(kvk))
    set_end_date(employee, offer_id, today() + timedelta(days=365))
    expect(employee.locator("main")).to_contain_text("vinden de activiteit in de catalogus")
    assert in_catalogue(visitor, "ooievaar") == ["Terugkeer van de ooievaar"]


def test_deleting_needs_the_title_and_leaves_the_portfolio_its_hours(
    new_page: NewPage, product: Product
) -> None:
    kvk = "55505201"
    employee, teacher = new_page(), new_page()
    register(employee, Employee(kvk), "weg@ermee.example")
    product.finished_job(kvk, "migrate-offers")
    offer = next(one for one in offers_of(product, kvk) if not one.missing_fields())
    employee.goto(f"/aanbod/{offer.id}")
    press(employee, "Publiceren")
    login_account(teacher, "leraar-2")
    add_to_portfolio(teacher, offer.id, today() - timedelta(days=3))
    delete(employee, offer.id, typed="Iets anders")
    expect(employee.locator("main")).to_contain_text("niet de titel")
    delete(employee, offer.id, typed=f"  {offer.title.upper()} ")
    heading(employee, "Uw aanbod")
    gone = teacher.goto(f"/catalogus/{offer.id}")
    assert gone is not None
    assert gone.status == 410
    teacher.goto("/portfolio")
    row = teacher.get_by_role("row").filter(has_text=offer.title)
    expect(row).to_contain_text("door aanbieder verwijderd", ignore_case=True)
    hours = f"{offer.contact_hours:f}".rstrip("0").rstrip(".").replace(".", ",")
    expect(row.get_by_role("cell", name=hours, exact=True)).to_be_visible()
    product.run_again(kvk, "migrate-offers")
    statuses = [one.status for one in offers_of(product, kvk) if one.id == offer.id]
    assert statuses == [OfferStatus.DELETED]
    assert len(offers_of(product, kvk)) == 10


def test_another_company_finds_no_page_at_the_edit_address(page: Page, product: Product) -> None:
    offer_id = Stock(product, "70000011", "Scenario Elf").published("Andermans activiteit")
    Stock(product, "70000012", "De buren")
    login(page, Employee("70000012"))
    answer = page.goto(f"/aanbod/{offer_id}/bewerken")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main")).not_to_contain_text("Andermans")


def test_an_employee_for_one_branch_sees_that_branch_alone(page: Page, product: Product) -> None:
    kvk, here, there = "70000013", "000038509504", "000037178598"
    stock = Stock(product, kvk, "Scenario Twaalf")
    stock.concept("Van onze vestiging", branch=here)
    elsewhere = stock.concept("Van de andere vestiging", branch=there)
    login(page, Employee(kvk, branch=here))
    page.goto("/aanbod")
    expect(page.locator("main")).to_contain_text("Van onze vestiging")
    expect(page.locator("main")).not_to_contain_text("Van de andere vestiging")
    answer = page.goto(f"/aanbod/{elsewhere}/bewerken")
    assert answer is not None
    assert answer.status == 404

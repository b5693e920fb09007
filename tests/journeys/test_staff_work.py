"""What the staff of the register does, with the visitors and providers that it concerns."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from processes.base import today
from processes.register.providers.former_numbers import provider_now
from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, answer, fits, heading, login, login_account, open_task
from tests.journeys.rows import offers_of, provider_of
from tests.journeys.stock import Stock
from tests.product import Product, until

pytestmark = pytest.mark.browser

KVK, NEW = "70000031", "70000032"
NAME = "Scenario Staf"


def press(page: Page, button: str) -> None:
    """Send a form, and wait for the page that answers it."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def in_a_month() -> str:
    return f"{today() + timedelta(30):%d-%m-%Y}"


def has_task(page: Page, text: str) -> bool:
    page.goto("/taken")
    return page.locator("main").get_by_text(text).count() > 0


def open_own(page: Page, name: str) -> None:
    """The task with this name, once it is there."""
    until(lambda: has_task(page, name))
    page.locator("main").get_by_role("link", name=name).first.click()


@pytest.mark.rule("R40", "R60", "R73")
def test_a_report_a_new_declaration_and_a_suspension_end_well(
    new_page: NewPage, product: Product
) -> None:
    stock = Stock(product, KVK, NAME)
    offer = stock.published("Rekenen met raadsels")
    visitor, noor, rianne = new_page(), new_page(), new_page()
    login(noor, Employee(KVK))
    login_account(rianne, "registrar")
    _report_and_take_out(visitor, rianne, f"/catalogus/{offer}")
    _correct(visitor, noor, rianne, f"/catalogus/{offer}")
    _declare_anew(noor, rianne)
    _suspend_and_object(visitor, noor, rianne, product)


def _report_and_take_out(visitor: Page, rianne: Page, address: str) -> None:
    visitor.goto(address)
    visitor.get_by_role("link", name="Meld het ons").click()
    visitor.locator("[name=kind]").first.check()
    visitor.locator("[name=text]").fill("De prijs klopt niet.")
    press(visitor, "Melding versturen")
    open_task(rianne, "Melding", about=NAME)
    expect(rianne.locator("main")).to_contain_text("De prijs klopt niet.")
    rianne.locator("[name=decision][value=hidden]").check()
    rianne.locator("[name=remark]").fill("Leraren lezen een verkeerde prijs.")
    rianne.locator("details", has=rianne.locator("[name=opmerking_cost]")).locator(
        "summary"
    ).click()
    rianne.locator("[name=opmerking_cost]").fill("Vul de prijs van nu in.")
    assert fits(rianne)
    press(rianne, "Oordeel opslaan")
    visitor.goto(address)
    heading(visitor, "Deze activiteit is nu niet te zien")


def _correct(visitor: Page, noor: Page, rianne: Page, address: str) -> None:
    open_own(noor, "Activiteit aanpassen")
    expect(noor.locator("main")).to_contain_text("Vul de prijs van nu in.")
    noor.locator("[name=reply]").fill("De prijs staat er nu goed.")
    assert fits(noor)
    press(noor, "Versturen")
    open_task(rianne, "Melding", about=NAME)
    expect(rianne.locator("main")).to_contain_text("De prijs staat er nu goed.")
    rianne.locator("[name=decision][value=approved]").check()
    press(rianne, "Oordeel opslaan")
    visitor.goto(address)
    heading(visitor, "Rekenen met raadsels")


def _declare_anew(noor: Page, rianne: Page) -> None:
    rianne.goto("/register/verklaringen")
    rianne.locator("[name=until]").fill(in_a_month())
    assert fits(rianne)
    with rianne.expect_navigation():
        rianne.get_by_role("button", name="Vraag de").click()
    open_own(noor, "Opnieuw verklaren")
    answer(noor)
    noor.get_by_role("button", name="Opslaan en verder").click()
    until(lambda: not has_task(noor, "Opnieuw verklaren"))


def _suspend_and_object(visitor: Page, noor: Page, rianne: Page, product: Product) -> None:
    provider = provider_of(product, KVK)
    rianne.goto(f"/register/{provider.id}")
    rianne.locator("[name=reason]").fill("De klachtenregeling ontbreekt.")
    press(rianne, "Aanbieder schorsen")
    visitor.goto(f"/catalogus/{offers_of(product, KVK)[0].id}")
    heading(visitor, "bestaat niet")
    open_own(noor, "Bezwaar maken")
    noor.locator("[name=grounds]").fill("De regeling staat op onze website.")
    assert fits(noor)
    press(noor, "Bezwaar versturen")
    open_task(rianne, "Bezwaar", about=NAME)
    expect(rianne.locator("main")).to_contain_text("U schorste deze aanbieder zelf")
    rianne.goto(f"/register/{provider.id}")
    press(rianne, "Schorsing opheffen")
    until(lambda: not provider_of(product, KVK).is_suspended)


@pytest.mark.rule("R6", "R59")
def test_older_offers_are_claimed_and_a_registration_gets_another_number(
    new_page: NewPage, product: Product
) -> None:
    kvk = "70000033"
    offer = Stock(product, kvk, "Scenario Nummer").published("Lezen met plezier")
    noor, rianne, ben = new_page(), new_page(), new_page()
    login(noor, Employee(kvk))
    login_account(rianne, "registrar")
    _claim(noor, rianne)
    rianne.goto(f"/register/{provider_of(product, kvk).id}/kvk-nummer")
    assert fits(rianne)
    rianne.locator("[name=new_kvk]").first.fill(NEW)
    rianne.locator("[name=until]").fill(in_a_month())
    press(rianne, "Om akkoord vragen")
    open_own(noor, "Akkoord met een ander KvK-nummer")
    assert fits(noor)
    noor.locator("[name=agrees][value=ja]").check()
    press(noor, "Versturen")
    login(ben, Employee(NEW))
    heading(ben, "Een registratie gaat naar uw KvK-nummer")
    assert fits(ben)
    press(ben, "Akkoord")
    open_task(rianne, "Beslissen over een ander KvK-nummer", about="Scenario Nummer")
    assert fits(rianne)
    rianne.locator("[name=verdict][value=overzetten]").check()
    rianne.locator("[name=evidence]").fill("Beide gaven akkoord.")
    press(rianne, "Besluit opslaan")
    login(noor, Employee(kvk))
    heading(noor, "Uw registratie staat bij een ander KvK-nummer")
    assert fits(noor)
    ben.goto(f"/catalogus/aanbieder/{kvk}")
    assert ben.url.endswith(NEW)
    ben.goto(f"/aanbod/{offer}")
    heading(ben, "Lezen met plezier")
    with product.database.reading() as session:
        assert provider_now(session, kvk) is not None


def _claim(noor: Page, rianne: Page) -> None:
    noor.goto("/bedrijf/ouder-aanbod")
    assert fits(noor)
    press(noor, "Beginnen")
    noor.locator("[name=name]").fill("Test BV Donald")
    noor.locator("[name=explanation]").fill("Wij namen dit bedrijf over.")
    assert fits(noor)
    press(noor, "Versturen")
    open_task(rianne, "Ouder aanbod", about="Scenario Nummer")
    assert fits(rianne)
    rianne.locator("[name=verdict][value=weigeren]").check()
    rianne.locator("[name=reason]").fill("Er is geen bewijs.")
    press(rianne, "Besluit opslaan")

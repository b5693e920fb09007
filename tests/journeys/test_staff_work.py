"""What the staff of the register does, with the visitors and providers that it concerns."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from processes.base import today
from processes.register.providers.former_numbers import provider_now
from tests.journeys.conftest import NewPage, on_both_databases
from tests.journeys.pages import (
    AGAIN,
    Employee,
    answer,
    fits,
    has_task,
    heading,
    login,
    login_account,
    next_page,
    open_own,
    open_task,
    press,
)
from tests.journeys.rows import are_over, offers_of, provider_of
from tests.journeys.stock import Stock
from tests.product import Product, until

pytestmark = pytest.mark.browser

KVK, NEW = "70000031", "70000032"
FORMER = "00900007"  # a number of the older register that nobody registers with
NAME = "Scenario Staf"


def older_offers_of(product: Product, kvk: str) -> list[str]:
    """The titles of the concepts that came from the older register."""
    found = offers_of(product, kvk)
    return [each.title for each in found if each.legacy_id and each.status == "concept"]


def in_a_month() -> str:
    return f"{today() + timedelta(30):%d-%m-%Y}"


@on_both_databases
@pytest.mark.rule("R40", "R60", "R73")
def test_a_report_a_new_declaration_and_a_suspension_end_well(
    new_page: NewPage, product: Product
) -> None:
    stock = Stock(product, KVK, NAME)
    offer = stock.published("Rekenen met raadsels")
    visitor, noor, rianne, karim = new_page(), new_page(), new_page(), new_page()
    login(noor, Employee(KVK))
    login_account(rianne, "registrar")
    login_account(karim, "registrar-2")
    _report_and_take_out(visitor, rianne, f"/catalogus/{offer}")
    _correct(visitor, noor, rianne, f"/catalogus/{offer}")
    _declare_anew(noor, rianne)
    _suspend(visitor, rianne, product)
    _object(noor, rianne, karim)
    visitor.goto(f"/catalogus/{offer}")
    heading(visitor, "Rekenen met raadsels")
    _mailed(product)


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
    with next_page(rianne):
        rianne.get_by_role("button", name="Vraag de").click()
    open_own(noor, "Opnieuw verklaren")
    answer(noor)
    press(noor, "Opslaan en verder")
    until(lambda: not has_task(noor, "Opnieuw verklaren"), every=AGAIN)


def _suspend(visitor: Page, rianne: Page, product: Product) -> None:
    rianne.goto(f"/register/{provider_of(product, KVK).id}")
    rianne.locator("[name=reason]").fill("De klachtenregeling ontbreekt.")
    press(rianne, "Aanbieder schorsen")
    visitor.goto(f"/catalogus/{offers_of(product, KVK)[0].id}")
    heading(visitor, "bestaat niet")


def _object(noor: Page, rianne: Page, karim: Page) -> None:
    """Who suspended may not decide about the objection; a colleague does."""
    open_own(noor, "Bezwaar maken")
    noor.locator("[name=grounds]").fill(
        "De regeling staat op onze website.\n" + "Echt waar. " * 300
    )
    assert fits(noor)
    press(noor, "Bezwaar versturen")
    open_task(rianne, "Bezwaar", about=NAME)
    expect(rianne.locator("main")).to_contain_text("U schorste deze aanbieder zelf")
    open_task(karim, "Bezwaar", about=NAME)
    written = karim.get_by_text("De regeling staat op onze website.")
    expect(written).to_be_visible()
    assert written.evaluate("it => it.scrollHeight <= it.clientHeight"), "it runs over what follows"
    karim.locator("[name=verdict][value=gegrond]").check()
    karim.locator("[name=reason]").fill("De regeling staat er inderdaad.")
    assert fits(karim)
    press(karim, "Besluit opslaan")


def _mailed(product: Product) -> None:
    """Each decision about the provider came by mail, the suspension with its reason and term."""
    subjects = [
        f"Verklaart u opnieuw dat {NAME} aan de eisen voldoet?",
        f"{NAME} is geschorst",
        f"Wij hebben het bezwaar van {NAME}",
        f"{NAME} is niet meer geschorst",
    ]
    mails = until(lambda: _mails_with(product, subjects))
    text = mails[f"{NAME} is geschorst"]
    assert "De klachtenregeling ontbreekt." in text
    assert "bezwaar" in text


def _mails_with(product: Product, subjects: list[str]) -> dict[str, str]:
    """The text by subject, once all are there."""
    found = {}
    for mail in product.mails_to(f"info@{KVK}.example"):
        body = mail.get_body(("plain",))
        found[mail["Subject"]] = str(body.get_content()) if body else ""
    return found if found.keys() >= set(subjects) else {}


@pytest.mark.rule("R6", "R59")
def test_older_offers_are_claimed_and_a_registration_gets_another_number(
    new_page: NewPage, product: Product
) -> None:
    """The claim is granted: the older offers come along, as concepts."""
    kvk = "70000033"
    offer = Stock(product, kvk, "Scenario Nummer").published("Lezen met plezier")
    noor, rianne, ben = new_page(), new_page(), new_page()
    login(noor, Employee(kvk))
    login_account(rianne, "registrar")
    _claim(noor, rianne)
    until(lambda: are_over(product, kvk, "offer_claim"))  # what runs is finished first
    assert older_offers_of(product, kvk)
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
    noor.locator("[name=name]").fill("Leerlab van vroeger")
    noor.locator("[name=former_kvk]").fill(FORMER)
    noor.locator("[name=explanation]").fill("Wij namen dit bedrijf over.")
    assert fits(noor)
    press(noor, "Versturen")
    open_task(rianne, "Ouder aanbod", about="Scenario Nummer")
    assert fits(rianne)
    rianne.locator("[name=verdict][value=toewijzen]").check()
    rianne.locator("[name=accounts]").first.check()
    press(rianne, "Besluit opslaan")


@pytest.mark.rule("R59")
def test_two_providers_are_merged_and_no_activity_or_link_is_lost(
    new_page: NewPage, product: Product
) -> None:
    goes, stays = "70000034", "70000035"
    offer = Stock(product, goes, "Scenario Verdwijnt").published("Dansen met getallen")
    Stock(product, stays, "Scenario Blijft").published("Zingen met letters")
    rianne, sanne, noor = new_page(), new_page(), new_page()
    login_account(sanne, "leraar-1")
    sanne.goto(f"/portfolio/toevoegen/{offer}")
    sanne.locator("[name=followed_on]").fill(f"{today():%d-%m-%Y}")
    press(sanne, "Toevoegen aan portfolio")
    login_account(rianne, "registrar")
    rianne.goto(f"/register/{provider_of(product, goes).id}")
    rianne.get_by_role("link", name="Naar een ander KvK-nummer, of samenvoegen").click()
    rianne.locator("[name=new_kvk]").last.fill(goes)
    press(rianne, "Bekijken wat er gebeurt")
    expect(rianne.locator("[name=new_kvk]").last).to_have_value(goes)  # with itself: refused
    rianne.locator("[name=new_kvk]").last.fill(stays)
    press(rianne, "Bekijken wat er gebeurt")
    heading(rianne, "Bekijken wat samenvoegen doet")
    expect(rianne.locator("main")).to_contain_text("1, waarvan 1 gepubliceerd")
    assert fits(rianne)
    rianne.locator("[name=verdict][value=samenvoegen]").check()
    rianne.locator("[name=reason]").fill("Beide zijn van dezelfde eigenaar.")
    press(rianne, "Besluit opslaan")
    until(lambda: len(offers_of(product, stays)) == 2)
    for each in (goes, stays):
        assert "samengevoegd" in product.text_to(f"info@{each}.example")
    sanne.goto(f"/catalogus/aanbieder/{goes}")
    assert sanne.url.endswith(stays)
    expect(sanne.locator("main")).to_contain_text("Dansen met getallen")
    sanne.goto("/portfolio")
    expect(sanne.locator("main")).to_contain_text("Dansen met getallen")
    login(noor, Employee(goes))
    expect(noor.locator("main")).to_contain_text("samengevoegd met Scenario Blijft")


def test_words_that_found_nothing_become_synonyms_that_find(
    new_page: NewPage, product: Product
) -> None:
    Stock(product, "70000036", "Scenario Woorden").published("Werken met zaagmachines")
    visitor, rianne = new_page(), new_page()
    visitor.goto("/catalogus?zoek=kloofapparaat")
    expect(visitor.locator("main")).to_contain_text("Geen activiteiten gevonden")
    login_account(rianne, "registrar")
    rianne.get_by_role("link", name="Woorden voor zoeken in de catalogus").click()
    expect(rianne.get_by_role("region", name="Zoekvragen zonder resultaat")).to_contain_text(
        "kloofapparaat"
    )
    assert fits(rianne)
    rianne.get_by_role("link", name="Synoniemen").click()
    heading(rianne, "Synoniemen")
    words = rianne.locator("[name=text]")
    words.fill(f"{words.input_value()}\nzaagmachine, kloofapparaat")
    press(rianne, "Bewaren")
    expect(rianne.locator("main")).to_contain_text("De activiteiten met deze woorden zijn verwerkt")
    visitor.reload()
    expect(visitor.locator("main")).to_contain_text("Werken met zaagmachines")

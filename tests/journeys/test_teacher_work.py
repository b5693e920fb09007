"""What a teacher does: search and follow the catalogue, keep a portfolio, take everything away."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from processes.base import today
from processes.engine.execution.jobs import create_job
from processes.register.portfolio.entries import add_entry
from processes.register.portfolio.erasing import erase
from processes.register.portfolio.evaluating import evaluate
from processes.register.portfolio.saved_searches import teachers_with_mail
from processes.register.portfolio.teachers import Teacher, known_teacher
from tests.journeys.conftest import NewPage, on_both_databases
from tests.journeys.pages import fits, heading, login_account, next_page, press
from tests.journeys.rows import offers_of
from tests.journeys.stock import Stock
from tests.product import Product, until
from tests.uploaded import PDF

pytestmark = pytest.mark.browser

SAYS = {"useful": 4, "accurate": 5, "recommended": 4}
OTTERS = "leraar-2@personen.example"
NEXT_YEAR = today().year + 1


def found(page: Page) -> list[str]:
    return page.locator(".loket-offer__title").all_inner_texts()


@on_both_databases
def test_a_search_understands_dutch_is_narrowed_shared_and_followed(
    new_page: NewPage, product: Product
) -> None:
    kvk = "70000041"
    stock = Stock(product, kvk, "Scenario Vleermuis")
    run = {"start": f"{NEXT_YEAR}-03-01", "place": "Den Bosch", "price": "250"}
    stock.published("Vleermuizen in de klas", sectors=["po"], runs=[run])
    stock.published("De vleermuizencursus", sectors=["vo"], contact_hours="30")
    stock.published("Nachtdieren tekenen", sectors=["vo"], content="<p>Ook de vleermuis.</p>")
    visitor, without_scripts = new_page(), new_page(java_script_enabled=False)
    visitor.goto("/catalogus")
    visitor.locator("[name=zoek]").fill("vleermius")
    press(visitor, "Zoeken")
    expect(visitor.locator("main")).to_contain_text("Bedoelde u vleermuis?")
    expect(visitor.locator("main")).to_contain_text("3 activiteiten gevonden")
    assert found(visitor)[-1] == "Nachtdieren tekenen"  # only its text has the word
    assert visitor.locator("label[for='sector-vo']").inner_text().endswith("(2)")
    visitor.locator("#sector-vo").check()
    press(visitor, "Toon wat past")
    expect(visitor.locator("main")).to_contain_text("2 activiteiten gevonden")
    assert fits(visitor)
    shared = visitor.url.replace("volgorde=", "volgorde=uren")
    without_scripts.goto(shared)
    assert found(without_scripts) == ["Nachtdieren tekenen", "De vleermuizencursus"]
    with next_page(visitor):
        visitor.locator("main").get_by_role("link", name="haal dit filter weg").click()
    expect(visitor.locator("main")).to_contain_text("3 activiteiten gevonden")
    for link in ("nieuwe activiteiten", "data voor uw agenda"):
        address = visitor.get_by_role("link", name=link).get_attribute("href")
        answer = visitor.request.get(str(address))
        assert answer.ok
        assert "Vleermuizen in de klas" in answer.text()
    with next_page(visitor):
        visitor.get_by_role("link", name="Vleermuizen in de klas").click()
    expect(visitor.locator("main")).to_contain_text("Den Bosch")
    assert visitor.locator("script[type='application/ld+json']").count() == 1
    with next_page(visitor):
        visitor.locator("main").get_by_role("link", name="Scenario Vleermuis").first.click()
    heading(visitor, "Scenario Vleermuis")


def others_evaluate(product: Product, kvk: str, number: int) -> None:
    """So many other teachers followed the offer and gave their opinion."""
    (offer,) = offers_of(product, kvk)
    with product.database.writing() as session:
        for each in range(number):
            teacher = known_teacher(session, issuer="elders", subject=f"{kvk}-{each}", name="")
            add_entry(session, teacher, offer.id, today(), on=today())
            evaluate(session, teacher, offer.id, SAYS)


def test_a_portfolio_is_filled_evaluated_downloaded_and_erased(
    new_page: NewPage, product: Product
) -> None:
    kvk = "70000042"
    stock = Stock(product, kvk, "Scenario Portfolio")
    offer = stock.published("Zeepaardjes observeren")
    others_evaluate(product, kvk, 4)
    with product.database.writing() as session:
        for teacher in session.scalars(select(Teacher).filter_by(subject="leraar-3")):
            erase(session, teacher)  # what other journeys left
    sanne, visitor = new_page(), new_page()
    login_account(sanne, "leraar-3")
    sanne.goto("/portfolio/zoeken?zoek=zeepaardje")
    sanne.locator("[name=followed_on]").fill(f"{today():%d-%m-%Y}")
    press(sanne, "Toevoegen aan portfolio Zeepaardjes observeren")
    _own(sanne)
    expect(sanne.locator("main")).to_contain_text("23,5 van 160 uur in vier jaar")
    expect(sanne.locator("main")).to_contain_text("Wat u nog nodig hebt: nog 136,5 uur")
    assert fits(sanne)
    visitor.goto(f"/catalogus/{offer}")
    expect(visitor.locator("main")).not_to_contain_text("Wat leraren vinden")
    with next_page(sanne):
        sanne.get_by_role("link", name="Beoordelen Zeepaardjes").click()
    for name, value in SAYS.items():
        sanne.locator(f"[name={name}][value='{value}']").check()
    press(sanne, "Beoordeling bewaren")
    visitor.reload()
    expect(visitor.locator("main")).to_contain_text("5 leraren die deze activiteit volgden")
    for kind, begins in (("PDF", b"%PDF"), ("CSV", b"\xef\xbb\xbf")):
        with sanne.expect_download() as download:
            sanne.get_by_role("link", name=f"Downloaden ({kind})").click()
        assert download.value.path().read_bytes().startswith(begins)
    _erase(sanne)
    visitor.reload()
    expect(visitor.locator("main")).not_to_contain_text("Wat leraren vinden")


def _own(page: Page) -> None:
    """Something that is in no catalogue, with evidence that only its teacher reads."""
    page.get_by_role("link", name="Eigen activiteit toevoegen").click()
    heading(page, "Eigen activiteit toevoegen")
    page.get_by_label("Professionele zelfstudie").check()
    page.locator("[name=title]").fill("Boeken over zeepaardjes")
    page.locator("[name=followed_on]").fill(f"{today():%d-%m-%Y}")
    page.locator("[name=self_study_hours]").fill("7,5")
    file: Any = {"name": "verslag.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.get_by_label("Bewijs").set_input_files(file)
    press(page, "Opslaan in portfolio")
    row = page.get_by_role("row").filter(has_text="Boeken over zeepaardjes")
    address = str(row.get_by_role("link", name="verslag.pdf").get_attribute("href"))
    answer = page.request.get(address)
    assert answer.body() == PDF
    assert answer.headers["content-disposition"].startswith("attachment")


def _erase(page: Page) -> None:
    page.get_by_role("link", name="Mijn gegevens verwijderen").click()
    heading(page, "Mijn gegevens verwijderen")
    page.locator("[name=confirmation]").fill("verwijderen")
    press(page, "Alles verwijderen")
    page.goto("/portfolio")
    expect(page.locator("main")).to_contain_text("Uw portfolio is nog leeg")


def test_a_search_that_was_kept_is_mailed_when_something_is_new_until_it_is_stopped(
    page: Page, product: Product
) -> None:
    stock = Stock(product, "70000043", "Scenario Bewaren")
    stock.published("Otters tellen")
    login_account(page, "leraar-2")
    page.goto("/catalogus?zoek=otters")
    page.get_by_role("link", name="Deze zoekvraag bewaren in uw portfolio").click()
    heading(page, "Bewaarde zoekopdrachten")
    expect(page.locator("[name=zoek]")).to_have_value("otters")
    page.locator("[name=mail]").check()
    press(page, "Bewaren")
    expect(page.get_by_role("row").filter(has_text="otters")).to_contain_text("elke week")
    new = stock.published("De terugkeer van de otter")
    _weekly_mail(product)
    text = until(lambda: digest_to(product, OTTERS))
    assert f"/catalogus/{new}" in text
    assert "Otters tellen" not in text  # it was there when the search was kept
    stop = re.search(r"/portfolio/afmelden/\S+", text)
    assert stop is not None
    page.goto(stop.group())
    press(page, "Afmelden")
    page.goto("/portfolio/zoekopdrachten")
    expect(page.get_by_role("row").filter(has_text="otters")).to_contain_text("geen")


def digest_to(product: Product, address: str) -> str:
    """The text of the mail about saved searches, once it is there."""
    mails = [each for each in product.mails_to(address) if "zoekopdrachten" in each["Subject"]]
    body = mails[0].get_body(("plain",)) if mails else None
    return str(body.get_content()) if body else ""


def _weekly_mail(product: Product) -> None:
    """What the scheduler does once a week for each who wants mail."""
    with product.database.writing() as session:
        for teacher in teachers_with_mail(session):
            given = {"teacher": str(teacher)}
            create_job(session, "send-search-digest", given, idempotency_key=f"journey:{teacher}")

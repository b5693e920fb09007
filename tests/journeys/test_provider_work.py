"""What a provider does with its offers and its people: a file, a form that saves itself, rights."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, fits, heading, login, press
from tests.journeys.rows import offers_of
from tests.journeys.stock import Stock
from tests.product import Product, until

pytestmark = pytest.mark.browser


def hand_in(page: Page, name: str, rows: list[dict[str, str]]) -> None:
    """A CSV file with these rows, and its dry run."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    page.goto("/aanbod/bestanden")
    content: Any = {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    page.locator("[name=bestand]").set_input_files(content)
    page.get_by_role("button", name="Bestand nakijken").click()
    expect(page.locator("main")).to_contain_text("ongewijzigd")


def test_a_file_is_looked_at_corrected_applied_and_comes_back_unchanged(
    page: Page, product: Product, tmp_path: Path
) -> None:
    kvk = "70000021"
    kept = Stock(product, kvk, "Scenario Bestand").concept("Blijft zoals het is")
    login(page, Employee(kvk))
    rows = [
        {"Nummer": "", "Titel": "Rekenen met kralen", "Contacturen": "veel"},
        {"Nummer": "", "Titel": "Schrijven met krijt", "Contacturen": "6"},
        {"Nummer": str(kept), "Titel": "Krijgt een andere naam", "Contacturen": "12"},
    ]
    hand_in(page, "eerst.csv", rows)
    wrong = page.get_by_role("row").filter(has_text="Rekenen met kralen")
    expect(wrong).to_contain_text("Contacturen")
    expect(wrong.get_by_role("cell").first).to_have_text("2")
    assert fits(page)
    assert [each.title for each in offers_of(product, kvk)] == ["Blijft zoals het is"]
    rows[0]["Contacturen"] = "8,5"
    hand_in(page, "beter.csv", rows)
    press(page, "Toepassen: 2 nieuw, 1 gewijzigd")
    titles = ["Krijgt een andere naam", "Rekenen met kralen", "Schrijven met krijt"]
    until(lambda: [each.title for each in offers_of(product, kvk)] == titles)
    page.goto("/aanbod/bestanden")
    with page.expect_download() as download:
        page.get_by_role("button", name="Uw aanbod voor Excel of LibreOffice").click()
    export = tmp_path / "aanbod.xlsx"
    download.value.save_as(export)
    page.locator("[name=bestand]").set_input_files(export)
    page.get_by_role("button", name="Bestand nakijken").click()
    expect(page.locator("main")).to_contain_text("Er is niets om toe te passen")
    expect(page.locator("main")).to_contain_text("Rijen: ongewijzigd (3)")


@pytest.mark.rule("R17", "R30")
def test_a_concept_saves_itself_and_a_colleague_in_between_loses_nothing(
    new_page: NewPage, product: Product
) -> None:
    kvk = "70000022"
    stock = Stock(product, kvk, "Scenario Opslaan")
    offer_id = stock.concept("Eerste titel", sectors=[])
    noor, bram = new_page(), new_page()
    login(noor, Employee(kvk))
    login(bram, Employee(kvk, subject="medewerker-2"))
    for page in (noor, bram):
        page.goto(f"/aanbod/{offer_id}/bewerken")
    expect(noor.locator("[data-missing]")).to_contain_text("ontbreekt nog 1 gegeven")
    noor.locator("[name=title]").fill("Titel van Noor")
    noor.locator("[name=contact_hours]").fill("10")  # leaves the first part of the form
    until(lambda: [each.title for each in offers_of(product, kvk)] == ["Titel van Noor"])
    noor.locator("[name=sectors][value=po]").check()
    noor.locator("[name=subject]").focus()
    noor.locator("[name=location]").focus()
    expect(noor.locator("[data-missing]")).to_contain_text("Alles wat voor publiceren nodig is")
    expect(noor.locator("section", has=noor.locator("[name=subject]"))).to_contain_text(
        "Opgeslagen om"
    )
    assert fits(noor)
    _each_part_tells_its_own(noor)
    bram.locator("[name=title]").fill("Titel van Bram")
    bram.locator("[name=contact_hours]").focus()
    expect(bram.locator("section", has=bram.locator("[name=title]"))).to_contain_text(
        "Niet opgeslagen"
    )
    bram.get_by_role("button", name="Opslaan", exact=True).click()
    expect(bram.locator("main")).to_contain_text("Iemand anders heeft deze activiteit")
    expect(bram.locator("[name=title]")).to_have_value("Titel van Bram")
    assert [each.title for each in offers_of(product, kvk)] == ["Titel van Noor"]
    bram.get_by_role("button", name="Opslaan", exact=True).click()
    heading(bram, "Titel van Bram")
    noor.goto("/aanbod")
    noor.get_by_role("link", name="Nieuwe activiteit toevoegen").click()
    heading(noor, "Nieuwe activiteit")
    noor.locator("[name=title]").fill("Vanzelf gemaakt")
    noor.locator("[name=contact_hours]").focus()
    until(lambda: len(offers_of(product, kvk)) == 2)
    noor.get_by_role("button", name="Opslaan", exact=True).click()
    heading(noor, "Vanzelf gemaakt")
    assert len(offers_of(product, kvk)) == 2


def _each_part_tells_its_own(page: Page) -> None:
    """Who types on while a part is saved reads there that it is, and not at what is not saved."""
    first, runs = (page.locator(f"section:has(#deel-{number})") for number in (1, 4))
    page.locator("[name=title]").fill("Titel van Noor en Bo")
    page.locator("[name=runs-0-end]").fill("overmorgen")  # leaves the first part, and types on
    expect(first.locator("[data-saved]")).to_contain_text("Opgeslagen om")
    page.locator("[name=title]").focus()
    expect(runs).to_contain_text("Niet opgeslagen. Uitvoering 1, laatste dag:")
    expect(runs.locator("[data-saved]")).to_be_empty()
    page.locator("[name=title]").fill("Titel van Noor")
    page.locator("[name=runs-0-end]").fill("")
    page.locator("[name=title]").focus()
    expect(runs.locator("[data-saved]")).to_contain_text("Opgeslagen om")


@pytest.mark.rule("R3", "R4", "R46")
def test_an_administrator_decides_who_may_what_and_how_the_company_leaves(
    new_page: NewPage, product: Product
) -> None:
    kvk = "70000023"
    Stock(product, kvk, "Scenario Mensen").published("Leren leiden")
    noor, bram = new_page(), new_page()
    login(noor, Employee(kvk))
    login(bram, Employee(kvk, subject="medewerker-2"))
    bram.goto("/bedrijf/mensen")
    bram.locator("[name=name]").fill("Bram de Boer")
    press(bram, "Naam opslaan")
    noor.goto("/bedrijf/mensen")
    assert fits(noor)
    row = noor.get_by_role("row").filter(has_text="Bram de Boer")
    row.get_by_role("combobox").select_option("lezer")
    row.get_by_role("button", name="Wijzigen").click()
    expect(noor.locator("main")).to_contain_text("Bram de Boer (medewerker 2) is nu lezer")
    bram.goto("/aanbod/nieuw")
    heading(bram, "U mag hier alleen kijken")
    noor.goto("/bedrijf/vertrekken")
    assert fits(noor)
    with noor.expect_download() as download:
        noor.get_by_role("button", name="Uw aanbod als rekenblad (XLSX)").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    noor.locator("[name=last_day]").fill("31-12-2030")
    noor.locator("[name=sure]").check()
    press(noor, "Vertrekken")
    heading(noor, "U vertrekt na 31 december 2030")
    until(lambda: offers_of(product, kvk)[0].end_date is not None)
    press(noor, "Toch blijven")
    until(lambda: offers_of(product, kvk)[0].end_date is None)

"""Staff of the register begin a process on behalf of a provider, who is told and follows it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import deploy
from tests.app.begin.complaints import KEY, complaint
from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, heading, login, login_account
from tests.journeys.stock import Stock
from tests.journeys.test_accessibility import faults_of
from tests.processes.engine.form_fields import field
from tests.product import Product
from workers.vocabulary import vocabulary

pytestmark = [
    pytest.mark.browser,
    # The pages are the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

See = Callable[[Page], None]
FIELDS = (
    field("onderwerp", "string", label="Waar gaat het over?", required=""),
    field("verhaal", "longtext", label="Wat is er gebeurd?"),
    field("bedrijf", "string", label="Het bedrijf", prefill="${company['display_name']}"),
)


@pytest.mark.parametrize(
    ("scripts", "kvk", "name"),
    [(True, "70000061", "Academie Oost"), (False, "70000062", "Academie West")],
)
def test_a_registrar_begins_for_a_provider_who_is_mailed_and_follows_the_case(
    new_page: NewPage, product: Product, *, scripts: bool, kvk: str, name: str
) -> None:
    Stock(product, kvk, name)
    see = _looks_well if scripts else _any_page  # axe is a script
    with Session(product.database.engine) as session:
        xml = complaint(*FIELDS, groups="registrar, provider", review=True)
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="petra")
        session.commit()
    rianne = new_page(java_script_enabled=scripts)
    login_account(rianne, "registrar")
    _find(rianne, name, see)
    rianne.get_by_label("Wat is er gebeurd?").fill("Per post ontvangen.")
    rianne.get_by_role("button", name="Verder, naar de controle").click()
    expect(rianne.get_by_role("alert")).to_contain_text("Waar gaat het over?")
    expect(rianne.get_by_label("Wat is er gebeurd?")).to_have_value("Per post ontvangen.")
    expect(rianne.locator("main")).to_contain_text(f"{name} (KvK {kvk})")
    see(rianne)
    rianne.get_by_label("Waar gaat het over?").fill("Een brief")
    rianne.get_by_role("button", name="Verder, naar de controle").click()
    heading(rianne, "Controleer uw antwoorden")
    expect(rianne.locator("main")).to_contain_text(f"{name} (KvK {kvk})")
    see(rianne)
    rianne.get_by_role("button", name="Versturen").click()
    heading(rianne, "Wij hebben het ontvangen")
    expect(rianne.locator("main")).to_contain_text(f"namens {name}")
    see(rianne)
    rianne.get_by_role("link", name="Volg uw zaak").click()
    heading(rianne, "Klacht behandelen")
    expect(rianne.locator("main")).to_contain_text(f"Namens: {name}")
    see(rianne)
    _is_told(new_page(java_script_enabled=scripts), product, kvk, see)


def _find(rianne: Page, name: str, see: See) -> None:
    rianne.get_by_role("link", name="Starten", exact=True).click()
    rianne.locator(f"main a[href='/starten/{KEY}']").click()
    heading(rianne, "Voor welke aanbieder begint u?")
    see(rianne)
    rianne.get_by_label("Naam of KvK-nummer").fill("bestaat niet")
    rianne.get_by_role("button", name="Zoeken").click()
    expect(rianne.locator("main")).to_contain_text("Geen aanbieders gevonden")
    see(rianne)
    rianne.get_by_label("Naam of KvK-nummer").fill(name.lower()[3:])
    rianne.get_by_role("button", name="Zoeken").click()
    expect(rianne.get_by_role("link", name=name)).to_be_visible()
    see(rianne)
    rianne.get_by_role("link", name=name).click()
    heading(rianne, "Klacht behandelen")
    expect(rianne.get_by_label("Het bedrijf")).to_have_value(name)
    see(rianne)


def _is_told(noor: Page, product: Product, kvk: str, see: See) -> None:
    """The contact person by mail; whoever logs in for the provider sees the case and a copy."""
    text = product.text_to(f"info@{kvk}.example")
    assert "Een medewerker van het register begon" in text
    login(noor, Employee(kvk))
    noor.goto("/zaken")
    noor.locator("main").get_by_role("link", name="Klacht behandelen").click()
    expect(noor.locator("main")).to_contain_text("begon deze zaak namens uw bedrijf")
    see(noor)
    noor.goto(text[text.index("/starten/ontvangst/") :].split()[0])
    expect(noor.locator("main")).to_contain_text("Per post ontvangen.")
    see(noor)


def _looks_well(page: Page) -> None:
    assert faults_of(page) == []


def _any_page(page: Page) -> None:
    expect(page.locator("main")).to_be_visible()

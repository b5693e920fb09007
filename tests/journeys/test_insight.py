"""The process owner looks into a process: figures, one instance step by step, and texts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import YES, Employee, begin, declare, heading, login_account, press
from tests.journeys.rows import onboarding_of
from tests.product import Product

pytestmark = pytest.mark.browser

SOMEBODY = Employee("00900004")  # nobody else's company in these journeys
INSIGHT = "/processen/provider_onboarding/inzicht"


def half_way(page: Page, employee: Employee) -> None:
    """A provider who said no once, and now stands at the company's details."""
    begin(page, employee)
    declare(page, ("ja", "nee", "ja", "ja"))
    press(page, "Vragen opnieuw beantwoorden")
    declare(page, YES)
    heading(page, "Bedrijfsgegevens")


def test_figures_on_the_diagram_and_each_past_state_of_an_instance(
    new_page: NewPage, product: Product
) -> None:
    provider, owner = new_page(), new_page()
    half_way(provider, SOMEBODY)
    instance = onboarding_of(product, SOMEBODY.kvk)
    assert instance is not None

    login_account(owner, "process_owner")
    owner.goto(INSIGHT)
    frame = owner.locator("[data-diagram][data-ready]")
    expect(frame.locator(".loket-flag--heat").first).to_contain_text("x")
    owner.get_by_role("radio", name="Hoe lang").check()
    expect(frame.locator(".loket-flag--heat").first).not_to_contain_text("x")
    expect(owner.get_by_role("table", name="Versies vergeleken")).to_be_visible()

    owner.goto(f"/processen/zaken/{instance.id}")
    token = owner.locator("[data-element-id=company_details].loket-token")
    expect(token).to_be_attached()
    owner.get_by_role("button", name="Vorige stap").click()
    expect(owner.locator("[data-element-id=quality_requirements].loket-token")).to_be_attached()
    expect(token).not_to_be_attached()
    owner.get_by_role("slider").press("Home")
    expect(owner.locator("[data-past-now]")).to_contain_text("Stap 1 van 4")
    expect(owner).to_have_url(re.compile("stap=1$"))


def test_a_path_through_the_diagram_for_the_keyboard(page: Page) -> None:
    login_account(page, "process_owner")
    page.goto("/processen/provider_onboarding/1")
    field = page.get_by_role("application")
    field.focus()
    told = page.locator(".loket-diagram__told")
    for key, sentence in [
        ("ArrowRight", "Begin: Aanbieder begint. Daarna: Kwaliteitseisen beantwoorden."),
        ("ArrowRight", "Taak: Kwaliteitseisen beantwoorden. Wie: Aanbieder."),
        ("ArrowRight", "Keuze: Voldoet u aan alle eisen?"),
        ("ArrowRight", "Taak: Bedrijfsgegevens controleren"),
        ("ArrowDown", "Taak: Uitleg lezen en terugkeren"),
        ("ArrowLeft", "Keuze: Voldoet u aan alle eisen?"),
        ("Home", "Begin: Aanbieder begint."),
        ("Tab", "Taak: Kwaliteitseisen beantwoorden."),
        ("Shift+Tab", "Begin: Aanbieder begint."),
    ]:
        page.keyboard.press(key)
        expect(told).to_contain_text(sentence)
        expect(told).to_have_attribute("aria-live", "polite")
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    page.keyboard.press("Tab")
    expect(field).not_to_be_focused()


def test_help_that_an_owner_writes_stands_at_the_step(new_page: NewPage) -> None:
    owner, provider = new_page(), new_page()
    login_account(owner, "process_owner")
    owner.get_by_role("link", name="Teksten").click()
    owner.get_by_role("link", name="Kwaliteitseisen", exact=True).click()
    owner.get_by_label("Tekst", exact=True).fill("Bel ons **gerust** op.")
    owner.get_by_role("button", name="Voorbeeld bekijken").click()
    expect(owner.locator(".loket-preview strong")).to_have_text("gerust")
    owner.get_by_role("button", name="Bewaren").click()
    expect(owner.locator("main")).to_contain_text("De tekst is bewaard")

    begin(provider, Employee("00900002"))
    provider.get_by_text("Hulp bij deze stap").click()
    expect(provider.locator(".loket-details strong")).to_have_text("gerust")
    provider.get_by_role("link", name="Hoe ver is uw aanmelding?").click()
    heading(provider, "Hoe ver is uw aanmelding")
    expect(provider.locator("[aria-current=step]")).to_contain_text("Kwaliteitseisen beantwoorden")

    press(owner, "Terug naar de standaardtekst")
    expect(owner.locator("main")).to_contain_text("De tekst is bewaard")


def test_a_placeholder_that_does_not_exist_is_refused(page: Page) -> None:
    login_account(page, "process_owner")
    page.goto("/processen/teksten/mail/contact-notice")
    page.get_by_label("Onderwerp").fill("Voor {iedereen}")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("{iedereen}")

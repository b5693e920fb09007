"""The process owner adds a question to a step in the panel, and sees it as providers will."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.drawing import add_item
from tests.journeys.pages import heading, login_account
from tests.journeys.test_accessibility import faults_of

pytestmark = [
    pytest.mark.browser,
    # What the editor makes is the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

QUESTION, HEADING = "Mogen wij uw logo tonen?", "Over uw logo"
COMPANY = "Bedrijfsgegevens controleren en aanvullen"


def open_editor(page: Page) -> None:
    """A draft of the registration as it is now, in the editor."""
    page.goto("/processen/provider_onboarding/1")
    page.get_by_role("button", name="Bewerken").click()
    page.locator("[data-modeler][data-complete]").wait_for()


def add_yes_or_no(page: Page, element: str, question: str, name: str) -> None:
    """Through the properties panel, as an owner does, until it is kept."""
    page.locator(f'[data-element-id="{element}"] .djs-hit').first.click()
    group = page.locator('[data-group-id="group-Loket__Fields"]')
    group.locator(".bio-properties-panel-add-entry").click()
    page.get_by_label("Vraag", exact=True).fill(question)
    page.get_by_label("Soort", exact=True).select_option("boolean")
    required = group.get_by_label("Verplicht")
    required.dispatch_event("click")  # it lies below its own picture
    expect(required).to_be_checked()
    group.get_by_label("Uitleg bij de vraag").fill("Alleen in de **catalogus**.")
    group.get_by_label("Id", exact=True).fill(name)
    group.get_by_label("Kop erboven").fill(HEADING)
    expect(page.locator("[data-status]")).not_to_contain_text("Bewaard op")
    expect(page.locator("[data-status]")).to_contain_text("Bewaard om")


def test_a_question_added_in_the_panel_stands_in_the_form(page: Page) -> None:
    login_account(page, "process_owner")
    open_editor(page)
    add_yes_or_no(page, "company_details", QUESTION, "toont_logo")
    shown = page.frame_locator("[data-form-preview] iframe")
    expect(shown.get_by_role("heading", level=1)).to_contain_text("Bedrijfsgegevens")
    expect(shown.get_by_role("radiogroup", name=QUESTION)).to_be_visible()
    expect(shown.locator("strong")).to_contain_text(["catalogus"])
    expect(shown.get_by_text(HEADING)).to_be_visible()

    page.get_by_role("link", name="Formulieren").click()
    heading(page, "Formulieren van")
    page.get_by_role("row").filter(has_text=COMPANY).get_by_role("link").click()
    shown = page.frame_locator("iframe")
    shown.get_by_role("button", name="Opslaan en verder").click()
    expect(shown.get_by_role("alert")).to_contain_text(f"Kies ja of nee: {QUESTION}")
    shown.get_by_role("radiogroup", name=QUESTION).get_by_label("Nee").check()
    shown.get_by_label("Naam", exact=True).fill("Noor de Wit")
    shown.get_by_label("E-mailadres", exact=True).fill("noor@bedrijf.example")
    shown.get_by_role("button", name="Opslaan en verder").click()
    expect(shown.get_by_text("Er is niets bewaard")).to_be_visible()
    expect(shown.locator("dl").first).to_contain_text("toont_logo")
    assert faults_of(page) == []


def test_the_form_by_itself_is_accessible(page: Page) -> None:
    login_account(page, "process_owner")
    open_editor(page)
    add_yes_or_no(page, "review", QUESTION, "akkoord")
    page.get_by_role("link", name="Formulieren").click()
    page.get_by_role("row").filter(has_text="review").get_by_role("link").click()
    page.get_by_role("link", name="Alleen dit formulier").click()
    heading(page, "Controleer uw aanmelding")
    assert faults_of(page) == []


def test_a_table_and_its_column_are_drawn_in_the_panel(page: Page) -> None:
    login_account(page, "process_owner")
    open_editor(page)
    page.locator('[data-element-id="review"] .djs-hit').first.click()
    group = page.locator('[data-group-id="group-Loket__Fields"]')
    for question, kind in (("Welke cursussen?", "table"), ("Hoe heet de cursus?", "string")):
        add_item(group)
        page.get_by_label("Vraag", exact=True).last.fill(question)
        page.get_by_label("Soort", exact=True).last.select_option(kind)
        expect(page.locator("[data-status]")).to_contain_text("Bewaard om")
    page.get_by_label("Kolom van de tabel").select_option(label="Welke cursussen?")
    shown = page.frame_locator("[data-form-preview] iframe")
    expect(shown.get_by_role("group", name="Welke cursussen?")).to_contain_text("Hoe heet")

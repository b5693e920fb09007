"""Scenario data: a process owner changes the onboarding while ten companies are half-way."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from processes.engine.execution.instances import start_process
from tests.journeys.pages import Employee, begin, heading, login_account, next_page, press
from tests.product import Product

Visit = Callable[[str, Page], None]

HALF_WAY = Employee("68727720")
OTHERS = [f"9999{number:04}" for number in range(9)]
COMPLAINTS = "https://www.voorbeeld.example/klachten-half"
QUESTION = "Wilt u onze nieuwsbrief ontvangen?"
NEW_NAME = "Bedrijf en contactpersoon controleren"


def ten_half_way(page: Page, product: Product) -> None:
    """Nine companies that began, and one that answered half of the questions."""
    with product.database.writing() as session:
        for kvk in OTHERS:
            start_process(
                session,
                "provider_onboarding",
                business_key=kvk,
                tenant=kvk,
                variables={"kvk": kvk, "reference": f"AB-2026-{uuid4().hex[:6]}"},
                started_by="medewerker 1",
            )
    begin(page, HALF_WAY)
    page.locator("[name=requirement_1][value=ja]").check()
    page.locator("[name=requirement_2][value=ja]").check()
    page.locator("[name=complaints_url]").fill(COMPLAINTS)
    page.locator("[name=complaints_url]").blur()
    expect(page.locator("#bewaard")).to_contain_text("bewaard", ignore_case=True)


def half_filled_form_is_there(page: Page) -> None:
    page.goto("/aanmelding")
    heading(page, "Kwaliteitseisen")
    expect(page.locator("[name=requirement_1][value=ja]")).to_be_checked()
    expect(page.locator("[name=requirement_2][value=ja]")).to_be_checked()
    expect(page.locator("[name=complaints_url]")).to_have_value(COMPLAINTS)


def draw(page: Page, visit: Visit) -> str:
    """Another label, another condition, and a yes/no question; the address of the draft."""
    login_account(page, "process_owner")
    page.goto("/processen/provider_onboarding")
    page.get_by_role("button", name="Bewerken").click()
    _ready(page)
    _choose(page, "company_details")
    panel = page.locator(".bio-properties-panel-header-label")  # it follows a moment later
    expect(panel).to_have_text("Bedrijfsgegevens controleren en aanvullen")
    _open_group(page, "Algemeen")
    _field(page, "Naam").fill(NEW_NAME)
    group = page.locator('[data-group-id="group-Loket__Fields"]')
    group.locator(".bio-properties-panel-add-entry").click()
    group.get_by_label("Vraag", exact=True).fill(QUESTION)
    group.get_by_label("Soort", exact=True).select_option("boolean")
    required = group.get_by_label("Verplicht")
    required.dispatch_event("click")  # it lies below its own picture
    expect(required).to_be_checked()
    group.get_by_label("Id", exact=True).fill("nieuwsbrief")
    visit("tekenen", page)
    _choose(page, "all_requirements_met_to_company_details")
    _open_group(page, "Voorwaarde")
    _field(page, "Voorwaarde").fill("${all_yes == true}")
    _kept(page)
    return page.url.removesuffix("/tekenen")


def condition_back(page: Page, draft: str, condition: str) -> None:
    """Draw what leads from the company's data back to the requirements."""
    page.goto(f"{draft}/tekenen")
    _ready(page)
    page.locator("[data-canvas] .djs-container svg").first.focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("terug")
    page.keyboard.press("Enter")
    _open_group(page, "Voorwaarde")
    _field(page, "Voorwaarde").fill(condition)
    _kept(page)


def _ready(page: Page) -> None:
    page.locator("[data-modeler][data-complete]").wait_for()


def _choose(page: Page, element_id: str) -> None:
    page.locator("[data-canvas]").click(position={"x": 250, "y": 20})  # the menu beside an element
    page.locator(f"[data-element-id={element_id}] .djs-hit").first.click(force=True)


def _field(page: Page, name: str) -> Locator:
    return page.locator("[data-panel]").get_by_label(name, exact=True)


def _open_group(page: Page, title: str) -> None:
    header = page.locator(".bio-properties-panel-group-header", has_text=title)
    if "open" not in (header.get_attribute("class") or "").split():
        header.click()


def _kept(page: Page) -> None:
    status = page.locator("[data-status]")
    expect(status).not_to_contain_text("Bewaard op")
    expect(status).to_contain_text("Bewaard om")


def try_out(page: Page, draft: str, visit: Visit) -> None:
    """Play a case to its end with the new question in it, and keep it as a scenario."""
    page.goto(f"{draft}/formulieren/company_details")
    visit("formulier", page)
    page.goto(f"{draft}/proberen")
    heading(page, "Proberen")
    page.get_by_role("button", name="Beginnen", exact=True).click()
    for number in range(1, 5):
        page.locator(f"[name=requirement_{number}][value=ja]").check()
    page.locator("[name=complaints_url]").fill("https://www.voorbeeld.example/klachten")
    visit("proberen-eisen", page)
    page.get_by_role("button", name="Opslaan en verder").click()
    expect(page.get_by_role("heading", name=NEW_NAME)).to_be_visible()
    page.locator("[name=contact_name]").fill("Noor de Wit")
    page.locator("[name=contact_email]").fill("noor@voorbeeld.example")
    page.get_by_role("radiogroup", name="nieuwsbrief ontvangen").get_by_label("Ja").check()
    visit("proberen-bedrijf", page)
    press(page, "Opslaan en verder")
    press(page, "Aanmelding bevestigen")
    give_answers(page)
    expect(page.locator("main")).to_contain_text("De zaak is afgelopen")
    visit("proberen-klaar", page)
    page.get_by_label("Naam van het scenario").fill("Aanmelden met nieuwsbrief")
    page.get_by_role("button", name="Bewaar als scenario").click()
    expect(page.locator("main")).to_contain_text("Aanmelden met nieuwsbrief")


def give_answers(page: Page) -> None:
    """Each job that waits goes well."""
    button = page.get_by_role("button", name="Dit antwoord geven")
    while button.count():
        with next_page(page):
            button.first.click()


def be_stopped(page: Page, draft: str, visit: Visit) -> None:
    """A scenario ends otherwise: the draft cannot be taken into use."""
    page.goto(f"{draft}/scenarios")
    expect(page.locator("main")).to_contain_text("loopt anders af")
    visit("scenarios-mis", page)
    page.goto(f"{draft}/in-gebruik")
    page.get_by_label("Toelichting").fill("Met een vraag over de nieuwsbrief")
    page.get_by_label("Alleen voor zaken die hierna beginnen").check()
    page.get_by_role("button", name="In gebruik nemen").click()
    expect(page.locator("main")).to_contain_text("scenario")
    heading(page, "in gebruik nemen")


def deploy_and_migrate(page: Page, draft: str, visit: Visit) -> None:
    page.goto(f"{draft}/verschillen")
    expect(page.locator("main")).to_contain_text(NEW_NAME)
    visit("verschillen", page)
    page.goto(f"{draft}/in-gebruik")
    visit("in-gebruik", page)
    page.get_by_label("Toelichting").fill("Met een vraag over de nieuwsbrief")
    page.locator("[name=running][value=all]").check()
    page.get_by_role("button", name="In gebruik nemen").click()
    expect(page.locator("#omzetting")).to_contain_text("10 van 10 omgezet")
    visit("omgezet", page)


def undo(page: Page) -> None:
    page.get_by_role("button", name="Terugdraaien").click()
    expect(page.locator("#omzetting")).to_contain_text("10 van 10 teruggezet")

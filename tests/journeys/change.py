"""A process owner changes the onboarding on a Tuesday afternoon, and ten companies are half-way."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from processes.engine.instances import start_process
from tests.journeys.pages import Employee, begin, heading, login_account
from tests.product import Product

Visit = Callable[[str, Page], None]

DIAGRAM = Path(__file__).parents[2] / "bpmn" / "provider_onboarding.bpmn"
HALF_WAY = Employee("68727720")
OTHERS = [f"9999{number:04}" for number in range(9)]
COMPLAINTS = "https://www.voorbeeld.example/klachten-half"
FIELD = (
    '<bpmn:extensionElements><camunda:formData><camunda:formField id="nieuwsbrief"'
    ' label="Wilt u onze nieuwsbrief ontvangen?" type="boolean"><camunda:validation>'
    '<camunda:constraint name="required"/></camunda:validation></camunda:formField>'
    "</camunda:formData></bpmn:extensionElements>"
)
NAME = 'name="Bedrijfsgegevens controleren en aanvullen"'
NEW_NAME = "Bedrijf en contactpersoon controleren"


def changed() -> str:
    """Another label, another condition, and a yes/no question in the company step."""
    xml = DIAGRAM.read_text().replace(NAME, f'name="{NEW_NAME}"')
    xml = xml.replace("${all_yes}", "${all_yes == true}")
    head, task, tail = xml.partition('<bpmn:userTask id="company_details"')
    opening, end, rest = tail.partition(">")
    return head + task + opening + end + FIELD + rest


def broken() -> str:
    """Who wants to go back is not understood any more."""
    return changed().replace('${next == "back"}', '${next == "terug"}')


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


def draft_of(page: Page, xml: str) -> str:
    """Keep this file as a draft; the address of the draft."""
    login_account(page, "process_owner")
    page.goto("/processen/nieuwe-versie")
    _send(page, xml)
    page.get_by_role("button", name="Controleren en bewaren").click()
    heading(page, "concept")
    return page.url


def replace(page: Page, draft: str, xml: str) -> None:
    page.goto(draft)
    _send(page, xml)
    page.get_by_role("button", name="Concept vervangen").click()
    heading(page, "concept")


def _send(page: Page, xml: str) -> None:
    file = {"name": "aanmelden.bpmn", "mimeType": "application/xml", "buffer": xml.encode()}
    page.locator("[name=diagram]").set_input_files(file)  # type: ignore[arg-type]


def try_out(page: Page, draft: str, visit: Visit) -> None:
    """Play a case to its end with the new question in it, and keep it as a scenario."""
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
    page.get_by_role("button", name="Opslaan en verder").click()
    page.get_by_role("button", name="Aanmelding bevestigen").click()
    give_answers(page)
    expect(page.locator("main")).to_contain_text("De zaak is afgelopen")
    visit("proberen-klaar", page)
    page.get_by_label("Naam van het scenario").fill("Aanmelden met nieuwsbrief")
    page.get_by_role("button", name="Bewaar als scenario").click()
    expect(page.locator("main")).to_contain_text("Aanmelden met nieuwsbrief")


def give_answers(page: Page) -> None:
    """Each job that waits goes well."""
    button = page.get_by_role("button", name="Dit antwoord geven")
    while waiting := button.count():
        button.first.click()
        expect(button).to_have_count(waiting - 1)


def be_stopped(page: Page, draft: str, visit: Visit) -> None:
    """A scenario ends otherwise: the draft cannot be taken into use."""
    page.goto(f"{draft}/scenarios")
    expect(page.locator("main")).to_contain_text("loopt anders af", timeout=60_000)
    visit("scenarios-mis", page)
    page.goto(f"{draft}/in-gebruik")
    page.get_by_label("Toelichting").fill("Met een vraag over de nieuwsbrief")
    page.get_by_label("Alleen voor zaken die hierna beginnen").check()
    page.get_by_role("button", name="In gebruik nemen").click()
    expect(page.locator("main")).to_contain_text("scenario", timeout=60_000)
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
    expect(page.locator("#omzetting")).to_contain_text("10 van 10 omgezet", timeout=60_000)
    visit("omgezet", page)


def undo(page: Page) -> None:
    page.get_by_role("button", name="Terugdraaien").click()
    expect(page.locator("#omzetting")).to_contain_text("10 van 10 teruggezet", timeout=60_000)

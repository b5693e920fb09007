"""A process owner tries a draft: with and without JavaScript, by keyboard, and with a clock."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, heading, login_account, next_page, press, register
from tests.journeys.rows import is_completed
from tests.journeys.test_accessibility import faults_of
from tests.product import Product, until

pytestmark = [
    pytest.mark.browser,
    # The pages are the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

DIAGRAM = Path(__file__).parents[2] / "bpmn" / "provider_onboarding.bpmn"
LATER = Employee("90006623")
TIMED = DIAGRAM.with_name("mail_bounced.bpmn")
REMINDER = (
    '<bpmn:boundaryEvent id="too_late" name="Na drie dagen" attachedToRef="repair_address">'
    "<bpmn:outgoing>too_late_to_end</bpmn:outgoing><bpmn:timerEventDefinition>"
    "<bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:sequenceFlow id="too_late_to_end" sourceRef="too_late" targetRef="end" />'
)


def draft_of(page: Page, xml: str) -> str:
    """Keep this file as a draft; the address of the draft."""
    login_account(page, "process_owner")
    page.goto("/processen/nieuwe-versie")
    send(page, xml)
    page.get_by_role("button", name="Controleren en bewaren").click()
    heading(page, "concept")
    return page.url


def put_in_place(page: Page, draft: str, xml: str) -> None:
    page.goto(draft)
    send(page, xml)
    press(page, "Concept vervangen")
    heading(page, "concept")


def send(page: Page, xml: str) -> None:
    file = {"name": "proces.bpmn", "mimeType": "application/xml", "buffer": xml.encode()}
    page.locator("[name=diagram]").set_input_files(file)  # type: ignore[arg-type]


def declare(page: Page) -> None:
    for number in range(1, 5):
        page.locator(f"[name=requirement_{number}][value=ja]").check()
    page.locator("[name=complaints_url]").fill("https://www.voorbeeld.example/klachten")
    page.get_by_role("button", name="Opslaan en verder").click()


def details(page: Page) -> None:
    page.locator("[name=contact_name]").fill("Noor de Wit")
    page.locator("[name=contact_email]").fill("noor@voorbeeld.example")
    page.get_by_role("button", name="Opslaan en verder").click()


def is_here(page: Page, element: str) -> None:
    """The token stands at this element in the drawing."""
    drawn = page.locator(f"[data-element-id={element}].loket-token")
    expect(drawn).to_be_attached()


def with_timer() -> str:
    """The process of returned mail, which gives up after three days."""
    xml = TIMED.read_text()
    outgoing = "<bpmn:incoming>send_confirmation_to_end</bpmn:incoming>"
    late = f"{outgoing}<bpmn:incoming>too_late_to_end</bpmn:incoming>"
    return xml.replace(outgoing, late).replace("</bpmn:process>", f"{REMINDER}</bpmn:process>")


def test_the_token_moves_over_the_diagram_and_each_page_is_accessible(page: Page) -> None:
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        if found := faults_of(page):
            faults[name] = found

    draft = draft_of(page, DIAGRAM.read_text())
    page.goto(f"{draft}/proberen")
    look("begin")
    page.get_by_role("button", name="Beginnen", exact=True).click()
    is_here(page, "quality_requirements")
    look("task")
    page.get_by_role("button", name="Opslaan en verder").click()
    expect(page.get_by_role("alert")).to_contain_text("Kies ja of nee bij eis 1")
    look("mistake")
    declare(page)
    is_here(page, "company_details")
    details(page)
    page.get_by_role("button", name="Aanmelding bevestigen").click()
    is_here(page, "send_confirmation")
    is_here(page, "migrate_offers")
    look("jobs")
    page.get_by_label("Fout: adres geweigerd").check()
    page.get_by_role("button", name="Dit antwoord geven").first.click()
    is_here(page, "repair_address")
    look("staff")
    page.get_by_role("button", name="Laatste stap ongedaan maken").click()
    is_here(page, "send_confirmation")
    page.goto(f"{draft}/scenarios")
    expect(page.locator("main")).to_contain_text("Alle 8 scenario's kloppen")
    look("scenarios")
    assert faults == {}


def test_a_case_is_tried_to_its_end_without_javascript(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    login_account(page, "process_owner")
    page.goto("/processen/provider_onboarding/1/proberen")
    page.get_by_role("button", name="Beginnen", exact=True).click()
    declare(page)
    details(page)
    press(page, "Aanmelding bevestigen")
    for _job in range(2):
        with next_page(page):
            page.get_by_role("button", name="Dit antwoord geven").first.click()
    expect(page.locator("main")).to_contain_text("De zaak is afgelopen")


def test_time_passes_when_the_owner_lets_it(page: Page) -> None:
    draft = draft_of(page, with_timer())
    page.goto(f"{draft}/proberen")
    page.get_by_role("button", name="Beginnen", exact=True).click()
    is_here(page, "repair_address")
    expect(page.locator("main")).to_contain_text("Na drie dagen")
    page.get_by_text("Tijd laten voorbijgaan, of").click()
    page.locator("[name=number]").fill("2")
    page.locator("[name=unit]").select_option("dag")
    press(page, "Klok vooruitzetten")
    is_here(page, "repair_address")
    page.get_by_role("button", name="tot de volgende klok").click()
    expect(page.locator("main")).to_contain_text("De zaak is afgelopen")


def test_a_finished_registration_is_replayed_on_a_draft(
    new_page: NewPage, product: Product
) -> None:
    register(new_page(), LATER, "later@voorbeeld.example")
    until(lambda: is_completed(product, LATER.kvk))
    page = new_page()
    draft = draft_of(page, DIAGRAM.read_text())
    page.goto(f"{draft}/naspelen")
    page.get_by_role("button", name="Speel na").click()
    heading(page, "Naspelen")
    expect(page.locator("main")).to_contain_text("Alle zaken gaan op dit concept precies zo")
    assert faults_of(page) == []
    put_in_place(page, draft, DIAGRAM.read_text().replace("${all_yes}", "${all_yes == 3}"))
    page.goto(f"{draft}/naspelen?dagen=30")
    expect(page.locator("main")).to_contain_text("De zaak kan niet verder zoals toen")
    assert faults_of(page) == []

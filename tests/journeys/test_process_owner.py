"""The process owner looks at a diagram, and deploys another version of it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages import heading, login_account, next_page

pytestmark = pytest.mark.browser

DIAGRAM = Path(__file__).parents[2] / "bpmn" / "offer_publication.bpmn"


def upload(page: Page, name: str, xml: str) -> None:
    page.goto("/processen/nieuwe-versie")
    file = {"name": name, "mimeType": "application/xml", "buffer": xml.encode()}
    page.locator("[name=diagram]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Controleren en bewaren").click()


def test_the_diagram_of_a_version_is_drawn(page: Page) -> None:
    login_account(page, "process_owner")
    heading(page, "Processen")
    page.get_by_role("link", name="Bestaande aanbieder aanmelden").click()
    page.get_by_role("link", name="versie 1", exact=True).click()
    drawing = page.get_by_role("group", name="Diagram")
    expect(drawing.locator("[data-element-id=quality_requirements]")).to_contain_text("Kwaliteits")
    expect(drawing.locator("[data-element-id=join_to_registered]")).to_be_attached()


def test_a_changed_diagram_becomes_the_next_version(page: Page) -> None:
    xml = DIAGRAM.read_text().replace('name="Activiteit beheren"', 'name="Activiteit bijhouden"')
    login_account(page, "process_owner")
    upload(page, "offer_publication.bpmn", xml)
    heading(page, "concept")
    with next_page(page):
        page.get_by_role("link", name="In gebruik nemen").last.click()
    page.get_by_label("Toelichting").fill("Een ander woord")
    new_only = page.get_by_label("Alleen voor zaken die hierna beginnen")
    if new_only.count():
        new_only.check()
    page.get_by_role("button", name="In gebruik nemen").click()
    expect(page.locator("main")).to_contain_text("Versie 2 is in gebruik")
    page.get_by_role("link", name="versie 2", exact=True).click()
    heading(page, "versie 2")
    expect(page.locator("[data-element-id=manage_offer]")).to_contain_text("bijhouden")


def test_a_diagram_with_things_left_to_do_is_kept_with_each_named(page: Page) -> None:
    xml = DIAGRAM.read_text().replace('camunda:formKey="offer"', 'camunda:formKey="onbekend"')
    xml = xml.replace("${publish_offer}", "${destroy_everything}")
    login_account(page, "process_owner")
    upload(page, "kapot.bpmn", xml)
    main = page.locator("main")
    expect(main).to_contain_text("Bewaard als concept")
    for element in ("check_offer", "manage_offer", "publish_offer"):
        expect(page.get_by_role("row").filter(has_text=element)).to_be_visible()

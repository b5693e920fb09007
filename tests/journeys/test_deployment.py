"""A process owner takes a changed process into use, moves what is half-way, and goes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from processes.engine.execution import instances
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from tests.journeys.conftest import NewPage
from tests.journeys.pages import heading, login_account, next_page
from tests.journeys.test_accessibility import faults_of
from tests.product import Product

pytestmark = pytest.mark.browser

DIAGRAM = Path(__file__).parents[2] / "bpmn" / "offer_publication.bpmn"
KEY = "lending"
ADDRESS = f"/processen/{KEY}"
HALF = {"title": "Half ingevuld"}


def first_diagram() -> str:
    """A process of our own, so that no other journey sees what happens to it."""
    return DIAGRAM.read_text().replace("offer_publication", KEY)


def changed_diagram() -> str:
    """Another label, and a task with another id: whoever waits there is told where to go."""
    xml = first_diagram().replace('name="Activiteit beheren"', 'name="Activiteit bijhouden"')
    for before in ('id="{}"', ">{}<", 'sourceRef="{}"', 'targetRef="{}"', 'bpmnElement="{}"'):
        xml = xml.replace(before.format("check_offer"), before.format("inspect_offer"))
    return xml


def ten_half_way(product: Product) -> None:
    """Ten wait at the first task; one of them has filled in half a form."""
    with product.database.writing() as session:
        for n in range(10):
            instances.start_process(session, KEY, business_key=str(n), started_by="test")
        (task,) = instances.open_user_tasks(session, business_key="7")
        instances.save_draft(session, task.id, draft=HALF, by="test")


def half_filled(product: Product) -> dict[str, Any] | None:
    with product.database.reading() as session:
        tasks = instances.open_user_tasks(session, business_key="7")
        return next(task.draft for task in tasks if task.instance.process_key == KEY)


def versions_in_use(product: Product) -> dict[int, int]:
    """How many running instances each version has."""
    query = (
        select(ProcessDefinition.version, func.count())
        .join(ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id)
        .where(ProcessInstance.process_key == KEY, ProcessInstance.status == "active")
        .group_by(ProcessDefinition.version)
    )
    with product.database.reading() as session:
        return dict(session.execute(query).all())


def upload(page: Page, xml: str) -> None:
    page.goto("/processen/nieuwe-versie")
    file = {"name": "proces.bpmn", "mimeType": "application/xml", "buffer": xml.encode()}
    page.locator("[name=diagram]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Controleren en bewaren").click()
    expect(page.locator("main")).to_contain_text("Bewaard als concept")


def tab(page: Page, name: str) -> None:
    with next_page(page):
        page.get_by_role("navigation", name="Concept").get_by_role("link", name=name).click()


def look(page: Page) -> None:
    """Everybody can use this page, on a desk and on a phone."""
    page.wait_for_load_state()
    for drawing in page.locator("[data-diagram]").all():
        expect(drawing).to_have_attribute("data-ready", "")
    assert faults_of(page) == []


def place(page: Page, note: str) -> None:
    """Take what is on the page into use, for new instances only."""
    page.wait_for_load_state()
    page.get_by_label("Toelichting").fill(note)
    new_only = page.get_by_label("Alleen voor zaken die hierna beginnen")
    if new_only.count():
        new_only.check()
    page.get_by_role("button", name="In gebruik nemen").click()


def test_ten_half_finished_instances_go_along_and_come_back(page: Page, product: Product) -> None:
    main = page.locator("main")
    login_account(page, "process_owner")
    upload(page, first_diagram())
    tab(page, "In gebruik nemen")
    place(page, "Een nieuw proces")
    expect(main).to_contain_text("Versie 1 is in gebruik")
    ten_half_way(product)

    upload(page, changed_diagram())
    tab(page, "Verschillen")
    expect(main).to_contain_text("Activiteit bijhouden")
    expect(page.get_by_role("group", name="Diagram van concept")).to_contain_text("+ nieuw")
    expect(page.get_by_role("group", name="Diagram van versie")).to_contain_text("weg")
    look(page)
    page.get_by_role("button", name="Toon in diagram").first.click()

    tab(page, "In gebruik nemen")
    expect(page.get_by_role("group", name="waar lopende zaken staan")).to_contain_text("10 zaken")
    expect(main).to_contain_text("10 kies waarheen")
    look(page)
    where = page.get_by_label("Van “Activiteit controleren en aanvullen” naar")
    where.select_option("inspect_offer")
    page.get_by_role("button", name="Opnieuw proberen met deze keuze").click()
    expect(main).to_contain_text("10 kan mee")
    assert versions_in_use(product) == {1: 10}
    page.get_by_label("Toelichting").fill("Een duidelijker woord.")
    page.get_by_label("Ook voor de zaken die nu lopen").check()
    page.get_by_role("button", name="In gebruik nemen").click()
    heading(page, "Zaken van versie 1 naar versie 2")
    expect(main).to_contain_text("Klaar: 10 van 10 omgezet")
    assert versions_in_use(product) == {2: 10}
    assert half_filled(product) == HALF
    look(page)

    page.get_by_role("button", name="Terugdraaien").click()
    expect(main).to_contain_text("Klaar: 10 van 10 teruggezet")
    assert versions_in_use(product) == {1: 10}
    assert half_filled(product) == HALF


def test_later_they_are_moved_after_all_and_an_earlier_version_comes_back(
    page: Page, product: Product
) -> None:
    main = page.locator("main")
    login_account(page, "process_owner")
    page.goto(ADDRESS)
    look(page)
    with next_page(page):
        page.get_by_role("link", name="Zaken omzetten van versie 1").click()
    look(page)
    page.get_by_role("button", name="10 zaken omzetten").click()
    expect(main).to_contain_text("10 zaken niet omgezet")
    expect(main).to_contain_text("Kies waar de zaak verder moet gaan.")
    assert versions_in_use(product) == {1: 10}
    page.goto(f"{ADDRESS}/1")
    page.get_by_role("button", name="Terug naar deze versie").click()
    expect(page.get_by_label("Toelichting")).to_have_value("Terug naar versie 1.")
    place(page, "Terug naar versie 1.")
    expect(main).to_contain_text("Versie 3 is in gebruik")
    page.get_by_role("link", name="Zaken omzetten van versie 1").click()
    page.get_by_role("button", name="10 zaken omzetten").click()
    expect(main).to_contain_text("Klaar: 10 van 10 omgezet")
    assert versions_in_use(product) == {3: 10}


@contextmanager
def four_eyes(product: Product) -> Iterator[None]:
    product.environment["LOKET_FOUR_EYES"] = "true"
    product.stop_part("web")
    product.restart("web")
    yield
    del product.environment["LOKET_FOUR_EYES"]
    product.stop_part("web")
    product.restart("web")


def test_with_four_eyes_somebody_else_approves_first(
    page: Page, product: Product, new_page: NewPage
) -> None:
    xml = (DIAGRAM.parent / "mail_bounced.bpmn").read_text()
    with four_eyes(product):
        login_account(page, "process_owner")
        upload(page, xml.replace("</bpmn:documentation>", " Nagekeken.</bpmn:documentation>", 1))
        tab(page, "In gebruik nemen")
        main = page.locator("main")
        expect(main).to_contain_text("Nog niet goedgekeurd")
        expect(page.get_by_role("button", name="In gebruik nemen")).to_have_count(0)
        page.get_by_label("Opmerking voor uw collega").fill("Graag vandaag nog.")
        page.get_by_role("button", name="Ter beoordeling aanbieden").click()
        expect(main).to_contain_text("U werkte zelf aan dit concept")
        look(page)

        colleague = new_page()
        login_account(colleague, "process_approver")
        colleague.goto(page.url)
        expect(colleague.locator("main")).to_contain_text("Graag vandaag nog.")
        look(colleague)
        colleague.get_by_role("button", name="Goedkeuren").click()
        expect(colleague.locator("main")).to_contain_text("Goedgekeurd. Het concept kan nu")

        page.reload()
        expect(main).to_contain_text("slaagt")
        page.get_by_label("Toelichting").fill("Zin erbij.")
        page.get_by_role("button", name="In gebruik nemen").click()
        expect(main).to_contain_text("Versie 2 is in gebruik")
        expect(main).to_contain_text("Amira Haddad")

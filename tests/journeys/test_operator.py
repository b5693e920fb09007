"""The operator sees what went wrong and where cases are, and lets them go on."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from processes.engine.execution.instances import start_process
from processes.engine.store.models import Job
from tests.journeys.conftest import NewPage
from tests.journeys.pages import (
    Employee,
    begin,
    company,
    confirm,
    declare,
    heading,
    login_account,
    reload_until,
)
from tests.journeys.rows import is_completed
from tests.processes.engine.diagrams import define, process, straight, user
from tests.product import Product, until

pytestmark = pytest.mark.browser


def on_its_last_attempt(product: Product, job: Job) -> None:
    """As if the job had failed for two days."""
    with product.database.writing() as session:
        last = {"attempts": job.max_attempts - 1}
        session.execute(update(Job).where(Job.id == job.id).values(last))
    product.let_time_pass(job)


def test_a_mail_that_could_not_be_sent_is_tried_again_from_its_incident(
    new_page: NewPage, product: Product
) -> None:
    kvk, email = "90004760", "incident@naamloos.example"
    employee, operator = new_page(), new_page()
    begin(employee, Employee(kvk))
    declare(employee)
    company(employee, email)
    login_account(operator, "operator")
    product.stop_part("mailbox")
    try:
        confirm(employee)
        on_its_last_attempt(product, product.waiting_job(kvk, "send-confirmation"))
        operator.goto("/beheer/incidenten")
        retry = operator.get_by_role("button", name="Opnieuw proberen")
        reload_until(operator, retry.count)
    finally:
        product.restart("mailbox")
    operator.get_by_role("link", name="mislukt").first.click()
    expect(operator.locator("main")).to_contain_text("send-confirmation")
    operator.get_by_role("button", name="Opnieuw proberen").click()
    assert product.text_to(email)
    until(lambda: is_completed(product, kvk))
    operator.goto("/beheer/incidenten")
    heading(operator, "Incidenten")
    expect(operator.locator("main")).to_contain_text("Er zijn geen open incidenten")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # the browser sees no database
def test_a_case_is_found_on_its_diagram_and_moved_beside_both_versions(
    new_page: NewPage, product: Product
) -> None:
    """From the figure at an element to the case, and with the keyboard to where it goes on."""
    with product.database.writing() as session:
        define(session, process(straight(user("a"), ids=("a",)), "proef"), "proef")
        start_process(session, "proef", business_key="proef-1", started_by="test")
        newer = straight(user("first"), user("b"), ids=("first", "b"))
        define(session, process(newer, "proef"), "proef")
    page = new_page()
    login_account(page, "operator")
    page.goto("/beheer/versies/proef/1")
    page.locator("[data-diagram]").get_by_role("link", name="1 zaak wacht bij a").click()
    page.locator("td[data-label=Proces] a").click()
    page.get_by_role("link", name="Naar een andere versie van het proces").click()

    page.locator("[data-map-side=new][data-ready]").wait_for()
    page.locator("[data-map-side=old][data-ready]").wait_for()
    page.get_by_label("1. Van “a” naar").focus()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[data-map-side=new] g.loket-chosen")
    expect(chosen).to_have_attribute("data-element-id", "first")
    expect(page.locator("[data-map-side=old] g.loket-chosen")).to_have_attribute(
        "data-element-id", "a"
    )
    page.locator("[data-map-side=new] g[data-element-id=b]").click()
    expect(chosen).to_have_attribute("data-element-id", "b")
    expect(page.get_by_label("1. Van “a” naar")).to_have_value("b")

    page.get_by_label("Reden").fill("alleen deze zaak")
    page.get_by_role("button", name="Omzetten").click()
    expect(page.locator("main")).to_contain_text("De zaak loopt nu op versie 2")
    page.get_by_role("button", name="Terugdraaien").click()
    expect(page.locator("main")).to_contain_text("de zaak is weer zoals hij was")

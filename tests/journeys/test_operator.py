"""The operator sees what went wrong, and lets it be tried again."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from processes.engine.store.models import Job
from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, begin, company, confirm, declare, heading, login_account
from tests.journeys.rows import is_completed
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
        until(lambda: retry.count() or not operator.reload())
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

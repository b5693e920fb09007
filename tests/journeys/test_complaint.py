"""The complaint as it is drawn by test_complaint_drawn.py, uploaded and handled on PostgreSQL."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys import complaint
from tests.journeys.complaint import ANSWERING, Handling, has_no_task
from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, heading, login, login_account
from tests.journeys.stock import Stock
from tests.product import Product

pytestmark = [
    pytest.mark.browser,
    # The journey that draws it has SQLite.
    pytest.mark.parametrize("backend", ["postgresql"], indirect=True),
]

GUIDE = Path(__file__).parents[2] / "docs" / "process-owners"
PROVIDER, STRANGER = Employee("90009911"), Employee("90009912")


def upload(page: Page, name: str) -> str:
    """The address of the draft."""
    page.goto("/processen/nieuwe-versie")
    page.locator("[name=diagram]").set_input_files(GUIDE / f"{name}.bpmn")
    page.get_by_role("button", name="Controleren en bewaren").click()
    heading(page, "concept")
    return page.url


def test_a_complaint_goes_from_teacher_to_registrar_to_provider_and_back(
    page: Page, new_page: NewPage, product: Product
) -> None:
    Stock(product, PROVIDER.kvk, "Voorbeeld Academie")
    login_account(page, "process_owner")
    for name in ("klacht-beantwoorden", "klacht-behandelen"):
        complaint.deploy(page, upload(page, name))
    teacher, registrar, provider, stranger = (
        new_page(java_script_enabled=False) for _person in range(4)
    )
    handling = Handling(teacher, registrar, provider)
    handling.sign_in(PROVIDER)
    handling.send(PROVIDER)
    handling.assess()
    login(stranger, STRANGER)
    has_no_task(stranger, ANSWERING)
    handling.reply()
    handling.follow()

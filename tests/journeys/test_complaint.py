"""Complaints: tried and deployed by an owner, handled by a teacher, registrar and provider."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import Employee, heading, login, login_account
from tests.journeys.stock import Stock
from tests.product import Product

pytestmark = [
    pytest.mark.browser,
    # The pages are the same on every database; tests/app/tasks/test_complaint_example.py has both.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

GUIDE = Path(__file__).parents[2] / "docs" / "process-owners"
PROVIDER, STRANGER = Employee("90009911"), Employee("90009912")
SUBJECT, STORY = "De deur was dicht", "Wij stonden voor een dichte deur."
ANSWER = "U krijgt uw geld terug."


def deploy(page: Page, name: str) -> None:
    upload(page, name)
    page.get_by_role("link", name="In gebruik nemen").last.click()
    page.get_by_label("Toelichting").fill("Nieuw")
    page.get_by_role("button", name="In gebruik nemen").click()
    expect(page.locator("main")).to_contain_text("Versie 1 is in gebruik")


def upload(page: Page, name: str) -> None:
    page.goto("/processen/nieuwe-versie")
    page.locator("[name=diagram]").set_input_files(GUIDE / f"{name}.bpmn")
    page.get_by_role("button", name="Controleren en bewaren").click()
    heading(page, "concept")


def fill_in(page: Page) -> None:
    page.get_by_label("Waar gaat uw klacht over?").fill(SUBJECT)
    page.get_by_label("Wat is het KvK-nummer van de aanbieder?").fill(PROVIDER.kvk)
    page.get_by_label("Wat is er gebeurd?").fill(STORY)


def open_task(page: Page, name: str) -> None:
    page.goto("/taken")
    page.get_by_role("link", name=name).first.click()
    heading(page, name)


def finish(page: Page) -> None:
    page.get_by_role("button", name="Klaar, verder").click()
    heading(page, "Taken")


def test_a_complaint_goes_from_teacher_to_registrar_to_provider_and_back(
    page: Page, new_page: NewPage, product: Product
) -> None:
    Stock(product, PROVIDER.kvk, "Voorbeeld Academie")
    login_account(page, "process_owner")
    for name in ("klacht-beantwoorden", "klacht-behandelen"):
        deploy(page, name)
    teacher, registrar, provider, stranger = (
        new_page(java_script_enabled=False) for _person in range(4)
    )

    login_account(teacher, "leraar-3")
    teacher.goto("/starten")
    teacher.locator("main a[href='/starten/klacht_behandelen']").click()
    fill_in(teacher)
    teacher.get_by_role("button", name="Versturen").click()
    heading(teacher, "Wij hebben het ontvangen")

    login_account(registrar, "registrar")
    open_task(registrar, "Klacht beoordelen")
    expect(registrar.locator("main")).to_contain_text("Uiterlijk")
    expect(registrar.locator("main")).to_contain_text(STORY)
    finish(registrar)

    login(stranger, STRANGER)
    stranger.goto("/taken")
    heading(stranger, "Taken")
    expect(stranger.get_by_role("link", name="Klacht beantwoorden")).to_have_count(0)
    login(provider, PROVIDER)
    open_task(provider, "Klacht beantwoorden")
    provider.get_by_label("Uw antwoord").fill(ANSWER)
    finish(provider)

    teacher.goto("/zaken")
    teacher.get_by_role("link", name="Klacht behandelen").click()
    teacher.get_by_role("link", name="Antwoord lezen").click()
    expect(teacher.locator("main")).to_contain_text(ANSWER)
    finish(teacher)
    teacher.goto("/zaken?lijst=afgesloten")
    expect(teacher.get_by_role("link", name="Klacht behandelen")).to_be_visible()


def test_the_owner_tries_a_complaint_and_keeps_it_as_a_scenario(page: Page) -> None:
    login_account(page, "process_owner")
    upload(page, "klacht-behandelen")
    page.goto(f"{page.url}/proberen")
    fill_in(page)
    page.get_by_role("button", name="Beginnen", exact=True).click()
    page.get_by_role("button", name="Klaar, verder").click()
    page.get_by_role("button", name="antwoord van aanbieder").click()
    page.get_by_role("button", name="Klaar, verder").click()
    expect(page.locator("main")).to_contain_text("De zaak is afgelopen")
    page.locator("[name=name]").fill("Beantwoord")
    page.get_by_role("button", name="Bewaar als scenario").click()
    expect(page.locator("body")).to_contain_text("Het scenario “Beantwoord” is bewaard.")

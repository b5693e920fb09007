"""`bpmn/provider_onboarding.bpmn`, as an employee of a provider goes through it."""

import sys
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from app.demo.part import loket
from processes.base import now
from processes.engine.store.models import JobStatus
from processes.register.offers.offers import OfferStatus
from processes.register.providers.providers import ProviderStatus
from processes.register.providers.web_sessions import WebSession
from tests.journeys.conftest import NewPage, on_both_databases
from tests.journeys.halting_worker import AFTER
from tests.journeys.pages import (
    Employee,
    begin,
    company,
    confirm,
    declare,
    fill_in_contact,
    heading,
    log_in_at_the_simulator,
    login,
    login_account,
    open_task,
    register,
)
from tests.journeys.rows import (
    find_provider,
    is_completed,
    offers_of,
    onboarding_of,
    provider_of,
)
from tests.product import Product, until

pytestmark = pytest.mark.browser

THREE_HUNDRED = "90000102"  # the provider of the sample with the most offers


@on_both_databases
def test_a_sole_proprietor_without_rsin_registers_at_eh2plus(page: Page, product: Product) -> None:
    kvk, email = "69599084", "dagobert@dagobert.example"
    begin(page, Employee(kvk, loa="loa2plus"))
    declare(page)
    heading(page, "Bedrijfsgegevens")
    expect(page.locator("main")).to_contain_text("Eenmanszaak")
    expect(page.locator("main")).not_to_contain_text("RSIN")
    company(page, email)
    expect(page.locator("main")).to_contain_text(email)
    confirm(page)
    reference = provider_of(product, kvk).reference
    expect(page.locator("main")).to_contain_text(reference)
    assert reference in product.text_to(email)
    until(lambda: is_completed(product, kvk))
    page.goto("/aanbod")
    heading(page, "Uw aanbod")
    expect(page.locator("main")).to_contain_text("Alles staat nu op")
    assert {offer.status for offer in offers_of(product, kvk)} == {OfferStatus.CONCEPT}


def test_a_level_below_the_minimum_is_refused_with_an_explanation(
    page: Page, product: Product
) -> None:
    kvk = "90002520"
    login(page, Employee(kvk, loa="loa2"))
    heading(page, "Uw niveau van eHerkenning is te laag")
    expect(page.locator("main")).to_contain_text("EH2+ of hoger")
    page.goto("/aanmelding")
    heading(page, "Inloggen")
    assert onboarding_of(product, kvk) is None


@pytest.mark.rule("R13", "R19")
def test_who_answers_no_may_return_the_next_day_and_answer_yes(
    new_page: NewPage, product: Product
) -> None:
    kvk, not_yet = "90002490", "U voldoet nog niet aan alle eisen"
    today, next_day = new_page(), new_page()
    begin(today, Employee(kvk))
    declare(today, ("ja", "nee", "ja", "ja"))
    heading(today, not_yet)
    login(next_day, Employee(kvk, loa="loa3"))
    heading(next_day, not_yet)
    next_day.get_by_role("button", name="Vragen opnieuw beantwoorden").click()
    heading(next_day, "Kwaliteitseisen")
    expect(next_day.locator("[name=requirement_2][value=nee]")).to_be_checked()
    declare(next_day)
    heading(next_day, "Bedrijfsgegevens")
    assert find_provider(product, kvk) is None


def test_a_colleague_finishes_and_the_stale_tab_is_told_so(
    new_page: NewPage, product: Product
) -> None:
    kvk, email = "90000749", "vve@eigenaars.example"
    first, colleague = new_page(), new_page()
    begin(first, Employee(kvk, "medewerker-1"))
    declare(first)
    heading(first, "Bedrijfsgegevens")
    login(colleague, Employee(kvk, "medewerker-2"))
    company(colleague, email)
    confirm(colleague)
    fill_in_contact(first, "ander@eigenaars.example", "Een Ander")
    # Saving by itself is answered too; the page that answers the form has an address of its own.
    with first.expect_response(lambda answer: "antwoord=" in answer.url) as answered:
        first.get_by_role("button", name="Opslaan en verder").click()
    assert answered.value.status == 409
    heading(first, "Deze stap is al afgerond")
    expect(first.locator("main")).to_contain_text("medewerker 2")
    expect(first.locator("main")).to_contain_text("ander@eigenaars.example")
    assert provider_of(product, kvk).contact_email == email
    assert product.text_to(email)


@on_both_databases
@pytest.mark.rule("R45f", "R69")
def test_the_mail_arrives_later_and_once_when_the_mail_server_was_down(
    page: Page, product: Product
) -> None:
    kvk, email = "69599076", "guus@guus.example"
    begin(page, Employee(kvk))
    declare(page)
    company(page, email)
    product.stop_part("mailbox")
    try:
        confirm(page)
        assert provider_of(product, kvk).status is ProviderStatus.ACTIVE
        job = product.waiting_job(kvk, "send-confirmation")
        expect(page.locator("main")).to_contain_text("nog niet verzonden")
        assert product.mails_to(email) == []
    finally:
        product.restart("mailbox")
    product.let_time_pass(job)
    assert provider_of(product, kvk).reference in product.text_to(email)
    product.finished_job(kvk, "send-confirmation")
    expect(page.locator("main")).not_to_contain_text("nog niet verzonden")  # without a reload
    assert len(product.mails_to(email)) == 1


@on_both_databases
def test_a_killed_migration_goes_on_where_it_was(page: Page, product: Product) -> None:
    kvk = THREE_HUNDRED
    worker = product.parts["worker"]
    whole = worker.command
    product.stop_part("worker")
    # One that waits to be killed: any other may be done before it is.
    halting = [sys.executable, "-m", "tests.journeys.halting_worker"]
    worker.command = [*halting, *whole[len(loket()) :]]
    product.begin("worker")
    worker.command = whole  # of the next one
    register(page, Employee(kvk), "veel@aanbod.example")
    until(lambda: len(offers_of(product, kvk)) >= AFTER)
    product.kill("worker")
    before = {offer.id for offer in offers_of(product, kvk)}
    assert len(before) == AFTER
    page.goto("/aanbod")
    expect(page.get_by_role("progressbar")).to_be_visible()
    product.restart("worker")
    job = product.job(kvk, "migrate-offers")
    assert job.status is JobStatus.LEASED
    product.let_time_pass(job)
    product.finished_job(kvk, "migrate-offers")
    expect(page.get_by_role("progressbar")).to_be_hidden()  # the page saw it by itself
    expect(page.locator("main")).to_contain_text("0 van 300 gecontroleerd")
    offers = offers_of(product, kvk)
    assert len(offers) == len({offer.legacy_id for offer in offers}) == 300
    assert before <= {offer.id for offer in offers}
    assert {offer.status for offer in offers} == {OfferStatus.CONCEPT}


def test_cancelling_at_the_broker_gives_a_friendly_page(page: Page, product: Product) -> None:
    login(page, Employee("90001745"), outcome="cancel")
    heading(page, "U bent niet ingelogd")
    page.get_by_role("link", name="Opnieuw inloggen").click()
    heading(page, "Inloggen")
    assert onboarding_of(product, "90001745") is None


def test_a_technical_fault_at_the_broker_has_its_own_page(page: Page) -> None:
    login(page, Employee("90001745"), outcome="fault")
    heading(page, "Inloggen lukt nu niet")


def test_an_error_of_the_trade_register_leads_to_manual_entry(
    new_page: NewPage, product: Product
) -> None:
    kvk = "90004973"
    employee, registrar = new_page(), new_page()
    begin(employee, Employee(kvk))
    declare(employee)
    employee.locator("[name=name]").fill("Handmatig BV")
    employee.locator("[name=street]").fill("Dorpsstraat")
    employee.locator("[name=house_number]").fill("1a")
    employee.locator("[name=postcode]").fill("1234 AB")
    employee.locator("[name=city]").fill("Ons Dorp")
    company(employee, "hand@matig.example")
    expect(employee.locator("main")).to_contain_text("Handmatig BV")
    confirm(employee)
    provider = provider_of(product, kvk)
    assert (provider.name, provider.company_known) == ("Handmatig BV", False)
    login_account(registrar, "registrar")
    open_task(registrar, "Bedrijfsgegevens beoordelen", about="Handmatig BV")
    registrar.locator("[name=verdict][value=in-orde]").check()
    registrar.get_by_role("button", name="Opslaan").click()
    until(lambda: is_completed(product, kvk))


def test_a_refused_address_is_repaired_by_the_registrar(
    new_page: NewPage, product: Product
) -> None:
    kvk, right = "69599068", "bolderbast@stichting.example"
    employee, registrar = new_page(), new_page()
    register(employee, Employee(kvk), "geweigerd@stichting.example")
    login_account(registrar, "registrar")
    open_task(registrar, "E-mailadres herstellen", about="Bolderbast")
    employee.reload()
    expect(employee.locator("main")).to_contain_text("Dit e-mailadres werkt niet")
    registrar.locator("[name=email]").fill(right)
    registrar.get_by_role("button", name="Adres opslaan").click()
    assert provider_of(product, kvk).reference in product.text_to(right)
    until(lambda: is_completed(product, kvk))


def test_a_provider_that_the_older_register_does_not_know_gets_an_empty_overview(
    page: Page, product: Product
) -> None:
    kvk, email = "12345678", "nieuw@aanbieder.example"
    begin(page, Employee(kvk))
    declare(page)
    page.locator("[name=name]").fill("Nieuwe Aanbieder")
    page.locator("[name=street]").fill("Nieuwstraat")
    page.locator("[name=house_number]").fill("2")
    page.locator("[name=postcode]").fill("2345 BC")
    page.locator("[name=city]").fill("Nieuwstad")
    company(page, email)
    confirm(page)
    product.finished_job(kvk, "migrate-offers")
    page.goto("/aanbod")
    expect(page.locator("main")).to_contain_text("U hebt nog geen aanbod")


@on_both_databases
def test_a_double_click_on_confirm_registers_once(page: Page, product: Product) -> None:
    kvk, email = "90003942", "dubbel@klik.example"
    begin(page, Employee(kvk))
    declare(page)
    company(page, email)
    page.get_by_role("button", name="Aanmelding bevestigen").dblclick()
    heading(page, "Uw aanmelding is bevestigd")
    product.finished_job(kvk, "send-confirmation")
    assert len(product.mails_to(email)) == 1


def test_who_comes_back_after_registering_lands_on_the_overview(
    new_page: NewPage, product: Product
) -> None:
    kvk = "90005414"
    first, later = new_page(), new_page()
    register(first, Employee(kvk), "terug@keer.example")
    assert provider_of(product, kvk)
    login(later, Employee(kvk, "medewerker-2"))
    heading(later, "Uw aanbod")


def test_the_back_button_after_confirming_leads_to_the_confirmation(
    page: Page, product: Product
) -> None:
    kvk, email = "90001745", "terug@knop.example"
    register(page, Employee(kvk), email)
    page.go_back()
    heading(page, "Uw aanmelding is bevestigd")
    product.finished_job(kvk, "send-confirmation")
    assert len(product.mails_to(email)) == 1


@pytest.mark.parametrize(("kvk", "has_javascript"), [("55344526", True), ("00900001", False)])
def test_what_was_typed_stands_there_again_after_the_session_ended(
    new_page: NewPage, product: Product, kvk: str, *, has_javascript: bool
) -> None:
    page, employee = new_page(java_script_enabled=has_javascript), Employee(kvk)
    begin(page, employee)
    end_sessions(product, kvk)
    page.locator("[name=complaints_url]").fill("https://www.voorbeeld.example/lang-bedacht")
    if has_javascript:
        page.locator("[name=complaints_url]").blur()  # what is typed is kept by itself
    else:
        page.get_by_role("button", name="Opslaan en verder").click()
    heading(page, "Inloggen")
    expect(page.locator("main")).to_contain_text("Uw sessie is afgelopen")
    page.get_by_role("button", name="Inloggen met eHerkenning").click()
    log_in_at_the_simulator(page, employee)
    heading(page, "Kwaliteitseisen")
    kept = page.locator("[name=complaints_url]")
    expect(kept).to_have_value("https://www.voorbeeld.example/lang-bedacht")


def end_sessions(product: Product, kvk: str) -> None:
    """As if everybody of this company had been away for an hour."""
    with product.database.writing() as session:
        hour_ago = now() - timedelta(hours=1)
        session.execute(update(WebSession).where(WebSession.kvk == kvk).values(seen_at=hour_ago))

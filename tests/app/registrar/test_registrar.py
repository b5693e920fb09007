"""Pages of the register's staff: find, suspend, resend, assess, audit trail."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import set_clock
from processes.engine.execution import jobs
from processes.engine.execution.instances import start_process
from processes.engine.registry import BpmnError
from processes.engine.store.models import Job, UserTask
from processes.letters.trail import ACTIONS
from processes.register.changes import AuditEvent, record_event
from processes.register.declarations import seed_requirements
from processes.register.offers.offers import OfferStatus, create, delete
from processes.register.providers.providers import Provider, ProviderStatus, register
from tests.app.offers.offer_world import a_catalogue_offer
from tests.app.onboarding import CONTACT, Employee, field, heading, prepare
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import define, process, straight, user


@pytest.fixture
def provider(session: Session) -> Provider:
    seed_requirements(session)
    provider = register(
        session,
        kvk="69599084",
        reference="AB-2026-AAAAAA",
        company={},
        corrections={"name": "Dagobert <Training>"},
        display_name="Dagobert <Training>",
        company_known=False,
        contact={"name": "Jo\u00eblle", "email": "jo@scholing.example"},
        registered_by="medewerker 1",
    )
    session.commit()
    return provider


@pytest.fixture
def registrar(app: Flask, client: FlaskClient) -> Employee:
    sign_in(app, client, Role.REGISTRAR)
    return Employee(client)


def status_of(session: Session, provider: Provider) -> ProviderStatus:
    session.refresh(provider)
    return provider.status


def refuse(session: Session, topic: str, code: str) -> None:
    """As a worker does whose job ends in a business error."""
    job = session.scalars(select(Job).filter_by(topic=topic)).one()
    claimed = jobs.claim(session, job.id, owner="test", lease=timedelta(minutes=1))
    assert claimed is not None
    assert jobs.fail(session, job.id, "test", claimed.attempts, BpmnError(code, "geweigerd"))
    session.commit()


@pytest.mark.parametrize(
    "text", ["", "dagobert", "69599084", "ab-2026-aaaaaa", "jo@scholing", "dago%C2%ADbert%E2%80%8B",
     "Jo\u00eblle", "joelle", "69.59.90.84", "6959 9084", "KvK-nummer: 69599084"],
)  # fmt: skip
def test_a_provider_is_found(registrar: Employee, provider: Provider, text: str) -> None:
    page = registrar.open(f"/register?zoek={text}")
    assert f'href="/register/{provider.id}"' in page.text
    assert "Dagobert &lt;Training&gt;" in page.text


@pytest.mark.parametrize("text", ["donald", "%", "_", "' OR 1=1 --"])
def test_what_does_not_fit_is_not_found(registrar: Employee, provider: Provider, text: str) -> None:
    page = registrar.open(f"/register?zoek={text}")
    assert str(provider.id) not in page.text
    assert "Geen aanbieders gevonden" in page.text


def test_one_provider_has_all_that_the_register_knows(
    registrar: Employee, provider: Provider
) -> None:
    page = registrar.open(f"/register/{provider.id}")
    assert heading(page).startswith("Dagobert")
    for fact in ("AB-2026-AAAAAA", "jo@scholing.example", "Aanbieder aangemeld", "medewerker 1"):
        assert fact in page.text


@pytest.mark.rule("R61")
def test_every_event_of_a_registration_is_told_in_dutch(
    app: Flask, registrar: Employee, session: Session
) -> None:
    prepare(session)
    browser = app.test_client()
    sign_in(app, browser, Role.PROVIDER)
    Employee(browser).register()
    events = session.scalars(select(AuditEvent).filter_by(kvk="68750110")).all()
    assert {event.action for event in events} <= set(ACTIONS)
    one = session.scalars(select(Provider)).one()
    assert (
        "stap: Bedrijfsgegevens controleren en aanvullen"
        in registrar.open(f"/register/{one.id}").text
    )


@pytest.mark.rule("R61")
def test_the_trail_is_a_sheet_without_formulas(
    registrar: Employee, provider: Provider, session: Session
) -> None:
    record_event(session, "contact-changed", actor="=1+1", kvk=provider.kvk)
    session.commit()
    page = registrar.open(f"/register/{provider.id}")
    sheet = registrar.press(page, f"/register/{provider.id}/gebeurtenissen.csv", {})
    assert sheet.mimetype == "text/csv"
    lines = sheet.text.splitlines()
    assert ";Aanbieder aangemeld;provider-registered;" in lines[1]
    assert ";'=1+1;" in lines[2]
    assert session.scalars(select(AuditEvent).filter_by(action="trail-exported")).one()


def test_an_unknown_provider_does_not_exist(registrar: Employee) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    assert registrar.open(f"/register/{unknown}").status_code == 404


def test_staff_see_the_offers_and_which_activity_an_event_is_about(
    registrar: Employee, provider: Provider, session: Session
) -> None:
    offer = a_catalogue_offer(session, provider, title="Rekenen <met> breuken")
    gone = a_catalogue_offer(session, provider, title="Weggehaalde activiteit")
    delete(session, gone.id, by="medewerker 1")
    session.commit()
    page = registrar.open(f"/register/{provider.id}").text
    address = f"/register/{provider.id}/aanbod/{offer.id}"
    assert f'href="{address}">Rekenen &lt;met&gt; breuken</a>' in page
    assert "verwijderde activiteit" in page
    listed = registrar.open(f"/register/{provider.id}/aanbod").text
    assert f'href="{address}"' in listed
    assert "Weggehaalde activiteit" not in listed
    assert "Rekenen &lt;met&gt; breuken" in registrar.open(address).text
    assert registrar.open(f"/register/{provider.id}/aanbod/{gone.id}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", ["Kralen", "Taal"]),
        ("?zoek=KRA*", ["Kralen"]),
        ("?status=concept", ["Taal"]),
        ("?zoek=kra&status=concept", []),
        ("?status=onzin", ["Kralen", "Taal"]),
    ],
)
def test_staff_search_and_narrow_the_offers_of_a_provider(
    registrar: Employee, provider: Provider, session: Session, asked: str, shown: list[str]
) -> None:
    a_catalogue_offer(session, provider, title="Kralen")
    concept = a_catalogue_offer(session, provider, title="Taal")
    concept.status = OfferStatus.CONCEPT
    session.commit()
    page = registrar.open(f"/register/{provider.id}/aanbod{asked}").text
    assert [title for title in ("Kralen", "Taal") if f">{title}</a>" in page] == shown
    assert ("Geen activiteiten gevonden" in page) == (not shown)


@pytest.mark.rule("R61")
def test_that_the_staff_looked_at_the_offers_is_recorded_once_a_day(
    app: Flask, client: FlaskClient, provider: Provider, session: Session
) -> None:
    set_clock(lambda: datetime(2027, 3, 1, 22, 50, tzinfo=UTC))
    sign_in(app, client, Role.REGISTRAR)
    registrar = Employee(client)
    offer = a_catalogue_offer(session, provider, title="Rekenen")
    concept = create(session, provider, by="medewerker 1")
    session.commit()
    page = registrar.open(f"/register/{provider.id}/aanbod")
    assert "Titel, Type activiteit" in page.text
    assert "compleet" in page.text
    for one in (offer, concept):
        assert registrar.open(f"/register/{provider.id}/aanbod/{one.id}").status_code == 200
    looked = select(AuditEvent).filter_by(action="offers-looked-at", kvk=provider.kvk)
    assert [each.actor for each in session.scalars(looked)] == ["Test registrar"]

    set_clock(lambda: datetime(2027, 3, 1, 23, 5, tzinfo=UTC))  # the next day in Amsterdam
    registrar.open(f"/register/{provider.id}/aanbod")
    assert len(session.scalars(looked).all()) == 2


def test_suspending_asks_a_reason_and_can_be_undone(
    registrar: Employee, provider: Provider, session: Session
) -> None:
    page = registrar.open(f"/register/{provider.id}")
    refused = registrar.press(page, f"/register/{provider.id}/schorsen", {"reason": " "})
    assert refused.status_code == 422
    page = registrar.press(page, f"/register/{provider.id}/schorsen", {"reason": "Klachten."})
    assert status_of(session, provider) is ProviderStatus.SUSPENDED
    assert "Klachten." in page.text
    assert [job.topic for job in session.scalars(select(Job))] == ["begin-suspension"]
    registrar.press(page, f"/register/{provider.id}/herstellen", {})
    topics = {job.topic for job in session.scalars(select(Job))}
    assert topics == {"begin-suspension", "send-reinstated"}
    assert status_of(session, provider) is ProviderStatus.ACTIVE
    recorded = session.scalars(select(AuditEvent.action).filter_by(kvk=provider.kvk)).all()
    assert {"provider-suspended", "provider-reinstated"} <= set(recorded)


def test_the_confirmation_is_sent_again_once_per_press(
    registrar: Employee, provider: Provider, session: Session
) -> None:
    page = registrar.open(f"/register/{provider.id}")
    for _ in range(2):
        registrar.press(page, f"/register/{provider.id}/bevestiging", {})
    job = session.scalars(select(Job).filter_by(topic="send-confirmation-again")).one()
    assert job.arguments == {"provider_id": str(provider.id)}


def test_a_refused_address_is_repaired_and_the_mail_goes_again(
    app: Flask, registrar: Employee, session: Session
) -> None:
    prepare(session)
    browser = app.test_client()
    sign_in(app, browser, Role.PROVIDER)
    Employee(browser).register()
    refuse(session, "send-confirmation", "address-refused")

    page = registrar.open("/register")
    assert "E-mailadres herstellen" in page.text
    task = session.scalars(select(UserTask).filter_by(form_key="repair-address")).one()
    page = registrar.open(f"/taken/{task.id}")
    assert CONTACT["contact_email"] in page.text
    wrong = registrar.press(page, f"/taken/{task.id}", {"email": "niets"})
    assert wrong.status_code == 422
    registrar.press(page, f"/taken/{task.id}", {"email": "goed@scholing.example"})
    provider = session.scalars(select(Provider)).one()
    session.refresh(provider)
    assert provider.contact_email == "goed@scholing.example"
    assert len(session.scalars(select(Job).filter_by(topic="send-confirmation")).all()) == 2


def test_a_task_without_a_provider_says_so_and_never_none(
    registrar: Employee, session: Session
) -> None:
    body = straight(user("kijk", camunda_candidateGroups="registrar"), ids=("kijk",))
    define(session, process(body, key="los").replace(b' name="kijk"', b""), key="los")
    for key, tenant in (("1", None), ("2", "90000017")):
        start_process(session, "los", business_key=key, tenant=tenant, started_by="test")
    session.commit()
    page = registrar.open("/register").text
    listed = page.partition(">Te doen<")[2].partition(">Aanbieders<")[0]
    assert "geen aanbieder" in listed
    assert "KvK 90000017" in listed
    assert listed.count(">Taak zonder naam</a>") == 2
    assert "None" not in listed


def test_the_provider_may_repair_the_address_too(app: Flask, session: Session) -> None:
    prepare(session)
    browser = app.test_client()
    sign_in(app, browser, Role.PROVIDER)
    employee = Employee(browser)
    employee.register()
    refuse(session, "send-confirmation", "address-refused")
    changed = {**CONTACT, "contact_email": "goed@scholing.example"}
    employee.press(employee.open("/bedrijf"), "/bedrijf", changed)
    task = session.scalars(select(UserTask).filter_by(form_key="repair-address")).one()
    session.refresh(task)
    assert task.completed_by == "medewerker 1"
    topics = session.scalars(select(Job.topic)).all()
    assert topics.count("send-confirmation") == 2
    assert "send-contact-notice" not in topics  # the old address is the one that does not work


@pytest.mark.rule("R42")
@pytest.mark.parametrize(
    ("verdict", "status"),
    [("in-orde", ProviderStatus.ACTIVE), ("schorsen", ProviderStatus.SUSPENDED)],
)
def test_an_unknown_company_is_assessed(
    app: Flask, registrar: Employee, session: Session, verdict: str, status: ProviderStatus
) -> None:
    prepare(session)
    browser = app.test_client()
    sign_in(app, browser, Role.PROVIDER, kvk="90004973")
    employee = Employee(browser)
    page = employee.to_company()
    typed = {"name": "X", "street": "Dam", "house_number": "1", "postcode": "1012JL", "city": "A"}
    page = employee.answer(page, {**typed, **CONTACT, "next": "review"})
    employee.answer(page, {})
    refuse(session, "check-trade-register", "company-unknown")

    task = session.scalars(select(UserTask).filter_by(form_key="assess-company")).one()
    page = registrar.open(f"/taken/{task.id}")
    assert heading(page) == "Bedrijfsgegevens beoordelen"
    answers = {"verdict": verdict, "reason": "Het adres bestaat niet."}
    page = registrar.press(page, f"/taken/{task.id}", answers)
    assert heading(page) == "Register"
    provider = session.scalars(select(Provider)).one()
    session.refresh(provider)
    assert provider.status is status
    assert field(page, "zoek") == ""

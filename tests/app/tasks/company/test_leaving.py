"""A provider leaves, guided by its process: until when, staying after all, coming back (R46)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now, set_clock, today
from processes.casework.providers.leaving import PROCESS
from processes.casework.providers.suspension import reinstate, suspend
from processes.engine.deployment.definitions import deploy
from processes.engine.execution.events.messages import deliver_buffered, matching_buffered_messages
from processes.engine.execution.events.timers import fire_due_timers
from processes.engine.execution.instances import open_instance
from processes.engine.execution.jobs import claim, finish
from processes.engine.openings import clients
from processes.engine.openings.clients import Rights
from processes.engine.store.models import Job, JobStatus
from processes.register.changes import AuditEvent
from processes.register.offers.offers import Offer
from processes.register.offers.rules import addable_on, visible_on
from processes.register.providers.providers import Provider, ProviderStatus
from tests.app.offers.offer_world import (
    a_provider,
    a_published_offer,
    an_employee,
    an_offer,
    deploy_offer_publication,
)
from workers.handlers.providers.leaving import end_offers, restore_offers
from workers.job_context import JobContext
from workers.vocabulary import vocabulary

BPMN = Path(__file__).parents[4] / "bpmn"
PAGE = "/bedrijf/vertrekken"


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    deploy_offer_publication(session)
    xml = (BPMN / "provider_leaving.bpmn").read_bytes()
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test", from_file=True)
    provider = a_provider(session)
    an_employee(app, client)
    return provider


def perform(session: Session, *topics: str) -> None:
    """The jobs of the process, one after the other, as its worker does them; mail is not sent."""
    for topic in topics:
        job = session.scalars(select(Job).filter_by(topic=topic, status=JobStatus.NEW)).one()
        claimed = claim(session, job.id, owner="w", lease=timedelta(minutes=1))
        assert claimed is not None
        work: Any = {"end-offers": end_offers, "restore-offers": restore_offers}.get(topic)
        given: dict[str, Any] = dict(job.arguments)
        made = work(**given, job=context(session, job)) if work else None
        assert finish(session, job.id, "w", 1, made)
        session.commit()


def context(session: Session, job: Job) -> JobContext:
    @contextmanager
    def transaction() -> Iterator[Session]:
        yield session
        session.commit()

    def progress(done: int, total: int) -> None:
        assert done <= total

    return JobContext(
        job.id, job.idempotency_key, 1, job.tenant, transaction, progress, lambda: None
    )


def status_of(session: Session, provider: Provider) -> ProviderStatus:
    session.expire_all()
    return provider.status


def leave(client: FlaskClient, days: int = 10) -> None:
    day = today() + timedelta(days)
    answer = client.post(PAGE, data={"last_day": f"{day:%d-%m-%Y}", "sure": "y"})
    assert answer.status_code == 303


def at_day(session: Session, days: int) -> None:
    """So many days later, and what the clock does then."""
    moment = now() + timedelta(days)
    set_clock(lambda: moment)
    fire_due_timers(session, 10)
    session.commit()
    session.expire_all()


@pytest.mark.rule("R46")
def test_what_is_published_ends_on_the_last_day_and_nothing_is_deleted(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    assert "Er staat nu niets van u in de catalogus" in client.get(PAGE).text
    published = a_published_offer(session, provider)
    early = a_published_offer(session, provider, end_date=(today() + timedelta(3)).isoformat())
    concept = an_offer(session, provider)
    assert "Uw 2 gepubliceerde activiteiten" in client.get(PAGE).text
    leave(client)
    perform(session, "end-offers", "send-leaving")
    ends = {each.id: each.end_date for each in session.scalars(select(Offer))}
    assert ends == {
        published.id: today() + timedelta(10),
        early.id: today() + timedelta(3),
        concept.id: None,
    }
    page = client.get(PAGE).text
    assert "Toch blijven" in page
    assert "kregen" in page


@pytest.mark.rule("R46")
def test_after_the_last_day_the_provider_looks_alone_and_teachers_keep_adding(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    key, _ = clients.make(session, "programma", Rights(offers=True, tenant=provider.kvk), by="test")
    leave(client)
    perform(session, "end-offers", "send-leaving")
    at_day(session, 9)
    assert provider.status is ProviderStatus.ACTIVE
    at_day(session, 2)
    perform(session, "end-offers")
    assert status_of(session, provider) is ProviderStatus.LEFT
    perform(session, "send-left")
    assert not key.enabled
    seen = session.scalars(select(Offer.id).where(visible_on(today()))).all()
    added = session.scalars(select(Offer.id).where(addable_on(today()))).all()
    assert (seen, added) == ([], [offer.id])
    an_employee(client.application, client)
    assert client.get(f"/aanbod/{offer.id}").status_code == 200
    assert client.post("/aanbod/bestanden/aanbod.csv").status_code == 200
    assert client.get(f"/aanbod/{offer.id}/bewerken").status_code == 403
    assert client.post("/bedrijf", data={"contact_name": "Bo"}).status_code == 403
    assert "U bent vertrokken" in client.get(PAGE).text


@pytest.mark.rule("R46")
def test_what_is_published_or_begins_after_the_notice_ends_on_the_last_day_too(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    begins = (today() + timedelta(40)).isoformat()
    later = a_published_offer(session, provider, runs=[{"start": begins}])
    leave(client)
    perform(session, "end-offers", "send-leaving")
    new = a_published_offer(session, provider)
    session.refresh(later)
    last_day = today() + timedelta(10)
    assert (later.end_date, new.end_date) == (None, None)
    at_day(session, 11)
    perform(session, "end-offers", "send-left")
    session.expire_all()
    assert (later.end_date, new.end_date) == (last_day, last_day)
    assert session.scalars(select(Offer.id).where(addable_on(today()))).all() == [new.id]


@pytest.mark.rule("R46")
def test_who_stays_after_all_gets_the_end_dates_back_but_for_what_was_changed_since(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    other = a_published_offer(session, provider, title="Zelf gekozen")
    leave(client)
    perform(session, "end-offers", "send-leaving")
    day = today() + timedelta(5)
    changed = client.post(f"/aanbod/{other.id}/einddatum", data={"end_date": f"{day:%d-%m-%Y}"})
    assert changed.status_code == 302
    assert client.post("/bedrijf/blijven").status_code == 303
    perform(session, "restore-offers")
    session.expire_all()
    assert (offer.end_date, other.end_date) == (None, day)
    assert open_instance(session, PROCESS, provider.kvk) is None
    assert "Vertrekken als aanbieder" in client.get(PAGE).text


@pytest.mark.rule("R46")
def test_who_stays_while_end_dates_are_still_being_set_is_heard_too(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_published_offer(session, provider)
    leave(client)
    assert client.post("/bedrijf/blijven").location == "/aanbod"
    perform(session, "end-offers", "send-leaving", "restore-offers")
    session.expire_all()
    assert offer.end_date is None
    assert open_instance(session, PROCESS, provider.kvk) is None


@pytest.mark.rule("R46")
def test_who_stays_while_leaving_is_being_finished_is_told_that_it_is_too_late(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    leave(client)
    perform(session, "end-offers", "send-leaving")
    at_day(session, 11)
    an_employee(client.application, client)
    page = client.get(PAGE).text
    assert "Uw vertrek wordt afgerond" in page
    assert "Toch blijven" not in page
    assert client.post("/bedrijf/blijven").location == PAGE
    assert "Uw laatste dag is al voorbij" in client.get(PAGE).text
    assert session.scalars(select(AuditEvent).filter_by(action="provider-stays")).all() == []
    assert matching_buffered_messages(session, 10) == []
    perform(session, "end-offers")
    assert status_of(session, provider) is ProviderStatus.LEFT


@pytest.mark.rule("R46")
def test_the_contact_person_is_erased_after_the_term_and_who_comes_back_fills_it_in(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    leave(client, 0)
    perform(session, "end-offers", "send-leaving")
    at_day(session, 1)
    perform(session, "end-offers")
    perform(session, "send-left")
    at_day(session, 181)
    assert (provider.contact_name, provider.contact_email) == ("", "")
    assert open_instance(session, PROCESS, provider.kvk) is None
    an_employee(client.application, client)
    assert client.post("/bedrijf/terugkomen").status_code == 303
    session.expire_all()
    assert not provider.is_closed
    assert client.get("/bedrijf").status_code == 200


@pytest.mark.rule("R46")
def test_who_comes_back_in_time_has_everything_still(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    leave(client, 0)
    perform(session, "end-offers", "send-leaving")
    at_day(session, 1)
    perform(session, "end-offers")
    perform(session, "send-left")
    an_employee(client.application, client)
    assert client.post("/bedrijf/blijven").status_code == 303
    session.expire_all()
    assert provider.has_left
    assert client.post("/bedrijf/terugkomen").status_code == 303
    session.expire_all()
    assert provider.contact_email == "anna@leerkring.test"
    assert not provider.has_left


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"last_day": "", "sure": "y"}, "Vul de laatste dag in"),
        ({"last_day": "1-1-2020", "sure": "y"}, "vandaag of later"),
        ({"last_day": "1-1-2030"}, "Zet een vinkje"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_begins(
    client: FlaskClient, session: Session, provider: Provider, sent: dict[str, str], told: str
) -> None:
    answer = client.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert open_instance(session, PROCESS, provider.kvk) is None


def test_leaving_is_for_an_administrator_and_begins_once(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    other = app.test_client()
    an_employee(app, other, employee="b" * 64)
    assert other.get(PAGE).status_code == 403
    leave(client)
    leave(client)
    assert len(session.scalars(select(Job).filter_by(topic="end-offers")).all()) == 1
    assert provider.kvk


@pytest.mark.rule("R46")
@pytest.mark.rule("R55")
@pytest.mark.usefixtures("provider")
def test_who_logged_in_for_a_branch_is_not_told_to_ask_for_another_right(
    app: Flask, client: FlaskClient
) -> None:
    an_employee(app, client, employee="b" * 64, branch="000037178598")
    page = client.get(PAGE)
    assert page.status_code == 403
    assert "beheerder bent u alleen met een machtiging voor het hele bedrijf" in page.text
    assert "kan u meer rechten geven" not in page.text


def test_staying_twice_changes_nothing_of_the_next_time_that_it_leaves(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    leave(client)
    perform(session, "end-offers", "send-leaving")
    for _ in range(2):
        assert client.post("/bedrijf/blijven").status_code == 303
    perform(session, "restore-offers")
    assert open_instance(session, PROCESS, provider.kvk) is None
    leave(client)
    perform(session, "end-offers", "send-leaving")
    deliver_what_was_kept(session)
    at_day(session, 11)
    perform(session, "end-offers")
    assert status_of(session, provider) is ProviderStatus.LEFT


@pytest.mark.rule("R46", "R60")
def test_leaving_lifts_no_suspension_and_who_left_meanwhile_has_left(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    leave(client)
    perform(session, "end-offers", "send-leaving")
    suspend(session, provider, "Klachten", by="Ria")
    session.commit()
    at_day(session, 11)
    perform(session, "end-offers")
    assert status_of(session, provider) is ProviderStatus.SUSPENDED
    client.post("/bedrijf/terugkomen")
    assert status_of(session, provider) is ProviderStatus.SUSPENDED
    reinstate(session, provider, by="Ria")
    session.commit()
    assert status_of(session, provider) is ProviderStatus.LEFT


def deliver_what_was_kept(session: Session) -> None:
    for message_id in matching_buffered_messages(session, 10):
        deliver_buffered(session, message_id)
    session.commit()

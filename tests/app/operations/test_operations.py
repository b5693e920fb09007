"""The operator's pages of jobs and instances, and the health endpoints."""

import errno
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.factory import create_app
from app.web.access import Role
from processes.base import now, set_clock
from processes.engine.execution.jobs import claim, create_job, fail
from processes.engine.store.models import Incident, IncidentStatus, Job, JobStatus, ProcessInstance
from processes.platform import room
from processes.platform.settings import Settings
from processes.register.changes import AuditEvent
from tests.app.offers.offer_world import (
    a_provider,
    a_published_offer,
    an_offer,
    deploy_offer_publication,
)
from tests.app.signing_in import sign_in


@pytest.fixture(autouse=True)
def operator(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)


def a_job(session: Session, topic: str = "bulk-publish", tenant: str = "68750110") -> Job:
    job = create_job(session, topic, {"offer_ids": []}, idempotency_key=str(uuid4()), tenant=tenant)
    session.commit()
    return job


def a_failed_job(session: Session) -> Job:
    job = a_job(session)
    job.max_attempts = 1
    session.flush()
    claim(session, job.id, owner="test", lease=timedelta(minutes=1))
    fail(session, job.id, "test", 1, RuntimeError("de <b>mailserver</b> zweeg"))
    session.commit()
    return job


def the_incident(session: Session) -> Incident:
    return session.query(Incident).one()


def test_the_overview_counts(client: FlaskClient, session: Session) -> None:
    a_job(session)
    a_failed_job(session)
    page = " ".join(client.get("/beheer").text.split())
    for href, label in (("incidenten", "open incident"), ("taken?status=new", "taak wacht")):
        tile = f'>1</span> <a class="loket-tile__label" href="/beheer/{href}">{label}</a>'
        assert tile in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("onderwerp=bulk-publish", True),
        ("onderwerp=send-confirmation", False),
        ("status=new", True),
        ("status=done", False),
        ("status=onzin&ouder=onzin&pagina=0", True),
        ("ouder=uur", False),
    ],
)
def test_jobs_are_filtered(
    client: FlaskClient, session: Session, words: str, *, found: bool
) -> None:
    job = a_job(session)
    page = client.get(f"/beheer/taken?{words}").text
    assert (f"/beheer/taken/{job.id}" in page) is found


def test_old_jobs_are_found_by_their_age(client: FlaskClient, session: Session) -> None:
    job = a_job(session)
    job.created_at = now() - timedelta(days=2)
    session.commit()
    assert str(job.id) in client.get("/beheer/taken?ouder=dag").text
    assert "1 achtergrondtaak" in client.get("/beheer/taken?ouder=dag").text
    assert "1 achtergrondtaak" not in client.get("/beheer/taken?ouder=week").text
    assert str(job.id) not in client.get("/beheer/taken?ouder=week").text


def test_a_failed_job_tells_why_and_is_tried_again(client: FlaskClient, session: Session) -> None:
    job = a_failed_job(session)
    page = client.get(f"/beheer/taken/{job.id}").text
    assert "RuntimeError: •••" in page
    assert "Opnieuw proberen" in page
    why = {"reason": "Waarom mislukt het?"}
    page = client.post(f"/beheer/taken/{job.id}/gegevens", data=why).text
    assert "de &lt;b&gt;mailserver&lt;/b&gt; zweeg" in page
    incident = the_incident(session)
    assert incident.cause in client.get("/beheer/incidenten").text
    assert "RuntimeError" in client.get(f"/beheer/incidenten/{incident.id}").text
    address = f"/beheer/incidenten/{incident.id}/opnieuw"
    assert client.post(address).status_code == 302
    session.refresh(job)
    session.refresh(incident)
    assert (job.status, incident.status) == (JobStatus.NEW, IncidentStatus.RESOLVED)
    assert client.post(address).status_code == 302
    assert "Er zijn geen open incidenten" in client.get("/beheer/incidenten").text


def test_an_instance_shows_where_it_waits_and_what_it_did(
    client: FlaskClient, session: Session
) -> None:
    deploy_offer_publication(session)
    offer = a_published_offer(session, a_provider(session))
    instance = session.query(ProcessInstance).filter_by(business_key=str(offer.id)).one()
    page = client.get(f"/beheer/processen/{instance.id}").text
    assert 'data-tokens="manage_offer"' in page
    assert "Activiteit publiceren" in page
    assert f"/beheer/processen/{instance.id}/diagram.bpmn" in page
    assert client.get(f"/beheer/processen/{instance.id}/diagram.bpmn").status_code == 200


def test_instances_are_found_by_company_and_business_key(
    client: FlaskClient, session: Session
) -> None:
    deploy_offer_publication(session)
    offer = an_offer(session, a_provider(session))
    for words in (
        "",
        "zoek=68750110",
        f"zoek={offer.id}",
        "zoek=%E2%80%8B68750110%C2%A0",
        "proces=offer_publication&status=active",
    ):
        assert str(offer.id) in client.get(f"/beheer/processen?{words}").text
    for words in ("zoek=12345678", "proces=onbekend", "status=completed"):
        assert str(offer.id) not in client.get(f"/beheer/processen?{words}").text


@pytest.mark.parametrize("page", ["taken", "incidenten", "processen"])
def test_what_is_not_there_has_no_page(client: FlaskClient, page: str) -> None:
    assert client.get(f"/beheer/{page}/{uuid4()}").status_code == 404


def test_health_says_which_part_is_away_and_nothing_more(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 503
    answer = response.get_json()
    assert list(answer.pop("sinds")) == ["broker"]
    assert answer == {"status": "fout", "database": "ok", "broker": "onbereikbaar"}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.rule("R69")
def test_without_a_broker_pages_can_be_served(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (200, {"status": "ok", "database": "ok"})


def test_readyz_names_the_part_that_is_away_and_since_when(
    settings: Settings, client: FlaskClient, tmp_path: Path
) -> None:
    away = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/none/loket.db"})
    blind = create_app(away).test_client()
    set_clock(lambda: datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    blind.get("/readyz")
    set_clock(lambda: datetime(2026, 11, 23, 9, 45, tzinfo=UTC))
    answer = blind.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "fout",
        "database": "onbereikbaar",
        "sinds": {"database": "2026-11-23T09:30:00+00:00"},
    }
    assert client.get("/readyz").json == {"status": "ok", "database": "ok"}


def test_a_database_that_cannot_be_written_is_not_well(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(room, "_fill", full)
    monkeypatch.setattr(room, "_folder", lambda _engine: Path())
    for address in ("/readyz", "/healthz"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert answer.json is not None
        assert answer.json["database"] == "kan niet schrijven"


def test_a_disk_that_is_nearly_full_is_told_while_all_is_well(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda _engine: room.NEARLY_FULL - 1)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert "bijna vol" in answer.json["waarschuwing"]


def test_the_arguments_of_a_job_are_hidden_until_somebody_says_why(
    client: FlaskClient, session: Session
) -> None:
    job = create_job(session, "mail", {"recipient": "anna@a.test"}, idempotency_key="1")
    session.commit()
    address = f"/beheer/taken/{job.id}"
    assert "anna@a.test" not in client.get(address).text
    assert client.post(f"{address}/gegevens").status_code == 422
    assert "anna@a.test" in client.post(f"{address}/gegevens", data={"reason": "klacht"}).text
    [event] = session.query(AuditEvent).filter_by(action="arguments-shown")
    assert (event.subject, event.details) == (f"job:{job.id}", {"reason": "klacht"})

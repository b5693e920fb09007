"""A process owner keeps synonyms, and reads which questions found nothing."""

from contextlib import nullcontext

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.store.models import Job, JobStatus
from processes.register.changes import AuditEvent
from processes.register.declarations import seed_requirements
from processes.register.search import unanswered
from processes.register.texts import newest
from tests.app.offers.offer_world import a_catalogue_offer, a_provider
from tests.app.signing_in import sign_in
from workers import enqueue, questions
from workers.celery import celery
from workers.handlers.search_words import key_anew
from workers.job_context import JobContext

WORDS = "/processen/teksten/zoeken/synoniemen"


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    seed_requirements(session)
    session.commit()
    sign_in(app, client, Role.PROCESS_OWNER)


def perform(session: Session, job: Job) -> None:
    """Do it as a worker does, in the transaction of the test."""

    def progress(done: int, total: int) -> None:
        job.progress = {"done": done, "total": total}

    context = JobContext(
        job.id, job.idempotency_key, 1, None, lambda: nullcontext(session), progress, lambda: None
    )
    key_anew(**job.arguments, job=context)
    job.status = JobStatus.DONE
    session.flush()


def test_a_synonym_finds_activities_once_its_job_is_done(
    client: FlaskClient, session: Session
) -> None:
    a_catalogue_offer(session, a_provider(session), title="Escaperoom")
    session.commit()
    wrong = client.post(WORDS, data={"text": "alleen", "based_on": "0"})
    assert wrong.status_code == 422
    assert "Regel 1: zet hier twee of meer woorden, met een komma ertussen." in wrong.text
    assert "alleen</textarea>" in wrong.text

    text = "ontsnappingskamer, escaperoom"
    assert client.post(WORDS, data={"text": text, "based_on": "0"}).status_code == 303
    job = session.scalars(select(Job).where(Job.topic == "search-words")).one()
    assert job.arguments == {"key": "search:synonyms", "version": 1}
    assert "worden verwerkt" in client.get(WORDS).text
    perform(session, job)
    assert "zijn verwerkt (1)" in client.get(WORDS, headers={"HX-Request": "true"}).text
    assert "1 activiteit gevonden" in client.get("/catalogus?zoek=ontsnappingskamers").text
    assert "text-changed" in session.scalars(select(AuditEvent.action)).all()

    back = client.post(f"{WORDS}/standaard", data={"based_on": "1"})
    assert back.status_code == 303
    version = newest(session, "search:synonyms")
    assert version is not None
    assert version.is_default
    assert len(session.scalars(select(Job.id).where(Job.topic == "search-words")).all()) == 2


def test_questions_that_found_nothing_are_counted_by_a_worker(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_catalogue_offer(session, a_provider(session), title="Rekenen")
    session.commit()
    told: list[str] = []
    monkeypatch.setattr(questions, "send_aside", lambda _task, text: told.append(text))
    for asked in ("Codeerles", "rekenen+xyzzyx", "rekenen", "", "jan@school.nl"):
        client.get(f"/catalogus?zoek={asked}")
    client.get("/catalogus?zoek=codeerles&sector=vo")
    assert told == ["codeerles", "xyzzyx"]
    assert "Er zijn nu geen zoekvragen" in client.get("/processen/teksten").text
    for text in told:
        unanswered.count(session, text)
    session.commit()
    assert client.post("/processen/teksten/zoekvragen").status_code == 303
    assert "Er zijn nu geen zoekvragen" in client.get("/processen/teksten").text


def test_a_broker_that_is_down_holds_up_no_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object, **_more: object) -> None:
        raise OSError

    enqueue.retry_broker()
    monkeypatch.setattr(celery, "send_task", fails)
    assert client.get("/catalogus?zoek=codeerles").status_code == 200
    enqueue.retry_broker()


def test_the_staff_of_the_register_keeps_the_words_and_nothing_else(
    app: Flask, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.REGISTRAR)
    assert 'href="/processen/teksten/zoeken"' in client.get("/register").text
    page = client.get("/processen/teksten/zoeken").text
    assert 'href="/processen/teksten/zoeken/synoniemen"' in page
    sent = {"text": "juf, meester", "based_on": "0", "note": "Ook zo genoemd"}
    answer = client.post("/processen/teksten/zoeken/synoniemen", data=sent)
    assert answer.status_code == 303
    page = client.get("/processen/teksten/zoeken/synoniemen").text
    assert "juf = meester" in page
    assert 'href="/processen/teksten"' not in page
    for address in ("", "/mail/registration-confirmed", "/hulp/quality-requirements"):
        assert client.get(f"/processen/teksten{address}").status_code == 403
    answer = client.post("/processen/teksten/mail/registration-confirmed", data=sent)
    assert answer.status_code == 403

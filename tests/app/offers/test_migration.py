"""Progress and report of the migration from the older register, as the provider sees it."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution.jobs import create_job
from processes.engine.store.models import Job, JobStatus
from processes.register.legacy.migration import record_failure
from processes.register.legacy.staging import LegacyImport, LegacyOffer
from processes.register.offers.offers import create
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import a_provider, an_employee


@pytest.fixture
def provider(app: Flask, client: FlaskClient, session: Session) -> Provider:
    app.config["WTF_CSRF_ENABLED"] = False
    provider = a_provider(session)
    an_employee(app, client, kvk=provider.kvk)
    return provider


def legacy_rows(session: Session, kvk: str, number: int) -> list[LegacyOffer]:
    file = LegacyImport(source="registerleraar", filename="a.csv", sha256="0", rows=number)
    session.add(file)
    session.flush()
    rows = [
        LegacyOffer(
            import_id=file.id,
            source="registerleraar",
            legacy_id=str(row),
            kvk=kvk,
            account="1",
            row_number=row,
            raw={"titel": f"Les {row}"},
            checksum=str(row),
        )
        for row in range(number)
    ]
    session.add_all(rows)
    session.commit()
    return rows


def the_job(session: Session, kvk: str) -> Job:
    arguments = {"kvk": kvk}
    key = str(uuid4())
    job = create_job(session, "migrate-offers", arguments, idempotency_key=key, tenant=kvk)
    session.commit()
    return job


@pytest.mark.rule("R27")
def test_the_explanation_of_the_first_visit_is_shown_until_it_is_read(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    explanation = "Dit is uw aanbod uit het oude register"
    create(session, provider, by="medewerker 1")
    session.commit()
    assert explanation not in client.get("/aanbod").text
    legacy_rows(session, provider.kvk, 1)
    assert explanation in client.get("/aanbod").text
    client.post("/aanbod/uitleg-gelezen")
    assert explanation not in client.get("/aanbod").text


def test_the_progress_asks_again_while_the_migration_runs(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    legacy_rows(session, provider.kvk, 3)
    the_job(session, provider.kvk)
    page = client.get("/aanbod").text
    assert "0 van 3 overgezet" in page
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    fragment = client.get("/aanbod/voortgang")
    assert "<html" not in fragment.text
    assert "HX-Refresh" not in fragment.headers


def test_when_it_is_done_the_page_is_shown_anew_and_asks_no_more(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    job = the_job(session, provider.kvk)
    job.status = JobStatus.DONE
    session.commit()
    assert client.get("/aanbod/voortgang").headers["HX-Refresh"] == "true"
    page = client.get("/aanbod").text
    assert 'hx-trigger="every 1s"' not in page
    assert "http-equiv" not in page


@pytest.mark.rule("R48")
def test_rows_that_failed_are_told_and_can_be_tried_again(
    client: FlaskClient, session: Session, provider: Provider
) -> None:
    for row in legacy_rows(session, provider.kvk, 2):
        record_failure(session, row, "De regel is niet te lezen.")
    session.commit()
    assert "0 van 2 overgezet, 2 met fouten" in client.get("/aanbod").text
    assert "De regel is niet te lezen." in client.get("/aanbod/overgezet").text
    for _ in range(2):
        client.post("/aanbod/overgezet/opnieuw")
    jobs = session.scalars(select(Job).where(Job.topic == "migrate-offers")).all()
    assert len(jobs) == 1
    assert jobs[0].tenant == provider.kvk

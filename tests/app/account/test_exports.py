"""Everything that is kept about a provider or a person, as a file for who asked and nobody else."""

import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.base import now, today
from processes.casework.exports.asking import EXPIRED, drop_expired, make
from processes.casework.exports.tables import DataExport
from processes.engine.store.models import Job
from processes.engine.tasks.files import NewFile, Place, keep
from processes.register.mail import OutgoingMail
from processes.register.portfolio.entries import add_entry
from processes.register.providers.providers import Provider
from tests.app.offers.offer_world import (
    a_catalogue_offer,
    a_provider,
    a_teacher,
    an_employee,
    deploy_offer_publication,
)
from tests.app.signing_in import sign_in
from tests.uploaded import PDF

OTHER_KVK = "69599084"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def provider(session: Session) -> Provider:
    deploy_offer_publication(session)
    return a_provider(session, display_name=HOSTILE)


def a_mail(kvk: str) -> OutgoingMail:
    return OutgoingMail(
        key=kvk,
        kvk=kvk,
        kind="x",
        recipient=f"{kvk}@x.test",
        message_id=f"<{kvk}@x>",
        subject="Hallo",
        text="Dag",
        html="",
    )


def asked(client: FlaskClient, kind: str, submission: str = "") -> str:
    data = {"wat": kind, "submission_id": submission or str(uuid4())}
    answer = client.post("/mijn-gegevens", data=data)
    assert answer.status_code == 303
    return answer.location


def made(session: Session) -> None:
    """What a worker does with the jobs."""
    for export in session.scalars(select(DataExport)):
        make(session, export.id)
    session.commit()


def fetched(client: FlaskClient, page: str) -> zipfile.ZipFile:
    answer = client.get(f"{page}.zip")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def parts_of(archive: zipfile.ZipFile) -> dict[str, list[dict[str, object]]]:
    parts: dict[str, list[dict[str, object]]] = json.loads(archive.read("gegevens.json"))["parts"]
    return parts


def test_a_provider_gets_everything_of_its_own_and_nothing_of_another(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    a_catalogue_offer(session, provider, title="=1+1 Eigen aanbod")
    a_catalogue_offer(session, a_provider(session, OTHER_KVK), title="Van een ander")
    session.add_all(a_mail(kvk) for kvk in (provider.kvk, OTHER_KVK))
    session.commit()
    an_employee(app, client, kvk=provider.kvk)
    page = asked(client, "provider")
    assert "Wij maken uw bestand" in client.get(page).text
    assert client.get(f"{page}.zip").status_code == 404
    made(session)
    assert "Uw bestand is klaar" in client.get(page).text
    archive = fetched(client, page)
    parts = parts_of(archive)
    assert [each["title"] for each in parts["aanbod"]] == ["=1+1 Eigen aanbod"]
    assert [each["recipient"] for each in parts["e-mails"]] == [f"{provider.kvk}@x.test"]
    assert [each["label"] for each in parts["medewerkers"]] == ["medewerker 1"]
    assert "data-exported" in {each["action"] for each in parts["gebeurtenissen"]}
    read = archive.read("lees-mij.html").decode()
    assert "Export van alle gegevens gevraagd" in read
    assert "Wat er niet in staat, en waarom" in read
    assert HOSTILE not in read
    assert "'=1+1 Eigen aanbod" in archive.read("aanbod.csv").decode()
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for not_theirs in (b"Van een ander", OTHER_KVK.encode(), b"a" * 64):
        assert not_theirs not in everything


def test_a_teacher_gets_the_portfolio_with_the_files(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    offer = a_catalogue_offer(session, provider)
    for name in ("Kim", "Sam"):
        teacher = a_teacher(session, app, client, name)
        add_entry(session, teacher, offer.id, today(), on=today())
        for file in ("../../bewijs.pdf", "../../bewijs.pdf"):
            new = NewFile(file, "application/pdf", PDF + file.encode() + name.encode(), None)
            keep(session, Place(f"teacher:{teacher.id}"), new)
        other = NewFile("../../bewijs.pdf", "application/pdf", PDF + b"2" + name.encode(), None)
        keep(session, Place(f"teacher:{teacher.id}"), other)
    session.commit()
    page = asked(client, "person")
    made(session)
    archive = fetched(client, page)
    parts = parts_of(archive)
    assert [each["name"] for each in parts["leraar"]] == ["Sam"]
    assert len(parts["portfolio"]) == 1
    files = [name for name in archive.namelist() if name.startswith("bestanden/")]
    assert len(files) == 2
    assert [name for name in files if ".." in name.split("/")] == []
    assert all(archive.read(name).endswith(b"Sam") for name in files)


def test_who_did_not_ask_finds_nothing(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    an_employee(app, client, kvk=provider.kvk)
    submission = str(uuid4())
    page = asked(client, "provider", submission)
    assert asked(client, "provider", submission) == page
    jobs = session.scalars(select(Job).where(Job.topic == "make-data-export")).all()
    assert len(jobs) == 1
    made(session)
    for role in (Role.PROVIDER, Role.OPERATOR, Role.TEACHER):
        sign_in(app, client, role, employee="b" * 64)
        assert client.get(page).status_code == 404
        assert client.get(f"{page}.zip").status_code == 404
        again = {"wat": "person", "submission_id": submission}
        assert client.post("/mijn-gegevens", data=again).status_code == 404


def test_who_acts_for_one_branch_gets_nothing_of_the_company(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    an_employee(app, client, kvk=provider.kvk, branch="000037178598")
    assert "Over uw bedrijf" not in client.get("/mijn-gegevens").text
    assert client.post("/mijn-gegevens", data={"wat": "provider"}).status_code == 403
    assert client.post("/mijn-gegevens", data={"wat": "iets"}).status_code == 400
    assert session.scalars(select(DataExport)).all() == []


def test_the_file_is_gone_after_a_week(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    an_employee(app, client, kvk=provider.kvk)
    page = asked(client, "person")
    made(session)
    export = session.scalars(select(DataExport)).one()
    assert export.expires_at > now() + timedelta(days=6)
    assert not EXPIRED.ask(session, now())
    export.expires_at = now()
    session.commit()
    assert client.get(f"{page}.zip").status_code == 404
    assert EXPIRED.ask(session, now())
    drop_expired(session, now())
    session.commit()
    assert session.scalars(select(DataExport.id)).all() == []


def test_who_may_no_longer_act_for_the_company_does_not_fetch_what_they_asked_for(
    app: Flask, client: FlaskClient, session: Session, provider: Provider
) -> None:
    an_employee(app, client, kvk=provider.kvk)
    page = asked(client, "provider")
    made(session)
    fetched(client, page)
    an_employee(app, client, kvk=provider.kvk, branch="000012345678")  # another mandate
    assert client.get(f"{page}.zip").status_code == 404
    assert client.get(page).status_code == 404
    assert page not in client.get("/mijn-gegevens").text

"""Files with a start form of who did not log in: visitors, and programs over the API."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.base import now
from processes.casework import visitor_data
from processes.engine.execution.instances import variables
from processes.engine.execution.starting import public_start
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance
from processes.engine.store.start_models import PendingStart
from processes.engine.tasks import files
from tests.app.api.programs import Program, program
from tests.app.begin.complaints import KEY, SUBJECT, complaint, place
from tests.app.begin.test_public import link, sent
from tests.app.onboarding import field
from tests.app.signing_in import sign_in
from tests.processes.engine.form_fields import field as drawn
from tests.uploaded import PDF, PNG

PROOF = drawn("bewijs", "file", label="Uw bewijs", required="", kinds="pdf")
ADDRESS = f"/processen/{KEY}/openbaar"


def kept(session: Session) -> list[UploadedFile]:
    session.expire_all()
    return list(session.scalars(select(UploadedFile).order_by(UploadedFile.uploaded_at)))


def case_of(session: Session) -> ProcessInstance:
    session.expire_all()
    return session.scalars(select(ProcessInstance)).one()


# -- visitors


@pytest.fixture
def opened(session: Session) -> None:
    place(session, complaint(SUBJECT, PROOF, groups="public"))
    public_start.turn(session, [KEY], is_open=True, by="beheer")
    session.commit()


def with_file(client: FlaskClient, content: bytes = PDF, **more: str) -> TestResponse:
    file: dict[str, Any] = {"veld_bewijs-nieuw": (BytesIO(content), "scan.pdf")}
    return sent(client, **more, **file)


@pytest.mark.usefixtures("opened")
def test_a_file_of_a_visitor_belongs_to_the_case_once_the_address_is_confirmed(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    with_file(client)
    (file,) = kept(session)
    assert (file.instance_id, file.sent_at) == (None, None)
    address = link(session)
    page = client.get(address)
    assert "scan.pdf" in page.text
    assert f"/bestanden/{file.id}" not in page.text
    client.post(address, data={"csrf_token": field(page, "csrf_token")})
    case = case_of(session)
    (file,) = kept(session)
    assert file.instance_id == case.id
    assert variables(session, case)["bewijs"][0]["id"] == str(file.id)
    registrar = app.test_client()
    sign_in(app, registrar, Role.REGISTRAR)
    assert registrar.get(f"/bestanden/{file.id}").data == PDF
    assert client.get(f"/bestanden/{file.id}").status_code == 303


@pytest.mark.usefixtures("opened")
def test_a_refused_form_keeps_the_file_and_another_kind_is_told(
    client: FlaskClient, session: Session
) -> None:
    wrong = with_file(client, PNG)
    assert (wrong.status_code, kept(session)) == (422, [])
    assert "is geen PDF" in wrong.text
    wrong = with_file(client, email="geen adres")
    assert "scan.pdf" in wrong.text
    assert len(kept(session)) == 1


@pytest.mark.usefixtures("opened")
def test_a_file_that_nobody_confirms_is_swept_with_its_form(
    client: FlaskClient, session: Session
) -> None:
    with_file(client)
    tomorrow = now() + timedelta(days=1)
    assert files.EXPIRED.ask(session, tomorrow)
    files.drop_expired(session, tomorrow)
    public_start.drop_expired(session, tomorrow)
    assert kept(session) == []
    assert session.scalars(select(PendingStart)).all() == []


@pytest.mark.usefixtures("opened")
def test_a_form_whose_file_is_gone_begins_nothing(client: FlaskClient, session: Session) -> None:
    with_file(client)
    address = link(session)
    page = client.get(address)
    session.delete(kept(session)[0])
    session.commit()
    gone = client.post(address, data={"csrf_token": field(page, "csrf_token")})
    assert gone.status_code == 410
    assert "Een bestand is er niet meer" in gone.text
    assert session.scalars(select(ProcessInstance)).all() == []


@pytest.mark.usefixtures("opened")
def test_all_visitors_together_leave_so_much_and_the_rest_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_OF_VISITORS", len(PDF))
    with_file(client)
    full = with_file(client.application.test_client())
    assert full.status_code == 422
    assert "er wachten al veel bestanden" in full.text


@pytest.mark.usefixtures("opened")
def test_one_network_brings_so_much_whatever_browser_it_uses(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = client.application
    monkeypatch.setattr("app.web.limits.MEGABYTES_OF_NETWORK", 1)
    first = with_file(client)
    again, elsewhere = app.test_client(), app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    full = with_file(again)
    allowed = with_file(elsewhere)

    assert (first.status_code, full.status_code, allowed.status_code) == (200, 422, 200)
    assert "via uw internetverbinding kwamen vandaag al veel bestanden" in full.text
    assert len(kept(session)) == 2


@pytest.mark.usefixtures("opened")
def test_erasing_a_visitor_takes_the_files_along(client: FlaskClient, session: Session) -> None:
    with_file(client)
    found = visitor_data.data_of(session, "bezoeker@voorbeeld.example")
    visitor_data.erase(session, found, by="test", reason="test")
    assert kept(session) == []


# -- programs


@pytest.fixture
def sender(client: FlaskClient, session: Session) -> Program:
    place(session, complaint(SUBJECT, PROOF))
    return program(client, session, processes=[KEY])


def keep(sender: Program, content: bytes = PDF, name: str = "scan.pdf") -> TestResponse:
    return sender.client.post(
        f"/api/v1/bestanden?name={name}",
        data=content,
        content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {sender.token}"},
    )


def begin(sender: Program, *ids: str) -> TestResponse:
    bewijs = [{"id": each} for each in ids]
    return sender.post(f"processen/{KEY}", {"variables": {"onderwerp": "x", "bewijs": bewijs}})


def test_a_program_sends_a_file_and_names_it_at_the_start(
    sender: Program, session: Session
) -> None:
    told = keep(sender).json
    assert told is not None
    assert (told["name"], told["type"]) == ("scan.pdf", "application/pdf")
    again = keep(sender).json
    assert again == told
    assert begin(sender, told["id"]).status_code == 200
    case = case_of(session)
    assert variables(session, case)["bewijs"] == [told]
    (file,) = kept(session)
    assert (file.instance_id, file.sent_at is None) == (case.id, False)


def test_a_file_that_does_not_fit_or_is_not_there_is_told_at_its_place(
    client: FlaskClient, sender: Program, session: Session
) -> None:
    image = str(keep(sender, PNG, "x.png").json["id"])  # type: ignore[index]
    other = program(client, session, processes=[KEY])
    theirs = str(keep(other).json["id"])  # type: ignore[index]
    wrong = begin(sender, image, theirs, str(uuid4()), "onzin")
    assert [each["pointer"] for each in wrong.json["errors"]] == [  # type: ignore[index]
        f"#/variables/bewijs/{number}" for number in range(4)
    ]
    missing = sender.post(f"processen/{KEY}", {"variables": {"onderwerp": "x", "bewijs": "x"}})
    assert missing.json["errors"][0]["pointer"] == "#/variables/bewijs"  # type: ignore[index]
    assert session.scalars(select(ProcessInstance)).all() == []


@pytest.mark.parametrize("content", [b"", b"just text"])
def test_what_is_no_file_of_ours_is_refused(sender: Program, content: bytes) -> None:
    assert keep(sender, content).status_code == 400


def test_what_json_makes_of_a_file_is_told(sender: Program) -> None:
    """As a client for fetch of swagger-typescript-api sends it (findings/)."""
    refused = keep(sender, b"{}")
    assert refused.status_code == 400
    assert "Send the bytes" in refused.json["errors"][0]["detail"]  # type: ignore[index]


def test_an_opening_that_fills_in_no_form_sends_no_files(
    client: FlaskClient, session: Session
) -> None:
    assert keep(program(client, session, messages=["m"])).status_code == 403

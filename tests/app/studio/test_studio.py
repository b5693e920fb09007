"""The process owner's pages of processes and versions: list, upload, roll back."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.studio.draw import uploads
from app.web.access import Role
from processes.engine.deployment.definitions import deploy
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.reviews import DraftEvent
from processes.engine.store.models import ProcessDefinition
from tests.app.offers.offer_world import BPMN, a_provider, an_offer, deploy_offer_publication
from tests.app.signing_in import sign_in
from workers.vocabulary import vocabulary

DIAGRAM = (BPMN / "offer_publication.bpmn").read_bytes()
Upload = dict[str, object]


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.PROCESS_OWNER)


def upload(xml: bytes) -> Upload:
    return {"diagram": (BytesIO(xml), "proces.bpmn")}


def versions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ProcessDefinition)) or 0


def test_without_processes_the_page_says_how_to_begin(client: FlaskClient) -> None:
    assert "Er zijn nog geen processen" in client.get("/processen").text


def test_a_good_diagram_becomes_a_draft_and_nothing_is_deployed(
    client: FlaskClient, session: Session
) -> None:
    response = client.post("/processen/nieuwe-versie", data=upload(DIAGRAM))
    draft = session.scalars(select(ProcessDraft)).one()
    assert response.location == f"/processen/concepten/{draft.id}"
    assert "Bewaard als concept" in client.get(response.location).text
    assert versions(session) == 0
    (event,) = session.scalars(select(DraftEvent))
    assert (event.action, event.by) == ("saved", draft.saved_by)


def test_what_must_be_drawn_otherwise_is_kept_and_listed(client: FlaskClient) -> None:
    bad = DIAGRAM.replace(b"bpmn:serviceTask", b"bpmn:scriptTask")
    response = client.post("/processen/nieuwe-versie", data=upload(bad))
    assert response.status_code == 302
    assert "publish_offer" in client.get(response.location).text


@pytest.mark.parametrize(
    "xml",
    [
        b"geen xml",
        b"<a/>",
        b"\xff\xfe\x00",
        b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
    ],
)
def test_whatever_is_uploaded_is_answered_in_dutch(
    client: FlaskClient, session: Session, xml: bytes
) -> None:
    response = client.post("/processen/nieuwe-versie", data=upload(xml))
    assert response.status_code == 422
    assert "root:" not in response.text
    assert versions(session) == 0


@pytest.mark.parametrize("is_chosen", [True, False])
def test_a_file_must_be_chosen(client: FlaskClient, *, is_chosen: bool) -> None:
    response = client.post("/processen/nieuwe-versie", data=upload(b"") if is_chosen else {})
    assert response.status_code == 422
    assert "ander bestand" in response.text or "Kies een BPMN-bestand" in response.text


def test_too_large_a_file_is_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_DIAGRAM", 100)
    response = client.post("/processen/nieuwe-versie", data=upload(b"x" * 101))
    assert response.status_code == 422
    assert "te groot" in response.text


def test_a_process_shows_its_versions_and_what_runs_on_them(
    client: FlaskClient, session: Session
) -> None:
    deploy_offer_publication(session)
    an_offer(session, a_provider(session))
    newer = DIAGRAM.replace(b"Activiteit beheren", b"Activiteit bijhouden")
    deploy(session, newer, vocabulary=vocabulary(), deployed_by="Pieter", note="Ander woord")
    session.commit()
    page = client.get("/processen/offer_publication").text
    assert page.index('/2">versie 2') < page.index('/1">versie 1')
    assert "Ander woord" in page
    assert "/processen/offer_publication/1/omzetten" in page
    assert '<td data-label="Lopende zaken" class="num">1</td>' in page


def test_the_file_is_a_download_and_never_a_page(client: FlaskClient, session: Session) -> None:
    deploy_offer_publication(session)
    session.commit()
    response = client.get("/processen/offer_publication/1/diagram.bpmn")
    assert response.data == DIAGRAM
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["", "/1", "/1/diagram.bpmn", "/99"])
def test_an_unknown_process_has_no_page(client: FlaskClient, address: str) -> None:
    assert client.get(f"/processen/onbekend{address}").status_code == 404


def test_going_back_begins_with_the_old_version_as_a_draft(
    client: FlaskClient, session: Session
) -> None:
    deploy_offer_publication(session)
    newer = DIAGRAM.replace(b"Activiteit beheren", b"Activiteit bijhouden")
    deploy(session, newer, vocabulary=vocabulary(), deployed_by="Pieter", note="Ander woord")
    session.commit()
    assert "Terug naar deze versie" in client.get("/processen/offer_publication/1").text
    assert "Terug naar deze versie" not in client.get("/processen/offer_publication/2").text
    response = client.post("/processen/offer_publication/1/terug")
    draft = session.scalars(select(ProcessDraft)).one()
    assert response.location == f"/processen/concepten/{draft.id}/in-gebruik"
    assert draft.xml.encode() == DIAGRAM
    assert client.post("/processen/offer_publication/9/terug").status_code == 404

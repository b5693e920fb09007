from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import Role
from app.studio import uploads
from processes.engine.models import ProcessDefinition
from tests.app.offer_world import BPMN, a_provider, an_offer, deploy_offer_publication
from tests.app.signing_in import sign_in

DIAGRAM = (BPMN / "offer_publication.bpmn").read_bytes()
Upload = dict[str, object]


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.PROCESS_OWNER)


def upload(xml: bytes, note: str = "") -> Upload:
    return {"diagram": (BytesIO(xml), "proces.bpmn"), "note": note}


def versions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ProcessDefinition)) or 0


def test_without_processes_the_page_says_how_to_begin(client: FlaskClient) -> None:
    assert "Er zijn nog geen processen" in client.get("/processen").text


def test_a_good_diagram_becomes_a_version_with_its_note(
    client: FlaskClient, session: Session
) -> None:
    sent = upload(DIAGRAM, "Eerste versie")
    response = client.post("/processen/nieuwe-versie", data=sent)
    assert response.location == "/processen/offer_publication/1"
    page = client.get(response.location).text
    assert "Eerste versie" in page
    assert "/processen/offer_publication/1/diagram.bpmn" in page
    assert versions(session) == 1


def test_the_same_diagram_again_is_no_new_version(client: FlaskClient, session: Session) -> None:
    for _ in range(2):
        response = client.post("/processen/nieuwe-versie", data=upload(DIAGRAM))
    assert response.location == "/processen/offer_publication/1"
    assert versions(session) == 1


def test_what_must_be_mended_is_listed_and_nothing_is_deployed(
    client: FlaskClient, session: Session
) -> None:
    bad = DIAGRAM.replace(b"${publish_offer}", b"${no_such_delegate}")
    response = client.post("/processen/nieuwe-versie", data=upload(bad, "Mijn toelichting"))
    assert response.status_code == 422
    assert "publish_offer" in response.text
    assert "Mijn toelichting" in response.text
    assert versions(session) == 0


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
    client.post("/processen/nieuwe-versie", data=upload(newer))
    page = client.get("/processen/offer_publication").text
    assert page.index("versie 2") < page.index("versie 1")
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

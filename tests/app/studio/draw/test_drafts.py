"""Drafts in the browser: kept when something is left to do, replaced, and never lost."""

from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.diagram.layout.drawing import with_drawing
from processes.engine.store.models import ProcessDefinition
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import chain, flow, node, process, user

SCRIPT = node("startEvent", "start") + node("scriptTask", "run") + chain("start", "run")
CONCEPTS = "/processen/concepten"


def a_diagram(condition: str = "") -> bytes:
    body = (
        node("startEvent", "start")
        + node("exclusiveGateway", "choose", default="choose_to_no")
        + node("endEvent", "yes")
        + node("endEvent", "no")
        + user("review")
        + chain("start", "review", "choose", "no")
        + flow("choose", "yes", condition)
    )
    return process(body, "visits")


UNFINISHED, WHOLE = a_diagram(), a_diagram("${1 == 1}")


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.PROCESS_OWNER)


def a_file(xml: bytes, **more: object) -> dict[str, object]:
    return {"diagram": (BytesIO(xml), "proces.bpmn"), **more}


def keep(client: FlaskClient, xml: bytes = UNFINISHED) -> str:
    response: TestResponse = client.post(CONCEPTS, data={"xml": xml.decode()})
    assert response.status_code == 302
    return response.location


def only_draft(session: Session) -> ProcessDraft:
    session.expire_all()
    return session.scalars(select(ProcessDraft)).one()


def versions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ProcessDefinition)) or 0


def test_a_diagram_with_only_things_left_to_fill_in_may_be_kept(
    client: FlaskClient, session: Session
) -> None:
    kept = client.post("/processen/nieuwe-versie", data=a_file(UNFINISHED))
    page = client.get(kept.location).text
    assert "nog invullen" in page
    assert "in gebruik nemen als er geen fouten meer zijn" in page
    assert only_draft(session).xml == UNFINISHED.decode()
    assert versions(session) == 0


def test_a_diagram_with_faults_may_be_kept_too(client: FlaskClient, session: Session) -> None:
    bad = process(SCRIPT)
    kept = client.post("/processen/nieuwe-versie", data=a_file(bad))
    page = client.get(kept.location).text
    assert "script" in page
    assert "U kunt dit concept in gebruik nemen als er geen fouten meer zijn" in page
    assert only_draft(session).xml == bad.decode()


@pytest.mark.parametrize("xml", ["geen xml", "<a/>", f"<!DOCTYPE a>{UNFINISHED.decode()}"])
def test_what_is_no_diagram_cannot_be_kept(client: FlaskClient, session: Session, xml: str) -> None:
    assert client.post(CONCEPTS, data={"xml": xml}).status_code == 422
    assert client.post(CONCEPTS, data={}).status_code == 422
    assert session.scalar(select(func.count()).select_from(ProcessDraft)) == 0


def test_drafts_are_listed_with_how_much_is_left(client: FlaskClient) -> None:
    assert "Er zijn geen concepten" in client.get(CONCEPTS).text
    keep(client)
    assert "visits" in client.get(CONCEPTS).text
    assert "Concepten (1)" in client.get("/processen").text


def test_a_file_without_a_drawing_is_laid_out_for_the_editor(client: FlaskClient) -> None:
    assert b"BPMNShape" not in UNFINISHED
    sent = client.get(f"{keep(client)}/concept.bpmn").data
    assert all(f'bpmnElement="{id_}"'.encode() in sent for id_ in ("start", "choose", "review"))


def test_the_file_can_be_downloaded_and_is_never_shown(client: FlaskClient) -> None:
    drawn = with_drawing(UNFINISHED)
    response = client.get(f"{keep(client, drawn)}/concept.bpmn")
    assert response.data == drawn
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_two_owners_do_not_overwrite_each_other(client: FlaskClient, session: Session) -> None:
    address = keep(client)
    client.post(f"{address}/vervangen", data=a_file(a_diagram("${2 == 2}"), version="1"))
    late = client.post(f"{address}/vervangen", data=a_file(WHOLE, version="1"))
    assert late.status_code == 409
    assert "Iemand anders was u voor" in late.text
    assert "1 == 1" in late.text
    assert only_draft(session).xml == a_diagram("${2 == 2}").decode()
    again = {"version": "2", "xml": WHOLE.decode()}
    assert client.post(f"{address}/vervangen", data=again).status_code == 302
    assert only_draft(session).xml == WHOLE.decode()
    assert client.post(f"{address}/weggooien", data={"version": "1"}).status_code == 409


@pytest.mark.parametrize("xml", [b"geen xml", b"<a/>"])
def test_a_file_that_will_not_do_leaves_the_draft_as_it_was(
    client: FlaskClient, session: Session, xml: bytes
) -> None:
    address = keep(client)
    response = client.post(f"{address}/vervangen", data=a_file(xml, version="1"))
    assert response.status_code == 422
    assert "Uw bestand is niet bewaard" in response.text
    assert client.post(f"{address}/vervangen", data={"version": "1"}).status_code == 422
    assert only_draft(session).version == 1


def test_a_draft_can_be_thrown_away(client: FlaskClient, session: Session) -> None:
    address = keep(client)
    for _twice in range(2):
        response = client.post(f"{address}/weggooien", data={"version": "1"})
        assert response.location == CONCEPTS
    assert session.scalar(select(func.count()).select_from(ProcessDraft)) == 0
    assert client.get(f"{CONCEPTS}/{uuid4()}").status_code == 404

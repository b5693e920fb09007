"""An owner takes over what another engine wrote in a draft, sees what is left, and can go back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.deployment.drafts import ProcessDraft
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import process, straight

CONCEPTS = "/processen/concepten"
TASK = (
    '<bpmn:userTask id="a" name="Bel de school" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">'
    '<bpmn:extensionElements><zeebe:assignmentDefinition candidateGroups="registrar"/>'
    '<zeebe:taskHeaders kleur="rood"/></bpmn:extensionElements></bpmn:userTask>'
)
OF_ZEEBE = process(straight(TASK, ids=("a",)))


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.PROCESS_OWNER)


@pytest.fixture
def place(client: FlaskClient) -> str:
    """The address of a draft in Zeebe's words."""
    response = client.post(CONCEPTS, data={"xml": OF_ZEEBE.decode()})
    assert response.status_code == 302
    return str(response.location)


def draft_of(session: Session) -> ProcessDraft:
    session.expire_all()
    return session.scalars(select(ProcessDraft)).one()


def send(client: FlaskClient, place: str, what: str, version: int) -> str:
    response = client.post(f"{place}/{what}", data={"version": version}, follow_redirects=True)
    assert response.status_code == 200
    return response.text


def test_taking_over_is_offered_where_there_is_something_to_take_over(
    client: FlaskClient, place: str
) -> None:
    page = client.get(place).text

    assert "instellingen van zeebe" in page
    assert ">Overnemen<" in page


def test_what_has_a_counterpart_is_taken_over_and_the_rest_is_a_to_do(
    client: FlaskClient, session: Session, place: str
) -> None:
    page = send(client, place, "overnemen", 1)

    draft = draft_of(session)
    assert 'camunda:candidateGroups="registrar"' in draft.xml
    assert "zeebe/1.0" not in draft.xml
    assert "Overgenomen: 1 instellingen. Nog te doen: 1" in page
    assert "zeebe:taskHeaders" in page
    assert ">Overnemen<" not in page


def test_taking_over_is_undone(client: FlaskClient, session: Session, place: str) -> None:
    before = draft_of(session).xml
    send(client, place, "overnemen", 1)

    page = send(client, place, "overnemen-terug", 2)

    assert draft_of(session).xml == before
    assert "teruggedraaid" in page
    assert ">Overnemen<" in page


def test_what_was_drawn_since_is_not_lost_by_going_back(
    client: FlaskClient, session: Session, place: str
) -> None:
    send(client, place, "overnemen", 1)
    drawn = draft_of(session).xml.replace("Bel de school", "Mail de school")
    client.post(f"{place}/vervangen", data={"xml": drawn, "version": 2})

    page = send(client, place, "overnemen-terug", 3)

    assert "Mail de school" in draft_of(session).xml
    assert "intussen verder getekend" in page


def test_nothing_is_taken_over_in_what_somebody_else_just_saved(
    client: FlaskClient, session: Session, place: str
) -> None:
    page = send(client, place, "overnemen", 7)

    assert "zeebe/1.0" in draft_of(session).xml
    assert "bewaarde dit concept intussen" in page


def test_who_may_only_read_takes_nothing_over(app: Flask, client: FlaskClient, place: str) -> None:
    sign_in(app, client, Role.PROCESS_APPROVER)

    assert client.post(f"{place}/overnemen", data={"version": 1}).status_code == 403

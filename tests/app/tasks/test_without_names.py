"""What nobody gave a name is told by its kind to everybody who reads about a case."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.diagram.elements import read
from processes.engine.execution.instances import complete_user_task, start_process
from processes.engine.insight.history import entries
from processes.engine.insight.why_waiting import why_waiting
from processes.engine.store.models import ProcessInstance, UserTask
from tests.app.offers.offer_world import a_provider
from tests.app.signing_in import KVK, sign_in
from tests.processes.engine.diagrams import define, node, process, straight

IDS = ("Activity_0x9", "Activity_1y8", "Activity_2z7")


def place(session: Session) -> ProcessInstance:
    """Two tasks of a provider and one of the register, none of them with a name."""
    mine, theirs = {"camunda_candidateGroups": "provider"}, {"camunda_candidateGroups": "registrar"}
    tasks = [node("userTask", id_, **mine) for id_ in IDS[:2]]
    tasks += [node("userTask", IDS[2], **theirs)]
    xml = process(straight(*tasks, ids=IDS))
    define(session, nameless(xml))
    case = start_process(session, "p", tenant=KVK, started_by="test")
    session.commit()
    return case


def nameless(xml: bytes) -> bytes:
    for id_ in IDS:
        xml = xml.replace(f' name="{id_}"'.encode(), b"")
    return xml


def test_a_task_and_a_case_show_no_ids_to_people(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_provider(session)
    case = place(session)
    task = session.scalars(select(UserTask)).one()
    assert task.title == "Taak zonder naam"
    sign_in(app, client, Role.PROVIDER)
    for address in ("/taken", f"/taken/{task.id}", f"/zaken/{case.id}"):
        page = client.get(address)
        assert page.status_code == 200
        assert "Taak zonder naam" in page.text
        assert not any(id_ in page.text for id_ in IDS), address


def test_history_and_what_is_waited_for_have_no_ids(session: Session) -> None:
    case = place(session)
    (waiting,) = why_waiting(session, case.id)
    assert "Taak zonder naam" in waiting.sentence
    task = session.scalars(select(UserTask)).one()
    complete_user_task(session, task.id, completed_by="test", variables={})
    session.commit()
    told = [each.name for each in entries(session, case.id) if each.element_id in IDS]
    assert told == ["Taak zonder naam", "Taak zonder naam"]


def test_an_operator_looks_at_the_case_without_ids_of_tasks(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    case = place(session)
    sign_in(app, client, Role.OPERATOR)
    page = client.get(f"/beheer/processen/{case.id}")
    assert page.status_code == 200
    assert "Taak zonder naam" in page.text


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("userTask", "Taak zonder naam"),
        ("serviceTask", "Automatische stap zonder naam"),
        ("callActivity", "Ander proces, zonder naam"),
        ("boundaryEvent", "Randgebeurtenis zonder naam"),
        ("dataObject", "Id_1"),
    ],
)
def test_the_kind_tells_what_it_is_and_the_id_tells_it_apart(kind: str, told: str) -> None:
    drawn = node(kind, "Id_1").replace(' name="Id_1"', "")
    element = read(process(straight(node("task", "a"), ids=("a",)) + drawn)).elements["Id_1"]
    assert (element.name, element.is_named) == (told, False)
    assert "Id_1" in element.choice


def test_a_name_that_is_the_id_is_a_name() -> None:
    element = read(process(straight(node("task", "a"), ids=("a",)))).elements["a"]
    assert (element.name, element.choice) == ("a", "a")

"""One case to another version from its page: tried first, with two diagrams beside the choice."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.store.models import (
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from processes.engine.store.snapshot_models import InstanceSnapshot
from processes.register.changes import AuditEvent
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import define, process, straight, user
from tests.processes.engine.playing import start

OLD = process(straight(user("a"), user("b"), ids=("a", "b")))
RENAMED = process(straight(user("first"), user("b"), ids=("first", "b")))


@pytest.fixture
def case(app: Flask, client: FlaskClient, session: Session) -> ProcessInstance:
    app.config["WTF_CSRF_ENABLED"] = False
    one = start(session, OLD)
    session.commit()
    sign_in(app, client, Role.OPERATOR)
    return one


def newer(session: Session, xml: bytes) -> ProcessDefinition:
    made = define(session, xml)
    session.commit()
    return made


def page_of(case: ProcessInstance) -> str:
    return f"/beheer/processen/{case.id}/versie"


def version_of(session: Session, case: ProcessInstance) -> int:
    session.expire_all()
    return session.get_one(ProcessDefinition, case.definition_id).version


def test_it_is_tried_first_and_put_back_afterwards(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    link = f'href="{page_of(case)}"'
    assert link not in client.get(f"/beheer/processen/{case.id}").text  # there is one version
    assert client.get(page_of(case)).status_code == 404
    newer(session, OLD)
    assert link in client.get(f"/beheer/processen/{case.id}").text

    page = client.get(page_of(case)).text
    assert "Deze zaak kan mee" in page
    assert "De zaak wacht nu bij a." in page
    assert session.query(InstanceSnapshot).count() == 0
    sent = client.post(page_of(case), data={"action": "migrate", "naar": "2", "reason": ""})
    assert sent.status_code == 422
    data = {"action": "migrate", "naar": "2", "reason": "alleen deze"}
    assert client.post(page_of(case), data=data).status_code == 302
    assert version_of(session, case) == 2
    event = session.scalars(select(AuditEvent).filter_by(action="instance-migrated")).one()
    assert (event.details["old"], event.details["new"]) == (1, 2)
    assert event.details["reason"] == "alleen deze"

    shown = client.get(f"/beheer/processen/{case.id}").text
    undo = re.search(r'action="([^"]*/terugdraaien/[^"]*)"', shown)
    assert undo
    client.post(undo[1])
    assert version_of(session, case) == 1


def test_a_renamed_element_is_chosen_beside_both_diagrams(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    newer(session, RENAMED)
    page = client.get(page_of(case)).text
    assert "Kies waar de zaak verdergaat" in page
    assert (
        '<label class="utrecht-form-label loket-label" for="naar-a">1. Van “a” naar</label>' in page
    )
    assert 'data-map-from="a"' in page
    for side, number in (("old", 1), ("new", 2)):
        assert f'data-map-side="{side}"' in page
        assert f"/beheer/versies/p/{number}/diagram.bpmn" in page

    tried = client.post(page_of(case), data={"action": "try", "naar": "2", "naar-a": "first"}).text
    assert "Deze zaak kan mee" in tried
    assert '<option value="first" selected>' in tried
    assert version_of(session, case) == 1

    data = {"action": "migrate", "naar": "2", "reason": "nieuw"}
    refused = client.post(page_of(case), data=data)
    assert refused.status_code == 422
    assert version_of(session, case) == 1
    assert client.post(page_of(case), data=data | {"naar-a": "first"}).status_code == 302
    assert version_of(session, case) == 2
    assert session.scalars(select(UserTask).filter_by(status="open")).one().element_id == "first"


def test_any_other_version_may_be_chosen(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    newer(session, OLD)
    newer(session, RENAMED)
    assert "Van versie 1 naar versie 3" in client.get(page_of(case)).text
    assert "Van versie 1 naar versie 2" in client.get(f"{page_of(case)}?naar=2").text
    assert "Van versie 1 naar versie 3" in client.get(f"{page_of(case)}?naar=onzin").text


def test_a_case_that_ended_stays_on_its_version(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    newer(session, OLD)
    case.status = InstanceStatus.COMPLETED
    session.commit()
    assert f'href="{page_of(case)}"' not in client.get(f"/beheer/processen/{case.id}").text
    assert client.get(page_of(case)).status_code == 404
    assert client.post(page_of(case), data={"action": "migrate"}).status_code == 404

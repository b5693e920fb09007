"""An operator changes a variable of a running case: its kind kept, hidden values not shown."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution import instances
from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask
from processes.engine.store.snapshot_models import InstanceSnapshot
from processes.register.changes import AuditEvent
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import process, straight, user
from tests.processes.engine.execution.scopes.test_scopes import local
from tests.processes.engine.playing import start

XML = process(straight(user("a", local("adres=${email}")), user("b"), ids=("a", "b")))
GIVEN: dict[str, Any] = {"email": "anna@a.test", "uren": 3, "outcome": "open", "lijst": [1]}


@pytest.fixture
def case(app: Flask, client: FlaskClient, session: Session) -> ProcessInstance:
    app.config["WTF_CSRF_ENABLED"] = False
    one = start(session, XML, **GIVEN)
    session.commit()
    sign_in(app, client, Role.OPERATOR)
    return one


def page_of(case: ProcessInstance) -> str:
    return f"/beheer/processen/{case.id}/gegevens/wijzigen"


def known(session: Session, case: ProcessInstance) -> dict[str, Any]:
    session.expire_all()
    return instances.variables(session, session.get_one(ProcessInstance, case.id))


def sent(**changed: str) -> dict[str, str]:
    return {"name": "email", "kind": "keep", "value": "bea@b.test", "reason": "typefout"} | changed


def test_a_hidden_value_is_replaced_unseen_and_only_its_name_is_kept(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    page = client.get(f"{page_of(case)}?naam=email").text
    assert "anna@a.test" not in page
    assert "U kunt hem vervangen zonder hem te zien." in page
    assert client.post(page_of(case), data=sent()).status_code == 302
    assert known(session, case) == GIVEN | {"email": "bea@b.test"}
    event = session.scalars(select(AuditEvent).filter_by(action="variable-set")).one()
    assert event.details["reason"] == "email: typefout"
    assert "bea@b.test" not in str(event.details)
    told = client.get(f"/beheer/processen/{case.id}").text
    assert "email: typefout" in told
    assert "bea@b.test" not in told


def test_what_is_harmless_stands_in_the_field(client: FlaskClient, case: ProcessInstance) -> None:
    assert re.search(r">\s*open</textarea>", client.get(f"{page_of(case)}?naam=outcome").text)
    page = client.get(page_of(case)).text
    assert '<th scope="row" data-label="Naam">uren</th>' in page
    assert ">een getal<" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "uren", "value": "drie"}, "Vul een getal in"),
        ({"name": "uren", "kind": "text", "value": "drie"}, "Dit gegeven is nu een getal."),
        ({"name": "lijst", "value": "{}"}, "Dit gegeven is nu een lijst."),
        ({"name": "nieuw"}, "Dit gegeven is er nog niet."),
        ({"name": "uren", "value": "9" * 15 + "000000"}, "Vul een getal in"),
        ({"kind": "json", "name": "nieuw", "value": "9" * 30}, "het getal is te groot"),
        ({"reason": ""}, "Schrijf op waarom"),
        ({"stand": "0"}, "De zaak is intussen verder gegaan."),
    ],
)
def test_what_is_not_right_is_asked_again_with_all_that_was_typed(
    client: FlaskClient,
    session: Session,
    case: ProcessInstance,
    changed: dict[str, str],
    words: str,
) -> None:
    data = sent(**changed)
    answer = client.post(page_of(case), data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert data["value"] in answer.text
    assert known(session, case) == GIVEN
    assert session.query(InstanceSnapshot).count() == 0


def test_another_kind_needs_a_word(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    data = sent(name="uren", kind="text", value="drie", other_kind="y", stand=str(case.row_version))
    assert client.post(page_of(case), data=data).status_code == 302
    assert known(session, case)["uren"] == "drie"


def test_what_is_local_is_changed_at_its_element_alone(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    task = session.scalars(select(UserTask).filter_by(status="open")).one()
    address = f"/beheer/processen/{case.id}/plek/{task.id}/gegeven"
    assert address in client.get(f"/beheer/processen/{case.id}").text
    page = client.get(address).text
    assert "De zaak wacht bij “a”" in page
    assert "?naam=adres" in page
    assert "anna@a.test" not in page
    assert client.post(address, data=sent(name="adres")).status_code == 302
    assert known(session, case) == GIVEN
    seen = instances.task_variables(session, session.get_one(UserTask, task.id))
    assert (seen["adres"], seen["email"]) == ("bea@b.test", "anna@a.test")


@pytest.mark.parametrize("status", [InstanceStatus.CANCELLED, InstanceStatus.COMPLETED])
def test_a_case_that_ended_keeps_its_variables(
    client: FlaskClient, session: Session, case: ProcessInstance, status: InstanceStatus
) -> None:
    case.status = status
    session.commit()
    assert "gegevens/wijzigen" not in client.get(f"/beheer/processen/{case.id}").text
    assert "blijven zoals ze zijn" in client.get(page_of(case)).text
    answer = client.post(page_of(case), data=sent())
    assert answer.status_code == 422
    assert "De zaak is afgelopen of staat stil." in answer.text
    assert known(session, case) == GIVEN


def test_a_step_is_skipped_with_data_in_one_go(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    task = session.scalars(select(UserTask).filter_by(status="open")).one()
    address = f"/beheer/processen/{case.id}/plek/{task.id}"
    assert "Gegevens die de zaak daarbij krijgt" in client.get(address).text
    rows = {
        "given-0-name": "uren", "given-0-kind": "keep", "given-0-value": "drie",
        "given-1-name": "", "given-1-kind": "keep", "given-1-value": "vergeten naam",
        "given-2-name": "klaar", "given-2-kind": "yesno", "given-2-value": "ja",
    }  # fmt: skip
    data = {"action": "skip", "reason": "per telefoon"} | rows
    refused = client.post(address, data=data)
    assert refused.status_code == 422
    assert "Vul een getal in" in refused.text
    assert "Vul de naam van het gegeven in, of maak de waarde leeg." in refused.text
    assert "vergeten naam" in refused.text

    data |= {"given-0-value": "4", "given-1-value": ""}
    assert client.post(address, data=data).status_code == 302
    assert known(session, case) == GIVEN | {"uren": 4, "klaar": True}
    (at,) = session.scalars(select(UserTask).filter_by(status="open"))
    assert at.element_id == "b"
    event = session.scalars(select(AuditEvent).filter_by(action="token-skip")).one()
    assert event.details["variables"] == ["klaar", "uren"]
    assert event.details["reason"] == "per telefoon"
    assert session.query(InstanceSnapshot).count() == 1

"""Tasks that programs outside see, take and complete, and cases that they follow."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution.instances import start_process, variables
from processes.engine.openings.clients import OpeningError, Rights, make
from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask
from processes.register.changes import AuditEvent
from tests.app.api.programs import Program, program
from tests.app.begin.complaints import KEY, SUBJECT, complaint, place
from tests.processes.engine.diagrams import define, node, process, straight
from tests.processes.engine.form_fields import field, form

MINE, THEIRS = "12345678", "87654321"


@pytest.fixture(autouse=True)
def companies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two companies of the register."""
    known = [lambda _session, text: text in {MINE, THEIRS}]
    monkeypatch.setattr(registry, "TENANT_CHECKS", known)


@pytest.fixture
def registrar(client: FlaskClient, session: Session) -> Program:
    return program(client, session, groups=["registrar"], processes=[KEY])


def asks(group: str, parts: str = "", **attributes: str) -> bytes:
    task = node("userTask", "a", parts, camunda_candidateGroups=group, **attributes)
    return process(straight(task, ids=("a",)))


def started(session: Session, key: str = "1", tenant: str | None = None) -> UserTask:
    instance = start_process(session, "p", business_key=key, tenant=tenant, started_by="test")
    session.commit()
    return session.scalars(select(UserTask).where(UserTask.instance_id == instance.id)).one()


def listed(sender: Program) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {sender.token}"}
    answer = sender.client.get("/api/v1/taken", headers=headers)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json["tasks"]  # type: ignore[index]
    return found


def test_a_case_is_started_worked_on_and_followed_over_the_api_alone(
    registrar: Program, session: Session
) -> None:
    place(session, complaint(SUBJECT))
    begun = registrar.post(f"processen/{KEY}", {"variables": {"onderwerp": "x"}})
    (case,) = begun.json["instances"]  # type: ignore[index]
    (task,) = listed(registrar)
    assert (task["name"], task["instance"], task["isClaimed"]) == ("beoordelen", case, False)
    assert registrar.post(f"taken/{task['id']}/oppakken").json == {"outcome": "claimed"}
    assert listed(registrar)[0]["isMine"]
    done = registrar.post(f"taken/{task['id']}/afronden", {"variables": {"oordeel": "goed"}})
    assert (done.status_code, done.json) == (200, {"outcome": "completed"})
    assert listed(registrar) == []
    headers = {"Authorization": f"Bearer {registrar.token}"}
    state = registrar.client.get(f"/api/v1/zaken/{case}", headers=headers).json
    assert state is not None
    assert (state["status"], state["process"]) == ("completed", KEY)
    session.expire_all()
    instance = session.get_one(ProcessInstance, UUID(case))
    assert instance.status is InstanceStatus.COMPLETED
    actions = session.scalars(select(AuditEvent.action)).all()
    assert {"task-claimed", "task-completed"} <= set(actions)


def test_completing_again_with_the_same_id_is_once_and_with_another_is_too_late(
    registrar: Program, session: Session
) -> None:
    define(session, asks("registrar"))
    task = started(session)
    path = f"taken/{task.id}/afronden"
    answers = [registrar.post(path, id_=id_).status_code for id_ in ("one", "one", "two")]
    assert answers == [200, 200, 409]


def test_a_task_that_somebody_else_has_is_left_alone(
    registrar: Program, client: FlaskClient, session: Session
) -> None:
    define(session, asks("registrar"))
    task = started(session)
    other = program(client, session, groups=["registrar"])
    assert other.post(f"taken/{task.id}/oppakken").status_code == 200
    for verb in ("oppakken", "afronden"):
        refused = registrar.post(f"taken/{task.id}/{verb}")
        assert (refused.status_code, refused.json["outcome"]) == (409, "held")  # type: ignore[index]
    assert other.post(f"taken/{task.id}/loslaten").json == {"outcome": "released"}
    assert registrar.post(f"taken/{task.id}/oppakken").status_code == 200


def test_tasks_of_other_groups_and_companies_are_not_there(
    client: FlaskClient, session: Session
) -> None:
    define(session, asks("provider"))
    own, theirs = started(session, "1", MINE), started(session, "2", THEIRS)
    mine = program(client, session, groups=["provider"], tenant=MINE)
    assert [each["id"] for each in listed(mine)] == [str(own.id)]
    without = program(client, session, messages=["m"], tenant=THEIRS)
    registrar = program(client, session, groups=["registrar"])
    for sender, status in ((mine, 404), (registrar, 404), (without, 403)):
        for verb in ("oppakken", "loslaten", "afronden"):
            assert sender.post(f"taken/{theirs.id}/{verb}").status_code == status
    assert listed(without) == []


def test_required_questions_are_answered_and_coded_forms_are_for_their_page(
    registrar: Program, session: Session
) -> None:
    first = field("oordeel", "string", label="Oordeel", required="")
    define(session, asks("registrar", form(first, field("uitleg", "string", label="Uitleg"))))
    task = started(session)
    refused = registrar.post(f"taken/{task.id}/afronden", {"variables": {"oordeel": ""}})
    assert refused.status_code == 422
    assert refused.json["errors"] == [  # type: ignore[index]
        {"pointer": "#/variables/oordeel", "detail": "required"}
    ]
    assert registrar.post(f"taken/{task.id}/afronden", {"variables": {"oordeel": "x"}}).json
    instance = session.get_one(ProcessInstance, task.instance_id, populate_existing=True)
    assert variables(session, instance)["oordeel"] == "x"


def test_a_task_with_a_form_of_its_own_is_filled_in_on_its_page(
    registrar: Program, session: Session
) -> None:
    define(session, asks("registrar", camunda_formKey="repair-address"))
    task = started(session)
    refused = registrar.post(f"taken/{task.id}/afronden")
    assert refused.status_code == 422
    assert "on its page" in refused.text


def test_a_case_of_another_process_or_company_is_not_found(
    client: FlaskClient, session: Session
) -> None:
    define(session, asks("provider"))
    case = started(session, tenant=THEIRS).instance_id
    for rights in ({"messages": ["m"]}, {"processes": ["p"], "tenant": MINE}):
        sender = program(client, session, **rights)
        headers = {"Authorization": f"Bearer {sender.token}"}
        assert client.get(f"/api/v1/zaken/{case}", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("groups", "tenant"),
    [(["provider"], None), (["registrar"], MINE), (["provider", "registrar"], MINE), (["x"], None)],
)
def test_groups_that_would_show_too_much_are_refused(
    session: Session, groups: list[str], tenant: str | None
) -> None:
    with pytest.raises(OpeningError):
        make(session, "crm", Rights(groups=groups, tenant=tenant), by="test")

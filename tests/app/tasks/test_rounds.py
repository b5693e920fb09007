"""Forms in a multi-instance: each round begins empty, says what it is about, and sees its own."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution import instances
from processes.engine.store.models import UserTask
from tests.app.onboarding import Employee, heading, prepare
from tests.app.signing_in import sign_in
from tests.app.tasks.test_drawn_fields import place
from tests.processes.engine.diagrams import chain, node, process, straight
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import form

REMARK = drawn("opmerking", "string", label="Opmerking")
REGION = drawn("regio", "string", label="Regio", readonly="")


def loop(*, sequential: bool) -> str:
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
        ' camunda:collection="regios" camunda:elementVariable="regio"/>'
    )


def ask(id_: str, inner: str = "") -> str:
    return node("userTask", id_, form(REGION, REMARK) + inner, camunda_candidateGroups="provider")


def begin(
    app: Flask, client: FlaskClient, session: Session, body: str, regions: list[object]
) -> None:
    prepare(session)
    place(session, process(body, "rondes").decode())
    kvk = sign_in(app, client, Role.PROVIDER).kvk
    instances.start_process(
        session,
        "rondes",
        business_key="1",
        tenant=kvk,
        variables={"regios": regions, "opmerking": "van vroeger"},
        started_by="test",
    )
    session.commit()


def open_tasks(session: Session) -> list[UserTask]:
    session.expire_all()
    return instances.open_user_tasks(session)


def remark_on(page: str) -> str:
    found = re.search(r'name="veld_opmerking"[^>]*?value="([^"]*)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize("sequential", [True, False])
def test_each_round_begins_empty_and_shows_its_element(
    app: Flask, client: FlaskClient, session: Session, sequential: bool
) -> None:
    body = straight(ask("ask", loop(sequential=sequential)), ids=("ask",))
    begin(app, client, session, body, ["Noord", "Zuid"])

    asked = set()
    while tasks := open_tasks(session):
        task = tasks[0]
        page = client.get(f"/taken/{task.id}")
        region = "Noord" if "Noord" in heading(page) else "Zuid"
        asked.add(heading(page))
        assert f"<dd>{region}</dd>" in page.text
        assert remark_on(page.text) == ""
        answers = {"veld_opmerking": f"over {region}", "veld_regio": "Oost"}
        Employee(client).press(page, f"/taken/{task.id}", answers, follow=False)
    assert open_tasks(session) == []


@pytest.mark.parametrize("sequential", [True, False])
def test_rounds_that_nothing_tells_apart_begin_empty_too(
    app: Flask, client: FlaskClient, session: Session, sequential: bool
) -> None:
    """The next is not the same task that came back, for what was chosen could not be done."""
    body = straight(ask("ask", loop(sequential=sequential)), ids=("ask",))
    begin(app, client, session, body, ["Noord", "Noord"])
    for _round in range(2):
        task = open_tasks(session)[0]
        assert remark_on(client.get(f"/taken/{task.id}").text) == ""
        answer = Employee(client).press(
            client.get(f"/taken/{task.id}"), f"/taken/{task.id}", {"veld_opmerking": "Mooi"}
        )
        assert "is afgerond" in answer.text
        assert "nog niet klaar" not in answer.text
    assert open_tasks(session) == []


def test_a_round_of_several_tasks_opens_with_its_own_answers(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    inside = node("startEvent", "s") + ask("ask") + ask("check") + node("endEvent", "e")
    sub = node(
        "subProcess", "sub", inside + chain("s", "ask", "check", "e") + loop(sequential=False)
    )
    begin(app, client, session, straight(sub, ids=("sub",)), ["Noord", "Zuid"])

    for task in open_tasks(session):
        page = client.get(f"/taken/{task.id}")
        region = "Noord" if "Noord" in heading(page) else "Zuid"
        answers = {"veld_opmerking": f"over {region}"}
        Employee(client).press(page, f"/taken/{task.id}", answers, follow=False)
    pages = [client.get(f"/taken/{task.id}") for task in open_tasks(session)]

    assert sorted(heading(page) for page in pages) == [
        "check: Noord (1 van 2)",
        "check: Zuid (2 van 2)",
    ]
    for page in pages:
        region = "Noord" if "Noord" in heading(page) else "Zuid"
        assert remark_on(page.text) == f"over {region}"
        assert f"<dd>{region}</dd>" in page.text


@pytest.mark.parametrize("element", [None, {"naam": "Noord"}, ["a"], True])
def test_an_element_without_a_text_is_told_by_its_number(
    app: Flask, client: FlaskClient, session: Session, element: object
) -> None:
    asked = node(
        "userTask", "ask", form(REMARK) + loop(sequential=True), camunda_candidateGroups="provider"
    )
    begin(app, client, session, straight(asked, ids=("ask",)), [element, element])
    (task,) = open_tasks(session)
    assert heading(client.get(f"/taken/{task.id}")) == "ask: 1 van 2"


def test_outside_a_multi_instance_an_earlier_answer_stands_there(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    asked = node("userTask", "ask", form(REMARK), camunda_candidateGroups="provider")
    begin(app, client, session, straight(asked, ids=("ask",)), [])
    (task,) = open_tasks(session)
    page = client.get(f"/taken/{task.id}")
    assert heading(page) == "ask"
    assert remark_on(page.text) == "van vroeger"

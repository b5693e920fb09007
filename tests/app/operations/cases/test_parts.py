"""An operator goes down into a called process or subprocess of a case, and up again."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.insight.parts import parts_of
from processes.engine.store.models import ProcessInstance, UserTask
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import define, node, process, straight, user
from tests.processes.engine.execution.scopes.test_scopes import sub
from tests.processes.engine.insight.test_parts import INNER, ROUNDS
from tests.processes.engine.playing import do, start

# The called process has an element with the id of one of the caller's.
CALLER = process(
    straight(
        user("a"), node("callActivity", "call", calledElement="q"), user("z"),
        ids=("a", "call", "z"),
    )
)  # fmt: skip


@pytest.fixture
def case(app: Flask, client: FlaskClient, session: Session) -> ProcessInstance:
    app.config["WTF_CSRF_ENABLED"] = False
    define(session, INNER, "q")
    one = start(session, CALLER)
    do(session, "a")
    session.commit()
    sign_in(app, client, Role.OPERATOR)
    return one


def attribute(page: str, name: str) -> str:
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found
    return unescape(found[1])


def badge(page: str) -> dict[str, Any]:
    (only,) = json.loads(attribute(page, "badges"))
    return dict(only)


def test_the_diagram_leads_down_into_what_was_called_and_up_again(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    address = f"/beheer/processen/{case.id}"
    top = client.get(address).text
    assert attribute(top, "tokens") == ""  # `a` of the called process is not `a` of this one
    assert badge(top)["id"] == "call"
    assert "aangeroepen proces" in top

    down = client.get(badge(top)["href"]).text
    assert "Dit is het proces" in down
    assert f'<a href="{address}">' in down
    assert "/beheer/versies/q/1/diagram.bpmn" in down
    assert attribute(down, "tokens") == "a"
    assert badge(down)["id"] == "s"

    deeper = client.get(badge(down)["href"]).text
    assert "Dit is een deelproces van" in deeper
    assert f'href="{badge(top)["href"]}"' in deeper
    assert attribute(deeper, "root") == "s"
    assert "/beheer/versies/q/1/diagram.bpmn" in deeper
    task = session.query(UserTask).filter_by(status="open").one()
    assert f"{address}/plek/{task.id}" in deeper


def test_a_token_in_a_called_process_moves_to_elements_of_that_process(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    task = session.query(UserTask).filter_by(status="open").one()
    page = client.get(f"/beheer/processen/{case.id}/plek/{task.id}").text
    assert '<option value="s">' in page
    assert '<option value="z">' not in page
    assert "/beheer/versies/q/1/diagram.bpmn" in page


def test_a_part_that_is_done_leads_back_to_the_case(
    client: FlaskClient, session: Session, case: ProcessInstance
) -> None:
    (first, _inner) = parts_of(session, case)
    do(session, "a")
    session.commit()
    answer = client.get(f"/beheer/processen/{case.id}/deel/{first.id}", follow_redirects=True)
    assert "Dit deel van de zaak is intussen klaar." in answer.text
    assert answer.request.path == f"/beheer/processen/{case.id}"


def test_of_many_rounds_one_is_chosen_in_the_list(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    body = straight(sub("s", user("a"), ids=("a",), extra=ROUNDS), ids=("s",))
    one = start(session, process(body), lijst=["x", "y"])
    session.commit()
    sign_in(app, client, Role.OPERATOR)
    page = client.get(f"/beheer/processen/{one.id}").text
    assert badge(page)["href"] == "#delen"
    assert ">s, ronde 1 van 2</a>" in page
    second = parts_of(session, one)[1]
    inside = client.get(f"/beheer/processen/{one.id}/deel/{second.id}").text
    assert '<h1 class="utrecht-heading-1">s, ronde 2 van 2</h1>' in inside
    assert inside.count("Verplaatsen, overslaan of herhalen") == 1

"""The page of a case shows the decisions that it took, and hides what may be personal."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import definitions
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import node, process, straight, user
from tests.processes.engine.playing import do, start
from tests.processes.engine.tables import dmn, rule, table

TABLE = dmn(table(rule('"Noor"', '"groen"'), rule("-", '"rood"'), hit_policy="FIRST"))
TASK = node("businessRuleTask", "decide", camunda_decisionRef="colour")
CASE = process(straight(user("ask"), TASK, user("b"), ids=("ask", "decide", "b")))


@pytest.fixture
def address(app: Flask, client: FlaskClient, session: Session) -> str:
    """The page of a case that has taken a decision, for an operator."""
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.OPERATOR)
    definitions.deploy(session, TABLE, vocabulary=Vocabulary(), deployed_by="petra")
    case = start(session, CASE)
    session.commit()
    assert not section(client.get(f"/beheer/processen/{case.id}").text)
    do(session, "ask", answer="Noor")
    session.commit()
    return f"/beheer/processen/{case.id}"


def section(page: str) -> str:
    return unescape(page).partition('id="beslissingen"')[2].partition("<h2")[0]


def test_a_decision_is_shown_with_its_rule_and_masked(client: FlaskClient, address: str) -> None:
    told = section(client.get(address).text)

    assert "colour, versie 1" in told
    assert '<td data-label="Regels">1</td>' in told
    assert 'answer = "•••"' in told
    assert "Noor" not in told


def test_its_values_are_shown_to_who_says_why(client: FlaskClient, address: str) -> None:
    shown = client.post(f"{address}/gegevens", data={"reason": "vraag van de aanbieder"}).text

    assert 'answer = "Noor"' in section(shown)
    assert 'outcome = "groen"' in section(shown)

"""What the editors of FEEL ask the server: names, functions, and where a text goes wrong."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.deployment.definitions import deploy
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import node, process, straight
from tests.processes.engine.tables import dmn, rule, table
from workers.vocabulary import vocabulary

TABLES = "/processen/tabellen"
COLOUR = dmn(table(rule('"ja"', '"groen"')))
ASKS = node("businessRuleTask", "decide", camunda_decisionRef="colour")
FIELD = (
    "<bpmn:extensionElements><camunda:formData>"
    '<camunda:formField id="{id}" label="{label}" type="string"/>'
    "</camunda:formData></bpmn:extensionElements>"
)


def asks(field: str, label: str) -> str:
    return node("userTask", "ask", FIELD.format(id=field, label=label))


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.PROCESS_OWNER)


def known_to(client: FlaskClient, xml: bytes) -> dict[str, Any]:
    """What the editor of a new draft of this file is told."""
    file = {"diagram": (BytesIO(xml), "tabel.dmn"), "upload": "1"}
    made = client.post(f"{TABLES}/nieuw", data=file)
    told: dict[str, Any] = client.get(f"{made.location}/feel").get_json()
    return told


def faults(client: FlaskClient, text: str, **more: Any) -> list[dict[str, Any]]:
    answer = client.post(f"{TABLES}/feel", data={"text": text, **more})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.get_json()["faults"]
    return found


def test_a_table_knows_the_questions_of_the_processes_that_ask_it(
    client: FlaskClient, session: Session
) -> None:
    deploy(session, COLOUR, vocabulary=vocabulary(), deployed_by="test")
    deploy(
        session,
        process(straight(asks("kleur", "Welke kleur?"), ASKS, ids=("ask", "decide"))),
        vocabulary=vocabulary(),
        deployed_by="test",
    )
    session.commit()
    known = {each["name"]: each["info"] for each in known_to(client, COLOUR)["variables"]}
    assert known.pop("kleur") == "Welke kleur?"
    assert set(known.values()) == {"Loket vult dit zelf in."}


def test_functions_have_parameters_and_a_line_of_dutch(client: FlaskClient) -> None:
    functions = {each["name"]: each for each in known_to(client, COLOUR)["functions"]}
    assert functions["workday"]["parameters"] == ["from", "number"]
    assert "werkdagen" in functions["workday"]["info"]


def test_a_fault_has_its_place(client: FlaskClient) -> None:
    (fault,) = faults(client, "1 + ) 2")
    assert (fault["start"], fault["end"]) == (4, 5)
    assert "waarde verwacht" in fault["message"]


def test_names_of_more_words_are_read_as_one(client: FlaskClient) -> None:
    assert faults(client, "aantal uren > 3")
    assert faults(client, "aantal uren > 3", name=["aantal uren"]) == []


def test_a_cell_holds_tests_and_an_expression_does_not(client: FlaskClient) -> None:
    assert faults(client, "< 3, > 10", kind="cell") == []
    assert faults(client, "< 3, > 10")


def test_who_is_no_reader_of_the_studio_checks_nothing(app: Flask) -> None:
    visitor = app.test_client()
    assert visitor.post(f"{TABLES}/feel", data={"text": "1"}).status_code == 401

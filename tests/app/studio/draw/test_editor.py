"""The editor's requests: beginning a draft, keeping each change, and choosing when two drew."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.deployment.definitions import deploy
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.new_diagram import key_of
from processes.reading import json_text
from processes.webhooks import addresses
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import node, process, straight
from workers.vocabulary import vocabulary

CONCEPTS = "/processen/concepten"
WHOLE = process(straight(node("userTask", "ask"), ids=("ask",)), "visits")
SCRIPTED = process(straight(node("scriptTask", "run"), ids=("run",)), "visits")


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(app, client, Role.PROCESS_OWNER)


def only_draft(session: Session) -> ProcessDraft:
    session.expire_all()
    return session.scalars(select(ProcessDraft)).one()


def begun(client: FlaskClient, session: Session) -> ProcessDraft:
    client.post(CONCEPTS, data={"xml": WHOLE.decode()})
    return only_draft(session)


def test_a_process_begins_with_a_name_alone(client: FlaskClient, session: Session) -> None:
    response = client.post(f"{CONCEPTS}/nieuw", data={"name": "  Klacht\u00a0 behande\u00adlen"})
    draft = only_draft(session)
    assert response.location == f"{CONCEPTS}/{draft.id}/tekenen"
    assert (draft.key, draft.name) == ("klacht_behandelen", "Klacht behandelen")
    assert draft.is_deployable
    page = client.get(response.location).text
    assert f'data-src="{CONCEPTS}/{draft.id}/concept.bpmn"' in page


@pytest.mark.parametrize("name", [" ", "\u200b", "\u2800"])
def test_a_process_without_a_name_is_not_begun(client: FlaskClient, name: str) -> None:
    response = client.post(f"{CONCEPTS}/nieuw", data={"name": name})
    assert response.status_code == 422
    assert "Vul in hoe het proces heet." in response.text


def test_two_processes_of_one_name_get_two_keys(client: FlaskClient, session: Session) -> None:
    for _twice in range(2):
        client.post(f"{CONCEPTS}/nieuw", data={"name": "<Klacht> & co"})
    keys = session.scalars(select(ProcessDraft.key).order_by(ProcessDraft.key)).all()
    assert keys == ["klacht_co", "klacht_co_2"]


@pytest.mark.parametrize(
    ("name", "key"), [("Café ÉÉN", "cafe_een"), ("2 keer", "proces_2_keer"), ("???", "proces")]
)
def test_a_key_is_an_id_that_every_program_takes(name: str, key: str) -> None:
    assert key_of(name) == key


def test_a_draft_begins_with_a_version_and_remembers_which(
    client: FlaskClient, session: Session
) -> None:
    (deployed,) = deploy(session, WHOLE, vocabulary=vocabulary(), deployed_by="anna")
    session.commit()
    response = client.post("/processen/visits/1/bewerken")
    draft = only_draft(session)
    assert response.location == f"{CONCEPTS}/{draft.id}/tekenen"
    assert (draft.based_on, draft.xml) == (deployed.id, WHOLE.decode())
    assert client.post("/processen/visits/2/bewerken").status_code == 404


def test_each_change_is_kept_with_its_faults(client: FlaskClient, session: Session) -> None:
    draft = begun(client, session)
    answer = client.post(f"{CONCEPTS}/{draft.id}/bewaren?versie=1", data=SCRIPTED)
    assert answer.json is not None
    assert answer.json["version"] == 2
    assert {"error"} <= {finding["severity"] for finding in answer.json["findings"]}
    assert {"run"} <= {finding["element"] for finding in answer.json["findings"]}
    assert [name for name, _told in answer.json["begins"]] == [draft.name]
    assert only_draft(session).xml == SCRIPTED.decode()


def test_completion_is_told_the_names_and_functions_of_the_draft(
    client: FlaskClient, session: Session
) -> None:
    draft = begun(client, session)
    told = client.get(f"{CONCEPTS}/{draft.id}/namen").get_json()

    assert {"name": "kvk", "info": "Loket vult dit zelf in.", "within": ""} in told["names"]
    assert "today" in told["small"]
    assert "string join" in {each["name"] for each in told["functions"]}
    page = client.get(f"{CONCEPTS}/{draft.id}/tekenen").text
    assert f'data-names="{CONCEPTS}/{draft.id}/namen"' in page


def test_whoever_was_overtaken_is_told_by_whom_and_nothing_is_overwritten(
    client: FlaskClient, session: Session
) -> None:
    draft = begun(client, session)
    client.post(f"{CONCEPTS}/{draft.id}/bewaren?versie=1", data=SCRIPTED)
    late = client.post(f"{CONCEPTS}/{draft.id}/bewaren?versie=1", data=WHOLE)
    assert late.status_code == 409
    assert late.json is not None
    assert (late.json["version"], late.json["saved_by"]) == (2, "Test process_owner")
    assert only_draft(session).xml == SCRIPTED.decode()


def test_both_drawings_stand_beside_each_other_with_what_differs(
    client: FlaskClient, session: Session
) -> None:
    draft = begun(client, session)
    mine = WHOLE.decode().replace('name="ask"', 'name="Vragen"')
    address = f"{CONCEPTS}/{draft.id}/samenvoegen"
    page = client.post(address, data={"xml": mine}).text
    assert "Vragen" in page.split('loket-compare"')[0]
    assert 'data-text="mijn-tekening"' in page
    kept = client.post(
        f"{CONCEPTS}/{draft.id}/vervangen", data={"xml": mine, "version": "1", "then": "draw"}
    )
    assert kept.location == f"{CONCEPTS}/{draft.id}/tekenen?opnieuw=1"
    assert only_draft(session).xml == mine
    assert client.post(address, data={"xml": ""}).status_code == 302


def test_two_drawings_that_are_the_same_are_said_to_be(
    client: FlaskClient, session: Session
) -> None:
    draft = begun(client, session)
    page = client.post(f"{CONCEPTS}/{draft.id}/samenvoegen", data={"xml": WHOLE.decode()}).text
    assert "De twee tekeningen zijn gelijk." in page


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"geen xml", 422), (b"<!DOCTYPE a><a/>", 422), (b" " * 1_100_000, 413)],
)
def test_what_is_no_diagram_is_not_kept(
    client: FlaskClient, session: Session, body: bytes, status: int
) -> None:
    draft = begun(client, session)
    answer = client.post(f"{CONCEPTS}/{draft.id}/bewaren?versie=1", data=body)
    assert answer.status_code == status
    assert only_draft(session).version == 1


def test_a_draft_that_is_gone_says_so(client: FlaskClient) -> None:
    answer = client.post(f"{CONCEPTS}/{uuid4()}/bewaren?versie=1", data=WHOLE)
    assert (answer.status_code, answer.json) == (404, {"gone": True})
    assert client.get(f"{CONCEPTS}/{uuid4()}/tekenen").status_code == 404


def test_a_diagram_is_checked_without_being_kept(client: FlaskClient, session: Session) -> None:
    answer = client.post(f"{CONCEPTS}/controle", data=SCRIPTED)
    assert answer.json is not None
    assert "error" in {finding["severity"] for finding in answer.json["findings"]}
    assert session.scalars(select(ProcessDraft)).all() == []


@pytest.mark.parametrize(
    ("text", "status", "answered"),
    [
        ('${begin < today() and name == "Noor"}', 200, '= begin < today() and name = "Noor"'),
        ("name == ", 422, "is niet goed geschreven"),
        ("'a' in names", 422, "schrijf dit zelf als FEEL"),
    ],
)
def test_a_condition_is_written_as_feel_when_its_owner_asks(
    client: FlaskClient, text: str, status: int, answered: str
) -> None:
    answer = client.post(f"{CONCEPTS}/feel", json={"text": text, "dates": ["begin", 3]})

    assert answer.status_code == status
    assert answered in (answer.json or {}).get("feel" if status == 200 else "problem", "")


@pytest.mark.parametrize("sent", [None, [], {"text": 3, "dates": []}, {"text": "a"}])
def test_what_is_no_condition_is_refused(client: FlaskClient, sent: Any) -> None:
    assert client.post(f"{CONCEPTS}/feel", json=sent).status_code == 400


def test_a_condition_that_is_nested_too_deep_is_refused_with_the_reason(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"text": "a", "dates": [["b"]]}
    assert client.post(f"{CONCEPTS}/feel", json=sent).status_code == 200
    monkeypatch.setattr(json_text, "DEEPEST", 2)
    answer = client.post(f"{CONCEPTS}/feel", json=sent)
    assert answer.status_code == 400
    assert answer.json == {"problem": "Hier zit te veel in elkaar om te lezen. Schrijf het korter."}


def test_the_editor_gets_the_services_and_forms_by_name(client: FlaskClient) -> None:
    templates = client.get("/processen/sjablonen.json").json
    assert templates is not None
    assert "Bevestiging per e-mail versturen" in {template["name"] for template in templates}


def test_a_webhook_is_sent_to_an_address_that_is_chosen_by_its_name(
    client: FlaskClient, session: Session
) -> None:
    addresses.add(session, "zaaksysteem", "https://haak.voorbeeld.nl/", [], by="beheer")
    off, _ = addresses.add(session, "uit", "https://haak.voorbeeld.nl/", [], by="beheer")
    addresses.disable(session, off)
    session.commit()
    found = {each["id"]: each for each in client.get("/processen/sjablonen.json").json or []}
    properties = found["loket.topic.webhook"]["properties"]
    (chosen,) = [each for each in properties if each["binding"]["name"] == "webhook_address"]
    assert chosen["choices"] == [{"name": "zaaksysteem", "value": "zaaksysteem"}]


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.OPERATOR, Role.PROCESS_APPROVER])
def test_nobody_else_draws(app: Flask, role: Role) -> None:
    stranger = app.test_client()
    sign_in(app, stranger, role)
    draft = UUID(int=0)
    assert stranger.get(f"{CONCEPTS}/{draft}/tekenen").status_code == 403
    for action in ("nieuw", "controle", "feel", f"{draft}/bewaren", f"{draft}/samenvoegen"):
        assert stranger.post(f"{CONCEPTS}/{action}", data=WHOLE).status_code == 403

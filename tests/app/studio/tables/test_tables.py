"""Decision tables in the browser: made, changed, checked, put in use, and asked by a process."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.engine.deployment.definitions import deploy
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.execution import instances
from processes.engine.store.models import ProcessDefinition
from processes.platform.settings import Settings
from processes.register.changes import AuditEvent
from processes.tryout import sandbox
from processes.tryout.play import Play
from processes.tryout.scenarios import store as kept
from processes.tryout.scenarios.scenario import Scenario, expected_of
from tests.app.signing_in import sign_in, sign_in_as, user_with
from tests.processes.engine.diagrams import node, process, straight, user
from tests.processes.engine.tables import dmn, rule, table
from tests.processes.tryout.playing import start, task
from workers.vocabulary import vocabulary

TABLES = "/processen/tabellen"
GREEN = dmn(table(rule('"ja"', '"groen"'), rule("-", '"rood"'), hit_policy="FIRST"))
BLUE = GREEN.replace(b"groen", b"blauw")
WRONG = dmn(table(rule("open('x')", "1")))
ALL = frozenset({Role.PROCESS_OWNER, Role.PROCESS_APPROVER, Role.PROCESS_DEPLOYER})


def somebody(app: Flask, client: FlaskClient, roles: frozenset[Role] = ALL) -> None:
    known = user_with(app, Role.PROCESS_OWNER)
    own = type(known)(known.id, f"Test {len(roles)}", roles, known.issuer, str(known.id))
    sign_in_as(app, client, own)


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    somebody(app, client)


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    yield
    sandbox.server.stop()


def a_file(xml: bytes, **more: object) -> dict[str, object]:
    return {"diagram": (BytesIO(xml), "tabel.dmn"), **more}


def keep(client: FlaskClient, xml: bytes = GREEN) -> str:
    response = client.post(f"{TABLES}/nieuw", data=a_file(xml, upload="1"))
    assert response.status_code == 303, response.text
    return response.location


def save(client: FlaskClient, address: str, xml: bytes, version: int) -> TestResponse:
    return client.post(address, data={"xml": xml.decode(), "version": version})


def use(client: FlaskClient, address: str, version: int = 1) -> TestResponse:
    return client.post(f"{address}/plaatsen", data={"version": version, "note": "Strenger"})


def test_a_blank_table_is_made_with_a_name_and_an_id(client: FlaskClient) -> None:
    assert "Nieuwe beslistabel" in client.get(f"{TABLES}/nieuw").text
    made = client.post(f"{TABLES}/nieuw", data={"name": 'Welke "controle"?', "key": "controle"})
    page = client.get(made.location).text
    assert "Welke &#34;controle&#34;?, concept" in page
    assert "nog geen regels" in page
    assert "data-dmn" in page
    assert "Welke &#34;controle&#34;?, concept" in client.get(TABLES).text


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"name": "", "key": "controle"}, "Vul de naam van de tabel in."),
        ({"name": "\u200b\u00a0", "key": "controle"}, "Vul de naam van de tabel in."),
        ({"name": "Controle", "key": "twee woorden"}, "Vul een id in zonder spaties"),
    ],
)
def test_what_is_missing_is_told(
    client: FlaskClient, answers: dict[str, str], message: str
) -> None:
    refused = client.post(f"{TABLES}/nieuw", data=answers)
    assert refused.status_code == 422
    assert refused.text.count(message) == 2


@pytest.mark.parametrize("xml", [b"<broken", b"", process(straight(user("a"), ids=("a",)))])
def test_a_file_without_a_table_is_refused(client: FlaskClient, xml: bytes) -> None:
    refused = client.post(f"{TABLES}/nieuw", data=a_file(xml, upload="1"))
    assert refused.status_code == 422
    assert "Fout: Nieuwe beslistabel" in refused.text


def test_what_nobody_sees_is_no_part_of_a_name_and_is_told_in_a_cell(
    client: FlaskClient, session: Session
) -> None:
    unseen = GREEN.replace(b'name="colour"', 'name="\u200bKleur\u00a0nu"'.encode())
    unseen = unseen.replace(b'"ja"', '"ja\u200b"'.encode())
    page = client.get(keep(client, unseen)).text
    assert "Kleur nu, concept" in page
    assert "een teken dat niemand ziet (U+200B)" in page
    assert session.scalars(select(ProcessDraft.name)).one() == "Kleur nu"


def test_a_note_that_nobody_can_read_is_none(client: FlaskClient) -> None:
    address = keep(client)
    sent = {"version": 1, "note": "\u200b\u00a0"}
    refused = client.post(f"{address}/plaatsen", data=sent)
    assert refused.status_code == 422
    assert "Schrijf op wat er verandert en waarom." in refused.text


def test_what_is_wrong_is_kept_and_named(client: FlaskClient, session: Session) -> None:
    address = keep(client)
    kept = save(client, address, WRONG, 1)
    assert kept.status_code == 200
    assert kept.json is not None
    assert kept.json["version"] == 2
    assert "cell-syntax" in kept.json["findings"]
    session.expire_all()
    assert session.scalars(select(ProcessDraft)).one().xml == WRONG.decode()
    refused = use(client, address, version=2)
    assert refused.status_code == 422
    assert "cell-syntax" in refused.text


def test_two_owners_do_not_overwrite_each_other(client: FlaskClient, session: Session) -> None:
    address = keep(client)
    assert save(client, address, BLUE, 1).status_code == 200
    late = save(client, address, WRONG, 1)
    assert late.status_code == 409
    assert late.json is not None
    assert "Uw versie is niet bewaard" in late.json["message"]
    assert late.json["version"] == 2
    assert use(client, address, version=1).status_code == 409
    stale = client.post(f"{address}/vervangen", data=a_file(WRONG, version="1"))
    assert stale.status_code == 409
    assert client.post(f"{address}/weggooien", data={"version": 1}).status_code == 409
    session.expire_all()
    assert session.scalars(select(ProcessDraft)).one().xml == BLUE.decode()


def test_what_cannot_be_read_is_not_kept(client: FlaskClient, session: Session) -> None:
    address = keep(client)
    refused = save(client, address, b"<broken", 1)
    assert refused.status_code == 422
    assert refused.json is not None
    assert "geen goede XML" in refused.json["message"]
    session.expire_all()
    assert session.scalars(select(ProcessDraft)).one().xml == GREEN.decode()


def test_a_table_in_use_is_read_downloaded_and_changed(client: FlaskClient) -> None:
    placed = use(client, keep(client))
    assert placed.location == f"{TABLES}/colour/1"
    page = client.get(placed.location).text
    assert "De eerste regel die past, telt." in page
    assert "<code>&#34;groen&#34;</code>" in page
    file = client.get(f"{placed.location}/tabel.dmn")
    assert file.data == GREEN
    assert file.headers["Content-Disposition"].startswith("attachment")
    changed = client.post(f"{placed.location}/bewerken").location
    save(client, changed, BLUE, 1)
    assert use(client, changed, version=2).location == f"{TABLES}/colour/2"
    versions = client.get(f"{TABLES}/colour").text
    assert "versie 2" in versions
    assert "Strenger" in versions
    assert "in gebruik" not in client.get(f"{TABLES}/colour/1").text


def test_a_process_decides_by_the_table_of_the_pages(client: FlaskClient, session: Session) -> None:
    use(client, keep(client))
    decide = node("businessRuleTask", "decide", camunda_decisionRef="colour")
    asked = node("userTask", "a")
    xml = process(straight(asked, decide, node("userTask", "b"), ids=("a", "decide", "b")))
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="petra")
    session.commit()
    assert outcome(session) == "groen"
    assert "p" in client.get(f"{TABLES}/colour").text
    address = client.post(f"{TABLES}/colour/1/bewerken").location
    save(client, address, BLUE, 1)
    use(client, address, version=2)
    assert outcome(session) == "blauw"


def test_a_table_must_pass_the_scenarios_of_the_processes_that_ask_it(
    client: FlaskClient, session: Session
) -> None:
    use(client, keep(client))
    decide = node("businessRuleTask", "decide", camunda_decisionRef="colour")
    xml = process(straight(node("userTask", "a"), decide, node("userTask", "b"),
                           ids=("a", "decide", "b")))  # fmt: skip
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="petra")
    actions = (start(), task("a", answer="ja"))
    played = sandbox.play(Play(xml.decode(), "p", actions, {"decision:colour": GREEN.decode()}))
    expected = replace(expected_of(played, xml.decode()), variables={"outcome": "groen"})
    row = kept.keep(session, Scenario("Ja", "p", actions, expected), xml.decode(), by="petra")
    session.commit()
    running = instances.start_process(session, "p", started_by="test")
    session.commit()

    address = client.post(f"{TABLES}/colour/1/bewerken").location
    save(client, address, BLUE, 1)
    page = client.get(address).text
    assert "er loopt 1 zaak" in page
    assert "Het scenario van deze processen moet slagen" in page
    refused = use(client, address, version=2)
    assert refused.status_code == 422
    assert "“groen”" in refused.text
    assert 'value="Strenger"' in refused.text
    assert session.scalar(select(func.max(ProcessDefinition.version))) == 1

    scenarios = f"/processen/concepten/{address.rpartition('/')[2]}/scenarios"
    assert "loopt anders af" in client.get(scenarios).text
    accepted = {"_do": "accept", "reason": "Blauw is de nieuwe kleur."}
    assert client.post(f"{scenarios}/{row.id}", data=accepted).status_code == 303
    assert use(client, address, version=2).status_code == 303
    instances.cancel(session, running.id, by="test")
    assert outcome(session) == "blauw"


def test_a_table_is_put_in_use_with_a_note_and_stands_in_the_trail(
    client: FlaskClient, session: Session
) -> None:
    address = keep(client)
    without = client.post(f"{address}/plaatsen", data={"version": 1, "note": " "})
    assert without.status_code == 422
    assert "Schrijf op wat er verandert" in without.text
    assert use(client, address).status_code == 303
    (event,) = session.scalars(select(AuditEvent).filter_by(action="process-deployed"))
    assert event.details == {"version": 1, "note": "Strenger"}


def outcome(session: Session) -> object:
    """What the table says to an instance that begins now."""
    instance = instances.start_process(session, "p", started_by="test")
    task = next(each for each in instances.open_user_tasks(session) if each.element_id == "a")
    instances.complete_user_task(session, task.id, completed_by="anna", variables={"answer": "ja"})
    decided = instances.variables(session, instance)["outcome"]
    instances.cancel(session, instance.id, by="test")
    return decided


def test_tables_are_no_processes(client: FlaskClient) -> None:
    keep(client)
    use(client, keep(client, BLUE.replace(b"colour", b"shade")))
    assert "colour" not in client.get("/processen/concepten").text
    assert "Beslistabellen" in client.get("/processen").text
    assert client.get("/processen/decision:shade/1").location == f"{TABLES}/shade/1"


def test_a_draft_that_is_thrown_away_is_gone(client: FlaskClient, session: Session) -> None:
    address = keep(client)
    assert client.post(f"{address}/weggooien", data={"version": 1}).location == TABLES
    assert client.get(address).status_code == 404
    too_late = save(client, address, BLUE, 1)
    assert too_late.status_code == 404
    assert "dit concept is er niet meer" in too_late.get_json()["message"]
    assert session.scalar(select(func.count()).select_from(ProcessDraft)) == 0


def test_each_right_is_its_own(app: Flask, client: FlaskClient) -> None:
    address = keep(client)
    reader, editor = app.test_client(), app.test_client()
    somebody(app, reader, frozenset({Role.PROCESS_APPROVER}))
    assert "data-dmn" not in reader.get(address).text
    assert "<code>&#34;groen&#34;</code>" in reader.get(address).text
    assert save(reader, address, BLUE, 1).status_code == 403
    somebody(app, editor, frozenset({Role.PROCESS_OWNER}))
    assert save(editor, address, BLUE, 1).status_code == 200
    assert use(editor, address, version=2).status_code == 403
    provider = app.test_client()
    sign_in(app, provider, Role.PROVIDER)
    assert provider.get(TABLES).status_code == 403


def test_with_four_eyes_a_colleague_approves_first(
    app: Flask, client: FlaskClient, session: Session, settings: Settings
) -> None:
    app.config["LOKET_SETTINGS"] = settings.model_copy(update={"four_eyes": True})
    address = keep(client)
    assert "In gebruik nemen</button>" not in client.get(address).text
    assert use(client, address).status_code == 422
    client.post(f"{address}/controle", data={"do": "submit"})
    own = client.post(f"{address}/controle", data={"do": "approve"})
    assert "eigen werk" in own.text
    colleague = app.test_client()
    somebody(app, colleague, frozenset({Role.PROCESS_APPROVER}))
    assert "Goedkeuren" in colleague.get(address).text
    assert colleague.post(f"{address}/controle", data={"do": "approve"}).status_code == 303
    assert use(client, address).status_code == 303
    assert session.scalars(select(ProcessDefinition.key)).all() == ["decision:colour"]


def test_what_stands_in_a_table_is_never_markup(client: FlaskClient) -> None:
    hostile = GREEN.replace(b'name="colour"', b'name="&lt;script&gt;alert(1)&lt;/script&gt;"')
    address = keep(client, hostile.replace(b"groen", b"&lt;img src=x onerror=alert(1)&gt;"))
    placed = use(client, address).location
    for page in (TABLES, placed, f"{TABLES}/colour"):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_a_table_that_comes_in_by_the_page_for_processes_is_a_table(client: FlaskClient) -> None:
    kept = client.post("/processen/nieuwe-versie", data=a_file(GREEN), follow_redirects=True)
    assert "Beslistabel colour" in kept.text

"""What a process owner sees of a process: figures, the process as text, and instances."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.studio.insight import charts
from app.web.access import Role
from processes.base import set_clock
from processes.engine.deployment.definitions import deploy
from processes.engine.deployment.drafts import save_draft
from processes.engine.execution.instances import (
    cancel,
    complete_user_task,
    open_user_tasks,
    start_process,
)
from processes.engine.insight.statistics import Stage, Summary
from processes.engine.store.models import ProcessInstance
from tests.app.onboarding import BPMN
from tests.app.signing_in import sign_in
from tests.processes.engine.diagrams import node, process, straight
from tests.processes.engine.tables import dmn, rule, table
from workers.vocabulary import vocabulary

KEY = "provider_onboarding"
XML = (BPMN / "provider_onboarding.bpmn").read_bytes()
NEWER = XML.replace(b"Aanmelding nakijken en bevestigen", b"Aanmelding bevestigen")
NONE = "\u2013"
MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def owner(app: Flask, client: FlaskClient) -> None:
    sign_in(app, client, Role.PROCESS_OWNER)


def place(session: Session, xml: bytes = XML) -> None:
    deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
    session.commit()


def at(**later: float) -> None:
    set_clock(lambda: MONDAY + timedelta(**later))


def begin(session: Session, kvk: str) -> ProcessInstance:
    given = {"kvk": kvk, "reference": "AB"}
    started = start_process(
        session, KEY, business_key=kvk, tenant=kvk, variables=given, started_by="Noor"
    )
    session.commit()
    return started


def answer(session: Session, kvk: str, *, all_yes: bool = True) -> None:
    (task,) = open_user_tasks(session, business_key=kvk)
    given = {"all_yes": all_yes, "declaration": {}}
    complete_user_task(session, task.id, completed_by="Noor", variables=given)
    session.commit()


def tree(page: str) -> Any:
    return html.fromstring(page)


def rows(page: str, table: str) -> list[list[str]]:
    """The cells of a table, by the id of its caption."""
    cells = tree(page).xpath(f"//table[caption/@id='{table}-caption']/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in cells]


# -- figures


def test_a_process_without_instances_says_so(client: FlaskClient, session: Session) -> None:
    place(session)
    page = client.get(f"/processen/{KEY}/inzicht")
    assert "Er zijn geen zaken in deze periode" in page.text


def test_the_figures_stand_on_the_diagram_and_in_a_table(
    client: FlaskClient, session: Session
) -> None:
    place(session)
    at()
    begin(session, "11111111")
    begin(session, "22222222")
    at(hours=3)
    answer(session, "11111111")

    page = client.get(f"/processen/{KEY}/inzicht").text

    heat = json.loads(tree(page).xpath("//*[@data-heat]/@data-heat")[0])
    assert heat["quality_requirements"] == {
        "aantal": ["1x", 4],
        "duur": ["3 uur", 5],
        "fouten": ["0%", 0],
    }
    told = rows(page, "onderdelen")
    assert ["Kwaliteitseisen beantwoorden Taak", "1", "1", "3 uur", "3 uur", NONE] in told
    assert [row[0] for row in rows(page, "trechter")] == [
        "Begonnen",
        "Kwaliteitseisen beantwoorden",
        "Bedrijfsgegevens controleren en aanvullen",
        "Aanmelding nakijken en bevestigen",
        "Klaar",
    ]
    assert [row[2] for row in rows(page, "trechter")] == ["2", "2", "1", "0", "0"]


def test_where_instances_were_stopped(client: FlaskClient, session: Session) -> None:
    place(session)
    stopped = begin(session, "11111111")
    cancel(session, stopped.id, by="olga")
    session.commit()

    page = client.get(f"/processen/{KEY}/inzicht").text

    assert rows(page, "vertrek") == [["Kwaliteitseisen beantwoorden", "1"]]


def test_two_versions_beside_each_other(client: FlaskClient, session: Session) -> None:
    place(session)
    at()
    begin(session, "11111111")
    answer(session, "11111111")
    place(session, NEWER)
    begin(session, "22222222")

    page = client.get(f"/processen/{KEY}/inzicht?versie=2&vergelijk=1").text

    assert [row[:2] for row in rows(page, "versies")] == [["versie 2", "1"], ["versie 1", "1"]]
    told = {row[0]: row[1:3] for row in rows(page, "onderdelen")}
    assert told["Kwaliteitseisen beantwoorden Taak"] == [NONE, "1"]
    assert f"/processen/{KEY}/2/diagram.bpmn" in page


def test_only_instances_of_the_period_count(client: FlaskClient, session: Session) -> None:
    place(session)
    at()
    begin(session, "11111111")

    for asked, started in [
        ("van=02-11-2026&tot=02-11-2026", 1),
        ("van=03-11-2026", 0),
        ("tot=01-11-2026", 0),
    ]:
        page = client.get(f"/processen/{KEY}/inzicht?{asked}").text
        assert rows(page, "versies")[0][1] == str(started), asked


@pytest.mark.parametrize("asked", ["van=eergisteren", "tot=31-02-2026", "termijn=0", "termijn=x"])
def test_what_cannot_be_read_is_said_at_the_field(
    client: FlaskClient, session: Session, asked: str
) -> None:
    place(session)
    page = client.get(f"/processen/{KEY}/inzicht?{asked}")
    assert page.status_code == 422
    assert tree(page.text).xpath("//input[@aria-invalid='true']/@name") == [asked.partition("=")[0]]


@pytest.mark.parametrize("asked", ["versie=99", "versie=x", "vergelijk=99"])
def test_an_unknown_version_is_as_good_as_none(
    client: FlaskClient, session: Session, asked: str
) -> None:
    place(session)
    assert client.get(f"/processen/{KEY}/inzicht?{asked}").status_code == 200


def test_names_from_a_diagram_are_never_markup(client: FlaskClient, session: Session) -> None:
    place(session, XML.replace(b"Kwaliteitseisen beantwoorden", b"&lt;script&gt;x&lt;/script&gt;"))
    begin(session, "11111111")
    for page in ("inzicht", "1/lezen", "zaken"):
        assert "<script>x" not in client.get(f"/processen/{KEY}/{page}").text


# -- charts


def test_a_histogram_has_a_bar_for_each_length() -> None:
    bars = charts.histogram({timedelta(hours=3): 2, timedelta(days=60): 1})
    counts = {bar.words: bar.count for bar in bars if bar.count}
    assert counts == {"1 uur tot 4 uur": 2, "langer dan 28 dagen": 1}
    assert sum(bar.share for bar in bars) == pytest.approx(1)
    assert max(bar.height for bar in bars) == 100
    assert charts.histogram({}) == []


def test_a_funnel_says_what_each_step_loses() -> None:
    stages = {"a": Stage(8, 7), "b": Stage(7, 6)}
    steps = charts.funnel({"a": "Een", "b": "Twee"}, stages, Summary(started=10, completed=6))
    assert [(step.name, step.count, step.lost) for step in steps] == [
        *(("Begonnen", 10, 0), ("Een", 8, 2), ("Twee", 7, 1), ("Klaar", 6, 1))
    ]


# -- as text


@pytest.mark.parametrize("address", ["1/lezen", "lezen"])
def test_a_version_can_be_read_as_text(client: FlaskClient, session: Session, address: str) -> None:
    place(session)
    page = client.get(f"/processen/{KEY}/{address}").text
    assert "E-mailadres herstellen" in page
    assert 'href="#stap-quality_requirements"' in page
    assert 'id="stap-quality_requirements"' in page


def test_what_a_version_calls_is_read_by_its_name(client: FlaskClient, session: Session) -> None:
    drawn = dmn(table(rule("-", "1"))).replace(b'name="colour"', b'name="Wie behandelt"')
    deploy(session, drawn, vocabulary=vocabulary(), deployed_by="test")
    inner = process(straight(node("manualTask", "b"), ids=("b",)), "q")
    place(session, inner.replace(b'name="q"', b'name="Klacht behandelen"'))
    steps = (
        node("callActivity", "call", calledElement="q")
        + node("businessRuleTask", "ask", camunda_decisionRef="colour", camunda_resultVariable="x")
    )  # fmt: skip
    place(session, process(straight(steps, ids=("call", "ask")), "p"))
    page = client.get("/processen/p/lezen").text
    assert "Roept het proces “Klacht behandelen” aan." in page
    assert "Beslist met de tabel “Wie behandelt”." in page


def test_a_draft_can_be_read_as_text(client: FlaskClient, session: Session) -> None:
    draft = save_draft(session, NEWER, vocabulary=vocabulary(), by="vera")
    session.commit()
    page = client.get(f"/processen/concepten/{draft.id}/lezen").text
    assert "Aanmelding bevestigen" in page


@pytest.mark.parametrize("address", [f"{KEY}/9/lezen", "x/lezen", f"concepten/{UUID(int=7)}/lezen"])
def test_what_is_not_there_cannot_be_read(
    client: FlaskClient, session: Session, address: str
) -> None:
    place(session)
    assert client.get(f"/processen/{address}").status_code == 404


def test_the_text_stands_under_the_diagram_of_a_version(
    client: FlaskClient, session: Session
) -> None:
    place(session)
    assert 'id="stap-review"' in client.get(f"/processen/{KEY}/1").text


# -- one instance


def test_an_instance_shows_each_past_state(client: FlaskClient, session: Session) -> None:
    place(session)
    one = begin(session, "11111111")
    answer(session, "11111111")

    now = client.get(f"/processen/zaken/{one.id}").text
    before = client.get(f"/processen/zaken/{one.id}?stap=1").text

    def diagram(page: str) -> dict[str, str]:
        return dict(tree(page).xpath("//*[@data-diagram]")[0].attrib)

    assert diagram(now)["data-tokens"] == "company_details"
    assert diagram(before)["data-tokens"] == "quality_requirements"
    assert "all_requirements_met_to_company_details" in diagram(now)["data-flows"]
    assert "stap=1" in now
    states = json.loads(tree(now).xpath("//@data-states")[0])
    assert [state["tokens"] for state in states] == [["quality_requirements"], ["company_details"]]


def test_an_owner_sees_no_names_and_no_companies(client: FlaskClient, session: Session) -> None:
    place(session)
    one = begin(session, "11111111")
    answer(session, "11111111")

    for address in (f"/processen/zaken/{one.id}", f"/processen/{KEY}/zaken"):
        page = client.get(address).text
        assert "11111111" not in page
        assert "Noor" not in page
    assert "door een persoon" in client.get(f"/processen/zaken/{one.id}").text


@pytest.mark.parametrize("step", ["0", "-3", "99", "x"])
def test_a_step_that_is_not_there_is_the_nearest_one(
    client: FlaskClient, session: Session, step: str
) -> None:
    place(session)
    one = begin(session, "11111111")
    assert "Stap 1 van 1" in client.get(f"/processen/zaken/{one.id}?stap={step}").text


def test_the_list_of_instances_by_status(client: FlaskClient, session: Session) -> None:
    place(session)
    one, other = begin(session, "11111111"), begin(session, "22222222")
    cancel(session, other.id, by="olga")
    session.commit()

    page = client.get(f"/processen/{KEY}/zaken?status=cancelled").text

    assert str(other.id) in page
    assert str(one.id) not in page


def test_the_diagram_of_an_instance_is_a_download(client: FlaskClient, session: Session) -> None:
    place(session)
    one = begin(session, "11111111")
    answered = client.get(f"/processen/zaken/{one.id}/1/diagram.bpmn")
    assert answered.data == XML
    assert answered.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/processen/zaken/{one.id}/9/diagram.bpmn").status_code == 404
    assert client.get(f"/processen/zaken/{uuid4()}").status_code == 404


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.TEACHER, Role.REGISTRAR])
def test_only_owners_look_into_a_process(
    app: Flask, client: FlaskClient, session: Session, role: Role
) -> None:
    place(session)
    one = begin(session, "11111111")
    sign_in(app, client, role)
    for address in (f"{KEY}/inzicht", f"{KEY}/zaken", f"{KEY}/1/lezen", f"zaken/{one.id}"):
        assert client.get(f"/processen/{address}").status_code == 403


def test_an_operator_looks_back_from_their_own_page(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place(session)
    one = begin(session, "11111111")
    sign_in(app, client, Role.OPERATOR)

    assert f"/processen/zaken/{one.id}" in client.get(f"/beheer/processen/{one.id}").text
    page = client.get(f"/processen/zaken/{one.id}")
    assert page.status_code == 200
    assert f"/beheer/processen/{one.id}" in page.text
    assert client.get(f"/processen/zaken/{one.id}/1/diagram.bpmn").status_code == 200


@pytest.mark.parametrize("role", [Role.PROCESS_APPROVER, Role.PROCESS_DEPLOYER])
def test_who_reads_the_studio_looks_into_processes_too(
    app: Flask, client: FlaskClient, session: Session, role: Role
) -> None:
    place(session)
    sign_in(app, client, role)
    for address in (f"{KEY}/inzicht", f"{KEY}/zaken", f"{KEY}/1/lezen"):
        assert client.get(f"/processen/{address}").status_code == 200

"""Tasks that programs outside see, take and complete, and cases that they follow."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.engine import registry
from processes.engine.execution.instances import start_process, variables
from processes.engine.openings.clients import OpeningError, Rights, make
from processes.engine.store.models import InstanceStatus, ProcessInstance, UserTask
from processes.register.changes import AuditEvent
from tests.app.api.programs import Program, program
from tests.app.begin.complaints import KEY, SUBJECT, complaint, place
from tests.processes.engine.diagrams import define, node, process, straight
from tests.processes.engine.form_fields import field, form, value

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


def get(sender: Program, path: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {sender.token}"}
    return sender.client.get(f"/api/v1/{path}", headers=headers)


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


def test_the_answers_are_judged_as_on_the_page_and_all_errors_come_together(
    registrar: Program, session: Session
) -> None:
    fields = (
        field("verhaal", "string", label="Verhaal", readonly=""),
        field("oordeel", "string", label="Wat vindt u?", required="", maxlength="3"),
        field("dagen", "long", label="Dagen", min="1"),
        field("waarom", "longtext", label="Waarom?", required="", visible="${oordeel == 'nee'}"),
    )
    define(session, asks("registrar", form(*fields)))
    task = started(session)
    path = f"taken/{task.id}/afronden"

    def errors(given: dict[str, Any], id_: str | None = None) -> dict[str, str]:
        refused = registrar.post(path, {"variables": given}, id_=id_)
        assert refused.status_code == 400
        assert refused.json is not None
        found = refused.json["errors"]
        return {each.get("pointer") or each["header"]: each["detail"] for each in found}

    assert errors({"oordeel": "", "dagen": 0, "verhaal": "x", "meer": 1}) == {
        "#/variables/oordeel": "Beantwoord de vraag: Wat vindt u?",
        "#/variables/dagen": "Vul 1 of meer in.",
        "#/variables/verhaal": "Dit staat vast, en kan hier niet worden ingevuld.",
        "#/variables/meer": "Dit formulier vraagt dit niet.",
    }
    assert set(errors({"oordeel": "nee", "dagen": "1"})) == {
        "#/variables/dagen",
        "#/variables/waarom",
    }
    # Also together with what is wrong with the request itself.
    assert set(errors({"1x": 1, "dagen": 0}, id_="no id")) == {
        "Message-Id",
        "#/variables/1x",
        "#/variables/dagen",
        "#/variables/oordeel",
    }
    done = registrar.post(path, {"variables": {"oordeel": "ja", "dagen": 2}})
    assert done.json == {"outcome": "completed"}
    instance = session.get_one(ProcessInstance, task.instance_id, populate_existing=True)
    known = variables(session, instance)
    assert (known["oordeel"], known["dagen"], known["waarom"]) == ("ja", 2, None)
    assert known["actor"].startswith("opening ")


def test_a_task_shows_its_form_and_what_stands_in_it(registrar: Program, session: Session) -> None:
    fields = (
        field("verhaal", "string", label="Verhaal", readonly=""),
        field("soort", "enum", value("a", "Appel"), label="Soort", default="a"),
    )
    define(session, asks("registrar", form(*fields)))
    instance = start_process(
        session, "p", business_key="1", variables={"verhaal": "Lang"}, started_by="test"
    )
    session.commit()
    task = session.scalars(select(UserTask).where(UserTask.instance_id == instance.id)).one()
    shown = get(registrar, f"taken/{task.id}").json
    assert shown is not None
    told = [(each["id"], each["readonly"], each["value"]) for each in shown["fields"]]
    assert told == [("verhaal", True, "Lang"), ("soort", False, "a")]
    assert shown["fields"][1]["choices"] == {"a": "Appel"}
    assert shown["name"] == "a"


def test_a_task_that_is_not_theirs_is_not_shown(
    registrar: Program, client: FlaskClient, session: Session
) -> None:
    define(session, asks("provider"))
    task = started(session, "1", THEIRS)
    mine = program(client, session, groups=["provider"], tenant=MINE)
    none = program(client, session, messages=["m"])
    assert [get(each, f"taken/{task.id}").status_code for each in (registrar, mine, none)] == [
        404,
        404,
        404,
    ]


def test_a_task_with_a_form_of_its_own_is_filled_in_on_its_page(
    registrar: Program, session: Session
) -> None:
    define(session, asks("registrar", camunda_formKey="offer"))
    task = started(session)
    refused = registrar.post(f"taken/{task.id}/afronden")
    assert refused.status_code == 400
    assert "op de pagina" in refused.text
    assert get(registrar, f"taken/{task.id}").status_code == 400


def test_a_task_that_they_do_not_have_is_not_released(registrar: Program, session: Session) -> None:
    define(session, asks("registrar"))
    task = started(session)
    assert registrar.post(f"taken/{task.id}/loslaten").status_code == 403


def pages(sender: Program, path: str, kind: str) -> list[list[str]]:
    """The ids of each page, until there is no next one."""
    found, after = [], ""
    for _ in range(10):
        answer = get(sender, f"{path}{after}")
        assert answer.json is not None
        found.append([each["id"] for each in answer.json[kind]])
        if answer.json["next"] is None:
            assert "Link" not in answer.headers
            return found
        after = f"&after={answer.json['next']}"
        assert f"after={answer.json['next']}" in answer.headers["Link"]
    raise AssertionError(path)


def test_tasks_come_in_pages_the_oldest_first(registrar: Program, session: Session) -> None:
    define(session, asks("registrar"))
    ids = [str(started(session, key).id) for key in "12345"]
    assert pages(registrar, "taken?limit=2", "tasks") == [ids[:2], ids[2:4], ids[4:]]
    assert pages(registrar, "taken?limit=5", "tasks") == [ids]
    assert pages(registrar, "taken?limit=5&process=p", "tasks") == [ids]
    assert pages(registrar, "taken?limit=5&process=q", "tasks") == [[]]


def test_cases_come_in_pages_the_newest_first_and_by_filter(
    client: FlaskClient, session: Session
) -> None:
    define(session, asks("provider"))
    cases = [str(started(session, key, MINE).instance_id) for key in "123"]
    started(session, "4", THEIRS)
    mine = program(client, session, processes=["p"], tenant=MINE)
    assert pages(mine, "zaken?limit=2", "cases") == [[cases[2], cases[1]], [cases[0]]]
    assert pages(mine, "zaken?limit=2&businessKey=2&status=active", "cases") == [[cases[1]]]
    assert pages(mine, "zaken?limit=2&businessKey=4", "cases") == [[]]
    assert pages(mine, "zaken?limit=2&status=completed", "cases") == [[]]
    every = program(client, session, processes=["p"])
    assert sum(map(len, pages(every, "zaken?limit=3", "cases"))) == 4
    none = program(client, session, processes=["q"])
    assert pages(none, "zaken?limit=3", "cases") == [[]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "after=x", "after=bnVsbA", "status=gone", "x=1"]
)
def test_a_wrong_parameter_is_named(registrar: Program, query: str) -> None:
    refused = get(registrar, f"zaken?{query}")
    assert refused.status_code == 400
    assert refused.json is not None
    assert refused.json["errors"][0]["parameter"] == query.partition("=")[0]


def test_what_may_be_known_of_a_case(client: FlaskClient, session: Session) -> None:
    """The start form of an own case, and the fields of the tasks of its groups; nothing else."""
    judging = form(field("oordeel", "string", label="Oordeel"))
    task = node("userTask", "beoordelen", judging, camunda_candidateGroups="registrar")
    bare = node("userTask", "beoordelen", camunda_candidateGroups="registrar")
    place(session, complaint(SUBJECT).replace(bare.encode(), task.encode()))
    mine = program(client, session, processes=[KEY])
    begun = mine.post(f"processen/{KEY}", {"variables": {"onderwerp": "x"}}).json
    assert begun is not None
    (case,) = begun["instances"]
    assert begun["reference"].startswith("ZK-")
    other = program(client, session, processes=[KEY])
    judge = program(client, session, processes=[KEY], groups=["registrar"])
    seen = [get(each, f"zaken/{case}").json for each in (mine, other, judge)]
    assert [each["variables"] for each in seen if each] == [{"onderwerp": "x"}, {}, {}]
    assert [each["now"] for each in seen if each] == [["beoordelen"]] * 3
    (open_task,) = listed(judge)
    judge.post(f"taken/{open_task['id']}/afronden", {"variables": {"oordeel": "goed"}})
    seen = [get(each, f"zaken/{case}").json for each in (mine, other, judge)]
    assert [each["variables"] for each in seen if each] == [
        {"onderwerp": "x"},
        {},
        {"oordeel": "goed"},
    ]
    assert [(each["status"], each["now"]) for each in seen if each] == [("completed", [])] * 3


def test_the_start_form_is_told(client: FlaskClient, session: Session) -> None:
    place(session, complaint(SUBJECT))
    mine = program(client, session, processes=[KEY])
    told = get(mine, f"processen/{KEY}").json
    assert told is not None
    assert (told["name"], told["documentation"]) == (
        "Klacht behandelen",
        "U hoort **binnen een week** iets.",
    )
    assert [(each["id"], each["required"]) for each in told["fields"]] == [("onderwerp", True)]
    other = program(client, session, processes=["q"])
    assert get(other, f"processen/{KEY}").status_code == 404


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

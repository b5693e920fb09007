"""Starting, sending and completing from the command line: what came of it, and the exit code."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.execution.instances import start_process, variables
from processes.engine.store.models import ProcessInstance, TaskStatus, UserTask
from processes.engine.tasks.directory import remember
from processes.engine.tasks.rights import Person
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from tests.app.begin.complaints import KEY, SUBJECT, complaint, place
from tests.app.cli.test_operations import loket
from tests.processes.engine.diagrams import chain, define, message, node, process, signal, straight


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


@pytest.fixture
def own(own_engine: Engine) -> Iterator[Session]:
    with Session(own_engine) as session:
        yield session


def waiting(session: Session, definition: str, *, key: str) -> None:
    catch = node("intermediateCatchEvent", "wait", definition)
    define(session, process(straight(catch, ids=("wait",)), messages=("m",), signals=("x",)))
    start_process(session, "p", business_key=key, started_by="test")
    session.commit()


def test_a_case_is_started_once_for_each_business_key(own: Session) -> None:
    place(own, complaint(SUBJECT, business_key="${onderwerp}"))
    given = json.dumps({"onderwerp": "de cursus"})
    first = loket("processes", "start", KEY, "--variables", given, "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    instance = own.scalars(select(ProcessInstance)).one()
    assert told == {"outcome": "started", "id": str(instance.id)}
    assert (instance.business_key, instance.tenant) == ("de cursus", None)
    own.rollback()
    second = loket("processes", "start", KEY, "--variables", given)
    assert second.exit_code == 1
    assert second.stdout.split() == ["running", str(instance.id)]


def test_a_case_is_started_for_a_company(own: Session) -> None:
    place(own, complaint(SUBJECT, business_key="${kvk}"))
    assert loket("processes", "start", KEY, "--tenant", "12345678").exit_code == 0
    instance = own.scalars(select(ProcessInstance)).one()
    assert (instance.business_key, instance.tenant) == ("12345678", "12345678")


@pytest.mark.parametrize(
    "command", [("processes", "start", KEY), ("messages", "send", "m"), ("tasks", "list")]
)
def test_a_company_is_a_kvk_number(own: Session, command: tuple[str, ...]) -> None:
    place(own, complaint(SUBJECT))
    answer = loket(*command, "--tenant", "1234567")
    assert answer.exit_code == 2
    assert "a KvK number has eight digits" in answer.stderr
    assert own.scalars(select(ProcessInstance)).all() == []


@pytest.mark.parametrize(
    "command",
    [("tasks", "list"), ("instances", "list"), ("jobs", "list"), ("webhooks", "deliveries")],
)
@pytest.mark.parametrize("limit", ["-1", "0", "99999999999999999999"])
def test_a_limit_is_a_number_of_rows(own: Session, command: tuple[str, ...], limit: str) -> None:
    assert not own.new
    answer = loket(*command, "--limit", limit)
    assert answer.exit_code == 2
    assert "--limit" in answer.stderr


@pytest.mark.parametrize("variables", ["[1]", "{", '"x"'])
def test_variables_are_a_json_object(own: Session, variables: str) -> None:
    place(own, complaint(SUBJECT))
    answer = loket("processes", "start", KEY, "--variables", variables)
    assert answer.exit_code == 2
    assert "JSON" in answer.stderr
    assert own.scalars(select(ProcessInstance)).all() == []


def test_what_cannot_start_is_said(own: Session) -> None:
    assert "no process with this key" in loket("processes", "start", "nergens").stderr
    begins = node("startEvent", "s", message("m")) + node("endEvent", "e") + chain("s", "e")
    define(own, process(begins, messages=("m",)))
    own.commit()
    assert "no plain start" in loket("processes", "start", "p").stderr
    place(own, complaint(SUBJECT, business_key="${onderwerp}"))
    assert "no business key" in loket("processes", "start", KEY).stderr


def test_a_message_is_delivered_or_kept(own: Session) -> None:
    waiting(own, message("m"), key="1")
    kept = loket("messages", "send", "m", "--key", "2", "--json")
    assert (kept.exit_code, json.loads(kept.stdout)) == (0, {"outcome": "kept", "ids": []})
    sent = loket("messages", "send", "m", "--key", "1", "--variables", '{"x": 1}')
    assert sent.exit_code == 0
    instance = own.scalars(select(ProcessInstance)).one()
    assert sent.stdout.split() == ["delivered", str(instance.id)]
    own.expire_all()
    assert variables(own, instance)["x"] == 1


def test_a_message_that_finds_two_tells_both_and_fails(own: Session) -> None:
    waiting(own, message("m"), key="1")
    xml = process(
        straight(node("intermediateCatchEvent", "wait", message("m")), ids=("wait",)),
        "q",
        messages=("m",),
    )
    define(own, xml, "q")
    start_process(own, "q", business_key="1", started_by="test")
    own.commit()
    answer = loket("messages", "send", "m", "--key", "1", "--json")
    assert answer.exit_code == 1
    told = json.loads(answer.stdout)
    assert (told["outcome"], len(told["ids"])) == ("ambiguous", 2)


def test_a_signal_says_how_many_caught_it(own: Session) -> None:
    waiting(own, signal("x"), key="1")
    assert loket("signals", "send", "x").stdout.strip() == "1"
    assert json.loads(loket("signals", "send", "x", "--json").stdout) == {"caught": 0}


def test_what_binds_a_company_is_no_work_of_an_operator(own: Session) -> None:
    task = node("userTask", "a", camunda_candidateGroups="provider", camunda_formKey="object")
    define(own, process(straight(task, ids=("a",))))
    start_process(own, "p", business_key="1", started_by="test")
    own.commit()
    task_id = own.scalars(select(UserTask.id)).one()
    own.commit()
    refused = loket("tasks", "complete", task_id, "--variables", '{"objection": "x"}')
    assert refused.exit_code == 1
    assert "only a person" in refused.stderr
    own.expire_all()
    assert own.scalars(select(UserTask)).one().status is TaskStatus.OPEN


def test_tasks_are_listed_and_completed(own: Session) -> None:
    place(own, complaint(SUBJECT))
    loket("processes", "start", KEY)
    (task,) = json.loads(loket("tasks", "list", "--group", "registrar", "--json").stdout)
    assert (task["process"], task["name"]) == (KEY, "beoordelen")
    assert loket("tasks", "list", "--group", "provider").stdout.strip() == "no open tasks"
    done = loket("tasks", "complete", task["id"], "--variables", '{"oordeel": "goed"}')
    assert (done.exit_code, done.stdout.strip()) == (0, task["id"])
    own.expire_all()
    row = own.scalars(select(UserTask)).one()
    assert row.status is TaskStatus.COMPLETED
    own.rollback()
    again = loket("tasks", "complete", task["id"])
    assert again.exit_code == 1
    assert "no such open task" in again.stderr


def test_a_task_is_assigned_to_who_may_do_it(own: Session) -> None:
    place(own, complaint(SUBJECT))
    loket("processes", "start", KEY)
    (task,) = json.loads(loket("tasks", "list", "--json").stdout)
    groups = {"staff:1": "registrar", "teacher:1": "teacher"}
    for person, group in groups.items():
        remember(own, Person(person, "Noor", frozenset({group})))
    own.commit()
    assert "has signed in" in loket("tasks", "assign", task["id"], "staff:2").stderr
    assert "may not do" in loket("tasks", "assign", task["id"], "teacher:1").stderr
    given = loket("tasks", "assign", task["id"], "staff:1", "--json")
    assert json.loads(given.stdout) == {"assigned": task["id"], "to": "staff:1"}
    assert own.scalars(select(UserTask)).one().assignee == "staff:1"
    own.rollback()
    loket("tasks", "complete", task["id"])
    assert "no such open task" in loket("tasks", "assign", task["id"], "staff:1").stderr


@pytest.mark.parametrize("command", ["messages", "signals", "tasks", "processes"])
def test_who_began_is_not_told_from_the_command_line(own: Session, command: str) -> None:
    start = node("startEvent", "start", camunda_initiator="melder")
    wait = node("intermediateCatchEvent", "wait", message("m"))
    hear = node("intermediateCatchEvent", "hear", signal("x"))
    do = node("userTask", "do") + node("parallelGateway", "split") + node("endEvent", "end")
    flows = "".join(chain("split", each, "end") for each in ("wait", "hear", "do"))
    body = start + wait + hear + do + chain("start", "split") + flows
    define(own, process(body, messages=("m",), signals=("x",)))
    instance = start_process(own, "p", business_key="1", started_by="test")
    task = own.scalars(select(UserTask)).one()
    words = {
        "messages": ("messages", "send", "m", "--key", "1"),
        "signals": ("signals", "send", "x"),
        "tasks": ("tasks", "complete", str(task.id)),
        "processes": ("processes", "start", "p"),
    }[command]
    own.commit()
    given = json.dumps({"melder": "staff:1"})
    refused = loket(*words, "--variables", given)
    assert refused.exit_code == 1
    assert "melder: this name says who may do a task" in refused.stderr
    own.expire_all()
    assert "melder" not in variables(own, instance)
    assert len(own.scalars(select(ProcessInstance)).all()) == 1

"""The same message sent twice at the same moment takes effect once, and has one answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.api import once
from processes.engine.execution.instances import start_process
from processes.engine.openings import access
from processes.engine.openings.clients import Rights, make
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import Incident, Job, ProcessInstance, UserTask
from processes.engine.store.opening_models import ReceivedMessage
from processes.register.changes import AuditEvent
from processes.unit_of_work import UnitOfWork
from tests.app.api.programs import Program
from tests.app.begin.complaints import KEY, SUBJECT, complaint, place
from tests.processes.engine.diagrams import define, node, process, signal, straight
from tests.processes.engine.execution.events.test_messages_from_outside import BEGINS, BREAKS, WAITS

KEYED = "${onderwerp}"
STARTS = {"variables": {"onderwerp": "De deur was dicht"}}
CATCHES = process(
    straight(node("intermediateCatchEvent", "wait", signal("x")), ids=("wait",)), signals=("x",)
)
ROWS = (ProcessInstance, UserTask, BufferedMessage, Incident, Job, ReceivedMessage, AuditEvent)


@pytest.fixture
def portal(app_with_threads: Flask) -> Flask:
    return app_with_threads


@pytest.fixture
def sender(portal: Flask, own_engine: Engine) -> Program:
    with Session(own_engine) as session:
        rights = Rights(
            messages=["m"], signals=["x"], processes=[KEY], groups=["registrar"], per_minute=1000
        )
        opening, _secret = make(session, "crm", rights, by="test")
        token = access.issue(session, opening)
        session.commit()
    return Program(portal.test_client(), token)


def before_it_writes(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do this once, in a thread of its own, when a request has read and is about to write."""
    writes, pending = UnitOfWork.begin_writing, [do]

    def interrupted(self: UnitOfWork) -> None:
        if pending:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(pending.pop()).result()
        writes(self)

    monkeypatch.setattr(UnitOfWork, "begin_writing", interrupted)


def told(answer: TestResponse) -> tuple[int, Any]:
    return answer.status_code, answer.json


def rows(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        return {
            each.__name__: session.scalar(select(func.count()).select_from(each)) or 0
            for each in ROWS
        }


def a_start(session: Session) -> str:
    place(session, complaint(SUBJECT))
    return f"processen/{KEY}"


def a_start_with_a_key(session: Session) -> str:
    place(session, complaint(SUBJECT, business_key=KEYED))
    return f"processen/{KEY}"


def a_message_that_starts(session: Session) -> str:
    define(session, BEGINS)
    return "berichten/m"


def a_message_that_is_kept(session: Session) -> str:
    define(session, WAITS)
    return "berichten/m"


def a_message_that_is_caught(session: Session) -> str:
    define(session, WAITS)
    start_process(session, "p", business_key="1", started_by="test")
    return "berichten/m"


def a_signal(session: Session) -> str:
    define(session, CATCHES)
    for key in "12":
        start_process(session, "p", business_key=key, started_by="test")
    return "signalen/x"


def a_task(session: Session) -> str:
    place(session, complaint())
    instance = start_process(session, KEY, business_key="1", started_by="test")
    task = session.scalars(select(UserTask).where(UserTask.instance_id == instance.id)).one()
    return f"taken/{task.id}/afronden"


def a_claim(session: Session) -> str:
    return a_task(session).replace("afronden", "oppakken")


SENT: tuple[tuple[Callable[[Session], str], dict[str, Any]], ...] = (
    (a_start, STARTS),
    (a_start_with_a_key, STARTS),
    (a_message_that_starts, {"correlationKey": "1"}),
    (a_message_that_is_kept, {"correlationKey": "1"}),
    (a_message_that_is_caught, {"correlationKey": "1"}),
    (a_signal, {}),
    (a_task, {}),
    (a_claim, {}),
)
each_kind = pytest.mark.parametrize(("begin", "body"), SENT, ids=[one.__name__ for one, _ in SENT])


def prepared(own_engine: Engine, begin: Callable[[Session], str]) -> str:
    with Session(own_engine) as session:
        path = begin(session)
        session.commit()
    return path


@each_kind
def test_who_comes_second_gets_the_answer_of_the_first(
    sender: Program,
    own_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    begin: Callable[[Session], str],
    body: dict[str, Any],
) -> None:
    path = prepared(own_engine, begin)
    first: list[TestResponse] = []
    left: list[dict[str, int]] = []

    def send_first() -> None:
        first.append(sender.post(path, body, id_="same"))
        left.append(rows(own_engine))

    before_it_writes(monkeypatch, send_first)
    second = sender.post(path, body, id_="same")
    assert first[0].status_code in {200, 202}, first[0].text
    assert told(second) == told(first[0])
    assert second.headers["Message-Repeated"] == "true"
    assert "Message-Repeated" not in first[0].headers
    assert rows(own_engine) == left[0]
    assert left[0]["ReceivedMessage"] == 1


@each_kind
def test_three_at_once_have_one_answer(
    sender: Program,
    own_engine: Engine,
    begin: Callable[[Session], str],
    body: dict[str, Any],
) -> None:
    path = prepared(own_engine, begin)
    together = Barrier(3)

    def send(_number: int) -> TestResponse:
        program = Program(sender.client.application.test_client(), sender.token)
        together.wait()
        return program.post(path, body, id_="same")

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(send, range(3)))
    assert answers[0].status_code in {200, 202}, answers[0].text
    assert [told(each) for each in answers] == [told(answers[0])] * 3
    assert sum("Message-Repeated" not in each.headers for each in answers) == 1
    assert rows(own_engine)["ReceivedMessage"] == 1


def test_another_body_with_the_id_of_the_first_is_refused(
    sender: Program, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = prepared(own_engine, a_start)
    before_it_writes(monkeypatch, lambda: sender.post(path, STARTS, id_="same"))
    second = sender.post(path, {"variables": {"onderwerp": "Iets anders"}}, id_="same")
    assert (second.status_code, second.json["errors"][0]["header"]) == (422, "Message-Id")  # type: ignore[index]
    assert rows(own_engine)["ProcessInstance"] == 1


def test_what_was_refused_the_first_time_is_judged_anew(
    sender: Program, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = prepared(own_engine, a_message_that_breaks)
    before_it_writes(monkeypatch, lambda: sender.post(path, {"correlationKey": "1"}, id_="same"))
    right = {"correlationKey": "1", "variables": {"missing": True}}
    second = sender.post(path, right, id_="same")
    assert (second.status_code, second.json["outcome"]) == (200, "started")  # type: ignore[index]
    assert rows(own_engine)["ReceivedMessage"] == 1


def a_message_that_breaks(session: Session) -> str:
    define(session, BREAKS)
    return "berichten/m"


def test_an_error_of_its_own_stays_its_own(
    sender: Program, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = prepared(own_engine, a_start)

    def fails(*_given: object, **_named: object) -> None:
        message = "the trail cannot be written"
        raise RuntimeError(message)

    sender.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    with monkeypatch.context() as patched:
        patched.setattr(once, "record_event", fails)
        assert sender.post(path, STARTS, id_="same").status_code == 500
    assert not any(rows(own_engine).values())
    assert sender.post(path, STARTS, id_="same").status_code == 200

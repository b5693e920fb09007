"""Long polling: a fetch waits for a task, keeps no thread that people need, and ends in time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.external import fetching
from processes.base import now, set_clock
from processes.engine.openings.clients import openings
from processes.engine.store.opening_models import TopicFetch
from tests.app.api.external.workers import TOPIC, Worker, begin, worker


@pytest.fixture
def caller(client: FlaskClient, session: Session) -> Worker:
    return worker(client, session)


@pytest.fixture
def during(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[float]]:
    """Does something in the place of each pause; gives the pauses that there were.

    Time stands still, so that no busy machine ends the waiting.
    """
    monkeypatch.setattr(fetching, "clock", lambda: 0.0)

    def install(do: Callable[[], object]) -> list[float]:
        pauses: list[float] = []

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            do()

        monkeypatch.setattr(fetching, "pause", pause)
        return pauses

    return install


During = Callable[[Callable[[], object]], list[float]]


def waited(caller: Worker, milliseconds: int) -> list[dict[str, Any]]:
    asked = {"topicName": TOPIC, "lockDuration": 60_000}
    answer = caller.post("fetchAndLock", {"topics": [asked], "asyncResponseTimeout": milliseconds})
    assert answer.status_code == 200
    tasks: list[dict[str, Any]] = answer.json or []
    return tasks


def test_a_task_that_comes_while_a_worker_waits_is_handed_out(
    caller: Worker, session: Session, during: During
) -> None:
    pauses = during(lambda: begin(session, business_key="k"))
    assert [task["businessKey"] for task in waited(caller, 1_000_000)] == ["k"]
    assert len(pauses) == 1


def test_nobody_waits_who_does_not_ask_for_it_or_for_longer_than_twenty_seconds(
    caller: Worker, during: During, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(fetching, "clock", lambda: clock[0])
    pauses = during(lambda: clock.__setitem__(0, clock[0] + pauses[-1]))
    assert waited(caller, 0) == []
    assert pauses == []
    assert waited(caller, 1_800_000) == []
    assert sum(pauses) == pytest.approx(20)
    assert max(pauses) <= 1


def test_of_many_that_wait_the_others_are_answered_at_once(
    caller: Worker, session: Session, during: During
) -> None:
    answers: list[Any] = []
    slots = [caller.client.application.config["LOKET_SETTINGS"].worker_waits]

    def another_asks() -> None:
        slots[0] -= 1
        answers.append(waited(Worker(caller.client.application.test_client(), caller.token), 5000))
        begin(session, business_key=str(len(answers)))

    pauses = during(another_asks)
    assert waited(caller, 5000)
    assert slots == [0]
    assert len(pauses) == 2, "the third did not wait"
    assert answers[0] == []


def test_an_opening_that_is_disabled_while_it_waits_gets_nothing(
    caller: Worker, session: Session, during: During
) -> None:
    def disable() -> None:
        for opening in openings(session):
            opening.enabled = False
        session.commit()

    pauses = during(disable)
    assert waited(caller, 1_000_000) == []
    assert len(pauses) == 1
    assert caller.ask().status_code == 401


def test_the_last_use_of_an_opening_is_noted(caller: Worker, session: Session) -> None:
    assert [each.last_used_at for each in openings(session)] == [None]
    caller.fetch()
    session.expire_all()
    assert [each.last_used_at is None for each in openings(session)] == [False]


def test_who_asked_last_for_a_topic_is_noted_now_and_then(caller: Worker, session: Session) -> None:
    def noted() -> list[tuple[str, str]]:
        session.expire_all()
        return [(each.topic, each.worker) for each in session.scalars(select(TopicFetch))]

    caller.fetch()
    assert noted() == [(TOPIC, "w1")]
    other = Worker(caller.client, caller.token, "w2")
    other.fetch()
    assert noted() == [(TOPIC, "w1")], "a row is not written for every fetch"
    moment = now() + timedelta(seconds=30)
    set_clock(lambda: moment)
    other.fetch()
    assert noted() == [(TOPIC, "w2")]

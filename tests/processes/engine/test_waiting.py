"""An operator reads why an instance waits, and finds those that wait for nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine import instances, jobs
from processes.engine.models import Job, ProcessInstance, UserTask
from processes.engine.waiting import stuck_instances, why_waiting
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    flow,
    job,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    set_clock(lambda: datetime(2026, 11, 2, 9, tzinfo=UTC))
    yield
    set_clock(None)


def start(session: Session, body: str, **named: Any) -> ProcessInstance:
    define(session, process(body, **named))
    return instances.start_process(session, "p", business_key="7", started_by="test")


def sentences(session: Session, instance: ProcessInstance) -> list[str]:
    return sorted(reason.sentence for reason in why_waiting(session, instance))


def test_a_user_task_waits_for_its_group(session: Session) -> None:
    body = straight(user("Vraag", camunda_candidateGroups="registrar"), ids=("Vraag",))
    instance = start(session, body)
    assert sentences(session, instance) == [
        '"Vraag" wacht op iemand van de groep registrar, sinds 02-11-2026 om 10.00 uur.'
    ]


def test_a_timer_a_message_and_a_signal_say_what_they_wait_for(session: Session) -> None:
    body = (
        straight(user("a"), ids=("a",))
        + boundary("te_laat", "a", timer("timeDuration", "P1D"))
        + boundary("betaald", "a", message("paid"))
        + boundary("dicht", "a", signal("closed"))
        + chain("te_laat", "end")
        + chain("betaald", "end")
        + chain("dicht", "end")
    )
    instance = start(session, body, messages=("paid",), signals=("closed",))

    assert sentences(session, instance) == [
        '"a" wacht op iemand, sinds 02-11-2026 om 10.00 uur.',
        '"betaald" wacht op het bericht paid met sleutel 7, sinds 02-11-2026 om 10.00 uur.',
        '"dicht" wacht op het signaal closed.',
        '"te_laat" wacht tot 03-11-2026 om 10.00 uur.',
    ]


def test_a_job_says_which_attempt_it_is(session: Session) -> None:
    instance = start(session, straight(job("mail"), ids=("mail",)))
    (made,) = session.query(Job).all()
    assert "poging 1 van 5 begint" in sentences(session, instance)[0]

    jobs.claim(session, made.id, owner="w", lease=timedelta(minutes=1))
    assert "poging 1 van 5 is bezig" in sentences(session, instance)[0]


def test_a_join_waits_for_the_other_branches(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("parallelGateway", "split")
        + user("a")
        + node("parallelGateway", "samen")
        + node("endEvent", "end")
        + chain("start", "split", "a", "samen", "end")
        + chain("split", "samen")
    )
    instance = start(session, body)
    assert '"samen" wacht tot de andere takken hier zijn.' in sentences(session, instance)
    assert stuck_instances(session, 10) == []


def test_a_join_that_can_never_fire_is_stuck(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("exclusiveGateway", "kies", default="kies_to_a")
        + user("a")
        + user("b")
        + node("parallelGateway", "samen")
        + node("endEvent", "end")
        + chain("start", "kies")
        + flow("kies", "a")
        + flow("kies", "b", "${false}")
        + chain("a", "samen", "end")
        + chain("b", "samen")
    )
    instance = start(session, body)
    (task,) = instances.open_user_tasks(session)
    instances.complete_user_task(session, task.id, completed_by="anna", variables={})

    (reason,) = why_waiting(session, instance)
    assert reason.is_stuck
    assert [found.id for found in stuck_instances(session, 10)] == [instance.id]


def test_a_token_whose_row_was_lost_waits_for_nothing(session: Session) -> None:
    instance = start(session, straight(user("a"), ids=("a",)))
    session.execute(delete(UserTask))
    session.expire_all()

    (reason,) = why_waiting(session, instance)
    assert reason.is_stuck
    assert stuck_instances(session, 10) == [instance]


def test_an_instance_that_has_ended_does_not_wait(session: Session) -> None:
    instance = start(session, straight(node("task", "a"), ids=("a",)))
    assert why_waiting(session, instance) == []

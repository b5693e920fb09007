"""Timers fire once and when due; messages reach the one that waits, signals all."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import incidents, instances
from processes.engine.execution.events import messages, timers
from processes.engine.insight import history
from processes.engine.repair import suspension
from processes.engine.store.models import InstanceStatus, Timer
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    flow,
    message,
    node,
    process,
    signal,
    straight,
    timer,
    user,
)


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 27, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    clock = Clock()
    set_clock(clock)
    yield clock
    set_clock(None)


def start(session: Session, **kwargs: str) -> object:
    return instances.start_process(session, "p", started_by="test", **kwargs)  # type: ignore[arg-type]


def at(session: Session) -> list[str]:
    return sorted(task.element_id for task in instances.open_user_tasks(session))


def catch(id_: str, definition: str) -> str:
    return node("intermediateCatchEvent", id_, definition)


def test_a_timer_fires_once_when_it_is_due(session: Session, clock: Clock) -> None:
    body = straight(catch("wait", timer("timeDuration", "P3D")), user("b"), ids=("wait", "b"))
    define(session, process(body))
    start(session)

    assert timers.fire_due_timers(session, 10) == 0
    clock.moment += timedelta(days=3)
    assert timers.fire_due_timers(session, 10) == 1
    assert timers.fire_due_timers(session, 10) == 0

    assert at(session) == ["b"]
    assert session.query(Timer).all() == []


def test_days_are_counted_on_the_clock_of_amsterdam(session: Session) -> None:
    body = straight(catch("wait", timer("timeDuration", "P3D")), ids=("wait",))
    define(session, process(body))
    start(session)

    (row,) = session.query(Timer).all()
    # The clock goes forward on 29 March: ten o'clock in Amsterdam is an hour earlier in UTC.
    assert row.due_at == datetime(2026, 3, 30, 8, tzinfo=UTC)


def test_a_moment_without_zone_is_amsterdam(session: Session) -> None:
    body = straight(catch("wait", timer("timeDate", "2030-07-01T09:00")), ids=("wait",))
    define(session, process(body))
    start(session)

    assert session.query(Timer).one().due_at == datetime(2030, 7, 1, 7, tzinfo=UTC)


def test_a_boundary_timer_cancels_the_task_that_took_too_long(
    session: Session, clock: Clock
) -> None:
    body = (
        straight(user("a"), ids=("a",))
        + boundary("late", "a", timer("timeDuration", "PT1H"))
        + user("chase")
        + chain("late", "chase", "end")
    )
    define(session, process(body))
    start(session)
    clock.moment += timedelta(hours=2)

    assert timers.fire_due_timers(session, 10) == 1

    assert at(session) == ["chase"]


def test_completing_the_task_ends_its_boundary_timer(session: Session) -> None:
    body = (
        straight(user("a"), user("b"), ids=("a", "b"))
        + boundary("late", "a", timer("timeDuration", "PT1H"))
        + chain("late", "end")
    )
    define(session, process(body))
    start(session)
    (task,) = instances.open_user_tasks(session)
    instances.complete_user_task(session, task.id, completed_by="anna", variables={})

    assert session.query(Timer).all() == []
    assert at(session) == ["b"]


def test_a_non_interrupting_timer_repeats_as_often_as_drawn(session: Session, clock: Clock) -> None:
    body = (
        straight(user("a"), ids=("a",))
        + boundary("remind", "a", timer("timeCycle", "R3/P7D"), interrupting=False)
        + user("call")
        + chain("remind", "call", "end")
    )
    define(session, process(body))
    instance = start(session)

    for times in (1, 2, 3):
        clock.moment += timedelta(days=7)
        assert timers.fire_due_timers(session, 10) == 1
        assert at(session) == ["a"] + ["call"] * times
    clock.moment += timedelta(days=70)
    assert timers.fire_due_timers(session, 10) == 0

    for task in instances.open_user_tasks(session):
        instances.complete_user_task(session, task.id, completed_by="anna", variables={})
    assert instance.status == InstanceStatus.COMPLETED  # type: ignore[attr-defined]


def test_a_timer_whose_step_fails_waits_for_an_operator(session: Session, clock: Clock) -> None:
    body = (
        straight(catch("wait", timer("timeDuration", "PT1H")), ids=("wait",)).replace(
            flow("wait", "end"), ""
        )
        + node("exclusiveGateway", "g", default="g_to_end")
        + node("endEvent", "other")
        + chain("wait", "g", "end")
        + flow("g", "other", "${missing}")
    )
    define(session, process(body))
    start(session)
    clock.moment += timedelta(hours=1)

    assert timers.fire_due_timers(session, 10) == 0
    assert timers.fire_due_timers(session, 10) == 0

    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "g"
    assert timers.due_timers(session, 10) == []
    incidents.retry_incident(session, incident.id, by="olga")
    assert len(timers.due_timers(session, 10)) == 1


MESSAGE = process(
    straight(catch("wait", message("paid")), user("b"), ids=("wait", "b")), messages=("paid",)
)


def test_a_message_reaches_the_instance_with_its_key(session: Session) -> None:
    define(session, MESSAGE)
    one = start(session, business_key="1")
    two = start(session, business_key="2")

    assert messages.send_message(session, "paid", correlation_key="2", variables={"amount": 5})

    (task,) = instances.open_user_tasks(session)
    assert task.instance_id == two.id  # type: ignore[attr-defined]
    assert instances.variables(session, task.instance) == {"amount": 5}
    assert history.waiting_at(session, one.id) == ["wait"]  # type: ignore[attr-defined]


def test_a_message_that_comes_too_early_is_kept_and_delivered_once(session: Session) -> None:
    define(session, MESSAGE)

    assert not messages.send_message(session, "paid", correlation_key="1", variables={"n": 1})
    start(session, business_key="1")
    assert at(session) == ["b"]
    start(session, business_key="3")
    assert at(session) == ["b"]


def test_a_kept_message_is_dropped_in_the_end(session: Session, clock: Clock) -> None:
    define(session, MESSAGE)
    messages.send_message(session, "paid", correlation_key="1", variables={})
    clock.moment += timedelta(days=8)
    messages.drop_expired_messages(session)

    start(session, business_key="1")
    assert at(session) == []


def test_a_signal_reaches_every_instance_that_waits(session: Session) -> None:
    body = straight(catch("wait", signal("closed")), user("b"), ids=("wait", "b"))
    define(session, process(body, signals=("closed",)))
    start(session)
    start(session)

    assert messages.send_signal(session, "closed", {"why": "holiday"}) == 2
    assert at(session) == ["b", "b"]
    assert messages.send_signal(session, "closed") == 0


@pytest.mark.parametrize(("waits", "throws"), [("90000017", None), (None, "90000017")])
@pytest.mark.parametrize(
    ("kind", "is_early"),
    [(message, False), (message, True), (signal, False)],  # a signal is kept for nobody
)
def test_what_a_case_throws_reaches_the_case_of_another_company(
    session: Session,
    kind: Callable[[str], str],
    waits: str | None,
    throws: str | None,
    *,
    is_early: bool,
) -> None:
    receiver = straight(catch("wait", kind("go")), user("b"), ids=("wait", "b"))
    define(session, process(receiver, messages=("go",), signals=("go",)))
    thrower = straight(node("intermediateThrowEvent", "throw", kind("go")), ids=("throw",))
    define(session, process(thrower, "q", messages=("go",), signals=("go",)), "q")

    cases = [("p", waits), ("q", throws)]
    for key, tenant in reversed(cases) if is_early else cases:
        instances.start_process(session, key, business_key="1", tenant=tenant, started_by="test")
    assert at(session) == ["b"]


def test_of_an_event_based_gateway_the_first_event_wins(session: Session, clock: Clock) -> None:
    body = (
        node("startEvent", "start")
        + node("eventBasedGateway", "which")
        + catch("paid", message("paid"))
        + catch("late", timer("timeDuration", "P1D"))
        + user("thank")
        + user("chase")
        + node("endEvent", "end")
        + chain("start", "which", "paid", "thank", "end")
        + chain("which", "late", "chase", "end")
    )
    define(session, process(body, messages=("paid",)))
    one = start(session, business_key="1")
    start(session, business_key="2")
    assert history.waiting_at(session, one.id) == ["late", "paid"]  # type: ignore[attr-defined]

    messages.send_message(session, "paid", correlation_key="1", variables={})
    assert at(session) == ["thank"]
    clock.moment += timedelta(days=1)
    assert timers.fire_due_timers(session, 10) == 1
    assert at(session) == ["chase", "thank"]


def test_a_receiver_that_fails_does_not_undo_its_sender_and_gets_the_message_later(
    session: Session,
) -> None:
    body = (
        straight(catch("wait", message("paid")), ids=("wait",)).replace(flow("wait", "end"), "")
        + node("exclusiveGateway", "g", default="g_to_b")
        + node("endEvent", "other")
        + user("b")
        + chain("wait", "g", "b", "end")
        + flow("g", "other", "${amount &gt; 10}")
    )
    define(session, process(body, messages=("paid",)))
    start(session, business_key="1")
    sender = process(
        straight(user("a"), node("intermediateThrowEvent", "tell", message("paid")), user("c"),
                 ids=("a", "tell", "c")),
        key="sender",
        messages=("paid",),
    )  # fmt: skip
    define(session, sender, "sender")
    instances.start_process(session, "sender", business_key="1", started_by="test")
    (task,) = instances.open_user_tasks(session)

    instances.complete_user_task(session, task.id, completed_by="anna", variables={})

    assert at(session) == ["c"]
    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "g"
    assert messages.matching_buffered_messages(session, 10) == []
    incidents.retry_incident(session, incident.id, by="olga")
    assert len(messages.matching_buffered_messages(session, 10)) == 1


def test_a_message_for_a_suspended_instance_is_kept_until_it_goes_on(session: Session) -> None:
    body = straight(catch("wait", message("m")), user("b"), ids=("wait", "b"))
    define(session, process(body, messages=("m",)))
    instance = instances.start_process(session, "p", business_key="1", started_by="test")
    suspension.suspend(session, instance.id)

    assert not messages.send_message(session, "m", correlation_key="1", variables={"x": 1})
    assert messages.matching_buffered_messages(session, 10) == []

    suspension.resume(session, instance.id)
    (kept,) = messages.matching_buffered_messages(session, 10)
    assert messages.deliver_buffered(session, kept)
    assert at(session) == ["b"]
    assert instances.variables(session, instance) == {"x": 1}

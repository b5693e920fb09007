"""An incident ends with the success that follows it, and with whatever makes it impossible."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.events import messages
from processes.engine.execution.steps import StepFailedError
from processes.engine.repair import modification
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import Incident, IncidentStatus, ProcessInstance
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    flow,
    job,
    message,
    node,
    process,
    user,
)
from tests.processes.engine.playing import at, do, has_ended, start, work_off

pytestmark = pytest.mark.usefixtures("nothing_kept")


def deciding(extra: str = "") -> bytes:
    """Task `a`, whose step fails without the variable `ok`; beside it task `other`; then `b`."""
    body = (
        node("startEvent", "start") + node("endEvent", "end") + node("parallelGateway", "split")
        + user("a") + user("other") + user("b")
        + node("exclusiveGateway", "g", default="g_to_end")
        + chain("start", "split", "a", "g", "end") + chain("split", "other", "end")
        + flow("g", "b", "${ok}") + chain("b", "end")
    )  # fmt: skip
    return process(body + extra, messages=("m",))


def failed(session: Session, extra: str = "") -> ProcessInstance:
    """An instance of which the step of `a` failed."""
    instance = start(session, deciding(extra))
    fail(session)
    return instance


def fail(session: Session) -> None:
    with pytest.raises(StepFailedError):
        do(session, "a")


TOO_LONG = "x" * 2_000_000  # for the state of an instance


def token(session: Session, element_id: str) -> UUID:
    return next(t.id for t in instances.open_user_tasks(session) if t.element_id == element_id)


def test_a_step_that_succeeds_resolves_what_its_failure_left(session: Session) -> None:
    failed(session)
    (incident,) = incidents.open_incidents(session)

    do(session, "a", ok=True)

    assert incidents.open_incidents(session) == []
    assert (incident.status, incident.resolved_by) == (IncidentStatus.RESOLVED, "anna")
    assert incident.resolved_at is not None


def test_the_success_of_another_token_resolves_nothing(session: Session) -> None:
    failed(session)
    do(session, "other")
    assert len(incidents.open_incidents(session)) == 1


def test_what_interrupts_the_token_resolves_it(session: Session) -> None:
    failed(session, boundary("stop", "a", message("m")) + chain("stop", "b"))
    messages.send_message(session, "m", correlation_key="1")
    assert at(session) == ["b", "other"]
    assert incidents.open_incidents(session) == []


def test_an_instance_that_ends_has_no_open_incident(session: Session) -> None:
    over = node("endEvent", "over", "<bpmn:terminateEventDefinition/>") + chain("stop", "over")
    instance = failed(session, boundary("stop", "a", message("m")) + over)
    messages.send_message(session, "m", correlation_key="1")
    assert has_ended(instance)
    assert incidents.open_incidents(session) == []


def test_a_job_that_comes_through_resolves_its_failed_step(session: Session) -> None:
    body = (
        node("startEvent", "start") + node("endEvent", "end") + job("work") + user("b")
        + node("exclusiveGateway", "g", default="g_to_end")
        + chain("start", "work", "g", "end") + flow("g", "b", "${ok}") + chain("b", "end")
    )  # fmt: skip
    start(session, process(body))
    work_off(session, "work", {})
    (incident,) = incidents.open_incidents(session)
    incidents.retry_incident(session, incident.id, by="olga")
    work_off(session, "work", {})
    (again,) = incidents.open_incidents(session)

    incidents.retry_incident(session, again.id, by="olga")
    work_off(session, "work", {"ok": True})
    assert incidents.open_incidents(session) == []
    assert at(session) == ["b"]


def test_a_message_that_came_early_is_delivered_after_the_success(session: Session) -> None:
    wait = node("intermediateCatchEvent", "wait", message("m"))
    body = (
        node("startEvent", "start") + node("endEvent", "end") + user("a") + wait + user("b")
        + node("exclusiveGateway", "g", default="g_to_end")
        + chain("start", "a", "g", "end") + flow("g", "wait", "${ok}") + chain("wait", "b", "end")
    )  # fmt: skip
    start(session, process(body, messages=("m",)))
    fail(session)
    assert not messages.send_message(session, "m", correlation_key="1")

    do(session, "a", ok=True)
    assert at(session) == ["b"]
    assert session.query(BufferedMessage).all() == []


def test_an_incident_of_an_earlier_release_is_resolved_where_the_step_comes_by(
    session: Session,
) -> None:
    failed(session)
    session.query(Incident).one().token_id = None
    do(session, "other")
    assert len(incidents.open_incidents(session)) == 1
    do(session, "a", ok=True)
    assert incidents.open_incidents(session) == []


@pytest.mark.parametrize("by_hand", ["move", "skip", "repeat"])
def test_a_change_by_hand_resolves_it_and_its_undo_opens_it_again(
    session: Session, by_hand: str
) -> None:
    instance = start(session, deciding(), ok=True)
    with pytest.raises(StepFailedError):
        do(session, "a", note=TOO_LONG)
    place = (session, instance.id, token(session, "a"))
    if by_hand == "move":
        snapshot = modification.move_token(*place, "b", by="olga", reason="zo kan het")
    else:
        change = modification.skip if by_hand == "skip" else modification.repeat
        snapshot = change(*place, by="olga", reason="zo kan het")
    assert incidents.open_incidents(session) == []

    modification.undo(session, snapshot.id, by="olga")
    assert len(incidents.open_incidents(session)) == 1
    do(session, "a")
    assert incidents.open_incidents(session) == []


def test_what_failed_after_a_change_is_over_when_it_is_undone(session: Session) -> None:
    instance = start(session, deciding())
    do(session, "a", ok=True)
    here = token(session, "b")
    snapshot = modification.move_token(
        session, instance.id, here, "a", by="olga", reason="nog een keer"
    )
    with pytest.raises(StepFailedError):
        do(session, "a", note=TOO_LONG)
    assert len(incidents.open_incidents(session)) == 1

    modification.undo(session, snapshot.id, by="olga")
    assert incidents.open_incidents(session) == []
    assert at(session) == ["b", "other"]


def test_cancelling_resolves_it(session: Session) -> None:
    instance = failed(session)
    instances.cancel(session, instance.id, by="olga")
    assert incidents.open_incidents(session) == []


def turning() -> bytes:
    """A process whose first step fails until `ok` is given; it waits at `b`, or ends."""
    body = (
        node("startEvent", "start") + node("endEvent", "end") + user("b")
        + node("exclusiveGateway", "g", default="g_to_end")
        + chain("start", "g", "end") + flow("g", "b", "${ok}") + chain("b", "end")
    )  # fmt: skip
    return process(body)


def begin(session: Session, key: str | None = "k", **variables: object) -> None:
    instances.start_process(
        session, "p", business_key=key, variables=variables, started_by="iemand"
    )


def test_the_same_start_that_fails_again_is_no_second_incident_and_its_success_resolves_it(
    session: Session,
) -> None:
    define(session, turning())
    for _twice in range(2):
        with pytest.raises(StepFailedError):
            begin(session)
    with pytest.raises(StepFailedError):
        begin(session, "other")
    (first, other) = incidents.open_incidents(session)
    begin(session, ok=True)
    session.refresh(first)
    assert (first.status, first.resolved_by) == (IncidentStatus.RESOLVED, "iemand")
    assert incidents.open_incidents(session) == [other]


def test_without_a_business_key_only_the_same_variables_are_the_same_start(
    session: Session,
) -> None:
    define(session, turning())
    for name in ("Jan", "Jan", "Piet"):
        with pytest.raises(StepFailedError):
            begin(session, None, name=name)
    begin(session, None, name="Jan", ok=True)
    assert len(incidents.open_incidents(session)) == 2
    define(session, turning().replace(b"${ok}", b"${name == 'Piet'}"))
    begin(session, None, name="Jan")
    assert len(incidents.open_incidents(session)) == 1

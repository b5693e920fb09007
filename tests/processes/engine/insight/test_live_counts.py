"""How many tokens, cases and incidents stand at each element of a version."""

from sqlalchemy.orm import Session

from processes.engine.execution.instances import start_process
from processes.engine.insight.live_counts import LiveCount, live_counts
from processes.engine.store.models import Incident, InstanceStatus, ProcessInstance
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    job,
    message,
    node,
    process,
    timer,
    user,
)
from tests.processes.engine.playing import do

ROUNDS = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="${lijst}"'
    ' camunda:elementVariable="item" />'
)
XML = process(
    node("startEvent", "start") + node("endEvent", "end") + node("parallelGateway", "g")
    + user("a", ROUNDS) + job("work") + user("late")
    + node("eventBasedGateway", "first") + node("intermediateCatchEvent", "m", message("m"))
    + node("intermediateCatchEvent", "clock", timer("timeDuration", "P1D"))
    + boundary("t", "a", timer("timeDuration", "P1D"), interrupting=False)
    + chain("start", "g", "a", "end") + chain("g", "work", "end") + chain("t", "late", "end")
    + chain("g", "first", "m", "end") + chain("first", "clock", "end"),
    messages=("m",),
)  # fmt: skip


def a_case(session: Session, key: str, *items: str) -> ProcessInstance:
    return start_process(
        session, "p", business_key=key, variables={"lijst": list(items)}, started_by="test"
    )


def test_cases_tokens_and_incidents_are_counted_apart(session: Session) -> None:
    version = define(session, XML)
    a_case(session, "1", "x", "y", "z")
    one = a_case(session, "2", "x")
    for _ in range(2):
        session.add(
            Incident(
                instance_id=one.id, job_id=None, element_id="work", kind="budget", message="Stop."
            )
        )
    session.flush()

    found = live_counts(session, version.id)
    assert found["a"] == LiveCount(cases=2, tokens=4)
    assert found["work"] == LiveCount(cases=2, tokens=2, incidents=2, stuck=1)
    assert found["m"] == found["clock"] == LiveCount(cases=2, tokens=2)
    assert found["t"].cases == 2
    assert "late" not in found


def test_what_ended_or_went_on_is_not_counted(session: Session) -> None:
    version = define(session, XML)
    one = a_case(session, "1", "x")
    do(session, "a")
    assert "a" not in live_counts(session, version.id)
    one.status = InstanceStatus.SUSPENDED
    session.flush()
    assert live_counts(session, version.id)["work"].cases == 1
    one.status = InstanceStatus.CANCELLED
    session.flush()
    assert live_counts(session, version.id) == {}
    assert live_counts(session, define(session, XML).id) == {}

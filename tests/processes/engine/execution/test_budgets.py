"""A turn has a budget: a breach is an incident, and never takes a worker down."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.models import UserTask
from tests.processes.engine.diagrams import (
    chain,
    define,
    flow,
    node,
    process,
    straight,
    user,
)

ENDLESS = (
    node("startEvent", "start")
    + user("a")
    + node("exclusiveGateway", "again", default="again_to_end")
    + node("task", "pass")
    + node("endEvent", "end")
    + chain("start", "a", "again", "end")
    + flow("again", "pass", "${true}")
    + chain("pass", "again")
)


def start(session: Session, body: str) -> UserTask:
    define(session, process(body))
    instances.start_process(session, "p", started_by="test")
    (task,) = instances.open_user_tasks(session)
    return task


def fail(session: Session, task: UserTask, **variables: object) -> str:
    with pytest.raises(StepFailedError):
        instances.complete_user_task(session, task.id, completed_by="anna", variables=variables)
    (incident,) = incidents.open_incidents(session)
    assert [still.id for still in instances.open_user_tasks(session)] == [task.id]
    return incident.kind


def test_a_circle_without_a_wait_stops(session: Session) -> None:
    assert fail(session, start(session, ENDLESS)) == "budget"


def test_variables_of_more_than_a_megabyte_are_refused(session: Session) -> None:
    task = start(session, straight(user("a"), user("b"), ids=("a", "b")))
    assert fail(session, task, text="x" * 1_100_000) == "budget"


def test_a_process_that_calls_itself_stops(session: Session) -> None:
    body = straight(user("a"), node("callActivity", "me", calledElement="loop"), ids=("a", "me"))
    again = straight(node("callActivity", "again", calledElement="loop"), ids=("again",))
    define(session, process(again, key="loop"), "loop")
    assert fail(session, start(session, body)) == "budget"


def test_the_same_failure_twice_is_one_incident(session: Session) -> None:
    task = start(session, ENDLESS)
    assert fail(session, task) == fail(session, task) == "budget"

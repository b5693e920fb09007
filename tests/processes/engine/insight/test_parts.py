"""The subprocesses and called processes that run in an instance, nested, with their tokens."""

from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import called_version
from processes.engine.insight.parts import beside_calls, call_of, parts_of
from processes.engine.store.models import ProcessDefinition, ProcessInstance, UserTask
from tests.processes.engine.diagrams import boundary, define, node, process, straight, timer, user
from tests.processes.engine.execution.scopes.test_scopes import sub
from tests.processes.engine.playing import do, start

ROUNDS = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="${lijst}"'
    ' camunda:elementVariable="item" />'
)
INNER = process(straight(sub("s", user("a"), ids=("a",)), ids=("s",)), "q")
OUTER = process(
    straight(node("callActivity", "call", calledElement="q"), user("z"), ids=("call", "z"))
)


def a_call(session: Session) -> ProcessInstance:
    define(session, INNER, "q")
    return start(session, OUTER)


def test_a_subprocess_in_a_called_process_stands_in_both(session: Session) -> None:
    instance = a_call(session)
    call, inner = parts_of(session, instance)
    assert (call.element_id, call.called, call.around) == ("call", "q", ())
    assert (inner.element_id, inner.called, inner.around) == ("s", None, (call.id,))
    task = session.query(UserTask).one()
    assert call.tokens == inner.tokens == {task.id}
    assert call_of([call, inner], task.id) is call
    assert beside_calls([call, inner], None) == {task.id}
    assert beside_calls([call, inner], call) == set()
    do(session, "a")
    assert parts_of(session, instance) == []


def test_the_version_that_is_called_stays_that_of_the_deployment(session: Session) -> None:
    instance = a_call(session)
    caller = instance.definition_id
    define(session, INNER, "q")
    found = called_version(session, session.get_one(ProcessDefinition, caller), "q")
    assert found is not None
    assert found.version == 1
    assert called_version(session, found, "onbekend") is None


def test_each_round_is_a_part_with_its_number(session: Session) -> None:
    body = straight(sub("s", user("a"), ids=("a",), extra=ROUNDS), ids=("s",))
    instance = start(session, process(body), lijst=["x", "y", "z"])
    parts = parts_of(session, instance)
    assert [(each.name, each.round_number, each.rounds) for each in parts] == [
        ("s", 1, 3), ("s", 2, 3), ("s", 3, 3),
    ]  # fmt: skip
    assert [len(each.tokens) for each in parts] == [1, 1, 1]


def test_what_waits_beside_a_part_is_not_in_it(session: Session) -> None:
    event = boundary("t", "s", timer("timeDuration", "P1D"), interrupting=False)
    body = straight(sub("s", user("a"), ids=("a",)), ids=("s",)) + event + user("late")
    body += '<bpmn:sequenceFlow id="f" sourceRef="t" targetRef="late" />'
    instance = start(session, process(body))
    (part,) = parts_of(session, instance)
    assert part.tokens == {session.query(UserTask).one().id}

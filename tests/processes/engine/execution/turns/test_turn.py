"""What was seen before is replayed; whatever leaves the line the interpreter takes, once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import incidents, instances
from processes.engine.execution.bulk import TaskCompletion, complete_user_tasks
from processes.engine.execution.steps import StepFailedError
from processes.engine.execution.turns import turn
from processes.engine.execution.turns.verifying import verifying
from processes.engine.interpreter import cache, codec, workflow
from processes.engine.interpreter.outcomes import ThrownEvent
from processes.engine.interpreter.replay import recorder, shapes, traces
from processes.engine.interpreter.replay.trace import Call, Guard, Trace
from processes.engine.registry import BpmnError, delegate
from processes.engine.store.models import ActivityInstance, Job, ProcessInstance, UserTask
from tests.benchmarks import onboarding
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    define,
    error,
    flow,
    inputs,
    job,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.diagrams import (
    delegate as service,
)
from tests.processes.engine.interpreter.test_walks import rolled_back, walked
from tests.processes.engine.playing import work_off

__all__ = ["walked"]

CHOICE = (
    node("startEvent", "start")
    + user("ask")
    + node("exclusiveGateway", "way", default="way_to_other")
    + service("call", "note")
    + user("one")
    + user("other")
    + chain("start", "ask", "way")
    + flow("way", "call", '${today() &gt;= "2026-07-01" and yes}')
    + flow("way", "other")
    + chain("call", "one")
)


@pytest.fixture
def session(walked: sa.Engine) -> Iterator[Session]:
    with rolled_back(walked) as session:
        yield session


@pytest.fixture(autouse=True)
def _at(monkeypatch: pytest.MonkeyPatch) -> None:
    """In summer; nothing is kept, so that the interpreter has to load what it takes."""
    set_clock(lambda: datetime(2026, 7, 1, 12, tzinfo=UTC))
    monkeypatch.setattr(cache, "KEPT", 0)


@pytest.fixture
def noted() -> list[dict[str, Any]]:
    """What the delegate `note` was called with; a text in `fails` is raised."""
    calls: list[dict[str, Any]] = []

    @delegate("note", title="Noteren")
    def note(_session: Session, yes: bool, fails: str | None = None) -> dict[str, Any]:
        calls.append({"yes": yes, "fails": fails})
        if fails == "refused":
            raise BpmnError(fails, "no")
        if fails:
            raise ValueError(fails)
        return {"called": len(calls)}

    return calls


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The states that the interpreter loaded, where replays are not verified."""
    loaded: list[bytes] = []
    load = codec.load

    def counted(blob: bytes, *more: Any) -> Any:
        loaded.append(blob)
        return load(blob, *more)

    monkeypatch.setattr(codec, "load", counted)
    monkeypatch.setattr(verifying, "share", 0.0)
    return loaded


def begin(session: Session, number: int | None = 1, **variables: Any) -> ProcessInstance:
    key = None if number is None else str(number)
    return instances.start_process(
        session, "p", business_key=key, variables=variables, started_by="test"
    )


def task_of(session: Session, instance: ProcessInstance, element_id: str = "ask") -> UserTask:
    open_tasks = instances.open_user_tasks(session)
    (task,) = [
        each
        for each in open_tasks
        if each.instance_id == instance.id and each.element_id == element_id
    ]
    return task


def answer(session: Session, instance: ProcessInstance, **given: Any) -> list[str]:
    """Complete `ask`; where it is then."""
    task = task_of(session, instance)
    instances.complete_user_task(session, task.id, completed_by="anna", variables=given)
    query = select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status == "open")
    return sorted(each.element_id for each in session.scalars(query))


def histories(session: Session, instance: ProcessInstance) -> list[tuple[Any, ...]]:
    query = select(ActivityInstance).where(ActivityInstance.instance_id == instance.id)
    rows = session.scalars(query.order_by(ActivityInstance.element_id))
    return [(each.element_id, each.result, each.actor, each.chosen) for each in rows]


def test_a_step_seen_before_needs_no_interpreter(
    session: Session, noted: list[Any], loads: list[bytes]
) -> None:
    define(session, process(CHOICE))
    first, second = begin(session, 1), begin(session, 2)
    assert answer(session, first, yes=True) == ["one"]
    assert len(loads) == 1
    assert answer(session, second, yes=True) == ["one"]
    assert len(loads) == 1
    assert len(noted) == 2
    assert histories(session, second) == histories(session, first)
    assert instances.variables(session, first) == {"yes": True, "called": 1}
    assert instances.variables(session, second) == {"yes": True, "called": 2}


STARTS_BY_CHOICE = CHOICE.replace(user("ask"), node("task", "ask"))


@pytest.fixture
def started_by_interpreter(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the interpreter was given at each start that it took, where nothing is verified."""
    given: list[Any] = []
    start = workflow.Workflow.start

    def counted(self: workflow.Workflow, variables: Any, *more: Any) -> None:
        given.append(variables)
        start(self, variables, *more)

    monkeypatch.setattr(workflow.Workflow, "start", counted)
    monkeypatch.setattr(verifying, "share", 0.0)
    return given


def at(session: Session, instance: ProcessInstance) -> list[str]:
    query = select(UserTask).where(UserTask.instance_id == instance.id)
    return [each.element_id for each in session.scalars(query)]


def test_a_start_seen_before_needs_no_interpreter(
    session: Session, noted: list[Any], started_by_interpreter: list[Any]
) -> None:
    define(session, process(STARTS_BY_CHOICE))
    first, second = begin(session, 1, yes=True), begin(session, 2, yes=True, count=2)
    assert started_by_interpreter == [{"yes": True}]
    assert at(session, first) == at(session, second) == ["one"]
    assert histories(session, second) == histories(session, first)
    assert instances.variables(session, first) == {"yes": True, "called": 1}
    assert instances.variables(session, second) == {"yes": True, "called": 2, "count": 2}
    assert len(noted) == 2


def test_a_start_that_goes_another_way_is_another_start(
    session: Session, noted: list[Any], started_by_interpreter: list[Any]
) -> None:
    define(session, process(STARTS_BY_CHOICE))
    ways = [at(session, begin(session, n, yes=n % 2 == 0)) for n in range(4)]
    assert ways == [["one"], ["other"], ["one"], ["other"]]
    assert started_by_interpreter == [{"yes": True}, {"yes": False}]
    assert len(noted) == 2


def test_a_start_that_fails_leaves_an_incident_and_no_instance(
    session: Session, noted: list[Any]
) -> None:
    define(session, process(STARTS_BY_CHOICE))
    begin(session, 1, yes=True)
    with pytest.raises(StepFailedError):
        begin(session, 2, yes=True, fails="broken")
    (incident,) = incidents.open_incidents(session)
    assert (incident.instance_id, incident.element_id) == (None, "call")
    assert len(session.scalars(select(ProcessInstance)).all()) == 1
    assert begin(session, 2, yes=True).status == "active"
    assert incidents.open_incidents(session) == []
    assert [each["fails"] for each in noted] == [None, "broken", None]


def test_a_start_by_a_wrong_trace_is_the_interpreters_and_told(
    session: Session, noted: list[Any], replays_differ: list[bool]
) -> None:
    definition = define(session, process(STARTS_BY_CHOICE))
    begin(session, 1, yes=False)
    known = known_of(definition.id, of_starts=True)
    known.traces = (replace(known.traces[0], passages=()),)
    second = begin(session, 2, yes=False)
    assert {element_id for element_id, *_ in histories(session, second)} >= {"start", "ask", "way"}
    assert replays_differ.count(True) == 1
    again = known_of(definition.id, of_starts=True)
    assert (again.traces, again.tries) == ((), 0)
    assert noted == []
    replays_differ.clear()


def written(session: Session, work: Callable[[], ProcessInstance]) -> tuple[Any, list[str]]:
    """The instance that this begins, and how its row was written."""
    sent: list[str] = []
    driver: Any = session.connection().connection.driver_connection
    driver.set_trace_callback(sent.append)
    try:
        begun = work()
    finally:
        driver.set_trace_callback(None)
    words = [each.split(None, 3) for each in sent]
    return begun, [each[0] for each in words if "process_instance" in each[:3]]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_start_seen_before_without_delegates_writes_its_instance_once(
    session: Session, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    monkeypatch.setattr(verifying, "share", share)
    define(session, process(straight(user("ask"), user("one"), ids=("ask", "one"))))
    first, how_first = written(session, lambda: begin(session, 1, name="a"))
    second, how_second = written(session, lambda: begin(session, 2, name="b"))
    assert (how_first, how_second) == (["INSERT", "UPDATE"], ["INSERT"])
    session.expire_all()
    for each in (first, second):
        assert (each.status, each.row_version, each.ended_at) == ("active", 1, None)
        assert at(session, each) == ["ask"]
    assert histories(session, second) == histories(session, first)
    assert instances.variables(session, second) == {"name": "b"}
    assert answer(session, second) == ["one"]


def test_a_case_that_is_over_at_once_is_written_once_with_its_end(session: Session) -> None:
    define(session, process(straight(node("task", "ask"), ids=("ask",))))
    begin(session, None)
    second, how = written(session, lambda: begin(session, None))
    session.expire_all()
    assert (how, second.status, second.row_version) == (["INSERT"], "completed", 1)
    assert second.ended_at == second.started_at
    assert instances.variables(session, second) == {}


def test_a_start_seen_before_is_refused_while_its_case_runs(session: Session) -> None:
    define(session, process(straight(user("ask"), ids=("ask",))))
    begin(session, 1)
    second = begin(session, 2)
    with pytest.raises(instances.AlreadyRunningError) as refused:
        begin(session, 2)
    assert refused.value.instance_id == second.id
    assert len(instances.open_user_tasks(session)) == 2


@pytest.mark.parametrize("is_seen", [False, True])
def test_a_case_that_would_be_over_at_once_is_refused_while_one_with_its_key_runs(
    session: Session, is_seen: bool
) -> None:
    ends_or_waits = (
        node("startEvent", "start")
        + node("exclusiveGateway", "way", default="way_to_end")
        + user("ask")
        + node("endEvent", "end")
        + chain("start", "way")
        + flow("way", "ask", "${waits}")
        + flow("way", "end")
        + chain("ask", "end")
    )
    define(session, process(ends_or_waits))
    if is_seen:
        assert [begin(session, 2, waits=False).status for _ in range(2)] == ["completed"] * 2
    running = begin(session, 1, waits=True)
    with pytest.raises(instances.AlreadyRunningError) as refused:
        begin(session, 1, waits=False)
    assert refused.value.instance_id == running.id
    assert begin(session, 2, waits=False).status == "completed"


def test_why_a_way_was_chosen_is_told_with_the_values_of_this_case(
    session: Session, noted: list[Any], loads: list[bytes]
) -> None:
    define(session, process(CHOICE.replace("and yes", "and count &lt; 5 and yes")))
    first, second = begin(session, 1, count=3), begin(session, 2, count=4)
    answer(session, first, yes=True)
    answer(session, second, yes=True)
    assert len(loads) == 1
    (chosen,) = [each[3] for each in histories(session, second) if each[0] == "way"]
    assert chosen["values"] == {"count": 4, "yes": True}
    assert [each["holds"] for each in chosen["conditions"]] == [True]
    assert noted


def test_a_condition_that_comes_out_otherwise_goes_its_own_way(
    session: Session, noted: list[Any], loads: list[bytes]
) -> None:
    define(session, process(CHOICE))
    assert answer(session, begin(session, 1), yes=True) == ["one"]
    assert answer(session, begin(session, 2), yes=False) == ["other"]
    assert len(loads) == 2
    assert answer(session, begin(session, 3), yes=False) == ["other"]
    assert answer(session, begin(session, 4), yes=True) == ["one"]
    assert len(loads) == 2
    assert len(noted) == 2


def test_a_condition_about_the_day_is_asked_anew_each_day(
    session: Session, noted: list[Any], loads: list[bytes]
) -> None:
    define(session, process(CHOICE))
    assert answer(session, begin(session, 1), yes=True) == ["one"]
    set_clock(lambda: datetime(2026, 6, 30, 12, tzinfo=UTC))
    assert answer(session, begin(session, 2), yes=True) == ["other"]
    assert len(loads) == 2
    assert len(noted) == 1


def test_an_error_that_the_diagram_knows_leaves_the_line_and_the_delegate_runs_once(
    session: Session, noted: list[Any], loads: list[bytes]
) -> None:
    drawn = CHOICE + boundary("refuses", "call", error("refused")) + user("mend")
    define(session, process(drawn + chain("refuses", "mend"), errors=("refused",)))
    assert answer(session, begin(session, 1), yes=True) == ["one"]
    assert answer(session, begin(session, 2), yes=True, fails="refused") == ["mend"]
    assert len(loads) == 2
    assert len(noted) == 2
    assert answer(session, begin(session, 3), yes=True) == ["one"]
    assert len(loads) == 2


def test_a_delegate_that_fails_leaves_an_incident_and_nothing_else(
    session: Session, noted: list[Any], loads: list[bytes]
) -> None:
    define(session, process(CHOICE))
    answer(session, begin(session, 1), yes=True)
    second = begin(session, 2)
    before = histories(session, second)
    with pytest.raises(StepFailedError):
        answer(session, second, yes=True, fails="broken")
    (incident,) = incidents.open_incidents(session)
    assert (incident.instance_id, incident.element_id) == (second.id, "call")
    assert histories(session, second) == before
    assert task_of(session, second).status == "open"
    assert len(noted) == 2
    assert loads


def test_a_condition_that_cannot_be_judged_is_an_incident_at_its_gateway(
    session: Session, noted: list[Any]
) -> None:
    define(session, process(CHOICE))
    answer(session, begin(session, 1), yes=True)
    with pytest.raises(StepFailedError):
        answer(session, begin(session, 2))
    (incident,) = incidents.open_incidents(session)
    assert incident.element_id == "way"
    assert len(noted) == 1


def test_a_turn_whose_budget_is_spent_is_the_interpreters(
    session: Session, noted: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    define(session, process(CHOICE))
    answer(session, begin(session, 1), yes=True)
    second = begin(session, 2)
    monkeypatch.setattr(workflow, "MAX_SECONDS", -1.0)
    with pytest.raises(StepFailedError):
        answer(session, second, yes=True)
    (incident,) = incidents.open_incidents(session)
    assert incident.kind == "budget"
    assert noted


def test_jobs_are_replayed_and_what_they_bring_to_their_join(
    session: Session, loads: list[bytes]
) -> None:
    body = (
        node("startEvent", "start")
        + user("ask")
        + node("parallelGateway", "split")
        + job("left", inner=inputs(name="${name}"))
        + job("right")
        + node("parallelGateway", "join")
        + node("endEvent", "end")
        + chain("start", "ask", "split", "left", "join", "end")
        + chain("split", "right", "join")
    )
    define(session, process(body))
    for number in (1, 2):
        instance = begin(session, number)
        answer(session, instance, name=f"name {number}")
        arguments = {made.topic: made.arguments for made in session.scalars(select(Job))}
        assert arguments["left"] == {"name": f"name {number}"}
        work_off(session, "left", {"l": number})
        work_off(session, "right", {"r": number})
        assert instance.status == "completed"
        found = instances.variables(session, instance)
        assert found == {"name": f"name {number}", "l": number, "r": number}
        for each in session.scalars(select(Job)):
            session.delete(each)
        session.flush()
    assert len(loads) == 3 + 2  # two to look at the variables


MEETING = (
    node("startEvent", "start")
    + node("parallelGateway", "split")
    + user("ask")
    + user("other")
    + node("parallelGateway", "join")
    + user("one")
    + chain("start", "split", "ask", "join", "one")
    + chain("split", "other", "join")
)


def complete(session: Session, instance: ProcessInstance, element_id: str, **given: Any) -> None:
    task = task_of(session, instance, element_id)
    instances.complete_user_task(session, task.id, completed_by="anna", variables=given)


def test_what_branches_bring_to_a_join_is_merged_anew_in_each_case(
    session: Session, loads: list[bytes]
) -> None:
    define(session, process(MEETING))
    given: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"a": 1}, {"b": 2}),
        ({"a": 3, "c": 1}, {"c": 1}),
        ({"a": 4}, {"kept": "new"}),
    ]
    for number, (left, right) in enumerate(given):
        instance = begin(session, number, kept="old")
        complete(session, instance, "ask", **left)
        complete(session, instance, "other", **right)
        found = instances.task_variables(session, task_of(session, instance, "one"))
        assert found == {"kept": "old", **left, **right}
    assert len(loads) == 2 + 3  # three to look at the variables


def test_branches_that_disagree_are_an_incident_at_the_join_seen_before_or_not(
    session: Session, loads: list[bytes]
) -> None:
    define(session, process(MEETING))
    first, second = begin(session, 1), begin(session, 2)
    for instance, last in ((first, 1), (second, 2)):
        complete(session, instance, "ask", a=1)
        if last == 1:
            complete(session, instance, "other", a=1)
    assert len(loads) == 2
    with pytest.raises(StepFailedError) as failed:
        complete(session, second, "other", a=2)
    assert failed.value.incident.element_id == "join"
    assert task_of(session, second, "other").status == "open"


def test_a_join_that_is_met_in_rounds_is_the_same_each_time(session: Session) -> None:
    body = (
        node("startEvent", "start")
        + node("exclusiveGateway", "again")
        + MEETING.replace(node("startEvent", "start"), "").replace(
            chain("start", "split", "ask", "join", "one"), chain("split", "ask", "join", "one")
        )
        + node("exclusiveGateway", "way", default="way_to_end")
        + node("endEvent", "end")
        + chain("start", "again", "split")
        + chain("one", "way", "end")
        + flow("way", "again", "${more}")
    )
    define(session, process(body))
    for number in (1, 2):
        instance = begin(session, number)
        for turn_ in range(3):
            complete(session, instance, "other", b=turn_)
            complete(session, instance, "ask", a=turn_)
            complete(session, instance, "one", more=turn_ < 2)
        assert instance.status == "completed"
        assert instances.variables(session, instance) == {"a": 2, "b": 2, "more": False}


def test_a_state_of_many_tokens_is_the_interpreters(
    session: Session, noted: list[Any], loads: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = define(session, process(CHOICE))
    monkeypatch.setattr(shapes, "MOST_ROWS", 1)
    for number in (1, 2):
        assert answer(session, begin(session, number), yes=True) == ["one"]
    assert len(loads) == len(noted) == 2
    assert all(at == 0 for at, _rows in traces.shapes_of(definition.id))  # of starts alone


def test_a_task_with_local_variables_is_the_interpreters(
    session: Session, loads: list[bytes]
) -> None:
    define(
        session, process(straight(user("ask", inputs(a="${b}")), user("one"), ids=("ask", "one")))
    )
    for number in (1, 2):
        assert answer(session, begin(session, number, b=number)) == ["one"]
    assert len(loads) == 2


def test_a_trace_that_is_wrong_is_dropped_and_the_interpreter_is_right(
    session: Session,
    noted: list[Any],
    replays_differ: list[bool],
    caplog: pytest.LogCaptureFixture,
) -> None:
    definition = define(session, process(CHOICE))
    first, second, third = (begin(session, number) for number in (1, 2, 3))
    answer(session, first, yes=True)
    known = known_of(definition.id)
    (right,) = known.traces
    known.traces = (replace(right, passages=right.passages[:1]),)
    assert answer(session, second, yes=True) == ["one"]
    assert replays_differ.count(True) == 1
    assert "differs from the interpreter" in caplog.text
    assert histories(session, second) == histories(session, first)
    assert left_of(definition.id)[0] == ()
    assert answer(session, third, yes=True) == ["one"]
    assert len(noted) == 3
    replays_differ.clear()


def known_of(definition_id: UUID, *, of_starts: bool = False) -> traces.Known:
    """What is known of the one shape in which a task waits, or of starts: the root is run then."""
    (known,) = [
        each
        for (at, _rows), each in traces.shapes_of(definition_id).items()
        if (at == 0) is of_starts
    ]
    return known


def left_of(definition_id: UUID) -> tuple[tuple[Trace, ...], int]:
    """The traces of the one shape of this version, and how many steps are still recorded."""
    known = known_of(definition_id)
    return known.traces, known.tries


def wrong_call(right: Trace) -> Trace:
    """It runs the delegate `wrong` in place of the right one."""
    (guard, call) = right.ops
    assert isinstance(call, Call)
    return replace(
        right, ops=(guard, replace(call, element=replace(call.element, delegate="wrong")))
    )


def wrong_call_then_astray(right: Trace) -> Trace:
    """It runs the delegate `wrong`, and only then finds that this case goes another way."""
    (guard, call) = wrong_call(right).ops
    assert isinstance(guard, Guard)
    return replace(right, ops=(guard, call, replace(guard, holds=False)))


def other_variables(right: Trace) -> Trace:
    """It runs the right delegate with variables of before the answers."""
    (guard, call) = right.ops
    assert isinstance(call, Call)
    return replace(right, ops=(guard, replace(call, source=0)))


def one_call_more(right: Trace) -> Trace:
    """It runs a delegate after the last one that the interpreter runs."""
    (guard, call) = right.ops
    assert isinstance(call, Call)
    more = replace(call, element=replace(call.element, delegate="wrong"))
    return replace(right, ops=(guard, call, more))


@pytest.mark.parametrize(
    ("spoil", "share"),
    [
        (wrong_call, 1.0),
        (wrong_call_then_astray, 1.0),
        (wrong_call_then_astray, 0.0),
        (other_variables, 1.0),
        (one_call_more, 1.0),
    ],
)
def test_a_trace_that_calls_the_wrong_delegate_is_undone_dropped_and_told(
    session: Session,
    noted: list[Any],
    replays_differ: list[bool],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Trace], Trace],
    share: float,
) -> None:
    definition = define(session, process(CHOICE))

    @delegate("wrong", title="Verkeerd")
    def wrong(session: Session) -> None:
        session.add(Job(topic="wrong", idempotency_key="wrong", arguments={}))

    first, second, third = (begin(session, number, yes=False) for number in (1, 2, 3))
    answer(session, first, yes=True)
    known = known_of(definition.id)
    known.traces = (spoil(known.traces[0]),)
    monkeypatch.setattr(verifying, "share", share)
    assert answer(session, second, yes=True) == ["one"]
    assert session.scalars(select(Job)).all() == []
    assert histories(session, second) == histories(session, first)
    assert left_of(definition.id) == ((), 0)
    assert replays_differ.count(True) == 1
    assert "a replay differs from the interpreter" in caplog.text
    noted.clear()
    assert answer(session, third, yes=True) == ["one"]
    assert len(noted) == 1
    replays_differ.clear()


def test_a_chunk_with_a_wrong_trace_is_done_one_by_one_and_told_once(
    session: Session, noted: list[Any], replays_differ: list[bool]
) -> None:
    definition = define(session, process(CHOICE))

    @delegate("wrong", title="Verkeerd")
    def wrong(_session: Session) -> None:
        """Nothing is left of it to see."""

    first, *others = (begin(session, number) for number in (1, 2, 3))
    answer(session, first, yes=True)
    known = known_of(definition.id)
    known.traces = (wrong_call_then_astray(known.traces[0]),)
    items = [TaskCompletion(task_of(session, each).id, "anna", {"yes": True}) for each in others]
    results = complete_user_tasks(session, items)
    assert [each.error for each in results] == [None, None]
    assert left_of(definition.id) == ((), 0)
    assert replays_differ.count(True) == 1
    assert len(noted) == 3
    replays_differ.clear()


def test_a_turn_that_the_interpreter_cannot_take_has_a_wrong_trace(
    session: Session,
    noted: list[Any],
    replays_differ: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    definition = define(session, process(CHOICE))
    first, second = begin(session, 1), begin(session, 2)
    answer(session, first, yes=True)
    assert len(left_of(definition.id)[0]) == 1
    with monkeypatch.context() as broken:
        broken.setattr(workflow.Workflow, "mark_since", fail)
        with pytest.raises(StepFailedError):
            answer(session, second, yes=True)
    assert left_of(definition.id) == ((), 0)
    assert replays_differ.count(True) == 1
    assert answer(session, second, yes=True) == ["one"]
    assert noted
    replays_differ.clear()


def fail(*_given: Any, **_more: Any) -> Any:
    """A bug, wherever it is put."""
    raise LookupError


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (recorder.Recorder, "_check_before"),
        (recorder.Recorder, "stop"),
        (recorder.Recorder, "trace"),
        (turn, "come_to_the_same"),
    ],
)
def test_a_bug_of_the_recorder_is_no_bug_of_the_step(
    session: Session,
    noted: list[Any],
    replays_differ: list[bool],
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
) -> None:
    definition = define(session, process(CHOICE))
    begun = [begin(session, number) for number in range(1, traces.MOST_TRIES + 2)]
    monkeypatch.setattr(module, name, fail)
    for instance in begun:
        assert answer(session, instance, yes=True) == ["one"]
    assert left_of(definition.id) == ((), 0)
    assert replays_differ.count(True) == traces.MOST_TRIES
    assert len(noted) == traces.MOST_TRIES + 1
    replays_differ.clear()


def test_a_replay_that_cannot_be_compared_counts_as_different(
    session: Session,
    noted: list[Any],
    replays_differ: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    definition = define(session, process(CHOICE))
    first, second = begin(session, 1), begin(session, 2)
    answer(session, first, yes=True)
    monkeypatch.setattr(turn, "come_to_the_same", fail)
    assert answer(session, second, yes=True) == ["one"]
    assert left_of(definition.id) == ((), 0)
    assert replays_differ.count(True) == 1
    assert len(noted) == 2
    replays_differ.clear()


def test_a_replay_throws_nothing_so_a_step_that_throws_is_another(
    session: Session,
    noted: list[Any],
    replays_differ: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    definition = define(session, process(CHOICE))
    first, second = begin(session, 1), begin(session, 2)
    answer(session, first, yes=True)
    advance = workflow.Workflow.advance

    def throwing(self: workflow.Workflow) -> None:
        advance(self)
        self.thrown.append(ThrownEvent("message", "told", None, {}))

    monkeypatch.setattr(workflow.Workflow, "advance", throwing)
    assert answer(session, second, yes=True) == ["one"]
    assert left_of(definition.id) == ((), 0)
    assert replays_differ.count(True) == 1
    assert noted
    replays_differ.clear()


@pytest.mark.parametrize(("delegates", "is_spent"), [("quick slow", False), ("slow quick", True)])
def test_only_the_last_delegate_may_spend_the_budget_as_for_the_interpreter(
    session: Session,
    loads: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
    delegates: str,
    *,
    is_spent: bool,
) -> None:
    clock, called = [0.0], []
    monkeypatch.setattr("time.thread_time", lambda: clock[0])

    @delegate("quick", title="Snel")
    def quick(_session: Session) -> None:
        called.append("quick")

    @delegate("slow", title="Traag")
    def slow(_session: Session, seconds: float) -> None:
        called.append("slow")
        clock[0] += seconds

    one, two = delegates.split()
    body = (user("ask"), service("first", one), service("second", two), user("one"))
    define(session, process(straight(*body, ids=("ask", "first", "second", "one"))))
    assert answer(session, begin(session, 1, seconds=0)) == ["one"]
    second = begin(session, 2, seconds=2 * workflow.MAX_SECONDS)
    loads.clear()
    called.clear()
    if is_spent:
        with pytest.raises(StepFailedError):
            answer(session, second)
        (incident,) = incidents.open_incidents(session)
        assert incident.kind == "budget"
        assert "quick" not in called
    else:
        assert answer(session, second) == ["one"]
        assert (loads, called) == ([], ["quick", "slow"])


def test_traces_are_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    traces.forget_all()
    monkeypatch.setattr(traces, "MOST_SHAPES", 2)
    steps = straight(*(user(id_) for id_ in "abcd"), ids=tuple("abcd"))
    define(session, process(steps))
    instance = begin(session)
    for id_ in "abcd":
        task = task_of(session, instance, id_)
        instances.complete_user_task(session, task.id, completed_by="anna", variables={})
    assert instance.status == "completed"
    assert traces.number() == 2


def test_the_provider_s_steps_of_the_onboarding_are_replayed(
    session: Session, loads: list[bytes], started_by_interpreter: list[Any]
) -> None:
    define(session, onboarding.diagram(), onboarding.KEY)
    for kvk in ("1", "2"):
        loads.clear()
        begun = instances.start_process(
            session,
            onboarding.KEY,
            business_key=kvk,
            tenant=kvk,
            variables=onboarding.started(kvk),
            started_by="test",
        )
        for element_id, answers in onboarding.steps().items():
            task = task_of(session, begun, element_id)
            instances.complete_user_task(session, task.id, completed_by="anna", variables=answers)
    assert loads == []
    assert len(started_by_interpreter) == 1

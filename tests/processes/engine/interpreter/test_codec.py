"""What is stored of an instance: little, readable by later versions, and refused when unknown."""

from typing import Any

import msgspec
import pytest
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter import codec
from processes.engine.interpreter.parser import Specification, parse
from processes.engine.interpreter.workflow import Workflow
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    flow,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.undoing import throw, undone


def nothing(_element: Any, _variables: Any) -> None:
    """No delegates here."""


def specification(body: str) -> Specification:
    return parse(process(body), "p")


def live(spec: Specification, **variables: Any) -> Workflow:
    workflow = Workflow(spec, nothing)
    workflow.start(variables)
    workflow.advance()
    return workflow


def inner() -> str:
    ends = node("startEvent", "s_start") + node("endEvent", "s_end")
    return ends + user("b") + chain("s_start", "b", "s_end")


SUBPROCESS = straight(user("a"), node("subProcess", "s", inner()), ids=("a", "s"))


def complete(workflow: Workflow, name: str, **variables: Any) -> None:
    wait = next(wait for wait in workflow.waits() if wait.element.id == name)
    workflow.complete(wait.token_id, variables)
    workflow.advance()


def test_a_loaded_instance_goes_on_where_it_was() -> None:
    spec = specification(SUBPROCESS)
    workflow = live(spec, x=1)
    complete(workflow, "a", y={"deep": [1, 2]})
    token = workflow.waits()[0].token_id

    again = codec.load(codec.dump(workflow), spec, nothing)

    assert [wait.token_id for wait in again.waits()] == [token]
    assert again.variables() == {"x": 1, "y": {"deep": [1, 2]}}
    complete(again, "b")
    assert again.completed


def test_true_in_the_place_of_1_is_still_true_after_a_reload() -> None:
    spec = specification(straight(user("a"), user("b"), ids=("a", "b")))
    workflow = live(spec, x=1, y=[0])
    complete(workflow, "a", x=True, y=[False])

    found = codec.load(codec.dump(workflow), spec, nothing).variables()
    assert found["x"] is True
    assert found["y"][0] is False


def test_a_finished_instance_keeps_its_variables_and_nothing_else() -> None:
    spec = specification(straight(user("a"), ids=("a",)))
    workflow = live(spec)
    complete(workflow, "a", x=1)

    blob = codec.dump(workflow)
    assert len(blob) < 50
    assert codec.load(blob, spec, nothing).variables() == {"x": 1}


def test_large_states_are_deflated_and_small_ones_are_not() -> None:
    spec = specification(straight(user("a"), ids=("a",)))
    small, large = live(spec, x="x"), live(spec, x="x" * 10_000)

    assert codec.dump(small)[0] != codec.DEFLATED
    assert len(codec.dump(large)) < 1000
    assert codec.load(codec.dump(large), spec, nothing).variables() == {"x": "x" * 10_000}


def test_a_state_of_format_1_is_still_read() -> None:
    spec = specification(SUBPROCESS)
    workflow = live(spec, x=1)
    complete(workflow, "a", y=2)
    version, completed, success, data, rows, subs, _ = msgspec.msgpack.decode(codec.dump(workflow))
    assert version == 5

    def earlier(row: list[Any]) -> list[Any]:
        if len(row) == 3:
            return row
        parent, place, spec_name, changed, *more = row
        token, internal, own, dropped = [*more, None, None, None, None][:4]
        return [
            parent,
            place,
            spec_name,
            token or bytes(15) + b"1",
            changed,
            internal,
            own,
            dropped,
        ]

    old_subs = [[*part, [earlier(row) for row in its]] for *part, its in subs]
    old = [1, completed, success, data, [earlier(row) for row in rows], old_subs]

    again = codec.load(msgspec.msgpack.encode(old), spec, nothing)
    assert [wait.element.id for wait in again.waits()] == ["b"]
    assert again.variables() == {"x": 1, "y": 2}


CHOICE = (
    node("startEvent", "start")
    + user("a")
    + node("exclusiveGateway", "which", default="which_to_c")
    + user("b")
    + user("c")
    + node("endEvent", "end")
    + chain("start", "a", "which", "c", "end")
    + flow("which", "b", "${y == 2}")
    + flow("b", "end")
)


def test_of_what_may_come_nothing_is_stored() -> None:
    *_, rows, _subs, _undoable = msgspec.msgpack.decode(codec.dump(live(specification(CHOICE))))

    assert [row[2] for row in rows][-1] == "a"


def test_a_state_of_format_2_with_all_that_might_come_is_still_read() -> None:
    spec = specification(CHOICE)
    _version, *content, rows, subs, _ = msgspec.msgpack.decode(codec.dump(live(spec, x=1)))
    at = len(rows)
    expected = [
        [at - 1, TaskState.FUTURE, "which"],
        [at, TaskState.LIKELY, "c"],
        [at + 1, TaskState.LIKELY, "end"],
        [at, TaskState.MAYBE, "b"],
        [at + 3, TaskState.MAYBE, "end"],
    ]
    old = msgspec.msgpack.encode([2, *content, [*rows, *expected], subs])

    again = codec.load(old, spec, nothing)
    complete(again, "a", y=2)
    assert [wait.element.id for wait in again.waits()] == ["b"]
    complete(again, "b")
    assert again.completed


FORMAT_3 = bytes.fromhex(
    "9603c2c3809297ff40a161cb41dac2ce9969578fc0c082a17801a17902950020a173cb41dac2ce99695b"
    "a6c41091ad597ed3c749bc925a08bd65fdbfa79195c41091ad597ed3c749bc925a08bd65fdbfa7c2c380"
    "9297ff40a7735f7374617274cb41dac2ce99695d3ac081ab6576656e745f6669726564c382a17801a179"
    "02950010a162cb41dac2ce99695d6cc4101132ee1545bf45798d32129d62aceb56"
)
"""What release 3 stored of `SUBPROCESS` at its second task, with x=1 and y=2."""


def test_a_state_of_format_3_is_still_read_and_goes_on() -> None:
    spec = specification(SUBPROCESS)

    again = codec.load(FORMAT_3, spec, nothing)
    assert again.variables() == {"x": 1, "y": 2}
    again = codec.load(codec.dump(again), spec, nothing)
    complete(again, "b")
    assert again.completed


def test_what_can_be_undone_is_still_known_after_a_reload() -> None:
    body = straight(undone(user("a"), "a"), user("b"), throw("t"), ids=("a", "b", "t"))
    spec = specification(body)
    workflow = live(spec)
    complete(workflow, "a", x=1)

    again = codec.load(codec.dump(workflow), spec, nothing)
    complete(again, "b", x=2)
    again = codec.load(codec.dump(again), spec, nothing)

    (wait,) = again.waits()
    assert (wait.element.id, wait.data) == ("undo_a", {"x": 1})
    complete(again, "undo_a")
    assert again.completed


def test_of_what_was_not_completed_and_of_what_has_ended_no_record_is_kept() -> None:
    inner = undone(user("b"), "b") + user("c") + chain("s_start", "b", "c", "s_end")
    ends = node("startEvent", "s_start") + node("endEvent", "s_end")
    late = boundary("late", "s", timer("timeDuration", "PT1H")) + user("d") + chain("late", "d")
    spec = specification(straight(node("subProcess", "s", ends + inner), ids=("s",)) + late)
    workflow = live(spec)
    complete(workflow, "b", x=1)
    assert len(workflow.completions) == 1

    fired = next(wait for wait in workflow.waits() if wait.kind == "timer")
    workflow.trigger(fired.token_id, fired.awaited, {})
    workflow.advance()
    assert workflow.completions == []


@pytest.mark.parametrize("version", [0, 6, "1.1", None])
def test_a_state_of_an_unknown_version_is_refused(version: Any) -> None:
    blob = msgspec.msgpack.encode([version, False, True, {}, [], [], []])
    with pytest.raises(codec.UnknownStateVersionError):
        codec.load(blob, specification(SUBPROCESS), nothing)


def test_a_state_of_more_than_a_megabyte_is_refused() -> None:
    workflow = live(specification(SUBPROCESS), x="x" * 1_000_001)
    with pytest.raises(codec.StateTooLargeError):
        codec.dump(workflow)


def test_two_instances_on_one_specification_do_not_touch_each_other() -> None:
    spec = specification(SUBPROCESS)
    one, two = live(spec, x=[1]), live(spec, x=[1])
    complete(one, "a", x=[2])

    assert two.variables() == {"x": [1]}
    assert [wait.element.id for wait in two.waits()] == ["a"]

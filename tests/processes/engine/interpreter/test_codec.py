"""What is stored of an instance: little, readable by later versions, and refused when unknown."""

from typing import Any

import msgspec
import pytest
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter import codec
from processes.engine.interpreter.parser import Specification, parse
from processes.engine.interpreter.workflow import Workflow
from tests.processes.engine.diagrams import chain, flow, node, process, straight, user


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
    version, completed, success, data, rows, subs = msgspec.msgpack.decode(codec.dump(workflow))
    assert version == 3

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
    *_, rows, _subs = msgspec.msgpack.decode(codec.dump(live(specification(CHOICE))))

    assert [row[2] for row in rows][-1] == "a"


def test_a_state_of_format_2_with_all_that_might_come_is_still_read() -> None:
    spec = specification(CHOICE)
    _version, *content, rows, subs = msgspec.msgpack.decode(codec.dump(live(spec, x=1)))
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


@pytest.mark.parametrize("version", [0, 4, "1.1", None])
def test_a_state_of_an_unknown_version_is_refused(version: Any) -> None:
    blob = msgspec.msgpack.encode([version, False, True, {}, [], []])
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

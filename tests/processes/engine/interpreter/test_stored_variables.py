"""What is read of a stored state without its diagram is what its instance knows."""

from typing import Any

import pytest

from processes.engine.interpreter import codec
from processes.engine.interpreter.stored_variables import may_have, stored_variables
from processes.engine.interpreter.workflow import Workflow
from tests.processes.engine.diagrams import chain, node, user
from tests.processes.engine.interpreter.test_codec import (
    SUBPROCESS,
    complete,
    live,
    specification,
)

FORK = (
    node("startEvent", "start") + node("endEvent", "end") + node("parallelGateway", "g")
    + user("a") + user("b") + chain("start", "g", "a", "end") + chain("g", "b", "end")
)  # fmt: skip


def stored(workflow: Workflow) -> dict[str, Any]:
    return stored_variables(codec.dump(workflow))


def test_in_each_state_the_last_write_counts() -> None:
    workflow = live(specification(SUBPROCESS), x=1, text="é" * 2000)
    assert stored(workflow) == workflow.variables()
    complete(workflow, "a", x=2, deep={"list": [1, None]})
    assert stored(workflow) == workflow.variables() == workflow.variables() | {"x": 2}
    complete(workflow, "b", x=3, y=True)
    assert workflow.completed
    assert stored(workflow) == workflow.variables() == workflow.variables() | {"x": 3, "y": True}


def test_of_branches_beside_each_other_all_are_known() -> None:
    workflow = live(specification(FORK), x=1)
    complete(workflow, "b", from_b=1, x=2)
    assert stored(workflow) == workflow.variables() == {"x": 2, "from_b": 1}


def test_what_an_operator_set_counts_from_that_moment() -> None:
    workflow = live(specification(FORK), x=1)
    workflow.set_variables(workflow.waits()[0].token_id, {"x": "anders"})
    assert stored(workflow) == workflow.variables() == {"x": "anders"}
    workflow.set_variables(None, {"x": "overal", "y": 1})
    assert stored(workflow) == workflow.variables() == {"x": "overal", "y": 1}
    complete(workflow, "a", y=2)
    assert stored(workflow) == workflow.variables() == {"x": "overal", "y": 2}


@pytest.mark.parametrize(("name", "is_there"), [("text", True), ("x", True), ("tekst", False)])
def test_a_name_is_looked_for_before_the_state_is_read(name: str, *, is_there: bool) -> None:
    workflow = live(specification(FORK), x=1, text="é" * 2000)
    assert may_have(codec.dump(workflow), name) is is_there

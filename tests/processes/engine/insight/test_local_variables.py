"""What a token knows beside the variables of its instance."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.insight.local_variables import LocalVariables, local_variables
from tests.processes.engine.diagrams import define, node, process, straight, user
from tests.processes.engine.execution.scopes.test_scopes import around, local, passing
from tests.processes.engine.playing import do, start
from tests.processes.engine.repair.migration.migrating import task_at

pytestmark = pytest.mark.usefixtures("nothing_kept")


def test_inputs_and_what_a_call_was_given_are_told_with_their_element(session: Session) -> None:
    define(session, process(straight(user("inside"), ids=("inside",)), "q"), "q")
    mapping = passing('in source="n" target="m"', 'out source="m" target="n"')
    call = node("callActivity", "call", mapping, calledElement="q")
    instance = start(session, around(user("a", local("x=${n}")) + call, ids=("a", "call")), n=1)

    assert local_variables(session, instance) == [
        LocalVariables("a", "a", task_at(session, "a").id, {"x": 1})
    ]
    do(session, "a")
    assert local_variables(session, instance) == [
        LocalVariables("inside", "inside", task_at(session, "inside").id, {"m": 1})
    ]
    do(session, "inside")

    assert local_variables(session, instance) == []


def test_each_round_tells_its_element(session: Session) -> None:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="cities"'
        ' camunda:elementVariable="city"/>'
    )
    instance = start(session, around(user("a", loop), ids=("a",)), cities=["Noord", "Zuid"])

    told = [each.variables for each in local_variables(session, instance)]

    assert sorted(map(str, told)) == ["{'city': 'Noord'}", "{'city': 'Zuid'}"]

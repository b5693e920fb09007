"""Variables changed by hand: with a move, skip or repeat, at a token, or of the whole instance."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances
from processes.engine.interpreter import cache
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair import modification, snapshots
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance, UserTask
from tests.processes.engine.diagrams import chain, flow, inputs, job, node, process, straight, user
from tests.processes.engine.execution.scopes.test_scopes import local, sub
from tests.processes.engine.playing import at, do, start
from tests.processes.engine.repair.migration.migrating import ENDS, begin, task_at

BEGUN = {"n": 1, "items": [1, 2]}  # the variables with which `begin` starts
BY: dict[str, Any] = {"by": "olga", "reason": "stond verkeerd"}
CHOICE = (
    ENDS + user("a") + user("x") + user("b") + user("c")
    + node("exclusiveGateway", "g", default="g_to_b")
    + chain("start", "x", "a", "g", "b", "end") + flow("g", "c", "${n == 7}") + chain("c", "end")
)  # fmt: skip
FORK = (
    ENDS + node("parallelGateway", "split") + node("parallelGateway", "join")
    + user("a") + user("b") + user("after")
    + chain("start", "split", "a", "join", "after", "end") + chain("split", "b", "join")
)  # fmt: skip


def everywhere(session: Session, instance: ProcessInstance, **given: Any) -> None:
    modification.set_variables(session, instance.id, None, given, **BY)
    session.expire_all()


def known(session: Session, instance: ProcessInstance) -> dict[str, Any]:
    return instances.variables(session, instance)


@pytest.fixture(params=["from the cache", "loaded"], autouse=True)
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step takes the live instance of the step before, or reads what was stored."""
    if request.param == "loaded":
        monkeypatch.setattr(cache, "KEPT", 0)


# -- with a move, skip or repeat


def test_a_skipped_task_goes_on_with_what_it_was_given(session: Session) -> None:
    _, instance = begin(session, CHOICE)
    do(session, "x")
    token = task_at(session, "a").id
    modification.skip(session, instance.id, token, variables={"n": 7}, **BY)
    assert at(session) == ["c"]
    assert known(session, instance)["n"] == 7
    (snapshot,) = snapshots.snapshots_of(session, instance.id)
    modification.undo(session, snapshot.id, by="olga")
    assert at(session) == ["a"]
    assert known(session, instance)["n"] == 1


def test_a_moved_token_begins_with_what_it_was_given(session: Session) -> None:
    _, instance = begin(session, CHOICE)
    token = task_at(session, "x").id
    given = {"n": 7, "list": [1]}
    modification.move_token(session, instance.id, token, "g", variables=given, **BY)
    assert at(session) == ["c"]
    assert instances.task_variables(session, task_at(session, "c")) == BEGUN | given
    assert known(session, instance) == BEGUN | given


def test_a_repeated_job_has_the_arguments_that_were_set_meanwhile(session: Session) -> None:
    """Those that were set where it waited too: a repeat forgot them."""
    body = straight(
        job("send", inner=inputs(to="${n}", cc="${items}")), user("a"), ids=("send", "a")
    )
    _, instance = begin(session, body)
    first = session.query(Job).one()
    modification.set_variables(session, instance.id, first.token_id, {"n": 5, "items": [6]}, **BY)
    assert first.token_id
    modification.repeat(session, instance.id, first.token_id, variables={"items": [8]}, **BY)
    second = session.query(Job).filter_by(status=JobStatus.NEW).one()
    assert (second.arguments["to"], second.arguments["cc"]) == (5, [8])
    assert known(session, instance) == {"n": 5, "items": [8]}


def test_what_is_given_with_a_move_reaches_inputs_and_goes_up_past_outputs(
    session: Session,
) -> None:
    """As if the task before had given it: an input is worked out with it, and it is not local."""
    body = straight(
        user("a"), user("b", local("seen=${n}", "kept=${seen}")), user("c"), ids=("a", "b", "c")
    )
    _, instance = begin(session, body)
    token = task_at(session, "a").id
    modification.move_token(session, instance.id, token, "b", variables={"n": 7}, **BY)
    assert instances.task_variables(session, task_at(session, "b"))["seen"] == 7
    do(session, "b")
    assert known(session, instance) == BEGUN | {"n": 7, "kept": 7}


def test_a_move_that_is_refused_sets_nothing(session: Session) -> None:
    _, instance = begin(session, FORK)
    token = task_at(session, "a").id
    with pytest.raises(CannotMoveError):
        modification.move_token(session, instance.id, token, "after", variables={"n": 7}, **BY)
    assert known(session, instance)["n"] == 1
    assert snapshots.snapshots_of(session, instance.id) == []


# -- of the whole instance


def test_it_is_the_same_in_branches_that_meet(session: Session) -> None:
    _, instance = begin(session, FORK)
    do(session, "a", n=2)  # this branch waits at the join with a value of its own
    everywhere(session, instance, n=7)
    assert known(session, instance)["n"] == 7
    do(session, "b")
    assert at(session) == ["after"]
    assert instances.task_variables(session, task_at(session, "after"))["n"] == 7


def test_a_local_variable_of_the_same_name_stays_and_what_is_around_it_changes(
    session: Session,
) -> None:
    body = straight(user("a", local("n=eigen", "m=${n}")), user("b"), ids=("a", "b"))
    _, instance = begin(session, body)
    everywhere(session, instance, n=7, other=8)
    seen = instances.task_variables(session, task_at(session, "a"))
    assert seen == BEGUN | {"n": "eigen", "other": 8}
    assert known(session, instance) == BEGUN | {"n": 7, "other": 8}
    do(session, "a")
    assert known(session, instance) == BEGUN | {"n": 7, "other": 8, "m": "eigen"}


def test_inside_a_subprocess_with_outputs_it_is_seen_and_it_is_kept(session: Session) -> None:
    inner = sub("s", user("a"), ids=("a",), extra=local("", "m=${n}"))
    _, instance = begin(session, straight(inner, user("b"), ids=("s", "b")))
    everywhere(session, instance, n=7)
    assert instances.task_variables(session, task_at(session, "a"))["n"] == 7
    do(session, "a")
    assert known(session, instance) == BEGUN | {"n": 7, "m": 7}


def test_each_of_many_rounds_keeps_what_was_set(session: Session) -> None:
    rounds = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="${list}"'
        ' camunda:elementVariable="item" />'
    )
    instance = start(
        session, process(straight(user("a", rounds), user("b"), ids=("a", "b"))), list=[*range(25)]
    )
    one = session.query(UserTask).filter_by(status="open").first()
    assert one
    modification.set_variables(session, instance.id, one.id, {"mine": 1}, **BY)
    everywhere(session, instance, all=2)
    for task in session.query(UserTask).filter_by(status="open"):
        seen = instances.task_variables(session, task)
        assert seen["all"] == 2
        assert seen.get("mine") == (1 if task.id == one.id else None)


def test_a_condition_that_waits_for_it_is_looked_at_again(session: Session) -> None:
    when = "<bpmn:conditionalEventDefinition><bpmn:condition>${n == 7}</bpmn:condition>"
    when += "</bpmn:conditionalEventDefinition>"
    event = node("intermediateCatchEvent", "c", when)
    _, instance = begin(session, straight(event, user("a"), ids=("c", "a")))
    assert at(session) == []
    everywhere(session, instance, n=7)
    assert at(session) == ["a"]


def test_a_data_object_is_changed_where_it_is_kept(session: Session) -> None:
    drawn = (
        '<bpmn:dataObject id="dossier" /><bpmn:dataObjectReference id="ref" dataObjectRef="dossier"'
        " />"
    )
    writes = (
        '<bpmn:dataOutputAssociation id="w"><bpmn:targetRef>ref</bpmn:targetRef>'
        "</bpmn:dataOutputAssociation>"
    )
    reads = (
        '<bpmn:dataInputAssociation id="r"><bpmn:sourceRef>ref</bpmn:sourceRef>'
        "</bpmn:dataInputAssociation>"
    )
    tasks = straight(user("a", writes), user("m"), user("b", reads), ids=("a", "m", "b"))
    _, instance = begin(session, drawn + tasks)
    do(session, "a", dossier="oud")
    everywhere(session, instance, dossier="nieuw")
    assert known(session, instance)["dossier"] == "nieuw"
    do(session, "m")
    assert instances.task_variables(session, task_at(session, "b"))["dossier"] == "nieuw"


def test_it_is_put_back_and_refused_for_what_is_not_active(session: Session) -> None:
    _, instance = begin(session, FORK)
    everywhere(session, instance, n=7)
    (snapshot,) = snapshots.snapshots_of(session, instance.id)
    assert (snapshot.action, snapshot.from_element_id) == ("set", None)
    modification.undo(session, snapshot.id, by="olga")
    assert known(session, instance)["n"] == 1
    for status in (InstanceStatus.SUSPENDED, InstanceStatus.COMPLETED):
        instance = session.get_one(ProcessInstance, instance.id)
        instance.status = status
        session.flush()
        with pytest.raises(CannotMoveError):
            everywhere(session, instance, n=8)

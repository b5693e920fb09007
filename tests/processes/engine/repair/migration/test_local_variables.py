"""Tokens with local variables: moved to another version, to another element, or begun again."""

import pytest
from sqlalchemy.orm import Session

from processes.engine.execution import instances, steps
from processes.engine.execution.events import messages
from processes.engine.repair import modification
from tests.processes.engine.diagrams import define, node, process, straight, user
from tests.processes.engine.execution.scopes.test_scopes import local, passing, seen, sub
from tests.processes.engine.repair.migration.migrating import (
    at,
    begin,
    do,
    forecast,
    has_ended,
    many,
    migrate,
    task_at,
)

INSIDE = local("x=${n + 1}", "y=${x}")


def around(drawn: str, id_: str) -> str:
    return straight(drawn, user("after"), ids=(id_, "after"))


@pytest.mark.parametrize("kind", ["task", "subprocess"])
def test_a_token_keeps_its_local_variables_and_gives_up_what_the_new_version_says(
    session: Session, kind: str
) -> None:
    def drawn(outputs: str) -> str:
        own = local("x=${n + 1}", outputs)
        return user("a", own) if kind == "task" else sub("s", user("a"), ids=("a",), extra=own)

    id_ = "a" if kind == "task" else "s"
    old, instance = begin(session, around(drawn("y=${x}"), id_))

    migrate(session, old, around(drawn("y=${x * 10}"), id_))
    assert seen(session, "a")["x"] == 2
    do(session, "a")

    assert seen(session, "after") == {"n": 1, "items": [1, 2], "y": 20}
    do(session, "after")
    assert has_ended(session, instance)


def test_a_version_that_adds_outputs_alone_takes_the_token(session: Session) -> None:
    old, _instance = begin(session, around(user("a"), "a"))

    migrate(session, old, around(user("a", local("", "y=${n + z}")), "a"))
    do(session, "a", z=4, noise=1)

    assert seen(session, "after") == {"n": 1, "items": [1, 2], "y": 5}


def drawn_with(kind: str, given: str) -> str:
    own = local(given)
    match kind:
        case "task":
            return around(user("a", own), "a")
        case "receive":
            return around(node("receiveTask", "a", own, messageRef="message_paid"), "a")
        case "rounds":
            return around(many("a").replace("</bpmn:userTask>", own + "</bpmn:userTask>"), "a")
    return around(sub("s", user("a"), ids=("a",), extra=own), "s")


@pytest.mark.parametrize("kind", ["task", "receive", "rounds"])
@pytest.mark.parametrize(
    ("before", "after", "seen_inside"),
    [
        ("", "x=${n + 1}", {"x": 2}),
        ("n=5", "", {"n": 1}),
        ("x=1", "z=${n}", {"z": 1}),
        ("x=1", "x=7;z=1", {"x": "1", "z": "1"}),
        ("n=7;x=1", "x=${n}", {"x": "1", "n": 1}),
    ],
)
def test_a_step_that_is_open_gets_the_local_variables_of_the_new_version(
    session: Session, kind: str, before: str, after: str, seen_inside: dict[str, object]
) -> None:
    old, instance = begin(session, drawn_with(kind, before), messages=("paid",))

    migrate(session, old, drawn_with(kind, after), messages=("paid",))

    first = steps.read(session, instance).waits()[0]
    around_it = {"n": 1, "items": [1, 2]}
    own = {"item": 1} if kind == "rounds" else {}
    assert first.data == {**around_it, **own, **seen_inside}

    if kind == "receive":
        assert messages.send_message(session, "paid", correlation_key="1")
    for _ in range({"receive": 0, "task": 1, "rounds": 2}[kind]):
        do(session, "a")
    assert seen(session, "after") == around_it


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [("", "x=1", "x"), ("x=1", "", "x"), ("x=1", "z=1", "x, z"), ("x=1", "x=1;z=1", "z")],
)
def test_what_runs_inside_keeps_a_version_with_other_local_variables_waiting(
    session: Session, before: str, after: str, names: str
) -> None:
    old, instance = begin(session, drawn_with("subprocess", before))

    found = forecast(session, old, drawn_with("subprocess", after))

    assert "eigen gegevens" in found.reason
    assert f": {names})" in found.reason
    assert instance.definition_id == old.id


def test_an_input_that_cannot_be_worked_out_keeps_the_token_where_it_is(session: Session) -> None:
    old, instance = begin(session, drawn_with("task", ""))

    found = forecast(session, old, drawn_with("task", "x=${nobody + 1}"))

    assert "nobody" in found.reason
    assert instance.definition_id == old.id


def test_a_call_gives_back_by_the_mapping_of_the_new_version(session: Session) -> None:
    define(session, process(straight(user("a"), ids=("a",)), "q"), "q")

    def drawn(target: str) -> str:
        into = 'in source="n" target="m"'
        mapping = passing(into, f'out source="z" target="{target}"')
        return around(node("callActivity", "c", mapping, calledElement="q"), "c")

    old, _instance = begin(session, drawn("y"))
    migrate(session, old, drawn("w"))
    assert seen(session, "a") == {"m": 1}
    do(session, "a", z=7)

    assert seen(session, "after") == {"n": 1, "items": [1, 2], "w": 7}


def test_a_step_that_is_begun_again_works_its_inputs_out_anew(session: Session) -> None:
    body = straight(user("z"), user("a", INSIDE), user("after"), ids=("z", "a", "after"))
    _old, instance = begin(session, body)
    do(session, "z", n=5)
    assert seen(session, "a")["x"] == 6

    token = task_at(session, "a").id
    modification.move_token(session, instance.id, token, "z", by="olga", reason="opnieuw")
    assert at(session) == ["z"]
    assert "x" not in seen(session, "z")
    do(session, "z", n=8)
    assert seen(session, "a")["x"] == 9
    do(session, "a")

    assert seen(session, "after")["y"] == 9


def test_a_token_that_is_moved_out_leaves_its_local_variables(session: Session) -> None:
    _old, instance = begin(session, around(user("a", INSIDE), "a"))

    token = task_at(session, "a").id
    modification.move_token(session, instance.id, token, "after", by="olga", reason="klaar")

    assert seen(session, "after") == {"n": 1, "items": [1, 2]}
    assert instances.variables(session, instance) == {"n": 1, "items": [1, 2]}


def test_a_step_that_is_skipped_gives_up_its_outputs(session: Session) -> None:
    _old, instance = begin(session, around(user("a", INSIDE), "a"))

    token = task_at(session, "a").id
    modification.skip(session, instance.id, token, by="olga", reason="niet nodig")

    assert seen(session, "after") == {"n": 1, "items": [1, 2], "y": 2}

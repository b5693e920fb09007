"""What no round and no branch wrote is known by its identity, not by all that is in it."""

from collections.abc import Iterator
from copy import copy
from random import Random
from typing import Any

import pytest

from processes.engine.interpreter.data import joins
from processes.engine.interpreter.replay.meeting import _Stand
from processes.engine.language import values
from tests.processes.engine.diagrams import chain, flow, node, straight, user
from tests.processes.engine.interpreter.test_codec import complete, live, specification

PEOPLE = [{"name": f"person {number}", "since": {"year": 1900 + number}} for number in range(40)]
ALIKE: list[Any] = [0, False, 0.0, 1, True, 1.0, "1", None, [1], [True], {"a": 1}, {"a": 1.0}, {}]


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """The parts of lists and mappings that were compared."""
    pairs: list[tuple[Any, Any]] = []
    plain = values.same

    def noted(one: Any, other: Any) -> bool:
        pairs.append((one, other))
        return plain(one, other)

    monkeypatch.setattr(values, "same", noted)
    return pairs


def rounds_of(kind: str, *, sequential: bool) -> str:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
        ' camunda:collection="people" camunda:elementVariable="person"/>'
    )
    if kind == "userTask":
        return node(kind, "ask", loop)
    inside = node("startEvent", "s") + user("ask") + node("endEvent", "e")
    return node(kind, "each", inside + chain("s", "ask", "e") + loop)


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("kind", ["userTask", "subProcess"])
def test_rounds_compare_nothing_of_the_list_that_they_go_over(
    kind: str, *, sequential: bool, compared: list[tuple[Any, Any]]
) -> None:
    drawn = straight(
        rounds_of(kind, sequential=sequential),
        user("after"),
        ids=("ask" if kind == "userTask" else "each", "after"),
    )
    workflow = live(specification(drawn), people=PEOPLE)
    for number in range(len(PEOPLE)):
        complete(workflow, "ask", **{f"n{number}": number})

    assert [wait.element.id for wait in workflow.waits()] == ["after"]
    assert workflow.variables() == {
        "people": PEOPLE,
        **{f"n{number}": number for number in range(len(PEOPLE))},
    }
    assert compared == []


def test_a_round_that_writes_the_list_anew_is_compared_with_it(
    compared: list[tuple[Any, Any]],
) -> None:
    drawn = straight(rounds_of("userTask", sequential=True), ids=("ask",))
    workflow = live(specification(drawn), people=PEOPLE[:2])
    complete(workflow, "ask", people=[*PEOPLE[:1], {"name": "another"}])
    complete(workflow, "ask")

    assert workflow.variables()["people"] == [*PEOPLE[:1], {"name": "another"}]
    assert compared


def test_a_join_looks_for_who_wrote_only_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for: list[str] = []
    plain = joins.last_writes

    def noted(key: str, *args: Any, **named: Any) -> Any:
        looked_for.append(key)
        return plain(key, *args, **named)

    monkeypatch.setattr(joins, "last_writes", noted)
    many = {f"v{number}": [number, {"of": number}] for number in range(50)}
    drawn = straight(
        node("parallelGateway", "split"),
        user("a"),
        node("parallelGateway", "join"),
        user("b") + flow("split", "b") + flow("b", "join"),
        user("after"),
        ids=("split", "a", "join", "after"),
    )
    workflow = live(specification(drawn), **many)
    complete(workflow, "a", v1="by a", new=1)
    complete(workflow, "b", v2="by b")

    assert sorted(set(looked_for)) == ["new", "v1", "v2"]
    assert workflow.variables() == {**many, "v1": "by a", "v2": "by b", "new": 1}


def branches(draw: Random) -> Iterator[_Stand]:
    """Branches of two steps each below one split, that write values which are nearly alike."""
    root = _Stand({name: draw.choice(ALIKE) for name in "pqr"}, None, 1.0)
    split = _Stand({name: copy(value) for name, value in root.data.items()}, root, 2.0)
    for number in range(draw.choice([2, 3])):
        task = split
        for step in (0.0, 0.5):
            data = {name: copy(value) for name, value in task.data.items()}
            for name in draw.sample("pqrs", draw.randrange(3)):
                data[name] = draw.choice(ALIKE)
            if draw.random() < 0.1:
                data.pop(draw.choice(sorted(data)))
            task = _Stand(data, task, 3.0 + number + step * draw.choice([1, 3]))
        yield task


def outcome(ends: list[_Stand], *, strict: bool) -> str:
    try:
        return repr(joins.merged(None, ends, strict=strict))
    except AttributeError:  # a conflict: there is no join here of which it could tell
        return "conflict"


def test_a_join_gives_the_same_as_one_that_looks_at_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = Random(4)  # noqa: S311 - the same each time
    drawn = [(list(branches(draw)), strict) for _ in range(400) for strict in (True, False)]
    quick = [outcome(ends, strict=strict) for ends, strict in drawn]

    monkeypatch.setattr(joins, "_has_still", lambda *_: False)

    assert quick == [outcome(ends, strict=strict) for ends, strict in drawn]
    assert 50 < quick.count("conflict") < 700

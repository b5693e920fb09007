"""Rows of many rounds are kept encoded: what is stored is what it would be without that."""

import zlib
from random import Random
from typing import Any

import pytest

from processes.engine.interpreter import codec
from processes.engine.interpreter.data import variables as data
from processes.engine.interpreter.parser import parse
from processes.engine.interpreter.wide import CHUNK, MANY
from processes.engine.interpreter.workflow import Workflow
from tests.processes.engine.diagrams import chain, flow, message, node, process, straight, user
from tests.processes.engine.interpreter.test_codec import live, nothing, specification

ROUNDS = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="offers"'
    ' camunda:elementVariable="offer"/>'
)
ALONE = straight(user("a", ROUNDS), ids=("a",))
BESIDE = straight(
    node("parallelGateway", "split"), user("a", ROUNDS), node("parallelGateway", "join"),
    user("b", ROUNDS) + flow("split", "b") + flow("b", "join"),
    ids=("split", "a", "join"),
)  # fmt: skip
INSIDE = straight(
    node(
        "subProcess",
        "s",
        node("startEvent", "s_start")
        + user("a", ROUNDS)
        + node("endEvent", "s_end")
        + chain("s_start", "a", "s_end"),
    ),
    user("b", ROUNDS),
    ids=("s", "b"),
)
OFFERS = [{"name": f"offer {number}"} for number in range(3 * CHUNK + 7)]


def stored_anew(workflow: Workflow) -> tuple[int, list[Any]]:
    """What is stored of this workflow when nothing is kept of what was stored before."""
    for each in (workflow, *workflow.subprocesses.values()):
        for task in each.tasks.values():
            task.__dict__.pop("encoded", None)
            task.__dict__.pop("chunks", None)
    workflow.kept.blocks.clear()
    return codec.read(codec.dump(workflow))


@pytest.mark.parametrize("drawing", [ALONE, BESIDE, INSIDE])
def test_what_is_stored_after_each_step_is_the_state(drawing: str) -> None:
    spec = specification(drawing)
    kept, anew = live(spec, offers=OFFERS), Random(1)  # noqa: S311 - the same each time
    codec.dump(kept)
    for number in range(12):
        wait = anew.choice(kept.waits())
        if number == 5:
            data.set_everywhere(kept, {"offers": OFFERS[:3], "seen": True})
        elif number == 8:
            kept.set_variables(wait.token_id, {"note": "here"})
        else:
            kept.complete(wait.token_id, {f"answer_{number}": number})
            kept.advance()

        blob = codec.dump(kept)

        zlib.decompress(blob)  # with its checksum, at the end of one stream
        loaded = codec.load(blob, spec, nothing)
        assert {wait.key: wait.data for wait in loaded.waits()} == {
            wait.key: wait.data for wait in kept.waits()
        }
        assert codec.read(blob) == codec.read(codec.dump(loaded))
        if number % 4 == 3:
            assert codec.read(blob) == stored_anew(kept)


def test_rounds_that_end_the_activity_are_stored_as_the_end() -> None:
    spec = specification(straight(user("a", ROUNDS), user("b"), ids=("a", "b")))
    workflow = live(spec, offers=OFFERS)
    for wait in workflow.waits():
        codec.dump(workflow)
        workflow.complete(wait.token_id, {})
        workflow.advance()

    again = codec.load(codec.dump(workflow), spec, nothing)

    assert [wait.element.id for wait in again.waits()] == ["b"]


def test_a_step_of_one_round_deflates_the_chunk_of_that_round_alone() -> None:
    workflow = live(specification(ALONE), offers=OFFERS)
    codec.dump(workflow)
    before = set(workflow.kept.blocks)

    workflow.complete(workflow.waits()[0].token_id, {})
    workflow.advance()
    codec.dump(workflow)

    assert len(before) == 7  # 4 chunks, the row of the loop, what stands before and behind
    assert len(workflow.kept.blocks.keys() - before) == 2  # the row of the loop, and one chunk


def test_what_an_event_waits_for_still_is_stored_beside_many_that_wait() -> None:
    ids = [f"wait_{number}" for number in range(MANY)]
    both = message("paid") + message("sent")
    events = "".join(
        node("intermediateCatchEvent", id_, both, parallelMultiple="true")
        + flow("split", id_)
        + flow(id_, "join")
        for id_ in ids
    )
    ends = node("startEvent", "start") + node("endEvent", "end")
    gateways = node("parallelGateway", "split") + node("parallelGateway", "join")
    body = ends + gateways + events + flow("start", "split") + flow("join", "end")
    spec = parse(process(body, messages=("paid", "sent")), "p")
    workflow = live(spec)
    codec.dump(workflow)
    before = len(workflow.waits())
    first = workflow.waits()[0]

    workflow.trigger(first.token_id, first.awaited, {})
    workflow.advance()

    again = codec.load(codec.dump(workflow), spec, nothing)
    assert len(again.waits()) == len(workflow.waits()) == before - 1

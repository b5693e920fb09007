"""Random walks over the same diagram again and again: what was seen is replayed, and is the same.

Every replay is also taken by the interpreter (`replays_differ`): rows, variables, waits, passages
and the tree of tokens must be equal. Each walk goes its own way, with values of its own.

A longer run: ./run test tests/processes/engine/interpreter/replay/test_walks_again.py --long
"""

import random
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processes.engine.execution import instances
from tests.processes.engine.interpreter.test_walks import rolled_back, walked
from tests.processes.engine.interpreter.walks.drawings import value_for
from tests.processes.engine.interpreter.walks.players import Ours
from tests.processes.engine.interpreter.walks.wider_blocks import (
    is_signal,
    wider_blocks,
    wider_drawn,
)
from tests.sizes import so_many

__all__ = ["walked"]

WALKS = so_many(4, when_long=6)
MAX_STEPS = so_many(8, when_long=30)
ANY_HEALTH = list(HealthCheck)


def walk_again(engine: sa.Engine, xml: bytes, seed: int) -> None:
    """Walk several times through this diagram, each time as chance wants."""
    chance = random.Random(seed)  # noqa: S311 - moves, no secrets
    with rolled_back(engine) as session:
        ours = Ours(session, xml)
        for number in range(WALKS):
            for step in range(1, MAX_STEPS):
                tasks, events = [name for name, _ in ours.open()], ours.events()
                if ours.ended or not (tasks or events):
                    break
                name = chance.choice(sorted({*tasks, *events}))
                if name in tasks:
                    ours.complete(name, value_for(chance.choice([0, 1, 2]), step))
                elif is_signal(name):
                    ours.signal(name)
                else:
                    ours.happen(name)
            if not ours.ended:
                instances.cancel(session, ours.instance.id, by="walk")
            if number < WALKS - 1:
                ours.instance = instances.start_process(
                    session, "p", business_key="1", started_by="walk"
                )


def straight_blocks() -> st.SearchStrategy[Any]:
    """Blocks of which most steps can be replayed, with some between that cannot."""

    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        two = st.sampled_from(["sequence", "sequence", "choice", "parallel", "inclusive"])
        how = st.sampled_from(["all", "conditions", "default", "mixed"])
        source = st.sampled_from(["task", "plain"])
        return (
            st.tuples(two, inner, inner)
            | st.tuples(st.just("loop"), inner)
            | st.tuples(st.just("split"), source, how, inner, inner)
            | st.tuples(st.sampled_from(["merge", "terminate"]), inner, inner).map(
                lambda block: block if block[0] == "merge" else block[:2]
            )
            | st.tuples(st.just("subprocess"), inner)
            | st.tuples(st.just("local"), inner, inner)
        )

    return st.recursive(st.just(("task",)), around, max_leaves=7)


@settings(max_examples=so_many(15, when_long=600), suppress_health_check=ANY_HEALTH)
@given(block=straight_blocks(), seed=st.integers(0, 10**6))
def test_a_walk_seen_before_is_the_same(walked: sa.Engine, block: Any, seed: int) -> None:
    walk_again(walked, wider_drawn(block), seed)


@settings(max_examples=so_many(3, when_long=150), suppress_health_check=ANY_HEALTH)
@given(block=wider_blocks(), seed=st.integers(0, 10**6))
def test_a_wider_walk_seen_before_is_the_same(walked: sa.Engine, block: Any, seed: int) -> None:
    walk_again(walked, wider_drawn(block), seed)

"""Random walks over diagrams that stock SpiffWorkflow cannot play, against a player of tokens.

The player (`walks/tokens.py`) is written from BPMN 2.0 chapter 13. After each step the open tasks,
and the timers and messages that are waited for, must be what it says; each step reads what the one
before it saved.

A longer run: ./run test tests/processes/engine/interpreter/test_token_walks.py --long
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processes.engine.interpreter import cache, workflow
from tests.processes.engine.interpreter.test_walks import has, rolled_back, walked
from tests.processes.engine.interpreter.walks.drawings import value_for
from tests.processes.engine.interpreter.walks.oracle import Oracle
from tests.processes.engine.interpreter.walks.players import Ours
from tests.processes.engine.interpreter.walks.wider_blocks import (
    is_signal,
    wider_blocks,
    wider_drawn,
)
from tests.sizes import so_many

__all__ = ["walked"]

MAX_STEPS = so_many(20, when_long=60)
PROFILE = settings(
    max_examples=so_many(12, when_long=2000),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _each_step_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the step before it saved; and a busy machine must not end a turn."""
    monkeypatch.setattr(cache, "KEPT", 0)
    monkeypatch.setattr(workflow, "MAX_SECONDS", 60.0)


def move(ours: Ours, oracle: Oracle, name: str, value: int | None) -> None:
    """The same in both: a task is completed, a signal sent, or a timer or message comes."""
    if value is not None:
        ours.complete(name, value)
        oracle.move(name, value)
    elif is_signal(name):
        ours.signal(name)
        oracle.signal(name)
    else:
        ours.happen(name)
        oracle.move(name)


def walk(engine: sa.Engine, block: Any, pick: Callable[[list[Any]], Any]) -> None:
    """Walk through this block, with moves and values that are picked; check after each step."""
    xml = wider_drawn(block)
    oracle = Oracle(xml)
    written: dict[str, int] = {}
    with rolled_back(engine) as session:
        ours = Ours(session, xml)
        for step in range(1, MAX_STEPS):
            tasks, events = [name for name, _ in ours.open()], ours.events()
            assert oracle.agree(tasks, events) == [], (tasks, events)
            assert ours.ended == oracle.has_ended
            if ours.ended:
                break
            name = pick(sorted({*tasks, *events}))
            if name in tasks:
                written[name] = value_for(pick([0, 1, 2]), step)
            move(ours, oracle, name, written.get(name))
        if not has(
            block, "rounds", "handled", "local"
        ):  # what the last round wrote counts; what is local is gone
            assert ours.variables() == written


@PROFILE
@given(block=wider_blocks(), data=st.data())
def test_a_walk_goes_as_the_tokens_of_chapter_13(
    walked: sa.Engine, block: Any, data: st.DataObject
) -> None:
    walk(walked, block, lambda among: data.draw(st.sampled_from(among)))


A, BOTH = ("task",), ("together", "false")
EACH = [
    *[("split", "task", how, A, BOTH) for how in ("all", "conditions", "default", "mixed")],
    *[("split", source, "conditions", A, A) for source in ("wait", "rounds", "inside", "plain")],
    *[("wait", kind) for kind in ("timer", "message", "receive", "any", "all")],
    *[("caught", kind, A, A, BOTH) for kind in ("error", "escalation", "beside")],
    *[("edge", kind, "no", A, BOTH, A) for kind in ("timer", "message")],
    *[("handler", "timer", goes_on, A, BOTH) for goes_on in ("yes", "no")],
    *[("handled", seq, "message", yes, A, A) for seq in ("true", "false") for yes in ("yes", "no")],
    *[("undo", how, ("undone",), ("undone",)) for how in ("one", "all", "beside")],
    ("undo", "all", ("terminate", ("undone",)), A),
    ("undo", "all", ("rounds", "true", ("terminate", ("undone",))), A),
    ("undo", "all", ("call", ("terminate", ("undone",))), A),
    ("cancelled", ("undone",), A, A),
    *[("when", goes_on, one, A) for goes_on in ("yes", "no") for one in (A, ("loop", A), BOTH)],
    ("local", A, A),
    ("local", ("split", "task", "conditions", A, A), ("local", A, A)),
    ("stopped", A, BOTH, A),
    ("stopped", ("subprocess", ("undone",)), ("wait", "timer"), BOTH),
    *[("rounds", sequential, ("split", "task", "all", A, A)) for sequential in ("true", "false")],
    *[("merge", A, A), ("race", A, A), ("signal", A, A), ("terminate", A), ("until",)],
]


@pytest.mark.parametrize("seed", range(so_many(1, when_long=20)))
@pytest.mark.parametrize("block", EACH, ids=str)
def test_each_kind_of_block_is_walked(walked: sa.Engine, block: Any, seed: int) -> None:
    walk(walked, block, random.Random(seed).choice)  # noqa: S311 - moves, no secrets

"""Random walks over diagrams that stock SpiffWorkflow cannot play, against a player of tokens.

The player (`walks/tokens.py`) is written from BPMN 2.0 chapter 13. After each step the open tasks,
and the timers and messages that are waited for, must be what it says; each step reads what the one
before it saved.

A longer run: ./run test tests/processes/engine/interpreter/test_token_walks.py --long
"""

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
from tests.processes.engine.interpreter.walks.wider_blocks import wider_blocks, wider_drawn
from tests.sizes import is_long, so_many

__all__ = ["walked"]

MAX_STEPS = so_many(20, when_long=60)
PROFILE = settings(
    max_examples=so_many(30, when_long=2000),
    derandomize=not is_long(),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _each_step_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the step before it saved; and a busy machine must not end a turn."""
    monkeypatch.setattr(cache, "KEPT", 0)
    monkeypatch.setattr(workflow, "MAX_SECONDS", 60.0)


@PROFILE
@given(block=wider_blocks(), data=st.data())
def test_a_walk_goes_as_the_tokens_of_chapter_13(
    walked: sa.Engine, block: Any, data: st.DataObject
) -> None:
    xml = wider_drawn(block)
    oracle = Oracle(xml)
    written: dict[str, int] = {}
    with rolled_back(walked) as session:
        ours = Ours(session, xml)
        for step in range(1, MAX_STEPS):
            tasks, events = [name for name, _ in ours.open()], ours.events()
            assert oracle.agree(tasks, events) == [], (tasks, events)
            assert ours.ended == oracle.has_ended
            if ours.ended:
                break
            name = data.draw(st.sampled_from(sorted({*tasks, *events})), label="move")
            if name in tasks:
                written[name] = value_for(data.draw(st.integers(0, 2), label="choice"), step)
                ours.complete(name, written[name])
                oracle.move(name, written[name])
            else:
                ours.happen(name)
                oracle.move(name)
        if not has(block, "rounds", "terminate"):  # there the last round or token to end counts
            assert ours.variables() == written

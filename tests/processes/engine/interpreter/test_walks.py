"""Random walks over random diagrams: the same open tasks and data as SpiffWorkflow in memory.

Ours goes through the functions that the portal calls, on a database, and reads what it saved at
every step. It is held against stock SpiffWorkflow wherever that is right, and everywhere against a
player of tokens that knows no engine. Where we differ on purpose stands in `INTENDED`, by the names
that docs/engine.md gives it; each is shown below to be a difference still.

A longer run: ./run test tests/processes/engine/interpreter/test_walks.py --long
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.exceptions import WorkflowException
from sqlalchemy.orm import Session

from app.setup.tables import all_tables
from processes.database import open_database
from processes.engine.interpreter import cache
from tests.processes.engine.interpreter.walks.drawings import blocks, drawn, kinds_of, value_for
from tests.processes.engine.interpreter.walks.players import Ours, Stock
from tests.processes.engine.interpreter.walks.terms import Move, Values, tasks_of, timers_of
from tests.sizes import so_many

MAX_STEPS = so_many(25, when_long=60)
PROFILE = settings(
    max_examples=so_many(120, when_long=2000),
    suppress_health_check=list(HealthCheck),
)


def has(block: Any, *kinds: str) -> bool:
    return any(path[-1] in kinds for path in kinds_of(block))


def joins_in_a_loop(block: Any) -> bool:
    joins = ("parallel", "inclusive", "error")
    return any("loop" in path and path[-1] in joins for path in kinds_of(block))


def multi_instance_behind_an_event(block: Any) -> bool:
    kind, *inner = block
    if kind in ("timer", "beside", "error") and has(inner[1], "together"):
        return True
    return any(multi_instance_behind_an_event(each) for each in inner if isinstance(each, tuple))


def two_paths_meet_at_the_end(block: Any) -> bool:
    return has(block, "beside")


def ends_a_subprocess(block: Any) -> bool:
    return has(block, "timer", "error")


# In these stock is wrong, so that nothing can be held against it.
INTENDED: dict[str, Callable[[Any], bool]] = {
    "joins-count-their-own-round": joins_in_a_loop,
    "multi-instance-behind-an-event": multi_instance_behind_an_event,
}
# In these the tasks are the same, and the data are not.
INTENDED_IN_DATA: dict[str, Callable[[Any], bool]] = {
    "data-outlives-an-interruption": ends_a_subprocess,
    "untouched-variables-at-a-join": two_paths_meet_at_the_end,
}


@pytest.fixture(scope="module")
def walked() -> Iterator[sa.Engine]:
    engine = open_database("sqlite://")
    all_tables().create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step loads what the one before it saved."""
    monkeypatch.setattr(cache, "KEPT", 0)


@contextmanager
def rolled_back(engine: sa.Engine) -> Iterator[Session]:
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


def differs(block: Any, intended: dict[str, Callable[[Any], bool]]) -> bool:
    return any(applies(block) for applies in intended.values())


@PROFILE
@given(block=blocks(), data=st.data())
def test_a_walk_is_the_same_as_in_memory(
    walked: sa.Engine, block: Any, data: st.DataObject
) -> None:
    written: Values = {}
    xml, plan = drawn(block)
    term = plan(written)
    stock = None if differs(block, INTENDED) else Stock(drawn(block, "'")[0])
    same_data = not differs(block, INTENDED_IN_DATA)
    with rolled_back(walked) as session:
        ours = Ours(session, xml)
        for step in range(1, MAX_STEPS):
            seen = ours.open()
            assert [name for name, _ in seen] == tasks_of(term)
            if stock is not None:
                assert [name for name, _ in stock.open()] == tasks_of(term)
                assert not same_data or stock.open() == seen
            if term is None:
                break
            moves = sorted({*tasks_of(term), *timers_of(term)})
            name = data.draw(st.sampled_from(moves), label="move")
            value = value_for(data.draw(st.integers(0, 2), label="choice"), step)
            for player in (ours, stock):
                if player is not None:
                    _move(player, name, value, is_timer=name in timers_of(term))
            if name not in timers_of(term):
                written[name] = value
            term = Move(name, written).play(term)
            assert ours.variables() == written
        assert ours.ended == (term is None)
        if stock is not None and ours.ended:
            assert stock.ended
            assert not same_data or stock.variables() == written


def _move(player: Ours | Stock, name: str, value: int, *, is_timer: bool) -> None:
    if is_timer:
        player.fire(name)
    else:
        player.complete(name, value)


DOCUMENTED = Path(__file__).parents[4] / "docs" / "engine.md"


@pytest.mark.parametrize("name", [*INTENDED, *INTENDED_IN_DATA])
def test_each_intended_difference_is_documented_by_its_name(name: str) -> None:
    assert f"| `{name}` |" in DOCUMENTED.read_text("utf-8")


# Each intended difference, shown: stock goes wrong here, and ours does not.


def test_joins_count_their_own_round(walked: sa.Engine) -> None:
    block = ("loop", ("parallel", ("task",), ("task",)))
    stock = Stock(drawn(block, "'")[0])
    with rolled_back(walked) as session:
        ours = Ours(session, drawn(block)[0])
        one, two = (name for name, _ in ours.open())
        for player in (ours, stock):
            player.complete(one, 1)
            player.complete(two, 1)
            ((asked, _),) = player.open()
            player.complete(asked, 1)
            player.complete(two, 1)
        assert [name for name, _ in ours.open()] == [one]
        assert [name for name, _ in stock.open()] == [asked, one]


def test_multi_instance_behind_an_event(walked: sa.Engine) -> None:
    block = ("timer", ("task",), ("together", "false"))
    stock = Stock(drawn(block, "'")[0])
    with rolled_back(walked) as session:
        ours = Ours(session, drawn(block)[0])
        (timer,) = timers_of(drawn(block)[1]({}))
        ours.fire(timer)
        assert len(ours.open()) == 2
    with pytest.raises(WorkflowException, match="non-predicted child"):
        stock.fire(timer)


def test_data_outlives_an_interruption(walked: sa.Engine) -> None:
    block = ("timer", ("sequence", ("task",), ("task",)), ("task",))
    stock = Stock(drawn(block, "'")[0])
    with rolled_back(walked) as session:
        ours = Ours(session, drawn(block)[0])
        ((first, _),) = ours.open()
        (timer,) = timers_of(drawn(block)[1]({}))
        for player in (ours, stock):
            player.complete(first, 7)
            player.fire(timer)
        ((_, in_ours),), ((_, in_stock),) = ours.open(), stock.open()
    assert in_ours == {first: 7}
    assert in_stock == {}


def test_untouched_variables_at_a_join(walked: sa.Engine) -> None:
    block = ("loop", ("beside", ("task",), ("task",)))
    stock = Stock(drawn(block, "'")[0])
    with rolled_back(walked) as session:
        ours = Ours(session, drawn(block)[0])
        ((guarded, _),) = ours.open()
        (timer,) = timers_of(drawn(block)[1]({}))
        for player in (ours, stock):
            player.complete(guarded, 1)
            ((asked, _),) = player.open()
            player.complete(asked, 2)
            player.fire(timer)
            (escape,) = (name for name, _ in player.open() if name != guarded)
            for step, name in enumerate((guarded, asked, escape), start=3):
                player.complete(name, -step)
        assert ours.variables() == {guarded: -3, asked: -4, escape: -5}
        assert stock.variables() == {guarded: 1, asked: 2, escape: -5}


def test_a_later_round_counts_where_a_variable_gets_its_old_value_back(walked: sa.Engine) -> None:
    block = ("loop", ("together", "true"))
    with rolled_back(walked) as session:
        ours = Ours(session, drawn(block)[0])
        ((round_, _),) = ours.open()
        ours.complete(round_, 1)
        ours.complete(round_, 1)
        ((asked, _),) = ours.open()
        ours.complete(asked, 1)
        ours.complete(round_, 2)
        ours.complete(round_, 1)
        assert ours.variables()[round_] == 1

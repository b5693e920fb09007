"""The server of runs is warm, and each run still begins in the same world."""

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from processes.base import Base
from processes.tryout import server
from processes.tryout.player import play
from processes.tryout.world import new_world


def rows(world: Engine) -> list[int | None]:
    counts = [select(func.count()).select_from(each) for each in Base.metadata.sorted_tables]
    with Session(world) as session:
        return [session.scalar(each) for each in counts]


def test_the_run_that_warms_the_server_leaves_nothing() -> None:
    world = new_world()
    before = rows(world)
    server.warm(world)
    assert rows(world) == before
    world.dispose()


def test_the_example_is_played_to_its_end() -> None:
    outcome = play(server.EXAMPLE)
    assert (outcome.stopped_at, outcome.status) == (None, "completed")

"""Fork server that plays runs: one child per run, with limits on time and memory.

It starts without our settings, so it knows no database but the one in its memory.
"""

import json
import sqlite3
from typing import cast

from sqlalchemy import Engine

from processes.engine.checks.limits import limit
from processes.fork_server import serve
from processes.tryout.actions import Action, Do
from processes.tryout.play import Play
from processes.tryout.player import play
from processes.tryout.world import new_world

EXAMPLE = Play(
    """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
      <process id="example" isExecutable="true">
        <startEvent id="start"/><userTask id="visit"/><endEvent id="end"/>
        <sequenceFlow id="in" sourceRef="start" targetRef="visit"/>
        <sequenceFlow id="out" sourceRef="visit" targetRef="end"/>
      </process>
    </definitions>""",
    "example",
    (Action(Do.START), Action(Do.TASK, "visit")),
)


def answer(question: bytes, world: Engine) -> bytes:
    """The outcome of one run as JSON, in a child whose database in memory is a copy of `world`."""
    limit()
    return json.dumps(play(Play.from_json(json.loads(question)), world).as_json()).encode()


def warm(world: Engine) -> None:
    """Play a run once, and undo it: each child would compile the same statements anew."""
    with sqlite3.connect(":memory:") as kept, world.connect() as connection:
        database = cast("sqlite3.Connection", connection.connection.driver_connection)
        database.backup(kept)
        play(EXAMPLE, world)
        kept.backup(database)
    kept.close()


if __name__ == "__main__":
    shared = new_world()  # a fork has its own copy: a database in memory has no file and no lock
    warm(shared)
    serve(lambda question: answer(question, shared))

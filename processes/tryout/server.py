"""Fork server that plays runs: one child per run, with limits on time and memory.

It starts without our settings, so it knows no database but the one in its memory.
"""

import json

from sqlalchemy import Engine

from processes.engine.checks.limits import limit
from processes.fork_server import serve
from processes.tryout.play import Play
from processes.tryout.player import play
from processes.tryout.world import new_world


def answer(question: bytes, world: Engine) -> bytes:
    """The outcome of one run as JSON, in a child whose database in memory is a copy of `world`."""
    limit()
    return json.dumps(play(Play.from_json(json.loads(question)), world).as_json()).encode()


if __name__ == "__main__":
    shared = new_world()  # a fork has its own copy: a database in memory has no file and no lock
    serve(lambda question: answer(question, shared))

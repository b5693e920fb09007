"""Fork server that plays runs: one child per run, with limits on time and memory.

It starts without our settings, so it knows no database but the one in its memory. A request is a
socket of its own; its child reads it, answers and ends, whatever the diagram does to it.
"""

import json
import os
import signal
import socket
from typing import NoReturn

from sqlalchemy import Engine

from processes.engine.checks.sandbox import limit
from processes.tryout.play import Play
from processes.tryout.player import play
from processes.tryout.world import new_world

READ = 65_536


def serve(control: socket.socket) -> None:
    """Answer requests until the parent closes its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    world = new_world()  # a fork has its own copy: a database in memory has no file and no lock
    while True:
        message, received, _flags, _from = socket.recv_fds(control, 1, 1)
        if not message:
            return
        for descriptor in received:
            if os.fork() == 0:
                control.close()
                _answer_and_exit(descriptor, world)
            os.close(descriptor)


def _answer_and_exit(descriptor: int, world: Engine) -> NoReturn:
    try:
        limit()
        with socket.socket(fileno=descriptor) as asked:
            question = json.loads(_all_of(asked))
            outcome = play(Play.from_json(question), world)
            asked.sendall(json.dumps(outcome.as_json()).encode())
    finally:
        os._exit(0)  # never back into the loop of the parent; no answer is an answer too


def _all_of(asked: socket.socket) -> bytes:
    parts = []
    while part := asked.recv(READ):
        parts.append(part)
    return b"".join(parts)


if __name__ == "__main__":
    serve(socket.socket(fileno=0))

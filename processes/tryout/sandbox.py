"""Plays a run in a subprocess with limits on time and memory."""

import atexit
import json
import logging
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore, Lock

from processes.tryout.outcome import Outcome
from processes.tryout.play import Play

log = logging.getLogger(__name__)

AT_ONCE = 2
SECONDS = 30.0  # the child itself has fewer; a server that starts needs some too
READ = 65_536


class TooHeavyError(Exception):
    """The run exceeded its limits on time or memory."""


class _Server:
    """The process that forks the children; one of ours, started when it is first needed."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # our own interpreter and module, no shell
                [sys.executable, "-B", "-m", "processes.tryout.server"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), *sys.path]))},
            )
        self.owner = os.getpid()
        self.control = ours

    @property
    def is_usable(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None


_turns = BoundedSemaphore(AT_ONCE)
_lock = Lock()
_servers: list[_Server] = []  # at most one


def play(played: Play) -> Outcome:
    """As `player.play`, within limits. Raises TooHeavyError."""
    question = json.dumps(played.as_json()).encode()
    with _turns:
        answer = _ask(question)
    if not answer:
        log.warning("a try-out was ended", extra={"process_key": played.key})
        raise TooHeavyError
    return Outcome.from_json(json.loads(answer))


def _ask(question: bytes) -> bytes:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _hand_over(theirs)
        ours.settimeout(SECONDS)
        try:
            ours.sendall(question)
            ours.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: ours.recv(READ), b""))
        except OSError:  # the child has ended, or did not answer in time
            return b""


def _hand_over(asked: socket.socket) -> None:
    with _lock:
        server = _usable_server()
        try:
            socket.send_fds(server.control, [b"?"], [asked.fileno()])
        except OSError:  # it ended at this very moment
            socket.send_fds(_new_server().control, [b"?"], [asked.fileno()])


def _usable_server() -> _Server:
    return _servers[0] if _servers and _servers[0].is_usable else _new_server()


def _new_server() -> _Server:
    while _servers:
        _servers.pop().control.close()
    _servers.append(_Server())
    return _servers[0]


def stop() -> None:
    """Stop the server process; the next run starts another."""
    with _lock:
        while _servers:
            server = _servers.pop()
            server.control.close()
            if server.owner == os.getpid():
                server.process.wait()


atexit.register(stop)

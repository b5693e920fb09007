"""Zygote, client side: starts Python programs as forks of one process that has imported Loket.

An import of all of Loket takes seconds; a fork of a process that has done so takes none, and the
forks share its memory.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

SERVER = "app.demo.zygote_server"
FORK, MORE = b"?", b"+"  # what it is asked
LOST = -signal.SIGKILL  # exit code of a child whose zygote has ended: the kernel ended it too


class Child:
    """A program that was started; the same verbs as `subprocess.Popen`."""

    def __init__(self, arguments: Sequence[str], said: socket.SocketIO) -> None:
        """Raises ConnectionError when the zygote has ended meanwhile."""
        self.args = arguments
        self._said = said
        self._exit_code: int | None = None
        line = self._said.readline()
        if not line:
            self._said.close()
            raise ConnectionError
        self.pid = int(line)

    def poll(self) -> int | None:
        """The exit code, if it has exited; of a signal, its number below zero."""
        if self._exit_code is None and select.select([self._said], [], [], 0)[0]:
            self._exit_code = self._read_exit_code()
            self._said.close()
        return self._exit_code

    def _read_exit_code(self) -> int:
        """What the zygote says of the program; a zygote that was killed says nothing any more."""
        try:
            return int(self._said.readline() or LOST)
        except ConnectionResetError:  # it had not read all that it was sent
            return LOST

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, when it exits. Raises TimeoutExpired after so many seconds."""
        if self._exit_code is None:
            select.select([self._said], [], [], timeout)
        exit_code = self.poll()
        if exit_code is None:
            raise subprocess.TimeoutExpired(list(self.args), timeout or 0.0)
        return exit_code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has exited."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Forked:
    """A child process of this one that was forked, not started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def wait(self) -> None:
        """Return when it has ended."""
        os.waitpid(self.pid, 0)


class Zygote:
    """The warm process, started when the first program is."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | Forked | None = None
        self._control: socket.socket | None = None
        self._owner = 0
        atexit.register(self.stop)

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: IO[bytes],
        *,
        starts_others: bool = False,
    ) -> Child:
        """Start `python -m` with these arguments, in a process group of its own.

        A program that starts other programs gets a zygote of its own, forked as well.
        """
        question = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "starts_others": starts_others,
        }
        try:
            return self._start(question, log)
        except OSError:  # the zygote was killed: another one
            self.stop()
            return self._start(question, log)

    def import_more(self) -> None:
        """Have it import what the parts need that are started from now on."""
        with suppress(OSError):  # it was killed: the next one has it
            self._warm().sendall(MORE)

    def adopt(self, control: socket.socket, pid: int) -> None:
        """Use the zygote that this process forked."""
        self._control, self._running, self._owner = control, Forked(pid), os.getpid()

    def handed_over(self) -> tuple[int, int]:
        """The descriptor on which it is asked, and its process id, for a program to come.

        Raises ConnectionError where none was started.
        """
        if self._control is None:
            raise ConnectionError
        return self._control.fileno(), self.process_id

    @property
    def process_id(self) -> int:
        """Of the zygote itself; 0 when none was started."""
        return self._running.pid if self._running else 0

    def stop(self) -> None:
        """End the zygote, and with it whatever it started."""
        running, self._running = self._running, None
        if running is not None and self._control is not None:
            self._control.close()
            if self._owner == os.getpid():
                running.wait()

    def _start(self, question: Mapping[str, Any], log: IO[bytes]) -> Child:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                socket.send_fds(self._warm(), [FORK], [theirs.fileno(), log.fileno()])
            ours.sendall(json.dumps(question).encode())
            ours.shutdown(socket.SHUT_WR)
            return Child(question["arguments"], ours.makefile("rb", buffering=0))

    def _warm(self) -> socket.socket:
        if self._running is None or self._control is None or self._owner != os.getpid():
            self._control, theirs = socket.socketpair()
            self._owner = os.getpid()
            with theirs:
                self._running = subprocess.Popen(  # our own interpreter and module, no shell
                    [sys.executable, "-m", SERVER],
                    stdin=theirs.fileno(),
                    process_group=0,  # Ctrl-C is for who started it
                )
        return self._control


zygote = Zygote()
"""The one of this process."""

"""Fork server: answers each question in a child process of its own, forked from one warm process.

The server starts without our settings, and loads its modules once; a child that is killed, or that
exceeds its limits on time and memory, harms nobody else. A question is a socket of its own: the
child reads it whole, answers and ends. An exception in it is told to the parent: its type and
places, not its text, which may hold what somebody entered.
"""

import atexit
import contextlib
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Lock

log = logging.getLogger(__name__)

READ = 65_536
START = 120.0  # seconds: on a busy machine it takes long to start an interpreter
BEGUN = b">"  # what a child sends first: only from then on its time counts
ANSWER, FAILURE = b"+", b"!"  # how what a child sends begins
END = b"."  # and ends: one that is killed while it sends gave no answer


class ChildFailedError(Exception):
    """The child met an error of its own: a bug of ours, and no limit that was exceeded."""


class ForkServer:
    """The server of one module (`python -m module`), started when it is first asked something."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = Lock()
        self._running: _Running | None = None
        atexit.register(self.stop)

    def ask(self, question: bytes, *, seconds: float) -> bytes:
        """The answer of a child; empty when it gave none this long after it began, or was ended.

        Raises ChildFailedError for an exception in the child, of which the log tells the places.
        """
        whole = self._sent(question, seconds)
        if not whole.endswith(END):
            return b""
        sent = whole.removesuffix(END)
        if sent.startswith(FAILURE):
            log.error("a child failed", extra={"server": self._module, "places": sent[1:].decode()})
            raise ChildFailedError(self._module)
        return sent[1:]

    def _sent(self, question: bytes, seconds: float) -> bytes:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            try:
                ours.settimeout(START)
                if ours.recv(1) != BEGUN:
                    return b""  # the server ended as it started
                ours.settimeout(seconds)
                ours.sendall(question)
                ours.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: ours.recv(READ), b""))
            except OSError:  # the child has ended, or did not answer in time
                return b""

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        """The server process, when one was started."""
        return self._running.process if self._running else None

    def stop(self) -> None:
        """Stop the server; the next question starts another."""
        with self._lock:
            self._stop()

    def _hand_over(self, asked: socket.socket) -> None:
        with self._lock:
            if self._running is None or not self._running.is_usable:
                self._start()
            with contextlib.suppress(OSError):
                socket.send_fds(self._control(), [b"?"], [asked.fileno()])
                return
            self._start()  # it ended at this very moment
            socket.send_fds(self._control(), [b"?"], [asked.fileno()])

    def _control(self) -> socket.socket:
        return (self._running or self._start()).control

    def _start(self) -> "_Running":
        self._stop()
        self._running = _Running(self._module)
        return self._running

    def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.control.close()
            if running.owner == os.getpid():
                running.process.wait()


class _Running:
    def __init__(self, module: str) -> None:
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # our own interpreter and module, no shell
                [sys.executable, "-B", "-m", module],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), *sys.path]))},
            )
        self.owner = os.getpid()  # a fork of the web must start its own

    @property
    def is_usable(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None


def serve(answer: Callable[[bytes], bytes]) -> None:
    """The other side: answer questions on standard input until the parent closes its end."""
    gc.collect()
    gc.freeze()  # a child shares this memory, and need not look through it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    with socket.socket(fileno=0) as control:
        while True:
            message, received, _flags, _from = socket.recv_fds(control, 1, 1)
            if not message:
                return
            for descriptor in received:
                if os.fork() == 0:
                    control.close()
                    _answer_and_exit(descriptor, answer)
                os.close(descriptor)


def _answer_and_exit(descriptor: int, answer: Callable[[bytes], bytes]) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with socket.socket(fileno=descriptor) as asked:
            asked.sendall(BEGUN)
            question = b"".join(iter(lambda: asked.recv(READ), b""))
            asked.sendall(answered(lambda: answer(question)) + END)
    finally:
        os._exit(0)  # never back into the loop of the parent; no answer is an answer too


def answered(work: Callable[[], bytes]) -> bytes:
    """What it gives behind `ANSWER`, the places of its error behind `FAILURE`; empty at a limit."""
    try:
        return ANSWER + work()
    except MemoryError:
        return b""  # its limit
    except Exception as error:  # noqa: BLE001 - the parent tells
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames]
        return FAILURE + "; ".join([type(error).__name__, *places]).encode()

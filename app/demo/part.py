"""One child process of the demonstration: start, watch, stop."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from app.demo.zygote import Child, zygote
from workers.parent import end_with_parent

LAST_LINES = 15
PYTHON = [sys.executable, "-m"]  # such programs are forks


class Part:
    """A child process that ends with its parent, whatever ends the parent."""

    def __init__(
        self, name: str, command: list[str], *, is_ready: Callable[[], bool], folder: Path
    ) -> None:
        self.name = name
        self.command = command
        self.is_ready = is_ready
        self.log = folder / f"{name.replace(' ', '-')}.log"
        self.process: subprocess.Popen[bytes] | Child | None = None
        self._began_at = 0

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it in its own process group, so that Ctrl-C reaches the supervisor alone."""
        parent = os.getpid()
        with self.log.open("ab") as log:
            self._began_at = log.tell()
            if self.command[:2] == PYTHON:
                self.process = zygote.start(self.command[2:], environment, log)
                return
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                process_group=0,
                preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509 - one thread here
            )

    def has_ended(self) -> bool:
        """Whether it has exited."""
        return self.process is not None and self.process.poll() is not None

    def exit_code(self) -> int | None:
        """Its exit code, if it has exited."""
        return self.process.poll() if self.process else None

    def output(self) -> str:
        """Its output since it was started."""
        return self.log.read_bytes()[self._began_at :].decode(errors="replace")

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.process and not self.has_ended():
            self.process.send_signal(signal.SIGTERM)

    def stop(self, patience: float) -> None:
        """Wait for its exit, and kill it after a while."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self) -> str:
        """The last lines of its log."""
        lines = self.output().splitlines()[-LAST_LINES:]
        return "\n".join(f"    {line}" for line in lines)


def loket(*arguments: str) -> list[str]:
    """The command line that runs a command of Loket with this Python."""
    return [sys.executable, "-m", "app.cli", *arguments]

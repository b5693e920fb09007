"""Supervisor of the demonstration: starts all parts, waits for them, watches and stops them.

A program of its own, begun by `begin`, that imports as little as it can: it lives as long as the
demonstration does.
"""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from app.demo.part import Part, loket
from app.demo.ports import answers
from app.demo.restarts import FIRST, Restarts
from app.demo.zygote import zygote
from processes.platform.running_demonstration import PORTS

PATIENCE = 300.0  # seconds until a part must be ready: some machines are slow or busy
GRACE = 4.0  # seconds to finish what was begun; what is killed then, another worker takes over
TICK = 0.05
ROOT = Path(__file__).parents[2]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(Exception):
    """The supervisor was asked to stop."""


class PartFailedError(Exception):
    """A part ended, or was not ready in time."""

    def __init__(self, part: Part, what: str) -> None:
        super().__init__(f"the {part.name} {what}; the end of {part.log}:\n{part.last_words()}")


class Demonstration:
    """All parts, with their addresses; the environment is theirs too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = ports = json.loads((folder / PORTS).read_text())
        self.broker = self._part("broker", _valkey(folder, ports["broker"]), "broker")
        self.mailbox = self._part(
            "mailbox", loket("mailbox", "--port", str(ports["mailbox"])), "mailbox", "smtp"
        )
        self.login = self._part(
            "login simulator", loket("login-simulator", "--port", str(ports["login"])), "login"
        )
        self.has_database = (folder / "loket.db").exists()
        self.database = Part(
            "database",
            loket("prepare", str(ROOT)),
            is_ready=self._is_prepared,
            folder=folder / "log",
        )
        self.worker = self._announced("worker", loket("worker"))
        self.scheduler = self._announced("scheduler", loket("scheduler"))
        self.web = self._part("portal", loket("web", "--port", str(ports["web"])), "web")
        # Who works with the portal must not notice that one of these ended (R69).
        lasting = (self.broker, self.mailbox, self.login, self.worker, self.scheduler, self.web)
        self.restarts = {part: Restarts(time.monotonic) for part in lasting}
        self.parts: list[Part] = []
        self.waiting: list[Part] = []

    def run(self, began: float) -> int:
        """Start, print the addresses, and watch."""
        try:
            self._start()
            self._say_where(time.monotonic() - began)
            self._watch()
        except StoppedError:
            say("stopping")
            return 0
        except PartFailedError as error:
            say(str(error), err=True)
            return 1
        finally:
            self._stop()

    def _start(self) -> None:
        """Start all parts, the portal before those that are not missed on its first page.

        A database that is there already is almost always up to date: then nothing waits for it.
        """
        self._begin([self.broker, self.database])
        if not self.has_database:
            self._wait_for(self.database)
        self._begin([self.web])
        self._wait_for(self.web)
        zygote.import_more()
        self._begin([self.login, self.mailbox, self.worker, self.scheduler])
        self._wait_for(None)

    def _begin(self, parts: list[Part]) -> None:
        for part in parts:
            self._start_part(part)
            self.parts.append(part)
            self.waiting.append(part)

    def _wait_for(self, only: Part | None) -> None:
        """Until this part is ready, or all that were begun; tells of each."""
        deadline = time.monotonic() + PATIENCE
        while self.waiting and (only is None or only in self.waiting):
            for part in [part for part in self.waiting if part.is_ready()]:
                self._say_ready(part)
            self._check_none_failed()
            if self.waiting and time.monotonic() > deadline:
                raise PartFailedError(self.waiting[0], f"was not ready in {PATIENCE:.0f} seconds")
            time.sleep(TICK)

    def _say_ready(self, part: Part) -> None:
        self.waiting.remove(part)
        done = "ready"
        if part is self.database:
            self.parts.remove(part)  # it has done its work and is gone
            done = "; ".join(part.output().splitlines())
        say(f"  {part.name:<16} {done}")

    def _check_none_failed(self) -> None:
        for part in self.parts:
            if part.has_ended() and not part.is_ready():
                raise PartFailedError(part, "stopped")

    def _watch(self) -> NoReturn:
        while True:
            time.sleep(TICK * 4)
            for part in self.parts:
                if part.has_ended():
                    self._replace(part)

    def _replace(self, part: Part) -> None:
        """Start it again, at once the first time and ever later when it keeps ending."""
        restarts = self.restarts[part]
        pause = restarts.note_end()
        if pause is not None:
            later = f" in {pause:.0f} seconds" if pause > FIRST else ""
            say(f"the {part.name} stopped; starting another one{later}")
        if restarts.is_due():
            self._start_part(part)

    def _start_part(self, part: Part) -> None:
        if part in self.restarts:
            self.restarts[part].note_start()
        part.start(self._environment_of(part))

    def _stop(self) -> None:
        # The broker goes last: a worker hands back what it had not begun.
        others = [part for part in reversed(self.parts) if part is not self.broker]
        for group in (others, [self.broker]):
            for part in group:
                part.ask_to_stop()
            until = time.monotonic() + GRACE
            for part in group:
                part.stop(max(until - time.monotonic(), 0.1))

    def _is_prepared(self) -> bool:
        return self.database.has_ended() and self.database.exit_code() == 0

    def _part(self, name: str, command: list[str], *ports: str) -> Part:
        numbers = [self.ports[port] for port in ports]
        return Part(
            name,
            command,
            is_ready=lambda: all(answers(number) for number in numbers),
            folder=self.folder / "log",
        )

    def _announced(self, name: str, command: list[str]) -> Part:
        """A part that listens to no port: it touches a file when it is ready."""
        file = self._ready_file(name)
        file.unlink(missing_ok=True)
        return Part(name, command, is_ready=file.exists, folder=self.folder / "log")

    def _ready_file(self, name: str) -> Path:
        return self.folder / f"{name}.ready"

    def _environment_of(self, part: Part) -> dict[str, str]:
        return {**os.environ, "LOKET_READY_FILE": str(self._ready_file(part.name))}

    def _say_where(self, seconds: float) -> None:
        portal = f"http://127.0.0.1:{self.ports['web']}"
        mailbox = f"http://127.0.0.1:{self.ports['mailbox']}"
        say(f"""
Loket is ready ({seconds:.1f} s).

  Portal       {portal}/
  Catalogue    {portal}/catalogus
  Mailbox      {mailbox}/   (all e-mail that Loket sends)
  Data         {self.folder}

  Demo accounts: choose who you are at the login simulator; there are no passwords.
    Providers  a company such as 68750110 (14 activities in the older register) or
               90000102 (300 activities), at level EH2+ or higher
    Teachers   Noor de Vries, Yusuf Yılmaz, Sanne Bakker
    Staff      Rianne Jansen, Karim Haddou (register), Pieter Visser (processes),
               Olga Smit (operator)

Ctrl-C stops everything.""")  # noqa: RUF001 - a Turkish letter


def _valkey(folder: Path, port: int) -> list[str]:
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder / "broker"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    command = [sys.executable, "-m", "app.demo.broker"]
    for name, value in options.items():
        command += [f"--{name}", value]
    return command


def listen_to_signals() -> None:
    """Have Ctrl-C and the like raise StoppedError here, once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Once is enough: a second Ctrl-C must not interrupt the stopping.
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise StoppedError

    for number in SIGNALS:
        signal.signal(number, stop)


def say(message: str, *, err: bool = False) -> None:
    """Print it at once."""
    print(message, file=sys.stderr if err else sys.stdout, flush=True)


def main() -> int:
    """What was begun: its zygote, the lock that it holds, and when; returns the exit code."""
    control, pid, lock, began = sys.argv[1:]
    for descriptor in (control, lock):
        os.set_inheritable(int(descriptor), False)  # noqa: FBT003 - its own name says so
    zygote.adopt(socket.socket(fileno=int(control)), int(pid))
    try:
        listen_to_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        return Demonstration(Path(os.environ["LOKET_VAR"])).run(float(began))
    except StoppedError:
        return 0


if __name__ == "__main__":
    sys.exit(main())

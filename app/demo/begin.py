"""Begins the demonstration: checks what it needs, imports Loket, and becomes its supervisor.

What imports Loket has looked at every library, which takes memory that its forks do not need. So
this program forks a zygote and goes on as another, small one: `supervisor`.
"""

import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from app.demo.ports import PortBusyError, choose_ports, is_free
from app.demo.saml_setup import prepared_saml
from app.demo.supervisor import SIGNALS, StoppedError, listen_to_signals, say
from app.demo.zygote import zygote
from app.demo.zygote_server import share_imports
from processes.platform.running_demonstration import PORTS, addresses
from processes.platform.settings import Profile, Settings

SUPERVISOR = "app.demo.supervisor"


def run_demonstration(settings: Settings, port: int) -> int:
    """Become the supervisor; returns the exit code when it cannot, or was stopped before."""
    if settings.profile is Profile.PRODUCTION:
        return _refuse("`loket run` is for trying out; in production start web, worker, scheduler")
    listen_to_signals()
    began = time.monotonic()
    folder = settings.var.resolve()
    (folder / "log").mkdir(parents=True, exist_ok=True)
    (folder / "broker").mkdir(exist_ok=True)
    try:
        if not is_free(port):
            return _refuse_port(port)
        share_imports()
        lock = _lock(folder)
        os.environ.update(_environment(folder, choose_ports(port, folder / PORTS)))
        _become_supervisor(lock, began)
    except PortBusyError:
        return _refuse_port(port)
    except StoppedError:
        return 0
    except BlockingIOError:
        return _refuse(f"Loket is running already with the data in {folder}")


def _become_supervisor(lock: int, began: float) -> NoReturn:
    """Whoever stops it meanwhile is heard when it listens: the mask stays, as do children."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    control, pid = zygote.handed_over()
    for descriptor in (lock, control):
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - its own name says so
    given = [*map(str, (control, pid, lock)), str(began)]
    # Without the working directory before the packages (-P).
    os.execv(sys.executable, [sys.executable, "-P", "-m", SUPERVISOR, *given])  # noqa: S606 - ours


def _lock(folder: Path) -> int:
    """Hold the folder: two demonstrations on one database and broker would fight.

    Raises BlockingIOError when another one holds it.
    """
    lock = os.open(folder / "lock", os.O_WRONLY | os.O_CREAT, 0o644)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _environment(folder: Path, ports: dict[str, int]) -> dict[str, str]:
    login = f"http://127.0.0.1:{ports['login']}"
    given = {**addresses(ports), **prepared_saml(folder, login)}
    variables = {f"LOKET_{name.upper()}": _variable(value) for name, value in given.items()}
    return {"LOKET_VAR": str(folder), **variables, "PYTHONUNBUFFERED": "1"}


def _variable(value: str | dict[str, str]) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _refuse_port(port: int) -> int:
    return _refuse(f"port {port} is busy; choose another one with PORT={port + 10} ./run")


def _refuse(message: str) -> int:
    say(message, err=True)
    return 1

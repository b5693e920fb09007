"""The product for benchmarks: gunicorn and the real worker as processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.demo.zygote import Child, zygote
from processes.platform.settings import Settings
from tests.benchmarks.databases import Database
from tests.servers import end_with_parent, free_port, wait_for_port

ROOT = Path(__file__).parents[2]
SECRET = "only for benchmarks, thirty-two characters"
NOWHERE = "redis://127.0.0.1:1/0"
PATIENCE = 30.0


def settings_for(database: Database, folder: Path, **more: Any) -> Settings:
    """The settings of a product on this database; nobody answers at its broker, unless given."""
    given: dict[str, Any] = {
        "var": folder,
        "database_url": database.url,
        "redis_url": NOWHERE,
        "public_url": "http://127.0.0.1",
        "secret_key": SecretStr(SECRET),
        **more,
    }
    return Settings(**given)


def environment(settings: Settings) -> dict[str, str]:
    """What a process of this product finds in its environment."""
    return {
        **os.environ,
        "LOKET_VAR": str(settings.var),
        "LOKET_DATABASE_URL": settings.database_url,
        "LOKET_REDIS_URL": settings.redis_url,
        "LOKET_PUBLIC_URL": settings.public_url,
        "LOKET_SECRET_KEY": SECRET,
        "LOKET_SMTP_PORT": str(settings.smtp_port),
    }


@contextmanager
def web(settings: Settings, app: str, *, workers: int, threads: int) -> Iterator[int]:
    """Gunicorn with this app; yields its port."""
    port = free_port()
    command = ["gunicorn", app, "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    command += ["--workers", str(workers), "--threads", str(threads)]
    with _forked(command, environment(settings)) as child:
        wait_for_port(port, child)
        yield port


@contextmanager
def worker(settings: Settings, module: str, *, concurrency: int) -> Iterator[None]:
    """A worker with so many processes; its handlers are those that the module imports."""
    command = [module, "worker", "--concurrency", str(concurrency)]
    with _forked(command, environment(settings)):
        yield


@contextmanager
def _forked(arguments: list[str], given: dict[str, str]) -> Iterator[Child]:
    """A program that need not import Loket anew, and ends with this block or the benchmark."""
    child = zygote.start(arguments, given, sys.stderr.buffer)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)


@contextmanager
def running(
    command: list[str], given: dict[str, str], log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with this block, or with the benchmark itself."""
    output: Any = None if log is None else log.open("wb")
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=given,
        stdout=output,
        stderr=output,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads yet
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()

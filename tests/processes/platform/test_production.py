"""Production refuses to start unsafely: each part of the product, as a real process."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.demo.zygote import Child
from app.setup.schema import upgrade
from processes.database import open_database
from processes.platform.production import database_faults
from tests import patience, programs, servers
from tests.product import until
from workers.start import READY_FILE

ROOT = Path(__file__).parents[3]
SAFE = {
    "LOKET_PROFILE": "production",
    "LOKET_SECRET_KEY": "a secret of at least thirty-two characters",
    "LOKET_PUBLIC_URL": "https://loket.example",
    "LOKET_OIDC_EHERKENNING_ISSUER": "https://broker.example",
    "LOKET_OIDC_EHERKENNING_CLIENT_SECRET": "given by the broker",
    "LOKET_OIDC_ACCOUNTS_ISSUER": "https://accounts.example",
    "LOKET_OIDC_ACCOUNTS_CLIENT_SECRET": "given by the issuer",
    "LOKET_SMTP_HOST": "mail.example",
    "LOKET_SMTP_PORT": "587",
    "LOKET_SMTP_STARTTLS": "true",
    "LOKET_REDIS_URL": "redis://127.0.0.1:1/0",
}
UNSAFE = {
    "LOKET_SECRET_KEY": "change-me",
    "LOKET_PUBLIC_URL": "http://loket.example",
    "LOKET_OIDC_EHERKENNING_ISSUER": "http://127.0.0.1:8002/eherkenning",
    "LOKET_SMTP_HOST": "127.0.0.1",
    "LOKET_SMTP_PORT": "2525",
    "LOKET_HOSTS": "2",
    "FLASK_DEBUG": "1",
}
PARTS = {
    "web": ["app.cli", "web", "--port", "0"],
    "worker": ["app.cli", "worker"],
    "scheduler": ["app.cli", "scheduler"],
    "gunicorn": ["gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket", "app.wsgi:app"],
}


def start(part: str, folder: Path, given: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Start a part that is expected to end by itself."""
    environment = {**os.environ, **SAFE, "LOKET_VAR": str(folder), **given}
    return programs.run(PARTS[part], environment, folder / "log")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_refuses_all_that_is_unsafe_in_one_line_each(part: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/loket.db"
    ended = start(part, tmp_path, {**UNSAFE, "LOKET_DATABASE_URL": url})
    assert ended.returncode not in {0, None}
    assert "Traceback" not in ended.stderr
    lines = ended.stderr.splitlines()
    for name in set(UNSAFE) - {"LOKET_SMTP_PORT"}:
        assert len([line for line in lines if name in line]) == 1, ended.stderr
    assert UNSAFE["LOKET_SECRET_KEY"] not in ended.stderr


@pytest.mark.parametrize("part", PARTS)
def test_a_part_refuses_a_database_that_forgets(
    part: str, tmp_path: Path, postgresql_server: str
) -> None:
    url = f"{postgresql_server}/postgres"
    ended = start(part, tmp_path, {"LOKET_DATABASE_URL": url})
    assert ended.returncode not in {0, None}
    assert "synchronous_commit=off" in ended.stderr
    assert "fsync=off" in ended.stderr


def test_a_database_that_forgets_is_named_beside_the_other_faults(
    tmp_path: Path, postgresql_server: str
) -> None:
    given = {"LOKET_DATABASE_URL": f"{postgresql_server}/postgres", "LOKET_SECRET_KEY": "short"}
    ended = start("web", tmp_path, given)
    assert "synchronous_commit=off" in ended.stderr
    assert "LOKET_SECRET_KEY" in ended.stderr


OF_DEMONSTRATION = {
    "run": ["run"],
    "mailbox": ["mailbox", "--port", "0"],
    "login-simulator": ["login-simulator", "--port", "0"],
    "prepare": ["prepare", str(ROOT)],
}


@pytest.mark.parametrize("part", OF_DEMONSTRATION)
def test_a_part_of_the_demonstration_does_not_start_in_production(
    part: str, tmp_path: Path
) -> None:
    ended = programs.run(
        ["app.cli", *OF_DEMONSTRATION[part]],
        {**os.environ, **SAFE, "LOKET_VAR": str(tmp_path)},
        tmp_path / "log",
    )
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert f"`loket {part}` is" in line
    assert "production" in line
    assert [each.name for each in tmp_path.iterdir() if each.is_dir() or each.suffix == ".db"] == []


def test_what_counts_is_how_this_database_is_set(
    postgresql_server: str,
) -> None:
    engine = sa.create_engine(f"{postgresql_server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE remembers")
        connection.exec_driver_sql("ALTER DATABASE remembers SET synchronous_commit TO on")
    engine.dispose()
    faults = " ".join(database_faults(f"{postgresql_server}/remembers"))
    assert "synchronous_commit" not in faults
    assert "fsync" in faults


def test_a_database_that_is_away_keeps_nothing_from_starting() -> None:
    assert database_faults("postgresql+psycopg://loket@127.0.0.1:1/loket") == []


@pytest.fixture(scope="module")
def durable_url() -> Iterator[str]:
    """A PostgreSQL as it comes, with the tables."""
    with servers.postgresql(()) as server:
        url = f"{server}/postgres"
        engine = open_database(url)
        upgrade(engine)
        engine.dispose()
        yield url


@pytest.mark.parametrize("part", ["worker", "scheduler"])
def test_what_is_safe_starts(part: str, tmp_path: Path, durable_url: str, broker_url: str) -> None:
    ready = tmp_path / "ready"
    own = {"LOKET_DATABASE_URL": durable_url, "LOKET_REDIS_URL": broker_url}
    with running(PARTS[part], tmp_path, {**own, READY_FILE: str(ready)}) as process:
        until(lambda: ready.exists() or process.poll() is not None)
        assert process.poll() is None


def test_gunicorn_serves_what_is_safe(tmp_path: Path, durable_url: str) -> None:
    port = servers.free_port()
    command = ["gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "app.wsgi:app"]
    own = {"LOKET_DATABASE_URL": durable_url, "LOKET_BIND": f"127.0.0.1:{port}"}
    with running(command, tmp_path, {**own, "LOKET_WEB_PROCESSES": "1"}) as process:
        servers.wait_for_port(port, process)
        connection = HTTPConnection("127.0.0.1", port, timeout=patience.SECONDS)
        connection.request("GET", "/readyz", headers={"Host": "loket.example"})
        answer = connection.getresponse()
        assert answer.status == HTTPStatus.OK, answer.read()
        assert answer.getheader("Strict-Transport-Security")
        assert "default-src 'none'" in str(answer.getheader("Content-Security-Policy"))
        connection.close()


@contextmanager
def running(command: Sequence[str], folder: Path, given: Mapping[str, str]) -> Iterator[Child]:
    """A part that is expected to go on, until it is told to stop."""
    environment = {**os.environ, **SAFE, "LOKET_VAR": str(folder), **given}
    process = programs.begin(command, environment, folder / "log")
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(patience.SECONDS)

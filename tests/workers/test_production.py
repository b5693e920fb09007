"""Production refuses to start unsafely: each part of the product, as a real process."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from workers.production import database_faults

PATIENCE = 60
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
    "web": ["-m", "app.cli", "web", "--port", "0"],
    "worker": ["-m", "app.cli", "worker"],
    "scheduler": ["-m", "app.cli", "scheduler"],
    "gunicorn": ["-m", "gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket", "app.wsgi:app"],
}


def start(part: str, folder: Path, given: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Start a part that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, *PARTS[part]],
        env={**os.environ, **SAFE, "LOKET_VAR": str(folder), **given},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


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


@pytest.mark.parametrize("part", ["run", "mailbox", "login-simulator"])
def test_a_part_of_the_demonstration_does_not_start_in_production(
    part: str, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli", part, *([] if part == "run" else ["--port", "0"])],
        env={**os.environ, **SAFE, "LOKET_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode not in {0, None}


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

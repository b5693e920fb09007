"""Databases with what `loket prepare` loads: made once for each run of the tests, and copied.

To prepare one takes two seconds of a processor. Only a run of the tests keeps them, in a folder
that it makes anew. In PostgreSQL they are prepared each time; what its initdb makes is kept too
(tests/servers.py).
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from tests import programs

FOLDER = "TESTS_PREPARED"  # variable of the environment: also of the runs that tests start
SQLITE = "sqlite:///"


def keep_in(folder: Path) -> None:
    """From here on this process, and those that it starts, share what is prepared there."""
    folder.mkdir(exist_ok=True)
    os.environ[FOLDER] = str(folder)


def kept(name: str) -> Path | None:
    """Where this run keeps what has this name; None outside a run of the tests."""
    folder = os.environ.get(FOLDER)
    return Path(folder) / name if folder else None


def fill(root: Path, environment: Mapping[str, str], log: Path) -> None:
    """Load what stands in the folders of this root into the new database of this environment."""
    url = environment["LOKET_DATABASE_URL"]
    made = kept(f"{content_of(root)}.db") if url.startswith(SQLITE) else None
    if made is None:
        _prepare(root, environment, log)
        return
    with alone(made):
        if not made.exists():
            _make(made, root, environment, log)
    shutil.copyfile(made, url.removeprefix(SQLITE))


def _make(made: Path, root: Path, environment: Mapping[str, str], log: Path) -> None:
    file = made.with_suffix(".unfinished")
    file.unlink(missing_ok=True)
    _prepare(root, {**environment, "LOKET_DATABASE_URL": f"{SQLITE}{file}"}, log)
    with closing(sqlite3.connect(file)) as connection:  # all in one file
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file.rename(made)


def _prepare(root: Path, environment: Mapping[str, str], log: Path) -> None:
    done = programs.run(["app.cli", "prepare", str(root)], environment, log)
    assert done.returncode == 0, done.stderr


@contextmanager
def alone(made: Path) -> Iterator[None]:
    """Of all that want the same database, one makes it."""
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def content_of(root: Path) -> str:
    """Names what is loaded: the same for two roots with the same files."""
    digest = hashlib.sha256()
    for folder in ("bpmn", "processes/register/sample"):
        for file in sorted((root / folder).rglob("*")):
            if file.is_file():
                digest.update(str(file.relative_to(root)).encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()

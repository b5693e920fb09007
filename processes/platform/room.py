"""Whether the database can be written, and how much room its disk has left."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

PROBE = 256 * 1024  # bytes; a commit of ours needs less
NEARLY_FULL = 200 * 1024 * 1024  # bytes left


def can_write(engine: Engine) -> bool:
    """Whether something can be written where the database keeps its files.

    Of PostgreSQL: whether it takes writes; its disk is on another machine.
    """
    folder = _folder(engine)
    if folder is not None:
        return _takes_a_file(folder)
    try:
        with engine.engine.connect() as connection:
            query = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')"
            return not connection.execute(text(f"{query} = 'on'")).scalar_one()
    except SQLAlchemyError:
        return False


def free_bytes(engine: Engine) -> int | None:
    """What is left on the disk of SQLite; None for a database elsewhere."""
    folder = _folder(engine)
    try:
        return None if folder is None else shutil.disk_usage(folder).free
    except OSError:
        return None  # the folder itself is away


def is_nearly_full(engine: Engine) -> bool:
    """It is time to make room."""
    free = free_bytes(engine)
    return free is not None and free < NEARLY_FULL


def _folder(engine: Engine) -> Path | None:
    database = engine.engine.url.database  # a test lends a connection
    is_file = engine.dialect.name == "sqlite" and database and database != ":memory:"
    return Path(str(database)).parent if is_file else None


def _takes_a_file(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            _fill(probe.fileno())
    except OSError as error:
        # Without room for another process' files a limit of our own may be what is met.
        return error.errno in {errno.EMFILE, errno.ENFILE}
    return True


def _fill(descriptor: int) -> None:
    os.posix_fallocate(descriptor, 0, PROBE)

"""Opens the database: PostgreSQL, or SQLite with pragmas and a single writer."""

from time import monotonic
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from processes.late_session import Joined, allow_writing
from processes.one_writer import OneWriter, begin_writing
from processes.statements import send

READ_ONLY = {"read_only": True, "postgresql_readonly": True}
"""Execution options of a connection that only reads: writing on it is refused by the database, and
on SQLite it does not queue behind writers."""

NOT_YET = "not_yet"
"""Execution option of a connection to SQLite: a function that says whether to read without a
transaction, until somebody begins one on it."""

PAUSE = 1.0  # seconds that a connection lay idle, after which it is tried before it is used

OUR_PATIENCE = {
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 20_000,  # milliseconds without an acknowledgement
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""When another host is cut off nothing is refused, it is lost: both sides must notice, for what it
had locked stays locked until then, by default for two hours."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # or flushed by ourselves, together (OneWriter.prepare)
    "foreign_keys=ON",
    "busy_timeout=15000",
    "cache_size=-16000",  # kB; with the default of 2 MB a search reads half of its blocks again
    "mmap_size=1073741824",  # bytes that are read where the system keeps them: no copy, no call
)
"""What SQLite is asked for each connection."""

SERVER = (
    "lock_timeout=5s",
    "timezone=UTC",
    "idle_in_transaction_session_timeout=60s",  # one of ours hangs in the middle of a step
    "tcp_keepalives_idle=10",
    "tcp_keepalives_interval=5",
    "tcp_keepalives_count=3",
    "jit=off",  # compiling a search takes longer than running it
)
"""What PostgreSQL is asked for each connection."""


def engine_options(url: str) -> dict[str, Any]:
    """The options `create_engine` needs for this URL (also given to Flask-SQLAlchemy)."""
    if url.startswith("sqlite"):
        connect = {"check_same_thread": False, "timeout": 15, "factory": OneWriter}
        return {"hide_parameters": True, "connect_args": connect}
    return {
        "hide_parameters": True,  # an incident tells the statement, never whom it was about
        "pool_size": 10,
        "max_overflow": 10,
        "connect_args": {**OUR_PATIENCE, "options": " ".join(f"-c {each}" for each in SERVER)},
    }


def open_database(url: str) -> Engine:
    """An engine on this URL, with the pragmas and locking that the process engine needs."""
    engine = create_engine(url, **engine_options(url))
    prepare(engine)
    return engine


def prepare(engine: Engine) -> None:
    """Add those pragmas and that locking to an engine made elsewhere (Flask-SQLAlchemy)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "checkin", _remember_use)
        event.listen(engine, "checkout", _ping_after_a_pause(engine))


def _set_pragmas(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # sqlite3's own transaction control would begin too late for BEGIN IMMEDIATE.
    connection.isolation_level = None
    connection.prepare(PRAGMAS)


def _begin(connection: Connection) -> None:
    # A deferred transaction that turns into a writer fails at once with "database is locked":
    # 296 of 320 updates in our measurement, against none with BEGIN IMMEDIATE.
    if isinstance(connection, Joined):
        return
    options = connection.get_execution_options()
    allow_writing(connection, is_allowed=not options.get("read_only"))
    if NOT_YET in options and options[NOT_YET]():
        return
    if options.get("read_only"):
        send(connection, "BEGIN")
    else:
        begin_writing(connection)


def _connect(
    _dialect: Dialect, _entry: ConnectionPoolEntry, args: list[Any], options: dict[str, Any]
) -> Any:
    from processes.psycopg_connection import connect

    return connect(*args, **options)


def _remember_use(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = monotonic()


def _ping_after_a_pause(engine: Engine) -> Any:
    """As pool_pre_ping, which asks before every use: a round trip in each request."""

    def check(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        if monotonic() - entry.info.get("used", monotonic()) < PAUSE:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return check

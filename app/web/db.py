"""The database session of a request, and which requests only read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask, current_app, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from processes.database import NOT_YET, READ_ONLY, engine_options, prepare
from processes.platform.settings import Settings

READING, READING_FIRST, WRITING = "reading_engine", "reading_first_engine", "writing_engine"

View = TypeVar("View", bound=Callable[..., Any])


class RequestSession(FlaskSession):
    """Reads without queueing behind the one writer of SQLite, when the request only reads."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if isinstance(bind, Connection) or not has_request_context():
            return bind
        if "engine" not in g:
            g.engine = current_app.extensions.get(_way_of_view(), bind)
        chosen: Engine = g.engine
        return chosen


db = SQLAlchemy(
    session_options={
        "class_": RequestSession,
        # With an engine this changes nothing; a test that lends its own connection keeps control.
        "join_transaction_mode": "create_savepoint",
    },
)


def writes(view: View) -> View:
    """Mark a view that is fetched with GET and yet writes, such as the return from a login."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def reads_first(view: View) -> View:
    """Mark a view that gets a form, and checks it before it calls `begin_writing`.

    Until then it only reads, where SQLite would let it queue; elsewhere it may lock what it reads.
    """
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def begin_writing() -> None:
    """From here on this request writes, on the connection on which it read.

    On SQLite the transaction of the one writer begins now, so what is written must be checked again
    in it, as the engine does with each step.
    """
    if is_writing():
        return
    g.is_writing = True
    connection = db.session().connection()
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def is_writing() -> bool:
    """What this request reads now, nobody else changes before it has written."""
    return "is_writing" in g or _way_of_view() not in current_app.extensions


def _way_of_view() -> str:
    """How the database is opened for the view of this request."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in {"GET", "HEAD"}:
        return WRITING if getattr(view, "writes", False) else READING
    return READING_FIRST if getattr(view, "reads_first", False) else WRITING


@contextmanager
def write_transaction() -> Iterator[Session]:
    """A session of its own for a small write beside a request that reads: a session touched."""
    with Session(db.engine, join_transaction_mode="create_savepoint") as session, session.begin():
        yield session


def init_database(app: Flask, settings: Settings) -> None:
    """Give the app its engine, with the locking that the process engine relies on."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        app.extensions[READING] = db.engine.execution_options(**READ_ONLY)
        if db.engine.dialect.name == "sqlite":
            not_yet = {NOT_YET: lambda: "is_writing" not in g}
            app.extensions[READING_FIRST] = db.engine.execution_options(**not_yet)

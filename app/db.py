"""The database session of a request, and which requests only read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask, current_app, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from processes.database import READ_ONLY, engine_options, prepare
from workers.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])


class RequestSession(FlaskSession):
    """Reads without queueing behind the one writer of SQLite, when the request only reads."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if isinstance(bind, Connection) or not _only_reads():
            return bind
        reading: Engine = current_app.extensions["reading_engine"]
        return reading


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
    """From here on this request writes, in the transaction in which it read.

    On SQLite that of the one writer begins now, so what is written must be checked again in it, as
    the engine does with each step.
    """
    if not is_writing():
        db.session().rollback()
        g.is_writing = True


def is_writing() -> bool:
    """What this request reads now, nobody else changes before it has written."""
    return not _only_reads()


def _only_reads() -> bool:
    if not has_request_context():
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in {"GET", "HEAD"}:
        return not getattr(view, "writes", False)
    is_reading = getattr(view, "reads_first", False) and not g.get("is_writing")
    return is_reading and _has_one_writer()


def _has_one_writer() -> bool:
    return db.engine.dialect.name == "sqlite"


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
        app.extensions["reading_engine"] = db.engine.execution_options(**READ_ONLY)

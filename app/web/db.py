"""The database session of a request, and which requests only read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from processes.database import NOT_YET, READ_ONLY, engine_options, prepare
from processes.platform.settings import Settings
from processes.unit_of_work import UnitOfWork, unit_of_work
from workers.enqueue import send_wake_ups

View = TypeVar("View", bound=Callable[..., Any])


class Begins(StrEnum):
    """How the unit of work of a request begins; the value is the app's extension with its engine.

    On PostgreSQL WHEN_WRITING is as WRITING: who reads there keeps nobody waiting.
    """

    READING = "reading_engine"  # never queues behind the one writer of SQLite
    WHEN_WRITING = "reading_first_engine"  # reads until `UnitOfWork.begin_writing`
    WRITING = "writing_engine"


class RequestSession(FlaskSession):
    """The session of a request: its unit of work begins as its view needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begins = _begins_of_view() if has_request_context() else Begins.WRITING
        is_writing = self._begins not in current_app.extensions
        UnitOfWork(self, tell=send_wake_ups, is_writing=is_writing)

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if isinstance(bind, Connection):
            return bind
        chosen: Engine = current_app.extensions.get(self._begins, bind)
        return chosen


db = SQLAlchemy(
    session_options={
        "class_": RequestSession,
        # With an engine this changes nothing; a test that lends its own connection keeps control.
        "join_transaction_mode": "create_savepoint",
    },
)


def begins(how: Begins) -> Callable[[View], View]:
    """Say how the unit of work of a view begins, where the HTTP method does not tell.

    A GET begins reading, anything else writing.
    """

    def mark(view: View) -> View:
        view.begins = how  # type: ignore[attr-defined]
        return view

    return mark


def _begins_of_view() -> Begins:
    by_method = Begins.READING if request.method in {"GET", "HEAD"} else Begins.WRITING
    view = current_app.view_functions.get(request.endpoint or "")
    marked: Begins = getattr(view, "begins", by_method)
    return marked


@contextmanager
def separate_unit_of_work() -> Iterator[UnitOfWork]:
    """For a small write beside a request that reads (a session touched); committed at its end."""
    with Session(db.engine, join_transaction_mode="create_savepoint") as session:
        unit = UnitOfWork(session, tell=send_wake_ups)
        yield unit
        unit.commit()


@contextmanager
def separate_reading() -> Iterator[Session]:
    """For a look beside whatever the request does: it never waits for who writes."""
    bind: Engine | Connection = db.engine
    if isinstance(bind, Engine):
        bind = current_app.extensions[Begins.READING]
    with Session(bind, join_transaction_mode="create_savepoint") as session:
        yield session


def init_database(app: Flask, settings: Settings) -> None:
    """Give the app its engine, with the locking that the process engine relies on."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        app.extensions[Begins.READING] = db.engine.execution_options(**READ_ONLY)
        if db.engine.dialect.name == "sqlite":
            not_yet = {NOT_YET: lambda: not unit_of_work(db.session()).is_writing}
            app.extensions[Begins.WHEN_WRITING] = db.engine.execution_options(**not_yet)

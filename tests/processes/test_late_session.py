"""A late session: what is written by statements and by the ORM is one transaction, however it ends.

Each way to end it is shown where SQLAlchemy never joined, and where it did.
"""

import gc
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError, OperationalError
from sqlalchemy.orm import Session

from processes.base import new_id
from processes.database import READ_ONLY
from processes.late_session import LateSession
from processes.register.changes import AuditEvent, record_event
from processes.unit_of_work import UnitOfWork, unit_of_work

End = Callable[[LateSession], object]


def by_statement(session: Session, action: str) -> None:
    record_event(session, action, actor="test")


def by_orm(session: Session, action: str) -> None:
    session.add(AuditEvent(action=action, actor="test"))
    session.flush()


def left(engine: Engine) -> set[str]:
    """What is committed, as somebody else reads it, who can also write."""
    with Session(engine) as other:
        by_orm(other, "can be written")
        return set(other.scalars(select(AuditEvent.action))) - {"can be written"}


WAYS = {
    "statement": [by_statement],
    "statement, orm": [by_statement, by_orm],
    "orm, statement": [by_orm, by_statement],
    "statement, orm, statement": [by_statement, by_orm, by_statement],
}


@pytest.mark.parametrize("way", WAYS)
def test_all_is_committed_together(own_engine: Engine, way: str) -> None:
    with LateSession(own_engine) as session:
        for number, write in enumerate(WAYS[way]):
            write(session, str(number))
        assert left_by_readers(own_engine) == set()
        session.commit()
        assert not session.in_transaction()
        assert left(own_engine) == {str(number) for number in range(len(WAYS[way]))}


def driver_of(session: Session) -> Any:
    return unit_of_work(session).connection().connection.driver_connection


def left_by_readers(engine: Engine) -> set[str]:
    with Session(engine.execution_options(**READ_ONLY)) as other:
        return set(other.scalars(select(AuditEvent.action)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("end", [LateSession.rollback, LateSession.close])
def test_all_is_undone_together(own_engine: Engine, way: str, end: End) -> None:
    session = LateSession(own_engine)
    for number, write in enumerate(WAYS[way]):
        write(session, str(number))
    end(session)
    assert not session.in_transaction()
    assert left(own_engine) == set()
    by_statement(session, "later")
    session.commit()
    session.close()
    assert left(own_engine) == {"later"}


def test_sqlalchemy_does_nothing_where_it_is_not_asked(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    with LateSession(own_engine) as session:
        monkeypatch.setattr(Session, "connection", refuse)
        monkeypatch.setattr(Session, "commit", refuse)
        by_statement(session, "one")
        unit_of_work(session).commit()
        monkeypatch.undo()
        assert left(own_engine) == {"one"}


def test_an_object_that_was_added_and_not_flushed_is_committed_too(own_engine: Engine) -> None:
    with LateSession(own_engine) as session:
        by_statement(session, "one")
        session.add(AuditEvent(action="two", actor="test"))
        session.commit()
    assert left(own_engine) == {"one", "two"}


def test_the_orm_reads_what_a_statement_wrote(own_engine: Engine) -> None:
    with LateSession(own_engine) as session:
        by_statement(session, "one")
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1


def test_an_object_is_read_anew_after_a_commit(own_engine: Engine) -> None:
    with LateSession(own_engine) as session:
        event = AuditEvent(action="one", actor="test")
        session.add(event)
        session.flush()
        event_id = event.id
        session.commit()
        by_statement(session, "two")
        session.commit()
        with Session(own_engine) as other:
            other.get_one(AuditEvent, event_id).actor = "somebody"
            other.commit()
        assert event.actor == "somebody"


def test_a_savepoint_undoes_no_more_than_its_own(own_engine: Engine) -> None:
    with LateSession(own_engine) as session:
        by_statement(session, "kept")
        savepoint = session.begin_nested()
        by_statement(session, "undone")
        by_orm(session, "undone too")
        savepoint.rollback()
        by_statement(session, "later")
        session.commit()
    assert left(own_engine) == {"kept", "later"}


def test_jobs_are_announced_after_a_commit_and_forgotten_with_a_rollback(
    own_engine: Engine,
) -> None:
    told: list[object] = []
    with LateSession(own_engine) as session:
        unit = UnitOfWork(session, tell=told.append)
        by_statement(session, "undone")
        unit.announce(new_id(), "mail")
        session.rollback()
        kept = new_id()
        by_statement(session, "kept")
        unit.announce(kept, "mail")
        by_orm(session, "kept too")  # joins: what was announced before is of this transaction
        unit.announce(kept, "mail")
        unit.commit()
        by_statement(session, "undone")
        unit.announce(new_id(), "mail")
        by_orm(session, "undone too")
        session.rollback()
        unit.commit()
    assert told == [[(kept, "mail"), (kept, "mail")]]


def test_what_was_read_ahead_is_forgotten_with_a_commit(own_engine: Engine) -> None:
    with LateSession(own_engine) as session:
        unit = unit_of_work(session)
        by_statement(session, "one")
        unit.read_ahead[AuditEvent] = {new_id(): "locked"}
        session.commit()
        assert not unit.read_ahead
        by_statement(session, "two")
        unit.read_ahead[AuditEvent] = {new_id(): "locked"}
        session.rollback()
        assert not unit.read_ahead


def test_a_statement_that_fails_leaves_nothing(own_engine: Engine) -> None:
    with LateSession(own_engine) as session:
        by_statement(session, "undone")
        with pytest.raises(IntegrityError):
            record_event(session, None, actor="test")  # type: ignore[arg-type]
        session.rollback()
        by_statement(session, "kept")
        session.commit()
    assert left(own_engine) == {"kept"}


class Interrupted(BaseException):
    """A signal that arrives while the driver waits for the database."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("is_interrupted", [False, True])
@pytest.mark.parametrize("is_committed", [False, True])
def test_a_commit_that_fails_ends_the_transaction(
    own_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    is_interrupted: bool,
    is_committed: bool,
) -> None:
    errors = own_engine.dialect.loaded_dbapi
    with LateSession(own_engine) as session:
        for number, write in enumerate(WAYS[way]):
            write(session, str(number))
        driver = type(driver_of(session))
        commits = driver.commit

        def fail(connection: object) -> None:
            if is_committed:
                commits(connection)
            raise Interrupted if is_interrupted else errors.OperationalError

        with monkeypatch.context() as broken:
            broken.setattr(driver, "commit", fail)
            with pytest.raises(Interrupted if is_interrupted else DBAPIError):
                session.commit()
        assert not session.in_transaction()
        by_statement(session, "undone")
        session.rollback()
        by_statement(session, "kept")
        session.commit()
    written = {str(number) for number in range(len(WAYS[way]))} if is_committed else set()
    assert left(own_engine) == {"kept"} | written
    assert own_engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("way", WAYS)
def test_what_made_a_commit_fail_is_told_where_it_cannot_be_rolled_back_either(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def failing(call: str) -> Callable[[object], None]:
        def fail(_connection: object) -> None:
            raise own_engine.dialect.loaded_dbapi.OperationalError(call)

        return fail

    with LateSession(own_engine) as session:
        for number, write in enumerate(WAYS[way]):
            write(session, str(number))
        driver = type(driver_of(session))
        with monkeypatch.context() as broken:
            for call in ("commit", "rollback"):
                broken.setattr(driver, call, failing(call))
            with pytest.raises(OperationalError, match="commit"):
                session.commit()
        by_statement(session, "kept")
        session.commit()
    assert left(own_engine) == {"kept"}


def test_what_cannot_be_flushed_at_a_commit_ends_the_transaction(own_engine: Engine) -> None:
    with LateSession(own_engine) as session:
        by_statement(session, "undone")
        session.add(AuditEvent(action=None, actor="test"))  # type: ignore[arg-type]
        with pytest.raises(IntegrityError):
            session.commit()
        assert not session.in_transaction()
        by_statement(session, "undone too")
        session.rollback()
    assert left(own_engine) == set()


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_that_the_database_ended_is_told_as_such(own_engine: Engine, way: str) -> None:
    if own_engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server that ends a connection")
    session = LateSession(own_engine)
    for number, write in enumerate(WAYS[way]):
        write(session, str(number))
    end_connection_of(session, own_engine)
    with pytest.raises(OperationalError), session:
        session.commit()
    by_statement(session, "kept")
    session.commit()
    assert left(own_engine) == {"kept"}
    assert own_engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def end_connection_of(session: LateSession, engine: Engine) -> None:
    driver = driver_of(session)
    with engine.connect() as other:
        ended = select(func.pg_terminate_backend(driver.info.backend_pid, 60_000))
        assert other.scalar(ended)


def test_a_session_that_only_reads_begins_by_itself(own_engine: Engine) -> None:
    with LateSession(own_engine.execution_options(**READ_ONLY)) as session:
        unit_of_work(session).connection()
        assert not session.is_direct
        with pytest.raises(DBAPIError):
            by_statement(session, "refused")


def test_a_transaction_that_began_cannot_be_begun(own_engine: Engine) -> None:
    with LateSession(own_engine) as session:
        by_statement(session, "one")
        with pytest.raises(InvalidRequestError), session.begin():
            pass


def test_who_begins_it_in_words_commits_at_the_end(own_engine: Engine) -> None:
    with LateSession(own_engine) as session, session.begin():
        by_statement(session, "one")
    assert left(own_engine) == {"one"}


def test_a_session_that_is_let_go_gives_its_connection_back(own_engine: Engine) -> None:
    gc.disable()  # so that only counted references can let it go
    try:
        session = LateSession(own_engine)
        by_statement(session, "undone")
        gone = ref(session)
        del session
        assert gone() is None
    finally:
        gc.enable()
    assert left(own_engine) == set()

"""The unit of work: what is gathered, announced and read ahead, and what a rollback forgets."""

import gc
from contextlib import suppress
from weakref import ref

import pytest
from sqlalchemy import Engine, bindparam, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.late_session import LateSession
from processes.register.changes import AuditEvent, events_of, record_event
from processes.register.providers.providers import TradeRegisterExtract
from processes.statements import Statement, UnwrittenError
from processes.unit_of_work import NewJob, UnitOfWork, unit_of_work

KVK = "68750110"
SOURCE = Statement(
    update(TradeRegisterExtract)
    .where(TradeRegisterExtract.kvk == bindparam("of_kvk"))
    .values(source=bindparam("new_source")),
    counted=True,
)


def extract(session: Session) -> TradeRegisterExtract:
    known = TradeRegisterExtract(kvk=KVK, outcome="unknown", facts=None, source="a", asked_at=now())
    session.add(known)
    session.flush()
    return known


def test_what_is_gathered_is_there_at_the_end_of_all_kinds(session: Session) -> None:
    known = extract(session)
    with unit_of_work(session).gathering():
        unit_of_work(session).write([(SOURCE, [{"of_kvk": KVK, "new_source": "b"}])])
        record_event(session, "one", actor="test", kvk=KVK, words=["a", 1])
        record_event(session, "two", actor="test", kvk=KVK)
    session.refresh(known)
    assert known.source == "b"
    assert {event.action for event in events_of(session, KVK)} == {"one", "two"}


def test_who_reads_meanwhile_reads_what_was_gathered(session: Session) -> None:
    with unit_of_work(session).gathering():
        record_event(session, "one", actor="test", kvk=KVK)
        assert [event.action for event in events_of(session, KVK)] == ["one"]


def test_an_update_that_found_nothing_is_told_though_others_were_written_with_it(
    session: Session,
) -> None:
    def change_and_tell() -> None:
        with unit_of_work(session).gathering():
            unit_of_work(session).write([(SOURCE, [{"of_kvk": KVK, "new_source": "b"}])])
            record_event(session, "one", actor="test", kvk=KVK)

    with pytest.raises(UnwrittenError):
        change_and_tell()


def test_rows_from_before_a_savepoint_survive_its_rollback(session: Session) -> None:
    with unit_of_work(session).gathering():
        record_event(session, "kept", actor="test", kvk=KVK)
        savepoint = session.begin_nested()
        record_event(session, "undone", actor="test", kvk=KVK)
        savepoint.rollback()
    assert [event.action for event in events_of(session, KVK)] == ["kept"]


def test_what_is_written_at_once_in_a_savepoint_is_undone_with_it(session: Session) -> None:
    record_event(session, "kept", actor="test", kvk=KVK)
    savepoint = session.begin_nested()
    record_event(session, "undone", actor="test", kvk=KVK)
    savepoint.rollback()
    record_event(session, "later", actor="test", kvk=KVK)
    assert {event.action for event in events_of(session, KVK)} == {"kept", "later"}


def test_after_a_flush_that_failed_nothing_is_written_until_it_is_rolled_back(
    own_engine: Engine,
) -> None:
    with Session(own_engine) as session:
        record_event(session, "undone", actor="test", kvk=KVK)
        session.add(AuditEvent(action=None, actor="test"))  # type: ignore[arg-type]
        with pytest.raises(IntegrityError):
            session.flush()
        with pytest.raises(PendingRollbackError):
            record_event(session, "too early", actor="test", kvk=KVK)
        session.rollback()
        record_event(session, "kept", actor="test", kvk=KVK)
        session.commit()
        assert [event.action for event in events_of(session, KVK)] == ["kept"]


def test_what_gathers_within_another_loses_nothing_of_it(session: Session) -> None:
    unit = unit_of_work(session)
    with unit.gathering():
        record_event(session, "before", actor="test", kvk=KVK)
        with unit.gathering():
            record_event(session, "within", actor="test", kvk=KVK)
        record_event(session, "after", actor="test", kvk=KVK)
    assert {event.action for event in events_of(session, KVK)} == {"before", "within", "after"}


def test_a_session_has_one_unit_of_work(session: Session) -> None:
    assert unit_of_work(session) is unit_of_work(session)
    assert unit_of_work(session).session is session


def test_the_workers_are_told_of_new_jobs_after_the_commit_and_once(own_engine: Engine) -> None:
    told: list[tuple[list[NewJob], int]] = []
    with Session(own_engine) as session, Session(own_engine) as other:

        def tell(jobs: object) -> None:
            assert isinstance(jobs, list)
            told.append((jobs, other.query(AuditEvent).count()))

        unit = UnitOfWork(session, tell=tell)
        job_id = new_id()
        record_event(session, "one", actor="test")
        unit.announce(job_id, "mail")
        unit.commit()
        unit.commit()
    assert told == [([(job_id, "mail")], 1)]


def test_jobs_of_a_savepoint_that_is_undone_are_not_announced(session: Session) -> None:
    unit = unit_of_work(session)
    before, inside, after = new_id(), new_id(), new_id()
    unit.announce(before, "mail")
    with session.begin_nested():
        savepoint = session.begin_nested()
        unit.announce(inside, "mail")
        savepoint.rollback()
        unit.announce(after, "mail")
    assert unit.take_jobs() == [(before, "mail"), (after, "mail")]


def test_jobs_of_a_savepoint_that_holds_are_announced(session: Session) -> None:
    unit, job_id = unit_of_work(session), new_id()
    with session.begin_nested(), session.begin_nested():
        unit.announce(job_id, "mail")
    assert unit.take_jobs() == [(job_id, "mail")]


def test_jobs_of_a_transaction_that_is_rolled_back_are_not_announced(session: Session) -> None:
    unit = unit_of_work(session)
    record_event(session, "begun", actor="test")
    unit.announce(new_id(), "mail")
    session.rollback()
    assert unit.take_jobs() == []


def test_jobs_that_were_committed_are_told_though_a_later_transaction_is_undone(
    session: Session,
) -> None:
    unit, job_id = unit_of_work(session), new_id()
    record_event(session, "begun", actor="test")
    unit.announce(job_id, "mail")
    session.commit()
    record_event(session, "begun", actor="test")
    unit.announce(new_id(), "mail")
    session.rollback()
    assert unit.take_jobs() == [(job_id, "mail")]


def test_what_was_read_ahead_is_forgotten_where_its_locks_end(session: Session) -> None:
    unit = unit_of_work(session)
    session.connection()
    unit.read_ahead[AuditEvent] = {new_id(): "locked"}
    session.flush()
    assert unit.read_ahead
    session.begin_nested().rollback()
    assert not unit.read_ahead
    unit.read_ahead[AuditEvent] = {new_id(): "locked"}
    session.commit()
    assert not unit.read_ahead


def test_a_unit_of_work_does_not_keep_its_session_alive(own_engine: Engine) -> None:
    gc.disable()  # so that only counted references can let it go
    try:
        session = Session(own_engine)
        record_event(session, "one", actor="test")
        session.close()
        gone = ref(session)
        del session
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("kind", [Session, LateSession])
@pytest.mark.parametrize("by", ["statement", "orm"])
def test_what_follows_a_close_that_failed_is_committed_and_nothing_from_before_it(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch, kind: type[Session], by: str
) -> None:
    """The connection may be gone as it is rolled back: of that end SQLAlchemy tells nobody."""

    def fail(_connection: object) -> None:
        message = "the line was cut"
        raise own_engine.dialect.loaded_dbapi.OperationalError(message)

    def leave_unwell(session: Session) -> None:
        record_event(session, "lost", actor="test")
        unit.read_ahead[AuditEvent] = {1: "lost"}
        if by == "orm":
            session.add(AuditEvent(action="lost too", actor="test"))
            session.flush()
        monkeypatch.setattr(own_engine.dialect, "do_rollback", fail)
        with suppress(OperationalError):  # of a late session the driver is asked
            session.close()
        monkeypatch.undo()

    session = kind(own_engine)
    unit = unit_of_work(session)
    leave_unwell(session)
    record_event(session, "kept", actor="test")
    assert not unit.read_ahead
    unit.commit()
    session.close()
    with Session(own_engine) as other:
        assert list(other.scalars(select(AuditEvent.action))) == ["kept"]


def test_who_goes_on_by_the_orm_after_a_close_that_failed_writes_nothing_from_before_it(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_connection: object) -> None:
        message = "the line was cut"
        raise own_engine.dialect.loaded_dbapi.OperationalError(message)

    session = Session(own_engine)
    unit = unit_of_work(session)
    record_event(session, "lost", actor="test")
    unit.announce(new_id(), "lost")
    monkeypatch.setattr(own_engine.dialect, "do_rollback", fail)
    with suppress(OperationalError):
        session.close()
    monkeypatch.undo()
    session.add(AuditEvent(action="kept", actor="test"))
    session.commit()
    session.close()
    assert not unit.jobs
    with Session(own_engine) as other:
        assert list(other.scalars(select(AuditEvent.action))) == ["kept"]


@pytest.mark.parametrize("kind", [Session, LateSession])
def test_what_was_gathered_before_a_close_that_failed_is_not_written_after_it(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch, kind: type[Session]
) -> None:
    def fail(_connection: object) -> None:
        message = "the line was cut"
        raise own_engine.dialect.loaded_dbapi.OperationalError(message)

    session = kind(own_engine)
    unit = unit_of_work(session)
    with unit.gathering():
        unit.connection()
        record_event(session, "lost", actor="test")
        monkeypatch.setattr(own_engine.dialect, "do_rollback", fail)
        with suppress(OperationalError):  # of a late session the driver is asked
            session.close()
        monkeypatch.undo()
        unit.write_gathered()
        record_event(session, "kept", actor="test")
    unit.commit()
    session.close()
    with Session(own_engine) as other:
        assert list(other.scalars(select(AuditEvent.action))) == ["kept"]

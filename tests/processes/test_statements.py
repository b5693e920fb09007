"""Rows that are gathered are written together, and what they depend on is still checked."""

import pytest
from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.changes import AuditEvent, events_of, record_event
from processes.register.providers import TradeRegisterExtract
from processes.statements import Statement, UnwrittenError, gathering, write

KVK = "68750110"
SOURCE = Statement(
    update(TradeRegisterExtract)
    .where(TradeRegisterExtract.kvk == bindparam("of_kvk"))
    .values(source=bindparam("new_source"))
)


def extract(session: Session) -> TradeRegisterExtract:
    known = TradeRegisterExtract(kvk=KVK, outcome="unknown", facts=None, source="a", asked_at=now())
    session.add(known)
    session.flush()
    return known


def test_what_is_gathered_is_there_at_the_end_of_all_kinds(session: Session) -> None:
    known = extract(session)
    with gathering(session):
        write(session, [(SOURCE, [{"of_kvk": KVK, "new_source": "b"}])])
        record_event(session, "one", actor="test", kvk=KVK, words=["a", 1])
        record_event(session, "two", actor="test", kvk=KVK)
    session.refresh(known)
    assert known.source == "b"
    assert {event.action for event in events_of(session, KVK)} == {"one", "two"}


def test_who_reads_meanwhile_reads_what_was_gathered(session: Session) -> None:
    with gathering(session):
        record_event(session, "one", actor="test", kvk=KVK)
        assert [event.action for event in events_of(session, KVK)] == ["one"]


def test_an_update_that_found_nothing_is_told_though_others_were_written_with_it(
    session: Session,
) -> None:
    def change_and_tell() -> None:
        with gathering(session):
            write(session, [(SOURCE, [{"of_kvk": KVK, "new_source": "b"}])])
            record_event(session, "one", actor="test", kvk=KVK)

    with pytest.raises(UnwrittenError):
        change_and_tell()


def test_a_statement_may_hold_a_percent_sign_and_many_rows(session: Session) -> None:
    given = [{"of_kvk": KVK, "new_source": "100% of $1 and %s"}]
    known = extract(session)
    write(session, [(SOURCE, given)])
    for _ in range(3):
        with gathering(session):
            for number in range(30):
                record_event(session, f"event {number} %s", actor="100%", kvk=KVK)
    session.refresh(known)
    assert known.source == "100% of $1 and %s"
    assert session.query(AuditEvent).filter_by(kvk=KVK, actor="100%").count() == 90

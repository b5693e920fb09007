"""Compiled statements send what they were given, whatever it holds."""

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.changes import AuditEvent, record_event
from processes.register.providers import TradeRegisterExtract
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

KVK = "68750110"
SOURCE = Statement(
    update(TradeRegisterExtract)
    .where(TradeRegisterExtract.kvk == bindparam("of_kvk"))
    .values(source=bindparam("new_source"))
)


def test_a_statement_may_hold_a_percent_sign_and_many_rows(session: Session) -> None:
    given = [{"of_kvk": KVK, "new_source": "100% of $1 and %s"}]
    known = TradeRegisterExtract(kvk=KVK, outcome="unknown", facts=None, source="a", asked_at=now())
    session.add(known)
    session.flush()
    unit_of_work(session).write([(SOURCE, given)])
    for _ in range(3):
        with unit_of_work(session).gathering():
            for number in range(30):
                record_event(session, f"event {number} %s", actor="100%", kvk=KVK)
    session.refresh(known)
    assert known.source == "100% of $1 and %s"
    assert session.query(AuditEvent).filter_by(kvk=KVK, actor="100%").count() == 90

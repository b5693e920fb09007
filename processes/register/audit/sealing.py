"""Seals audit events into the hash chain, in order, shortly after their commit (ADR 0023)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Select, Table, func, insert, select, text
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.audit import chain
from processes.register.audit.models import AuditSeal
from processes.register.changes import AuditEvent
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

BATCH = 500  # events in one transaction: SQLite has one writer
MARGIN = timedelta(minutes=5)
"""A transaction is rarely open for so long; a checkpoint finds what is committed later."""
LOCK = 0x10CE7_A0D17  # of PostgreSQL: who holds it is the one who seals
SALT = 16  # bytes

_ADD = Statement(
    insert(cast(Table, AuditSeal.__table__)),
    (
        *("number", "event_id", "action", "at", "salt", "commitment", "previous", "digest"),
        "sealed_at",
    ),
)


def last_seal(session: Session) -> AuditSeal | None:
    """The end of the chain."""
    return session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))


def unsealed(session: Session, *, complete: bool = False) -> Sequence[Row[Any]]:
    """The next events without a seal, at most BATCH, oldest first.

    Looks at what was written around the last sealing and since; or at all there is.
    """
    last = None if complete else last_seal(session)
    return session.execute(_unsealed(last.sealed_at - MARGIN if last else None)).all()


def is_due(session: Session) -> bool:
    """Whether an event waits for its seal."""
    last = last_seal(session)
    since = last.sealed_at - MARGIN if last else None
    return session.execute(_unsealed(since).limit(1)).first() is not None


def waits(session: Session, event_ids: Sequence[UUID]) -> bool:
    """Whether one of these events has no seal yet; looks at no other ones."""
    for start in range(0, len(event_ids), BATCH):
        ids = event_ids[start : start + BATCH]
        sealed = select(func.count()).where(AuditSeal.event_id.in_(ids))
        if (session.scalar(sealed) or 0) < len(ids):
            return True
    return False


def seal(session: Session, *, complete: bool = False) -> int:
    """Seal a batch in the caller's transaction; how many. 0 while another process is sealing."""
    return _seal(session, complete=complete) if _may_seal(session) else 0


def seal_all(session: Session) -> int:
    """Seal every event there is, a transaction for each batch; how many."""
    count = 0
    while sealed := _seal_after_others(session):
        unit_of_work(session).commit()
        count += sealed
    return count


def seal_rest(session: Session) -> None:
    """Seal every event there is in the caller's transaction, after whoever is sealing now."""
    while _seal_after_others(session):
        pass


def _seal_after_others(session: Session) -> int:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    return _seal(session, complete=True)


def _may_seal(session: Session) -> bool:
    """On SQLite the transaction itself is the one that writes."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    locked = session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": LOCK})
    return bool(locked)


def _unsealed(since: datetime | None) -> Select[Any]:
    has_seal = select(AuditSeal.number).where(AuditSeal.event_id == AuditEvent.id).exists()
    query = select(
        *(AuditEvent.id, AuditEvent.action, AuditEvent.at, AuditEvent.actor, AuditEvent.kvk),
        *(AuditEvent.subject, AuditEvent.details),
    ).where(~has_seal)
    if since is not None:
        query = query.where(AuditEvent.at >= since)
    return query.order_by(AuditEvent.at, AuditEvent.id).limit(BATCH)


def _seal(session: Session, *, complete: bool) -> int:
    events = unsealed(session, complete=complete)
    if events:
        last = last_seal(session)
        number, previous = (last.number, last.digest) if last else (0, chain.START)
        links = list(_links(events, number, previous))
        unit_of_work(session).write([(_ADD, links)])
        unit_of_work(session).write_gathered()
    return len(events)


def _links(events: Sequence[Row[Any]], number: int, previous: bytes) -> Iterator[dict[str, Any]]:
    moment = now()
    for event in events:
        number += 1
        salt = token_bytes(SALT)
        personal = chain.Personal(event.actor, event.kvk, event.subject, event.details)
        committed = chain.commitment(salt, personal)
        happened = chain.Happened(event.id, event.action, event.at)
        own = chain.digest(number, previous, happened, committed)
        yield {
            "number": number,
            "event_id": event.id,
            "action": event.action,
            "at": event.at,
            "salt": salt,
            "commitment": committed,
            "previous": previous,
            "digest": own,
            "sealed_at": moment,
        }
        previous = own

"""Seals audit events into the hash chain, in order, shortly after their commit (ADR 0023)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from processes.base import UtcDateTime, now
from processes.register.audit import chain
from processes.register.audit.models import AuditSeal
from processes.register.changes import AuditEvent
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

BATCH = 500  # events in one transaction: SQLite has one writer
SOON = timedelta(seconds=1)
"""Nearly every transaction is committed so soon after its event: each sealing looks back so far."""
MARGIN = timedelta(minutes=5)
"""A transaction is rarely open for so long: the first sealing in each minute looks back so far.

A checkpoint finds what is committed later.
"""
LOCK = 0x10CE7_A0D17  # of PostgreSQL: who holds it is the one who seals
SALT = 16  # bytes

_EVER = datetime.min.replace(tzinfo=UTC)
_MINUTE = timedelta(minutes=1)

_ADD = Statement(
    insert(cast(Table, AuditSeal.__table__)),
    (
        *("number", "event_id", "action", "at", "salt", "commitment", "previous", "digest"),
        "sealed_at",
    ),
)
_LAST = Statement(
    select(
        *(AuditSeal.number, AuditSeal.event_id, AuditSeal.digest, AuditSeal.at),
        AuditSeal.sealed_at,
    )
    .order_by(AuditSeal.number.desc())
    .limit(1)
)
_UNSEALED = Statement(
    select(
        *(AuditEvent.id, AuditEvent.action, AuditEvent.at),
        *(AuditEvent.actor, AuditEvent.kvk, AuditEvent.subject, AuditEvent.details),
    )
    .where(
        ~select(AuditSeal.number).where(AuditSeal.event_id == AuditEvent.id).exists(),
        AuditEvent.at >= bindparam("since", type_=UtcDateTime),
    )
    .order_by(AuditEvent.at, AuditEvent.id)
    .limit(bindparam("limit", type_=Integer))
)
_WAIT_FOR_TURN = Statement(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger))))
_TAKE_TURN = Statement(select(func.pg_try_advisory_xact_lock(bindparam("key", type_=BigInteger))))


class End(NamedTuple):
    """The last link of the chain."""

    number: int
    event_id: UUID
    digest: bytes
    at: datetime
    sealed_at: datetime


def last_seal(session: Session) -> End | None:
    """The end of the chain."""
    row = unit_of_work(session).first(_LAST, {})
    return None if row is None else End(*row)


def unsealed(session: Session, since: datetime, limit: int) -> Sequence[tuple[Any, ...]]:
    """The first events since this moment that have no seal, oldest first."""
    return unit_of_work(session).all(_UNSEALED, {"since": since, "limit": limit})


def is_due(session: Session) -> bool:
    """Whether an event waits for its seal."""
    return bool(unsealed(session, _since(last_seal(session)), 1))


def _since(last: End | None) -> datetime:
    """From where to look for events without a seal.

    All of before are sealed, but for what was committed late. A full batch leaves the events after
    its last one. The first sealing in a minute sees whatever was not committed when the former
    minute's first one looked, and that was up to a minute before the end of the chain was sealed.
    """
    if last is None:
        return _EVER
    is_first = _minute_of(now()) != _minute_of(last.sealed_at)
    return min(last.sealed_at, last.at) - (MARGIN + _MINUTE if is_first else SOON)


def _minute_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def waits(session: Session, event_ids: Sequence[UUID]) -> bool:
    """Whether one of these events has no seal yet; looks at no other ones."""
    for start in range(0, len(event_ids), BATCH):
        ids = event_ids[start : start + BATCH]
        sealed = select(func.count()).where(AuditSeal.event_id.in_(ids))
        if (session.scalar(sealed) or 0) < len(ids):
            return True
    return False


def seal(session: Session) -> int:
    """Seal a batch in the caller's transaction; how many. 0 while another process is sealing."""
    return len(_seal(session)) if _may_seal(session) else 0


def seal_all(session: Session) -> int:
    """Seal every event there is, a transaction for each batch; how many."""
    count, since = 0, _EVER
    while events := _seal_after_others(session, since):
        unit_of_work(session).commit()
        count += len(events)
        since = _moment(events[-1])
    return count


def seal_rest(session: Session) -> None:
    """Seal every event there is in the caller's transaction, after whoever is sealing now."""
    since = _EVER
    while events := _seal_after_others(session, since):
        since = _moment(events[-1])


def _seal_after_others(session: Session, since: datetime) -> Sequence[tuple[Any, ...]]:
    """Batches go on from one another: to look from the beginning each time grew with its square."""
    if session.get_bind().dialect.name == "postgresql":
        unit_of_work(session).first(_WAIT_FOR_TURN, {"key": LOCK})
    return _seal(session, since)


def _may_seal(session: Session) -> bool:
    """On SQLite the transaction itself is the one that writes."""
    unit = unit_of_work(session)
    if unit.connection().dialect.name != "postgresql":
        return True
    (is_locked,) = unit.first(_TAKE_TURN, {"key": LOCK}) or (False,)
    return bool(is_locked)


def _seal(session: Session, since: datetime | None = None) -> Sequence[tuple[Any, ...]]:
    """The events of a batch, sealed; without a moment, from where the last sealing came."""
    last = last_seal(session)
    events = unsealed(session, since or _since(last), BATCH)
    if events:
        number, previous = (last.number, last.digest) if last else (0, chain.START)
        links = list(_links(events, number, previous))
        unit_of_work(session).write([(_ADD, links)])
        unit_of_work(session).write_gathered()
    return events


def _moment(event: tuple[Any, ...]) -> datetime:
    """When it happened (its third column)."""
    moment: datetime = event[2]
    return moment


def _links(
    events: Sequence[tuple[Any, ...]], number: int, previous: bytes
) -> Iterator[dict[str, Any]]:
    moment = now()
    for event_id, action, at, *personal in events:
        number += 1
        salt = token_bytes(SALT)
        committed = chain.commitment(salt, chain.Personal(*personal))
        own = chain.digest(number, previous, chain.Happened(event_id, action, at), committed)
        yield {
            "number": number,
            "event_id": event_id,
            "action": action,
            "at": at,
            "salt": salt,
            "commitment": committed,
            "previous": previous,
            "digest": own,
            "sealed_at": moment,
        }
        previous = own

"""Verifies the audit trail: every event against its link, every link, every checkpoint."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.register.audit import chain
from processes.register.audit.checkpoints import Checkpoint, kept
from processes.register.audit.models import AuditSeal
from processes.register.changes import AuditEvent

TELLS_OF_ERASURE = "trail-erased"
AT_ONCE = 1000  # rows fetched at a time


@dataclass(frozen=True)
class Verified:
    """What came out. `broken` in the order of the chain; empty when all is as it was written."""

    links: int
    waiting: int
    checkpoints: int
    unknown_keys: int
    broken: list[str]


def verify(
    session: Session,
    keys: Collection[Ed25519PublicKey] = (),
    outside: Iterable[Checkpoint] = (),
) -> Verified:
    """Go through the whole chain. `outside`: checkpoints that were kept elsewhere."""
    checkpoints = [*kept(session), *outside]
    walk = _Walk(session, {each.number for each in checkpoints})
    broken = list(walk.broken())
    unknown = 0
    for each in checkpoints:
        is_good = each.is_signed_by(keys)
        unknown += is_good is None
        broken += _of_checkpoint(each, walk, is_good=is_good)
    return Verified(walk.links, _waiting(session), len(checkpoints), unknown, broken)


class _Walk:
    """The links in their order, each with its event."""

    def __init__(self, session: Session, marked: Collection[int]) -> None:
        self._session = session
        self._marked = marked
        self.links = 0
        self.last = 0
        self.digests: dict[int, bytes] = {}
        """The digests of the links that a checkpoint is of."""
        self._erased: Counter[UUID | None] = Counter()

    def broken(self) -> Iterator[str]:
        """A sentence for whatever is not as it was sealed, in the order of the chain."""
        previous = chain.START
        for row in self._rows():
            self.links += 1
            if row.number != self.last + 1:
                yield _missing(self.last + 1, row.number - 1, before=row)
            elif row.previous != previous:
                yield f"{_name(row)}: the link before it was changed"
            yield from self._of_row(row)
            self.last, previous = row.number, row.digest
            if row.number in self._marked:
                self.digests[row.number] = row.digest
        yield from self._of_erasures()

    def _rows(self) -> Iterable[Row[Any]]:
        query = (
            select(AuditSeal.__table__, AuditEvent.id, *_PERSONAL, _ACTION, _AT)
            .outerjoin(AuditEvent, AuditEvent.id == AuditSeal.event_id)
            .order_by(AuditSeal.number)
            .execution_options(yield_per=AT_ONCE)
        )
        return self._session.execute(query)

    def _of_row(self, row: Row[Any]) -> Iterator[str]:
        happened = chain.Happened(row.event_id, row.action, row.at)
        own = chain.digest(row.number, row.previous, happened, row.commitment)
        if own != row.digest:
            yield f"{_name(row)}: its link was changed"
        elif row.id is None:
            yield f"{_name(row)}: taken out"
        elif (row.event_action, row.event_at) != (row.action, row.at):
            yield f"{_name(row)}: changed, it is now {row.event_action} of {row.event_at:%c}"
        elif row.salt is None:
            self._erased[row.erased_by] += 1
            if _personal(row) != chain.ERASED:
                yield f"{_name(row)}: erased, and written anew"
        elif chain.commitment(row.salt, _personal(row)) != row.commitment:
            yield f"{_name(row)}: who, which company, what about or the details were changed"

    def _of_erasures(self) -> Iterator[str]:
        """As many events are erased as the events say that tell of it."""
        for event_id, count in self._erased.items():
            told = self._session.get(AuditEvent, event_id) if event_id else None
            number = (
                told.details.get("number") if told and told.action == TELLS_OF_ERASURE else None
            )
            if number != count:
                yield f"{count} events are erased by event {event_id}, which tells of {number}"


_PERSONAL = (AuditEvent.actor, AuditEvent.kvk, AuditEvent.subject, AuditEvent.details)
_ACTION = AuditEvent.action.label("event_action")
_AT = AuditEvent.at.label("event_at")


def _personal(row: Row[Any]) -> chain.Personal:
    return chain.Personal(row.actor, row.kvk, row.subject, row.details)


def _name(row: Row[Any]) -> str:
    moment = row.at.isoformat(timespec="seconds")
    return f"number {row.number} ({row.action}, {moment}, event {row.event_id})"


def _missing(first: int, last: int, *, before: Row[Any]) -> str:
    numbers = f"number {first}" if first == last else f"numbers {first} to {last}"
    return f"{numbers}: taken out with the event, before {_name(before)}"


def _of_checkpoint(checkpoint: Checkpoint, walk: _Walk, *, is_good: bool | None) -> Iterator[str]:
    name = f"checkpoint of {checkpoint.day}"
    if is_good is False:
        yield f"{name}: its signature is not that of key {checkpoint.key_id}"
    elif checkpoint.number > walk.last:
        yield f"{name}: the chain ended at number {checkpoint.number}, and ends at {walk.last} now"
    elif walk.digests.get(checkpoint.number) != checkpoint.digest:
        yield f"{name}: the chain up to number {checkpoint.number} was written anew"


def _waiting(session: Session) -> int:
    has_seal = select(AuditSeal.number).where(AuditSeal.event_id == AuditEvent.id).exists()
    query = select(func.count()).select_from(AuditEvent).where(~has_seal, AuditEvent.at <= now())
    return session.scalar(query) or 0

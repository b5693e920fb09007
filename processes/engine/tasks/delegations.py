"""Delegation during absence: for a while somebody also does the tasks that another one has.

One level deep: what somebody does for another is not passed on. It gives no rights: who stands in
sees and does only what they may do themselves (R62).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from processes.base import now, today
from processes.engine.store.models import ProcessInstance, UserTask
from processes.engine.store.work_models import Delegation
from processes.engine.tasks.rights import Person

MOST_DAYS = 366


class DelegationError(ValueError):
    """The days cannot be those of an absence."""


def delegate_to(  # noqa: PLR0913 - each is a fact about the absence, given by name
    session: Session,
    person: Person,
    to: Person,
    *,
    from_date: date,
    until_date: date,
    process_key: str | None = None,
    reason: str,
) -> Delegation:
    """Let `to` do what `person` has, from the first to the last day. Raises DelegationError."""
    lasts = (until_date - from_date).days
    if not 0 <= lasts <= MOST_DAYS or until_date < today() or to.reference == person.reference:
        raise DelegationError
    made = Delegation(
        from_person=person.reference,
        to_person=to.reference,
        process_key=process_key,
        from_date=from_date,
        until_date=until_date,
        reason=reason,
    )
    session.add(made)
    session.flush()
    return made


def end_delegation(session: Session, delegation_id: UUID, person: Person) -> Delegation:
    """End a delegation that this person made. Raises LookupError."""
    found = session.get(Delegation, delegation_id, with_for_update=True)
    if found is None or found.from_person != person.reference or found.ended_at is not None:
        raise LookupError(delegation_id)
    found.ended_at = now()
    session.flush()
    return found


def delegations_of(session: Session, person: Person) -> Sequence[Delegation]:
    """Those that this person made, or that make them stand in, and are not over."""
    query = select(Delegation).where(
        or_(Delegation.from_person == person.reference, Delegation.to_person == person.reference),
        Delegation.until_date >= today(),
        Delegation.ended_at.is_(None),
    )
    return session.scalars(query.order_by(Delegation.from_date, Delegation.id)).all()


def is_held_for(person: Person) -> ColumnElement[bool]:
    """Condition: this person has the `UserTask`, or stands in today for who has it."""
    return held_by(person.reference, today())


def held_by(reference: Any, day: Any) -> ColumnElement[bool]:
    """Condition as that of `is_held_for`; what is given may be bound parameters."""
    of_process = or_(
        Delegation.process_key.is_(None), Delegation.process_key == ProcessInstance.process_key
    )
    stands_in = exists().where(
        *_in_force(reference, day), Delegation.from_person == UserTask.assignee, of_process
    )
    return or_(UserTask.assignee == reference, stands_in.correlate(UserTask, ProcessInstance))


def stood_in_for(reference: Any, day: Any) -> Select[str]:
    """The user references of those for whom this person stands in, in some process."""
    return select(Delegation.from_person).where(*_in_force(reference, day))


def stands_in(session: Session, person: Person, holder: str, process_key: str) -> bool:
    """Whether this person does today what the holder has, in this process."""
    query = exists().where(*_in_force(person.reference, today()), Delegation.from_person == holder)
    of_process = or_(Delegation.process_key.is_(None), Delegation.process_key == process_key)
    return bool(session.scalar(select(query.where(of_process))))


def is_away(reference: Any) -> ColumnElement[bool]:
    """Condition: who has this reference is absent today, for all processes."""
    day = today()
    return exists().where(
        Delegation.from_person == reference,
        Delegation.process_key.is_(None),
        Delegation.from_date <= day,
        Delegation.until_date >= day,
        Delegation.ended_at.is_(None),
    )


def _in_force(to_person: Any, day: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        Delegation.to_person == to_person,
        and_(Delegation.from_date <= day, Delegation.until_date >= day),
        Delegation.ended_at.is_(None),
    )

"""A teacher evaluates an activity that is in their portfolio; once, and may change it (R37)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from processes.base import now
from processes.register.offers.evaluations import EVALUATED, Evaluation
from processes.register.offers.offers import OfferDeletedError
from processes.register.offers.terms import OfferStatus
from processes.register.portfolio.entries import EntryNotFoundError, PortfolioEntry
from processes.register.portfolio.teachers import Teacher


def may_evaluate(entry: PortfolioEntry) -> bool:
    """It is of an offer that is there, and of a type that teachers evaluate."""
    is_there = entry.offer is not None and entry.offer.status is not OfferStatus.DELETED
    return is_there and entry.kind in EVALUATED


def entry_to_evaluate(session: Session, teacher: Teacher, offer_id: UUID) -> PortfolioEntry:
    """Their newest entry of this offer.

    Raises EntryNotFoundError, also where they may not, and OfferDeletedError.
    """
    query = (
        select(PortfolioEntry)
        .where(PortfolioEntry.teacher_id == teacher.id, PortfolioEntry.offer_id == offer_id)
        .order_by(PortfolioEntry.followed_on.desc(), PortfolioEntry.added_at.desc())
        .options(joinedload(PortfolioEntry.offer))
        .limit(1)
    )
    entry = session.scalar(query)
    if entry is not None and entry.is_of_deleted_offer:
        raise OfferDeletedError(offer_id)
    if entry is None or not may_evaluate(entry):
        raise EntryNotFoundError(offer_id)
    return entry


def evaluation_by(session: Session, teacher: Teacher, offer_id: UUID) -> Evaluation | None:
    """What this teacher answered before."""
    return session.scalar(select(Evaluation).filter_by(teacher_id=teacher.id, offer_id=offer_id))


def evaluated_by(session: Session, teacher: Teacher) -> set[UUID]:
    """The offers that this teacher evaluated."""
    query = select(Evaluation.offer_id).where(Evaluation.teacher_id == teacher.id)
    return set(session.scalars(query))


def evaluate(
    session: Session, teacher: Teacher, offer_id: UUID, answers: Mapping[str, int]
) -> None:
    """Keep the answers, in the place of earlier ones.

    Raises EntryNotFoundError, OfferDeletedError.
    """
    entry_to_evaluate(session, teacher, offer_id)
    values: dict[str, Any] = dict(answers)
    kept = evaluation_by(session, teacher, offer_id)
    if kept is None:
        session.add(Evaluation(teacher_id=teacher.id, offer_id=offer_id, **values))
    else:
        for name, value in (values | {"given_at": now()}).items():
            setattr(kept, name, value)
    session.flush()


def withdraw_without_entry(session: Session, teacher: Teacher, offer_id: UUID | None) -> None:
    """Who no longer holds the activity has no say in it."""
    held = select(PortfolioEntry.id).filter_by(teacher_id=teacher.id, offer_id=offer_id)
    if offer_id is not None and session.scalar(held.limit(1)) is None:
        gone = (Evaluation.teacher_id == teacher.id) & (Evaluation.offer_id == offer_id)
        session.execute(delete(Evaluation).where(gone))

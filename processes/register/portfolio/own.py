"""Activities and self-study that teachers put in their portfolio by hand, with evidence (A4)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.register.offers.terms import OfferKind
from processes.register.portfolio.entries import (
    EntryNotFoundError,
    PortfolioEntry,
    add_to,
)
from processes.register.portfolio.teachers import Teacher


@dataclass(frozen=True)
class OwnActivity:
    """What a teacher writes of it; `evidence` holds references to files (id, name, size, type)."""

    kind: OfferKind
    title: str
    provider_name: str
    contribution: str
    contact_hours: Decimal
    self_study_hours: Decimal
    areas: frozenset[str]
    followed_on: date
    evidence: list[Any]


def submitted_own(session: Session, teacher: Teacher, submission_id: UUID) -> PortfolioEntry | None:
    """What this form made, if it was sent before: a double click, or somebody who went back."""
    return session.get(PortfolioEntry, _made_by(teacher, submission_id))


def add_own(
    session: Session, teacher: Teacher, activity: OwnActivity, submission_id: UUID
) -> PortfolioEntry:
    """An entry without an offer; `submitted_own` finds it by this form from now on."""
    entry = PortfolioEntry(
        id=_made_by(teacher, submission_id),
        teacher_id=teacher.id,
        offer_id=None,
        offer_version=None,
        **vars(activity),
    )
    return add_to(session, entry)


def _made_by(teacher: Teacher, submission_id: UUID) -> UUID:
    return uuid5(teacher.id, str(submission_id))


def own_entry(session: Session, teacher: Teacher, entry_id: UUID) -> PortfolioEntry:
    """An entry that this teacher wrote. Raises EntryNotFoundError, also for another's."""
    entry = session.scalar(
        select(PortfolioEntry).where(
            PortfolioEntry.id == entry_id,
            PortfolioEntry.teacher_id == teacher.id,
            PortfolioEntry.offer_id.is_(None),
        )
    )
    if entry is None:
        raise EntryNotFoundError(entry_id)
    return entry


def change_own(session: Session, entry: PortfolioEntry, activity: OwnActivity) -> None:
    """Replace what was written."""
    for name, value in vars(activity).items():
        setattr(entry, name, value)
    session.flush()

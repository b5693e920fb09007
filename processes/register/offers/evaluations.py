"""What teachers think of an activity, shown from five answers up (R37)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.offers.terms import OfferKind

LEAST = 5  # answers: from fewer, one might be guessed (R37)
EVALUATED = frozenset(OfferKind) - {OfferKind.SELF_STUDY}  # six of the seven types (A3)
QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "useful": "Ik kan dit gebruiken in mijn werk",
        "accurate": "De activiteit klopte met de beschrijving",
        "recommended": "Ik raad deze activiteit aan collega's aan",
    }
)
"""The statements, by the column that holds the answer: 1 (not at all) to 5 (entirely)."""


class Evaluation(Record):
    """What one teacher thinks of one activity; erased with the content of the offer."""

    __tablename__ = "offer_evaluation"
    __table_args__ = (
        UniqueConstraint("teacher_id", "offer_id"),
        Index("ix_offer_evaluation_offer", "offer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teacher.id"))
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    useful: Mapped[int]
    accurate: Mapped[int]
    recommended: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(default_factory=now)


@dataclass(frozen=True)
class Mean:
    """What teachers answer to one statement on the whole: 1 to 5, with one decimal."""

    name: str
    statement: str
    value: float


@dataclass(frozen=True)
class Summary:
    """How many teachers answered, and the mean of each statement."""

    answers: int
    means: tuple[Mean, ...]


def summary_of(session: Session, offer_id: UUID) -> Summary | None:
    """What provider and public see; None below five answers."""
    means = [func.avg(getattr(Evaluation, name)) for name in QUESTIONS]
    query = select(func.count(), *means).where(Evaluation.offer_id == offer_id)
    answers, *found = session.execute(query).one()
    if answers < LEAST:
        return None
    rounded = (round(float(mean), 1) for mean in found)
    told = zip(QUESTIONS.items(), rounded, strict=True)
    return Summary(answers, tuple(Mean(*question, mean) for question, mean in told))


def erase_evaluations(session: Session, offer_id: UUID) -> None:
    """With the content of the offer (R32, R37)."""
    session.execute(delete(Evaluation).where(Evaluation.offer_id == offer_id))

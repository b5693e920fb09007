"""What people report about an offer: why it is wrong, without who they are."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.changes import record_event
from processes.register.offers.rules import Offer

MOST_OPEN = 20
"""Reports about one offer that nobody handled: more tell nothing new."""


class ReportKind(StrEnum):
    WRONG = "klopt-niet"
    ENDED = "bestaat-niet"
    MISLEADING = "misleidend"
    IMPROPER = "ongepast"
    OTHER = "anders"


REPORT_KINDS: Mapping[ReportKind, str] = {
    ReportKind.WRONG: "De gegevens kloppen niet",
    ReportKind.ENDED: "De activiteit wordt niet meer gegeven",
    ReportKind.MISLEADING: "De tekst belooft te veel",
    ReportKind.IMPROPER: "De tekst is ongepast of hoort hier niet",
    ReportKind.OTHER: "Iets anders",
}


class OfferReport(Record):
    """One report; open until the staff has handled the case that it belongs to."""

    __tablename__ = "offer_report"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"), index=True)
    kind: Mapped[str]  # a ReportKind
    text: Mapped[str] = mapped_column(Text)
    reported_by: Mapped[str]  # "bezoeker", "leraar", or the name of a member of the staff
    reported_at: Mapped[datetime] = mapped_column(default_factory=now)
    handled_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def label(self) -> str:
        """What is wrong, in Dutch."""
        return REPORT_KINDS.get(ReportKind(self.kind), self.kind)


class TooManyReportsError(Exception):
    """Many reported this offer, and nobody handled it yet."""


def add_report(session: Session, offer: Offer, kind: ReportKind, text: str, *, by: str) -> None:
    """Keep a report; one that waits already, word for word, is kept once.

    `offer` has its provider loaded. Raises TooManyReportsError.
    """
    waiting = select(OfferReport).where(
        OfferReport.offer_id == offer.id, OfferReport.handled_at.is_(None)
    )
    same = waiting.filter_by(kind=kind.value, text=text, reported_by=by)
    if session.scalar(same.limit(1)) is not None:
        return
    if (session.scalar(select(func.count()).select_from(waiting.subquery())) or 0) >= MOST_OPEN:
        raise TooManyReportsError(offer.id)
    session.add(OfferReport(offer_id=offer.id, kind=kind.value, text=text, reported_by=by))
    session.flush()
    record_event(
        session,
        "offer-reported",
        actor=by,
        kvk=offer.provider.kvk,
        subject=f"offer:{offer.id}",
        kind=kind.value,
    )


def reports_of(session: Session, offer_id: UUID, *, is_open: bool = False) -> list[OfferReport]:
    """The reports about an offer, the newest first; only those that nobody handled."""
    query = select(OfferReport).where(OfferReport.offer_id == offer_id)
    if is_open:
        query = query.where(OfferReport.handled_at.is_(None))
    return list(session.scalars(query.order_by(OfferReport.reported_at.desc(), OfferReport.id)))


def handle_reports(session: Session, offer_id: UUID) -> None:
    """The staff has judged all that was reported about this offer until now."""
    waiting = OfferReport.handled_at.is_(None)
    about = update(OfferReport).where(OfferReport.offer_id == offer_id, waiting)
    session.execute(about.values(handled_at=now()))

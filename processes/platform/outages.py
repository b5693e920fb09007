"""Notices of an outage that an operator tells on every page, from a moment until another (D5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now


class OutageNotice(Record):
    """One notice; kept afterwards, for a term that is extended because of the outage."""

    __tablename__ = "outage_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    text: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default_factory=now)

    def is_shown(self, on: datetime) -> bool:
        """Whether pages tell it at this moment."""
        return self.starts_at <= on < self.ends_at


def tell(session: Session, notice: OutageNotice) -> bool:
    """Keep a notice; False where the same id told it before."""
    if session.get(OutageNotice, notice.id) is not None:
        return False
    session.add(notice)
    session.flush()
    return True


def end(session: Session, notice_id: UUID) -> OutageNotice | None:
    """Tell it no longer; None where it is over, or not there. One to come never starts."""
    notice = session.get(OutageNotice, notice_id, with_for_update=True)
    if notice is None or notice.ends_at <= now():
        return None
    notice.ends_at = now()
    session.flush()
    return notice


def to_tell(session: Session) -> Sequence[OutageNotice]:
    """What is told now or will be, the first to begin first."""
    query = select(OutageNotice).where(OutageNotice.ends_at > now())
    return session.scalars(query.order_by(OutageNotice.starts_at, OutageNotice.id)).all()


def is_told_now(session: Session) -> bool:
    """Whether pages tell of an outage at this moment."""
    return any(each.is_shown(now()) for each in to_tell(session))


def over(session: Session, most: int = 20) -> Sequence[OutageNotice]:
    """What was told before, the last first."""
    query = select(OutageNotice).where(OutageNotice.ends_at <= now())
    return session.scalars(query.order_by(OutageNotice.ends_at.desc()).limit(most)).all()

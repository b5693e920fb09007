"""Teachers who signed in, and what they chose for their portfolio."""

from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.offers.terms import Sector


class Teacher(Record):
    """A teacher who signed in; the portfolio is theirs alone."""

    __tablename__ = "teacher"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    sector: Mapped[str | None] = mapped_column(
        default=None
    )  # vo: 40 hours of subject knowledge (A4)
    period_start: Mapped[date | None] = mapped_column(default=None)  # of the first four years
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    # None where a host of an older release made the row, during an upgrade.
    last_login_at: Mapped[datetime | None] = mapped_column(default_factory=now)


def known_teacher(session: Session, *, issuer: str, subject: str, name: str) -> Teacher:
    """The teacher who signed in, made at the first time."""
    query = select(Teacher).filter_by(issuer=issuer, subject=subject)
    if session.scalar(query) is None:
        new = Teacher(issuer=issuer, subject=subject, name=name)
        with suppress(IntegrityError), session.begin_nested():  # another tab may be first
            session.add(new)
    teacher = session.scalars(query).one()
    teacher.name, teacher.last_login_at = name or teacher.name, now()
    return teacher


def choose_sector(session: Session, teacher: Teacher, sector: Sector | None) -> None:
    """In secondary education 40 hours must be subject knowledge (A4)."""
    teacher.sector = sector
    session.flush()


def choose_period(session: Session, teacher: Teacher, start: date | None) -> None:
    """The first day of their four years; None counts back from today."""
    teacher.period_start = start
    session.flush()

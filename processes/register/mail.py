"""Log of outgoing mail per provider, with delivery status (R45, R61, D5)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.providers.providers import Provider

REPEAT = " again by "


class MailStatus(StrEnum):
    WAITING = "nog niet verzonden"
    SENT = "verzonden"
    REFUSED = "geweigerd"  # by the mail server, for good


class OutgoingMail(Record):
    """One mail. The row is made before sending; its Message-ID never changes (R44)."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index("ix_outgoing_mail_kvk", "kvk"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    key: Mapped[str] = mapped_column(unique=True)  # the idempotency key of the job that sends it
    kvk: Mapped[str | None]  # of the provider that it is about, if of one
    kind: Mapped[str]  # registration-confirmed, contact-changed, …
    recipient: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    status: Mapped[MailStatus] = mapped_column(default=MailStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_answer: Mapped[str | None] = mapped_column(default=None)  # of the mail server
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


def mails_to(session: Session, kvk: str, limit: int) -> list[OutgoingMail]:
    """The last mails about this provider, newest first (D5)."""
    query = select(OutgoingMail).where(OutgoingMail.kvk == kvk)
    return list(session.scalars(query.order_by(OutgoingMail.created_at.desc()).limit(limit)))


def is_refused(session: Session, key: str) -> bool:
    """Whether the mail of the job with this idempotency key did not arrive, and no repeat did."""
    mail = session.scalar(select(OutgoingMail).where(OutgoingMail.key == key))
    return mail is not None and mail.status is MailStatus.REFUSED and not is_repeated(session, mail)


def repeat_key(mail: OutgoingMail) -> str:
    """The key of the mail that goes instead of this one."""
    return f"{original_key(mail)}{REPEAT}{mail.id}"


def original_key(mail: OutgoingMail) -> str:
    """The key of the mail that this one repeats, or its own."""
    return mail.key.partition(REPEAT)[0]


def is_repeated(session: Session, mail: OutgoingMail) -> bool:
    """Whether a repeat of this mail, or of the one that it repeats, is accepted by a server."""
    query = select(OutgoingMail.id).where(_repeats(mail), OutgoingMail.status == MailStatus.SENT)
    return session.scalar(query.limit(1)) is not None


def last_of_chain(session: Session, mail: OutgoingMail) -> OutgoingMail:
    """The last repeat of this mail, or of the one that it repeats; without any, the mail."""
    query = select(OutgoingMail).where(_repeats(mail))
    newest = query.order_by(OutgoingMail.created_at.desc(), OutgoingMail.id.desc())
    return session.scalar(newest.limit(1)) or mail


def _repeats(mail: OutgoingMail) -> ColumnElement[bool]:
    return OutgoingMail.key.startswith(original_key(mail) + REPEAT, autoescape=True)


def refused_address(session: Session, provider: Provider) -> bool:
    """Whether the contact's address was refused at the last attempt (R45b)."""
    last = session.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.kvk == provider.kvk)
        .where(OutgoingMail.recipient == provider.contact_email)
        .order_by(OutgoingMail.created_at.desc())
        .limit(1)
    ).first()
    return last is not None and last.status is MailStatus.REFUSED

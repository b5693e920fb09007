"""Web sessions: who is signed in, in which browser; the id is the hash of the browser's token."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, StringSet, now
from processes.platform.settings import Settings
from processes.register.providers.people import Right
from processes.statements import Statement
from processes.unit_of_work import unit_of_work


class WebSession(Record):
    """One signed-in browser. Its id is the hash of the token."""

    __tablename__ = "web_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    label: Mapped[str]
    roles: Mapped[frozenset[str]] = mapped_column(StringSet)
    issuer: Mapped[str]
    subject: Mapped[str]
    kvk: Mapped[str | None] = mapped_column(index=True)
    company: Mapped[str | None]
    branch: Mapped[str | None]
    loa: Mapped[str | None]
    intermediary: Mapped[str | None]
    device: Mapped[str] = mapped_column(default="", server_default="")  # in words
    right: Mapped[Right] = mapped_column(
        "access_right", default=Right.READER, server_default=Right.READER.value
    )
    kept: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    started_at: Mapped[datetime] = mapped_column(default_factory=now)
    seen_at: Mapped[datetime] = mapped_column(default_factory=now, index=True)
    account_ends_at: Mapped[datetime | None] = mapped_column(default=None)
    authenticated_at: Mapped[datetime | None] = mapped_column(default=None)  # as the provider says
    provider_session: Mapped[str | None] = mapped_column(default=None)  # `sid` of an OIDC provider
    provider_subject: Mapped[str | None] = mapped_column(default=None)  # `sub` there

    @property
    def handle(self) -> str:
        """Names this session on a page; whoever has it can open nothing."""
        return digest(self.id)


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class KnownSession:
    """What each request asks of a session, read past the ORM."""

    id: str
    user_id: UUID
    label: str
    roles: frozenset[str]
    issuer: str
    subject: str
    kvk: str | None
    company: str | None
    branch: str | None
    loa: str | None
    intermediary: str | None
    right: Right
    kept: dict[str, Any] | None
    started_at: datetime
    seen_at: datetime
    account_ends_at: datetime | None
    authenticated_at: datetime | None


_BY_ID = Statement(
    select(*(getattr(WebSession, each.name) for each in fields(KnownSession))).where(
        WebSession.id == bindparam("session_id")
    )
)


def known_session(session: Session, session_id: str) -> KnownSession | None:
    """The session with this id; None if there is none."""
    found = unit_of_work(session).first(_BY_ID, {"session_id": session_id})
    return None if found is None else KnownSession(*found)


def ends_at(of: KnownSession | WebSession, settings: Settings) -> datetime:
    """When it ends whatever the user does: never later than the account does."""
    at_most = of.started_at + timedelta(hours=settings.session_absolute_hours)
    return min(at_most, of.account_ends_at or at_most)


def has_ended(of: KnownSession | WebSession, settings: Settings) -> bool:
    """Whether its last moment has come, or it was not used for too long."""
    idle = timedelta(minutes=settings.session_idle_minutes)
    return now() >= min(of.seen_at + idle, ends_at(of, settings))


def digest(token: str) -> str:
    """The hash under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def end_all_of(session: Session, kvk: str) -> int:
    """Sign out everybody of this company, in every browser (R18b); how many sessions ended."""
    return end_where(session, WebSession.kvk == kvk)


def end_where(session: Session, *which: ColumnElement[bool]) -> int:
    """Sign out everybody of these sessions; how many ended."""
    ended = delete(WebSession).where(*which).returning(WebSession.id)
    return len(session.scalars(ended).all())

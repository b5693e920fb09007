"""Web sessions: who is signed in, in which browser; the id is the hash of the browser's token."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, StringSet, now
from processes.platform.settings import Settings
from processes.register.providers.people import Right


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

    def ends_at(self, settings: Settings) -> datetime:
        """When it ends whatever the user does: never later than the account does."""
        at_most = self.started_at + timedelta(hours=settings.session_absolute_hours)
        return min(at_most, self.account_ends_at or at_most)

    def has_ended(self, settings: Settings) -> bool:
        idle = timedelta(minutes=settings.session_idle_minutes)
        return now() >= min(self.seen_at + idle, self.ends_at(settings))


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

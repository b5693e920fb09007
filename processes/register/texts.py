"""Versioned texts that a process owner edits: mails, help; with optimistic locking."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.changes import record_event

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
LONGEST = 10_000  # characters
LONGEST_NOTE = 300


class TextVersion(Record):
    """One version of a text; the highest counts. Without text: the default in the code."""

    __tablename__ = "text_version"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    key: Mapped[str]  # "mail:registration-confirmed", "help:company-details"
    version: Mapped[int]
    subject: Mapped[str | None] = mapped_column(Text)  # of a mail
    text: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=now)
    note: Mapped[str] = mapped_column(default="")

    @property
    def is_default(self) -> bool:
        """Whether from this version on the default in the code counts."""
        return self.text is None


class StaleTextError(Exception):
    """Another user changed this text since it was read: `theirs` stands, yours is not saved."""

    def __init__(self, theirs: TextVersion) -> None:
        super().__init__(f"{theirs.key} has version {theirs.version}")
        self.theirs = theirs


def newest(session: Session, key: str) -> TextVersion | None:
    """The current version, which may restore the default; None if never changed."""
    query = select(TextVersion).where(TextVersion.key == key)
    return session.scalar(query.order_by(TextVersion.version.desc()).limit(1))


def history(session: Session, key: str) -> list[TextVersion]:
    """Every version of a text, the newest first."""
    query = select(TextVersion).where(TextVersion.key == key)
    return list(session.scalars(query.order_by(TextVersion.version.desc())))


def all_newest(session: Session) -> dict[str, TextVersion]:
    """The version that counts of each text that was ever changed, by key."""
    query = select(TextVersion).order_by(TextVersion.version)
    return {each.key: each for each in session.scalars(query)}


def change(  # noqa: PLR0913 - each is a fact about the change, given by name
    session: Session,
    key: str,
    *,
    text: str | None,
    subject: str | None = None,
    based_on: int,
    by: str,
    note: str = "",
) -> TextVersion:
    """Add a version of a text that was read as `based_on`; None restores the default.

    Raises StaleTextError when another version was made meanwhile.
    """
    before = newest(session, key)
    if before is not None and before.version != based_on:
        raise StaleTextError(before)
    made = TextVersion(
        key=key,
        version=(before.version if before else 0) + 1,
        subject=subject,
        text=text,
        by=by,
        note=note[:LONGEST_NOTE],
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # at the very same moment
        raise StaleTextError(history(session, key)[0]) from None
    record_event(
        session,
        "text-changed",
        actor=by,
        subject=f"text:{key}",
        version=made.version,
        is_default=made.is_default,
        note=made.note,
    )
    return made


def unknown_placeholders(text: str, allowed: Mapping[str, str]) -> list[str]:
    """The placeholders in a text that are not allowed, once each."""
    found = (match[1] for match in PLACEHOLDER.finditer(text))
    return list(dict.fromkeys(word for word in found if word not in allowed))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; values are not searched for placeholders."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)

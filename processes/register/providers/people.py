"""The people of a company: the name that they choose, and what they may do (R3, R4)."""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.changes import record_event
from processes.register.providers.former_numbers import numbers_of, provider_now

PSEUDONYM = re.compile(r"[0-9a-fA-F]{64}@[0-9a-fA-F]{32}")
INVITATION_LASTS = timedelta(days=14)


class Right(StrEnum):
    """What somebody may do for a company; each may do what the ones before it may."""

    READER = "lezer"
    EDITOR = "bewerker"
    ADMINISTRATOR = "beheerder"

    def is_enough_for(self, needed: "Right") -> bool:
        """The one rule of the rights: whether who has this right may do what asks that one."""
        order = list(Right)
        return order.index(self) >= order.index(needed)


class ProviderUser(Record):
    """An employee as eHerkenning knows them: company, opaque pseudonym, broker; no name (R3).

    `earlier_labels`: [KvK number, label] of before their company got this number (R59).
    """

    __tablename__ = "provider_user"
    __table_args__ = (
        UniqueConstraint("issuer", "kvk", "subject"),
        UniqueConstraint("kvk", "label"),  # two people are never one in the audit trail
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kvk: Mapped[str]
    subject: Mapped[str]  # the pseudonym, case-sensitive, at most 255 characters
    issuer: Mapped[str]
    label: Mapped[str]  # "medewerker 1": never changes while the company has this number
    name: Mapped[str | None] = mapped_column(default=None)  # that they chose themselves
    right: Mapped[Right] = mapped_column(
        "access_right", default=Right.EDITOR, server_default=Right.EDITOR.value
    )
    branch: Mapped[str | None] = mapped_column(default=None)  # of their last mandate (B10)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)  # an administrator ended it
    first_login_at: Mapped[datetime] = mapped_column(default_factory=now)
    last_login_at: Mapped[datetime] = mapped_column(default_factory=now)
    earlier_labels: Mapped[list[Any]] = mapped_column(default_factory=list, server_default="[]")

    @property
    def shown_name(self) -> str:
        """Readable in the audit trail, and never the same for two people."""
        return f"{self.name} ({self.label})" if self.name else self.label


class Invitation(Record):
    """Somebody who was asked to join a company, with the right that they get."""

    __tablename__ = "provider_invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kvk: Mapped[str] = mapped_column(index=True)
    email: Mapped[str]
    right: Mapped[Right] = mapped_column("access_right")
    invited_by: Mapped[str]
    invited_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def expires_at(self) -> datetime:
        return self.invited_at + INVITATION_LASTS


class AccessEndedError(Exception):
    """An administrator of the company ended this person's access."""


class LastAdministratorError(Exception):
    """Nobody would be left who can change the company and its people."""


class NameTakenError(Exception):
    """A colleague uses this name already."""


class UnknownPersonError(LookupError):
    """The company has no such person, or no such invitation."""


def known_user(
    session: Session, *, issuer: str, kvk: str, subject: str, branch: str | None = None
) -> ProviderUser:
    """The employee with this pseudonym; at the first login a new "medewerker n" (R3).

    The first of a company is its administrator; who comes later has a mandate of the company too,
    and is an editor until an administrator says otherwise. Raises AccessEndedError.
    """
    user = _user(session, issuer, kvk, subject)
    while user is None:
        new = ProviderUser(
            kvk=kvk,
            subject=subject,
            issuer=issuer,
            label=free_label(_labels_of(session, kvk)),
            right=_right_at_first(session, kvk, branch),
        )
        with suppress(IntegrityError), session.begin_nested():  # somebody else was first: again
            session.add(new)
        user = _user(session, issuer, kvk, subject)
    if user.ended_at is not None:
        raise AccessEndedError(user.label)
    user.last_login_at, user.branch = now(), branch
    return user


def free_label(taken: Collection[str]) -> str:
    """The next "medewerker n" (R3)."""
    return next(each for n in count(len(taken) + 1) if (each := f"medewerker {n}") not in taken)


def _labels_of(session: Session, kvk: str) -> set[str]:
    """The labels that people have at this number, or had before they got another one (R59)."""
    provider = provider_now(session, kvk)
    numbers = numbers_of(session, provider.kvk) if provider else [kvk]
    people = session.scalars(select(ProviderUser).where(ProviderUser.kvk.in_(numbers))).all()
    earlier = {label for each in people for number, label in each.earlier_labels if number == kvk}
    return earlier | {each.label for each in people if each.kvk == kvk}


def _user(session: Session, issuer: str, kvk: str, subject: str) -> ProviderUser | None:
    """By the pseudonym alone where it is eHerkenning's own: every broker brings the same (B5)."""
    query = select(ProviderUser).filter_by(kvk=kvk, subject=subject)
    if not PSEUDONYM.fullmatch(subject):
        query = query.filter_by(issuer=issuer)
    return session.scalar(query.order_by(ProviderUser.first_login_at, ProviderUser.id).limit(1))


def _right_at_first(session: Session, kvk: str, branch: str | None) -> Right:
    """Whose mandate is of one branch cannot administer the company for who has a whole one."""
    others = [each for each in _administrators(session, kvk) if branch or each.branch is None]
    return Right.EDITOR if others else Right.ADMINISTRATOR


def _administrators(session: Session, kvk: str) -> Sequence[ProviderUser]:
    query = select(ProviderUser).where(
        ProviderUser.kvk == kvk,
        ProviderUser.right == Right.ADMINISTRATOR,
        ProviderUser.ended_at.is_(None),
    )
    return session.scalars(query).all()


def people_of(session: Session, kvk: str) -> Sequence[ProviderUser]:
    """Everybody who ever signed in for this company, the first one first."""
    query = select(ProviderUser).where(ProviderUser.kvk == kvk)
    return session.scalars(query.order_by(ProviderUser.first_login_at, ProviderUser.label)).all()


def person_of(session: Session, kvk: str, id_: UUID) -> ProviderUser:
    """One of the people of this company (R62). Raises UnknownPersonError."""
    person = session.get(ProviderUser, id_)
    if person is None or person.kvk != kvk:
        raise UnknownPersonError(id_)
    return person


def rename(session: Session, person: ProviderUser, name: str) -> None:
    """Choose one's own name, or none. Raises NameTakenError."""
    others = [each for each in people_of(session, person.kvk) if each.id != person.id]
    if name.casefold() in {each.name.casefold() for each in others if each.name}:
        raise NameTakenError(name)
    before = person.shown_name
    person.name = name or None
    session.flush()
    if person.shown_name != before:
        names = {"person": [before, person.shown_name]}
        _record(session, "person-renamed", person, person.shown_name, **names)


def change_right(session: Session, person: ProviderUser, right: Right, *, by: str) -> None:
    """Give a person of the company another right. Raises LastAdministratorError."""
    _lock(session, person)
    if right is person.right:
        return
    if right is not Right.ADMINISTRATOR:
        _refuse_for_last(session, person)
    before, person.right = person.right, right
    session.flush()
    rights = {"person": person.shown_name, "right": [before.value, right.value]}
    _record(session, "person-right-changed", person, by, **rights)


def end_access(session: Session, person: ProviderUser, *, by: str) -> None:
    """Refuse this person from now on; what they did stays. Raises LastAdministratorError."""
    _lock(session, person)
    if person.ended_at is not None:
        return
    _refuse_for_last(session, person)
    person.ended_at = now()
    session.flush()
    _record(session, "person-access-ended", person, by, person=person.shown_name)


def restore_access(session: Session, person: ProviderUser, *, by: str) -> None:
    """Let this person in again, to look: more is asked for apart."""
    _lock(session, person)
    if person.ended_at is None:
        return
    person.ended_at, person.right = None, Right.READER
    session.flush()
    _record(session, "person-access-restored", person, by, person=person.shown_name)


def _lock(session: Session, person: ProviderUser) -> None:
    """Two administrators that remove each other at once: the second one waits, and is refused."""
    session.flush()
    query = select(ProviderUser).where(ProviderUser.kvk == person.kvk).order_by(ProviderUser.id)
    session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _refuse_for_last(session: Session, person: ProviderUser) -> None:
    """Whose mandate is of one branch administers nothing (R54): of a whole one somebody stays."""
    others = [each for each in _administrators(session, person.kvk) if each.id != person.id]
    if person.branch is None:
        others = [each for each in others if each.branch is None]
    if person.right is Right.ADMINISTRATOR and not others:
        raise LastAdministratorError(person.label)


def invite(  # noqa: PLR0913 - who asks whom for what
    session: Session, kvk: str, email: str, right: Right, *, by: str, id_: UUID
) -> Invitation:
    """Ask somebody to join; who is asked again gets a new invitation in the place of the old.

    The same id again gives the invitation that there is.
    """
    if (known := session.get(Invitation, id_)) is not None and known.kvk == kvk:
        return known
    for each in invitations_of(session, kvk):
        if each.email.casefold() == email.casefold():
            session.delete(each)
    asked = Invitation(id=id_, kvk=kvk, email=email, right=right, invited_by=by)
    session.add(asked)
    session.flush()
    about = {"email": email, "right": right.value}
    _tell(session, "person-invited", kvk, f"invitation:{asked.id}", by, **about)
    return asked


def invitations_of(session: Session, kvk: str) -> Sequence[Invitation]:
    """The invitations that are still open, the oldest first."""
    query = select(Invitation).where(
        Invitation.kvk == kvk, Invitation.invited_at > now() - INVITATION_LASTS
    )
    return session.scalars(query.order_by(Invitation.invited_at, Invitation.id)).all()


def invitation_of(session: Session, kvk: str, id_: UUID) -> Invitation:
    """An open invitation of this company. Raises UnknownPersonError."""
    found = session.get(Invitation, id_)
    if found is None or found.kvk != kvk or found.expires_at <= now():
        raise UnknownPersonError(id_)
    return found


def withdraw(session: Session, invitation: Invitation, *, by: str) -> None:
    """Take an invitation back: its link does nothing any more."""
    session.delete(invitation)
    about, email = f"invitation:{invitation.id}", invitation.email
    _tell(session, "invitation-withdrawn", invitation.kvk, about, by, email=email)


def accept(session: Session, invitation: Invitation, person: ProviderUser) -> None:
    """Give the person the right of the invitation, once; an administrator stays one."""
    session.delete(invitation)
    about = {"person": person.shown_name, "right": invitation.right.value}
    _record(session, "invitation-accepted", person, person.shown_name, **about)
    if person.right is not Right.ADMINISTRATOR:
        change_right(session, person, invitation.right, by=invitation.invited_by)


def _record(session: Session, action: str, whom: ProviderUser, by: str, **details: Any) -> None:
    _tell(session, action, whom.kvk, f"person:{whom.id}", by, **details)


def _tell(session: Session, action: str, kvk: str, subject: str, by: str, **details: Any) -> None:
    record_event(session, action, actor=by, kvk=kvk, subject=subject, **details)

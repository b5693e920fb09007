"""Deletes invitations that nobody took: the address of who was invited is kept no longer."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from processes.register.providers.people import INVITATION_LASTS, Invitation


def any_expired(session: Session, moment: datetime) -> bool:
    """Whether there are invitations that nobody can take any more."""
    return session.scalar(select(Invitation.id).where(_is_over(moment)).limit(1)) is not None


def drop_expired(session: Session, moment: datetime) -> None:
    """Delete those."""
    session.execute(delete(Invitation).where(_is_over(moment)))


def _is_over(moment: datetime) -> ColumnElement[bool]:
    return Invitation.invited_at <= moment - INVITATION_LASTS

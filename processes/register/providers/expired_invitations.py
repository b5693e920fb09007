"""Deletes invitations that nobody took: the address of who was invited is kept no longer."""

from datetime import datetime

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from processes.questions import Question, ago
from processes.register.providers.people import INVITATION_LASTS, Invitation

EXPIRED = Question(exists().where(Invitation.invited_at <= ago(INVITATION_LASTS)))
"""Whether there are invitations that nobody can take any more."""


def drop_expired(session: Session, moment: datetime) -> None:
    """Delete those."""
    session.execute(delete(Invitation).where(Invitation.invited_at <= moment - INVITATION_LASTS))

"""Removes who replaced whom and why, and which mails about tasks somebody got."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from processes.casework.retention.case_data import UNSEEN
from processes.engine.store.work_models import Delegation, Notice


def over(before: datetime) -> Select[Any]:
    """Substitutions whose last day, or end before that, is older than this moment."""
    ended = or_(Delegation.until_date < before.date(), Delegation.ended_at < before)
    return select(Delegation.id).where(ended)


def remove_substitutions(session: Session, ids: Sequence[Any]) -> None:
    """Delete these; the reason of an absence may tell of somebody's health."""
    gone = delete(Delegation).where(Delegation.id.in_(ids))
    session.execute(gone, execution_options=UNSEEN)


def forget_notices(session: Session, references: Sequence[Any]) -> None:
    """Delete which mails these people got."""
    gone = delete(Notice).where(Notice.person.in_(references))
    session.execute(gone, execution_options=UNSEEN)

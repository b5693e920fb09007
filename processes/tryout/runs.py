"""Stores the try-out run of a person on a draft or version, as a list of actions."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from processes.base import now
from processes.tryout.actions import MOST_ACTIONS, Action
from processes.tryout.models import TryOut

KEPT = timedelta(days=30)
LARGEST = 200_000  # characters of what is filled in, in one action


class TryOutFullError(Exception):
    """The run has the maximum number of actions."""


def run_of(session: Session, subject_id: UUID, by: str) -> TryOut | None:
    """What this person did so far with this draft or version."""
    query = select(TryOut).where(TryOut.by == by, TryOut.subject_id == subject_id)
    return session.scalars(query.options(undefer(TryOut.xml)).limit(1)).first()


def actions_of(run: TryOut | None) -> list[Action]:
    """What was done, in order."""
    return [Action.from_json(each) for each in run.actions] if run else []


def add(session: Session, subject_id: UUID, xml: str, action: Action, *, by: str) -> TryOut:
    """Append an action. Raises TryOutFullError."""
    run = run_of(session, subject_id, by)
    if run is None:
        session.execute(delete(TryOut).where(TryOut.saved_at < now() - KEPT))
        run = TryOut(subject_id=subject_id, by=by, xml=xml)
        session.add(run)
    if len(run.actions) >= MOST_ACTIONS or len(str(action.values)) > LARGEST:
        raise TryOutFullError
    _save(session, run, [*run.actions, action.as_json()], xml)
    return run


def shorten(session: Session, run: TryOut, length: int, xml: str) -> None:
    """Remove all actions after the first `length`."""
    _save(session, run, run.actions[: max(length, 0)], xml)


def forget(session: Session, run: TryOut) -> None:
    """Delete the run."""
    session.delete(run)
    session.flush()


def _save(session: Session, run: TryOut, actions: list[object], xml: str) -> None:
    run.actions, run.xml, run.saved_at = actions, xml, now()
    session.flush()

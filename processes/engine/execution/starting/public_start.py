"""Processes that everybody may begin: opened by an operator, begun once an address is confirmed.

Nothing runs before the confirmation; what is not confirmed within a day is deleted.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.deployment.definitions import latest_of
from processes.engine.deployment.start_rights import beginning_of, may_begin, startable
from processes.engine.diagram.beginning import PUBLIC
from processes.engine.execution.starting.beginning import Starter, begin, case_of_submission
from processes.engine.sentences.catalogue import say
from processes.engine.store.models import ProcessDefinition
from processes.engine.store.start_models import BegunCase, PendingStart, PublicStart
from processes.questions import Question, ago
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

LASTS = timedelta(days=1)
HOUR = timedelta(hours=1)
MOST_OF_ADDRESS = 5  # an hour, with one e-mail address
MOST_A_DAY = 1000  # of one process
LABEL = say("tasks.confirmed-visitor")


_ADD = Statement(
    insert_once(PendingStart).on_conflict_do_nothing(index_elements=["id"]),
    [column.name for column in PendingStart.__table__.columns],
)


class PublicStartClosedError(Exception):
    """No operator opened this process, or nobody may begin its newest version any more."""


class TooManyStartsError(Exception):
    """One address, or everybody together, sent many forms; more of them have to wait."""


class StartChangedError(Exception):
    """A version with another start form was deployed since the form was sent."""


def open_processes(session: Session) -> list[tuple[ProcessDefinition, PublicStart | None]]:
    """What everybody may begin by its diagram, with who opened it; None where it is closed."""
    opened = {each.process_key: each for each in session.scalars(select(PublicStart))}
    return [(each, opened.get(each.key)) for each in startable(session, {PUBLIC})]


def turn(session: Session, keys: list[str], *, is_open: bool, by: str) -> list[str]:
    """Open or close these processes; the keys that changed."""
    here = select(PublicStart).where(PublicStart.process_key.in_(keys))
    opened = {each.process_key: each for each in session.scalars(here)}
    changed = [key for key in keys if (key in opened) != is_open]
    for key in changed:
        if is_open:
            session.add(PublicStart(process_key=key, opened_by=by))
        else:
            session.delete(opened[key])
    session.flush()
    return changed


def opened(session: Session, key: str) -> ProcessDefinition:
    """The newest version of an open process. Raises PublicStartClosedError."""
    definition = latest_of(session, key)
    if definition is None or session.get(PublicStart, key) is None:
        raise PublicStartClosedError(key)
    begun = beginning_of(session, definition.id)
    if not begun.has_plain_start or not may_begin(session, definition.id, {PUBLIC}):
        raise PublicStartClosedError(key)
    return definition


def refuse_many(session: Session, key: str, email: str | None) -> None:
    """Count before anything costs work. Raises TooManyStartsError."""
    day, hour = now() - LASTS, now() - HOUR
    of_process = (PendingStart.process_key == key) & (PendingStart.sent_at > day)
    of_address = (PendingStart.email == email) & (PendingStart.sent_at > hour)
    for condition, most in ((of_process, MOST_A_DAY), (of_address, MOST_OF_ADDRESS)):
        if (session.scalar(select(func.count()).where(condition)) or 0) >= most:
            raise TooManyStartsError(key)


def pend(
    session: Session,
    definition: ProcessDefinition,
    *,
    submission_id: UUID,
    email: str,
    answers: Mapping[str, Any],
) -> bool:
    """Keep a form until its address is confirmed; False where this submission was kept before.

    Raises TooManyStartsError.
    """
    row = {
        "id": submission_id,
        "process_key": definition.key,
        "definition_id": definition.id,
        "email": email,
        "answers": dict(answers),
        "sent_at": now(),
        "confirmed_at": None,
    }
    if session.get(PendingStart, submission_id) is not None:
        return False
    refuse_many(session, definition.key, email)
    session.flush()
    return unit_of_work(session).execute(_ADD, row) == 1


def pending_of(session: Session, id_: UUID, *, lock: bool = False) -> PendingStart | None:
    """What waits for a confirmation, or was confirmed; None once it is deleted."""
    pending = session.get(PendingStart, id_, with_for_update=lock or None)
    if pending is None or (pending.confirmed_at is None and pending.sent_at <= now() - LASTS):
        return None
    return pending


def confirm(session: Session, pending: PendingStart, reference: str) -> BegunCase:
    """Begin the case; again gives the same case.

    Raises PublicStartClosedError, StartChangedError, and what `beginning.begin` raises.
    """
    case = case_of_submission(session, pending.id)
    if case is not None:
        return case
    definition = opened(session, pending.process_key)
    newest = beginning_of(session, definition.id)
    if not newest.asks_the_same(beginning_of(session, pending.definition_id)):
        raise StartChangedError(pending.process_key)
    starter = Starter(
        id=pending.id,
        label=LABEL,
        groups=frozenset({PUBLIC}),
        submission_id=pending.id,
        reference=reference,
    )
    case = begin(session, definition, starter, pending.answers)
    pending.confirmed_at, pending.answers = now(), {}
    session.flush()
    return case


_HAS_ADDRESS = PendingStart.email > ""  # not `!=`, for which no index is of use
EXPIRED = Question(exists().where(_HAS_ADDRESS, PendingStart.sent_at <= ago(LASTS)))
"""Whether an address is older than a day: not confirmed, or not needed any more."""


def drop_expired(session: Session, moment: datetime) -> None:
    """Delete what was not confirmed within a day, and the addresses of what was."""
    unconfirmed = PendingStart.confirmed_at.is_(None)
    session.execute(delete(PendingStart).where(unconfirmed, _is_old(moment)))
    session.execute(update(PendingStart).where(_HAS_ADDRESS, _is_old(moment)).values(email=""))


def _is_old(moment: datetime) -> Any:
    return PendingStart.sent_at <= moment - LASTS

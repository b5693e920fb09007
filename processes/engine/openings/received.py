"""Remembers what an opening sent, for thirty days: the same message id takes effect once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.beginnings import LATEST, read_latest_ahead
from processes.engine.store.opening_models import ReceivedMessage
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

KEPT = timedelta(days=30)

_ADD = Statement(
    insert_once(ReceivedMessage)
    .on_conflict_do_nothing(index_elements=["opening_id", "message_id"])
    .returning(LATEST.scalar_subquery().label("newest")),
    [column.name for column in ReceivedMessage.__table__.columns],
)

_THIS = (
    ReceivedMessage.opening_id == bindparam("of_opening"),
    ReceivedMessage.message_id == bindparam("of_message"),
)
_ANSWER = Statement(update(ReceivedMessage).where(*_THIS).values(answer=bindparam("answer")))
_FORGET = Statement(delete(ReceivedMessage).where(*_THIS))


class MessageIdReusedError(Exception):
    """Another request of this opening had this message id."""


def received_before(
    session: Session,
    opening_id: UUID,
    message_id: str,
    body_sha: str,
    *,
    starts: str | None = None,
) -> dict[str, Any] | None:
    """The answer to the same message; None for a new one, which is now remembered.

    Of one that starts a process, by its key, the newest version is read in the same exchange.

    Whoever sends the same at the same moment waits for the one that came first.
    Raises MessageIdReusedError.
    """
    session.flush()
    row = {
        "opening_id": opening_id,
        "message_id": message_id,
        "body_sha": body_sha,
        "answer": {},
        "at": now(),
        "process_key": starts,
    }
    added = unit_of_work(session).first(_ADD, row)
    if added is not None:
        if starts is not None:
            read_latest_ahead(session, starts, added[0])
        return None
    known = session.get_one(ReceivedMessage, (opening_id, message_id))
    if known.body_sha != body_sha:
        raise MessageIdReusedError(message_id)
    return known.answer


def answered(
    session: Session, opening_id: UUID, message_id: str, answer: Mapping[str, Any] | None
) -> None:
    """Keep the answer to a new message; None: nothing happened, so it may be sent again."""
    this = {"of_opening": opening_id, "of_message": message_id}
    if answer is None:
        unit_of_work(session).write([(_FORGET, [this])])
    else:
        unit_of_work(session).write([(_ANSWER, [this | {"answer": dict(answer)}])])


def any_expired(session: Session, moment: datetime) -> bool:
    """Whether something is remembered for longer than thirty days."""
    query = select(ReceivedMessage.message_id).where(ReceivedMessage.at <= moment - KEPT)
    return session.scalars(query.limit(1)).first() is not None


def drop_expired(session: Session, moment: datetime) -> None:
    """Forget what came thirty days ago."""
    session.execute(delete(ReceivedMessage).where(ReceivedMessage.at <= moment - KEPT))

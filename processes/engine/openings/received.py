"""Remembers what an opening sent, for thirty days: the same message id takes effect once."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.opening_models import ReceivedMessage
from processes.questions import Question, ago
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

KEPT = timedelta(days=30)

MESSAGE_ID = re.compile(r"[!-~]{1,200}", re.ASCII)

_ADD = Statement(
    insert_once(ReceivedMessage).on_conflict_do_nothing(
        index_elements=["opening_id", "message_id"]
    ),
    [column.name for column in ReceivedMessage.__table__.columns],
    counted=True,
)
_KNOWN = Statement(
    select(ReceivedMessage.body_sha, ReceivedMessage.answer).where(
        ReceivedMessage.opening_id == bindparam("of_opening"),
        ReceivedMessage.message_id == bindparam("of_message"),
    )
)


class MessageIdReusedError(Exception):
    """Another request of this opening had this message id."""


def received_before(
    session: Session, opening_id: UUID, message_id: str, body_sha: str
) -> dict[str, Any] | None:
    """The answer to the same message, where it has one by now; None for a new one.

    What was read with the access token is taken as it was then, once. Raises MessageIdReusedError.
    """
    unit, place = unit_of_work(session), (opening_id, message_id)
    ahead = unit.read_ahead.get(ReceivedMessage, {})
    if place in ahead:
        known = ahead.pop(place)
    else:
        known = unit.first(_KNOWN, {"of_opening": opening_id, "of_message": message_id})
    if known is None:
        return None
    if known[0] != body_sha:
        raise MessageIdReusedError(message_id)
    answer: dict[str, Any] = known[1]
    return answer


def read_ahead(
    session: Session, opening_id: UUID, message_id: str, known: tuple[str, Any] | None
) -> None:
    """Remember what another statement read with its own: the hash of the body, and the answer."""
    unit_of_work(session).read_ahead[ReceivedMessage] = {(opening_id, message_id): known}


def keep_answer(
    session: Session, opening_id: UUID, message_id: str, body_sha: str, answer: Mapping[str, Any]
) -> None:
    """Keep the answer to a new message, in the transaction of what it did.

    Whoever did the same at the same moment waits here for the one that comes first, and undoes it:
    UnwrittenError is raised, now or when what is gathered is written.
    """
    row = {
        "opening_id": opening_id,
        "message_id": message_id,
        "body_sha": body_sha,
        "answer": dict(answer),
        "at": now(),
    }
    unit_of_work(session).write([(_ADD, [row])])


EXPIRED = Question(exists().where(ReceivedMessage.at <= ago(KEPT)))
"""Whether something is remembered for longer than thirty days."""


def drop_expired(session: Session, moment: datetime) -> None:
    """Forget what came thirty days ago."""
    session.execute(delete(ReceivedMessage).where(ReceivedMessage.at <= moment - KEPT))

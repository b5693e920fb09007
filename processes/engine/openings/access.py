"""Short access tokens of openings, the keys with which they sign, and when each was last used."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, inspect, select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.openings import received
from processes.engine.store.beginnings import LATEST, read_latest_ahead
from processes.engine.store.opening_models import AccessToken, Opening, ReceivedMessage
from processes.platform.encryption import decrypted, encrypted
from processes.questions import Question, ago
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

LIFETIME = timedelta(minutes=10)
USED_EVERY = timedelta(minutes=5)  # so exact is "last used", and so rare a write for it
SIGNING = "request signatures"
KEY_BYTES = 32

COLUMNS = [column.key for column in inspect(Opening).column_attrs]
_OPENING = (
    select(*(getattr(Opening, name) for name in COLUMNS))
    .join(AccessToken, AccessToken.opening_id == Opening.id)
    .where(AccessToken.hash == bindparam("hash"), AccessToken.expires_at > bindparam("moment"))
    .where(Opening.enabled)
)
_OF_TOKEN = Statement(_OPENING)
"""A program proves itself with each request: a compiled statement, and no session's row."""

_OF_SENT = Statement(
    _OPENING.add_columns(
        ReceivedMessage.body_sha, ReceivedMessage.answer, LATEST.scalar_subquery().label("newest")
    ).outerjoin(
        ReceivedMessage,
        (ReceivedMessage.opening_id == Opening.id)
        & (ReceivedMessage.message_id == bindparam("message_id")),
    )
)


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Sent:
    """What a request names that is read together with its token."""

    message_id: str
    process_key: str  # of the process that it starts; "" for none


def issue(session: Session, opening: Opening) -> str:
    """A new access token of an opening; only its hash is kept, for ten minutes; flushes."""
    token = secrets.token_urlsafe(32)
    keep(session, opening, token)
    return token


def keep(session: Session, opening: Opening, token: str) -> None:
    """Keep the hash of a new access token; flushes."""
    expires_at = now() + LIFETIME
    session.add(AccessToken(hash=_hash(token), opening_id=opening.id, expires_at=expires_at))
    session.flush()


def of_access_token(session: Session, token: str, sent: Sent | None = None) -> Opening | None:
    """The enabled opening of a valid access token, to read from: not of the session.

    In the same exchange is read whether it sent this message before, and the newest version of
    the process: `received.received_before` and `beginnings.latest_definition` ask no more.
    """
    unit, given = unit_of_work(session), {"hash": _hash(token), "moment": now()}
    if sent is None:
        row = unit.first(_OF_TOKEN, given)
        return None if row is None else _opening(row)
    named = {"message_id": sent.message_id, "process_key": sent.process_key}
    row = unit.first(_OF_SENT, {**given, **named})
    if row is None:
        return None
    *of_opening, body_sha, answer, newest = row
    opening = _opening(of_opening)
    known = None if body_sha is None else (body_sha, answer)
    received.read_ahead(session, opening.id, sent.message_id, known)
    if sent.process_key:
        read_latest_ahead(session, sent.process_key, newest)
    return opening


def _opening(row: Sequence[Any]) -> Opening:
    return Opening(**dict(zip(COLUMNS, row, strict=True)))


def revoke_tokens(session: Session, opening: Opening) -> None:
    """From now on none of its access tokens counts."""
    session.execute(delete(AccessToken).where(AccessToken.opening_id == opening.id))


EXPIRED = Question(exists().where(AccessToken.expires_at <= ago()))
"""Whether an access token is kept for nothing."""


def drop_expired(session: Session, moment: datetime) -> None:
    """Forget the access tokens that count no more."""
    session.execute(delete(AccessToken).where(AccessToken.expires_at <= moment))


def new_signing_key(session: Session, opening: Opening) -> str:
    """A new key for request signatures, in hexadecimal: told now and never again.

    The one until now stays valid until `clients.end_rotation`, or the next new one.
    """
    key = secrets.token_bytes(KEY_BYTES)
    opening.previous_signing_key, opening.signing_key = opening.signing_key, encrypted(SIGNING, key)
    session.flush()
    return key.hex()


def signing_keys(session: Session, opening_id: UUID) -> tuple[Opening | None, list[bytes]]:
    """The enabled opening with this id, and the keys with which it may sign, the newest first.

    Raises UnreadableSecretError.
    """
    opening = session.get(Opening, opening_id)
    if opening is None or not opening.enabled:
        return None, []
    kept = (opening.signing_key, opening.previous_signing_key)
    return opening, [decrypted(SIGNING, each) for each in kept if each]


def encrypt_anew(session: Session) -> int:
    """Encrypt every signing key with the newest secret key; how many openings have one.

    Raises UnreadableSecretError.
    """
    signing = session.scalars(select(Opening).where(Opening.signing_key.is_not(None))).all()
    for each in signing:
        for name in ("signing_key", "previous_signing_key"):
            text = getattr(each, name)
            if text:
                setattr(each, name, encrypted(SIGNING, decrypted(SIGNING, text)))
    session.flush()
    return len(signing)


def is_use_new(opening: Opening) -> bool:
    """Whether its last use was so long ago that this one is worth a write."""
    return opening.last_used_at is None or opening.last_used_at <= now() - USED_EVERY


def note_use(session: Session, opening_id: UUID) -> None:
    """Remember that an opening was used now."""
    session.execute(update(Opening).where(Opening.id == opening_id).values(last_used_at=now()))


def _hash(token: str) -> str:
    """Plain SHA-256: a token of 256 random bits cannot be guessed, so nothing needs to be slow."""
    return sha256(token.encode()).hexdigest()

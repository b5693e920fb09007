"""A login under way, whatever its protocol: what is kept of it, and how it can fail."""

import hashlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from app.auth.sessions import LoginAttempt
from app.web.db import db, separate_unit_of_work
from processes.base import now

ATTEMPT = "_state_"  # begins what is kept of a login in the session of the browser
ATTEMPT_LASTS = timedelta(minutes=15)
ORDER = "login_order"
MOST_AT_ONCE = 10  # of one browser, which keeps no cookie of more than 4 KB
CANCELLED = frozenset({"access_denied", "login_required", "interaction_required", "AuthnFailed"})


def kept_by_state(session: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What this session of a browser keeps under a name, by the state of a login, oldest first."""
    return dict(session.get(name, ()))


def keep_by_state(
    session: MutableMapping[str, Any], name: str, by_state: Mapping[str, Any], most: int
) -> None:
    """Keep the newest of these, as pairs: in a cookie Flask sorts an object by its keys."""
    session[name] = [list(pair) for pair in by_state.items()][-most:]


def note_attempt(session: MutableMapping[str, Any], state: str) -> None:
    """A login began in this browser: what it began long ago and did not finish is forgotten."""
    order = kept_by_state(session, ORDER)
    keep_by_state(session, ORDER, order | {state: None}, MOST_AT_ONCE)
    newest = tuple(f"_{each}" for each in kept_by_state(session, ORDER))
    for name in [each for each in session if each.startswith(ATTEMPT)]:
        if not name.endswith(newest):
            del session[name]


class UnknownAttemptError(Exception):
    """The answer belongs to no login that this browser began, or was used before."""


class LoginRefusedError(Exception):
    """The login provider answered with an error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def is_cancelled(self) -> bool:
        """Whether the user cancelled or failed to log in: not a fault (B7)."""
        return self.code in CANCELLED


class LoginFaultError(Exception):
    """The login provider cannot be reached, or its answer is invalid."""


@dataclass(frozen=True)
class Answer:
    """A verified answer: who gave it, and the claims."""

    issuer: str
    claims: dict[str, Any]


class OneTimeStates:
    """Stores the state of a login: on the server, usable once. Has the methods Authlib asks."""

    def set(self, key: str, value: str, expires_in: int) -> None:
        lasts = min(timedelta(seconds=expires_in), ATTEMPT_LASTS)
        with separate_unit_of_work() as unit:
            unit.session.execute(delete(LoginAttempt).where(LoginAttempt.expires_at < now()))
            unit.session.add(LoginAttempt(key=_hash(key), data=value, expires_at=now() + lasts))

    def get(self, key: str) -> str | None:
        with separate_unit_of_work() as unit:
            taken = (
                delete(LoginAttempt)
                .where(LoginAttempt.key == _hash(key), LoginAttempt.expires_at >= now())
                .returning(LoginAttempt.data)
            )
            return unit.session.scalar(taken)

    def read(self, key: str) -> str | None:
        """The value, which stays; in the session of this request."""
        query = select(LoginAttempt.data).where(LoginAttempt.key == _hash(key))
        return db.session().scalar(query.where(LoginAttempt.expires_at >= now()))

    def delete(self, key: str) -> None:
        """Already gone: `get` takes it."""


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

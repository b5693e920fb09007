"""Makes, rotates, disables and recognises openings; a secret is shown once, and kept as a hash."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from processes.engine.openings.access import COLUMNS, revoke_tokens
from processes.engine.registry import TOPICS, is_tenant
from processes.engine.store.opening_models import Opening
from processes.platform.roles import COMPANIES, TASK_GROUPS
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

SECRET_BYTES = 32
LONGEST_TOKEN = 200
PER_MINUTE = 60
WORKER_PER_MINUTE = 6_000
MOST_PER_MINUTE = 100_000


_BY_ID = Statement(
    select(*(getattr(Opening, name) for name in COLUMNS)).where(
        Opening.id == bindparam("opening_id")
    )
)
"""A worker outside proves itself with each request: a compiled statement, and no session's row."""


class OpeningError(ValueError):
    """An opening cannot be made like this; the text says why."""


class UnknownOpeningError(LookupError):
    """There is no opening with this name."""


@dataclass(frozen=True)
class Rights:
    """What an opening may send, for which company, and how often."""

    messages: Sequence[str] = ()
    signals: Sequence[str] = ()
    processes: Sequence[str] = ()
    groups: Sequence[str] = ()
    topics: Sequence[str] = ()
    offers: bool = False  # manages the activities of its company
    reads: bool = False  # of those: looks alone
    tenant: str | None = None
    per_minute: int | None = None

    @property
    def requests(self) -> int:
        """Requests a minute at most; a worker outside needs two for each job."""
        return (
            (WORKER_PER_MINUTE if self.topics else PER_MINUTE)
            if self.per_minute is None
            else self.per_minute
        )


def make(session: Session, name: str, rights: Rights, *, by: str) -> tuple[Opening, str]:
    """A new opening, and its bearer token, which is told now and never again; flushes.

    Raises OpeningError with every reason at once.
    """
    if reasons := _reasons(session, name, rights):
        raise OpeningError("; ".join(reasons))
    secret = _new_secret()
    opening = Opening(
        name=name,
        secret_hash=_hash(secret),
        messages=sorted(set(rights.messages)),
        signals=sorted(set(rights.signals)),
        processes=sorted(set(rights.processes)),
        groups=sorted(set(rights.groups)),
        topics=sorted(set(rights.topics)),
        offers=rights.offers,
        only_reads=rights.reads,
        tenant=rights.tenant,
        per_minute=rights.requests,
        created_by=by,
    )
    session.add(opening)
    session.flush()
    return opening, _token(opening, secret)


def rotate(session: Session, opening: Opening) -> str:
    """A new token; the one until now stays valid until `end_rotation`, or the next rotation."""
    secret = _new_secret()
    opening.previous_hash, opening.secret_hash = opening.secret_hash, _hash(secret)
    session.flush()
    return _token(opening, secret)


def end_rotation(session: Session, opening: Opening) -> None:
    """From here on only the newest secret and signing key are valid."""
    opening.previous_hash = opening.previous_signing_key = None
    revoke_tokens(session, opening)
    session.flush()


def disable(session: Session, opening: Opening) -> None:
    """Refuse everything that it asks from now on, also with what it was given before."""
    opening.enabled = False
    revoke_tokens(session, opening)
    session.flush()


def named(session: Session, name: str) -> Opening:
    """The opening with this name, to be changed. Raises UnknownOpeningError."""
    query = select(Opening).where(Opening.name == name).with_for_update()
    opening = session.scalars(query).one_or_none()
    if opening is None:
        raise UnknownOpeningError(name)
    return opening


def openings(session: Session) -> Sequence[Opening]:
    """All of them, by name."""
    return session.scalars(select(Opening).order_by(Opening.name)).all()


def of_token(session: Session, token: str) -> Opening | None:
    """The enabled opening of this secret, to read from: not of the session.

    Compares in constant time.
    """
    id_, _, secret = token.partition(".")
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    try:
        row = unit_of_work(session).first(_BY_ID, {"opening_id": UUID(hex=id_)})
    except ValueError:
        return None
    given = _hash(secret)
    if row is None:
        return None
    opening = Opening(**dict(zip(COLUMNS, row, strict=True)))
    hashes = (opening.secret_hash, opening.previous_hash or opening.secret_hash)
    is_right = any([hmac.compare_digest(given, each) for each in hashes])  # noqa: C419 - both, always
    return opening if is_right and opening.enabled else None


def _reasons(session: Session, name: str, rights: Rights) -> list[str]:
    taken = session.scalars(select(Opening.id).where(Opening.name == name)).first() is not None
    groups, ours = set(rights.groups), sorted(set(rights.topics) & set(TOPICS))
    found = {
        "its name is taken": taken,
        "its name is empty": not name.strip(),
        "name what it may send or do": not (
            rights.messages
            or rights.signals
            or rights.processes
            or rights.groups
            or rights.topics
            or rights.offers
        ),
        "activities are of a company: name it with --tenant": rights.offers and not rights.tenant,
        f"Loket itself does the jobs of {', '.join(ours)}": bool(ours),
        f"a group is one of {', '.join(TASK_GROUPS)}": not groups <= set(TASK_GROUPS),
        "tasks of companies go with --tenant, and no others do": bool(groups)
        and not (groups <= COMPANIES if rights.tenant else groups.isdisjoint(COMPANIES)),
        "a signal reaches every company: an opening of one company cannot send it": bool(
            rights.tenant and rights.signals
        ),
        f"{rights.tenant} is not a company of the register": bool(
            rights.tenant and not is_tenant(session, rights.tenant)
        ),
        f"per minute is 1 to {MOST_PER_MINUTE}": not 1 <= rights.requests <= MOST_PER_MINUTE,
    }
    return [reason for reason, holds in found.items() if holds]


def _new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _hash(secret: str) -> str:
    """Plain SHA-256: a secret of 256 random bits cannot be guessed, so nothing needs to be slow."""
    return sha256(secret.encode()).hexdigest()


def _token(opening: Opening, secret: str) -> str:
    return f"{opening.id.hex}.{secret}"

"""How a link of the audit trail's hash chain is computed, with SHA-256."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

START = bytes(32)  # what the first link has as the digest before it


class Personal(NamedTuple):
    """What may be personal in an event."""

    actor: str
    kvk: str | None
    subject: str | None
    details: Mapping[str, Any]


ERASED = Personal("", None, None, {})


def commitment(salt: bytes, personal: Personal) -> bytes:
    """The salted hash of what may be personal in an event."""
    return sha256(_ENCODER.encode([salt.hex(), *personal]).encode()).digest()


class Happened(NamedTuple):
    """What is never erased of an event."""

    event_id: UUID
    action: str
    at: datetime


def digest(number: int, previous: bytes, happened: Happened, committed: bytes) -> bytes:
    """The digest of a link, in which the digest of the link before it stands."""
    event_id, action, at = happened
    moment = at.astimezone(UTC).isoformat()
    told = f"{number}\n{previous.hex()}\n{event_id}\n{moment}\n{committed.hex()}\n{action}"
    return sha256(told.encode()).digest()

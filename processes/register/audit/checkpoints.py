"""Checkpoints of the audit trail: once a day the end of the chain is signed (Ed25519)."""

import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now, today
from processes.register.audit import sealing
from processes.register.audit.models import AuditCheckpoint, AuditSeal

log = logging.getLogger(__name__)


class AuditKeyError(Exception):
    """The file is no Ed25519 key in PEM, or cannot be read."""


@dataclass(frozen=True)
class Checkpoint:
    """A signed statement that link `number` of the chain had this digest."""

    day: date
    number: int
    digest: bytes
    made_at: datetime
    key_id: str
    signature: bytes

    @property
    def message(self) -> bytes:
        """What is signed."""
        return _message(self.day, self.number, self.digest, self.made_at)

    def as_line(self) -> str:
        """A line of JSON, to be kept outside the database."""
        told = {
            "day": self.day.isoformat(),
            "number": self.number,
            "digest": self.digest.hex(),
            "made_at": self.made_at.astimezone(UTC).isoformat(),
            "key_id": self.key_id,
            "signature": b64encode(self.signature).decode(),
        }
        return json.dumps(told)

    @classmethod
    def from_line(cls, line: str) -> Self:
        """The checkpoint of such a line. Raises ValueError."""
        try:
            told = json.loads(line)
            return cls(
                day=date.fromisoformat(told["day"]),
                number=int(told["number"]),
                digest=bytes.fromhex(told["digest"]),
                made_at=datetime.fromisoformat(told["made_at"]),
                key_id=str(told["key_id"]),
                signature=b64decode(told["signature"], validate=True),
            )
        except (KeyError, TypeError, ValueError) as error:
            message = "this line is no checkpoint"
            raise ValueError(message) from error

    def is_signed_by(self, keys: Iterable[Ed25519PublicKey]) -> bool | None:
        """Whether the signature is good; None when none of these keys is the one it names."""
        key = next((key for key in keys if key_id(key) == self.key_id), None)
        if key is None:
            return None
        try:
            key.verify(self.signature, self.message)
        except InvalidSignature:
            return False
        return True


def private_key(file: Path) -> Ed25519PrivateKey:
    """The key in this file. Raises AuditKeyError."""
    key = _loaded(file, lambda pem: load_pem_private_key(pem, None))
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{file} holds no private Ed25519 key"
        raise AuditKeyError(message)
    return key


def public_key(file: Path) -> Ed25519PublicKey:
    """The public key in this file, of which it may hold the private one. Raises AuditKeyError."""
    try:
        return private_key(file).public_key()
    except AuditKeyError:
        key = _loaded(file, load_pem_public_key)
    if not isinstance(key, Ed25519PublicKey):
        message = f"{file} holds no Ed25519 key"
        raise AuditKeyError(message)
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """The fingerprint by which a checkpoint names its key."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def is_due(session: Session) -> bool:
    """Whether today has no checkpoint yet, and there is something to sign."""
    if session.get(AuditCheckpoint, today()) is not None:
        return False
    return session.scalar(select(AuditSeal.number).limit(1)) is not None


def sign(session: Session, key: Ed25519PrivateKey) -> Checkpoint | None:
    """Seal what was left, then sign the end of the chain; None when today has its checkpoint.

    It is logged too: who keeps the log elsewhere can tell when the end of the chain was cut off.
    """
    sealing.seal_rest(session)
    last = sealing.last_seal(session)
    if last is None or session.get(AuditCheckpoint, today()) is not None:
        return None
    made_at = now()
    made = Checkpoint(
        day=today(),
        number=last.number,
        digest=last.digest,
        made_at=made_at,
        key_id=key_id(key.public_key()),
        signature=key.sign(_message(today(), last.number, last.digest, made_at)),
    )
    session.add(AuditCheckpoint(**vars(made)))
    session.flush()
    log.info("audit checkpoint %s", made.as_line())
    return made


def kept(session: Session) -> list[Checkpoint]:
    """All checkpoints in the database, oldest first."""
    rows = session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.day))
    return [
        Checkpoint(row.day, row.number, row.digest, row.made_at, row.key_id, row.signature)
        for row in rows
    ]


def _message(day: date, number: int, digest: bytes, made_at: datetime) -> bytes:
    moment = made_at.astimezone(UTC).isoformat()
    signed = ["loket audit checkpoint", day.isoformat(), number, digest.hex(), moment]
    return json.dumps(signed, separators=(",", ":")).encode()


def _loaded(file: Path, load: Any) -> object:
    try:
        return load(file.read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        message = f"{file} cannot be read as a key in PEM"
        raise AuditKeyError(message) from error

"""Tables of the hash chain: the seal of each audit event, and a signed checkpoint for each day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record


class AuditSeal(Record):
    """A link of the chain: one event, and the digest of the link before it.

    `commitment` is the salted hash of what may be personal (actor, company, subject, details);
    without its salt nobody can guess what it was made of.
    """

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[UUID] = mapped_column(unique=True)
    action: Mapped[str]  # these two also tell what is missing when the event is gone
    at: Mapped[datetime]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)  # none once it is erased
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]
    erased_by: Mapped[UUID | None] = mapped_column(default=None)  # the event that tells of it


class AuditCheckpoint(Record):
    """How far the chain was at a day, signed with a key that is not in the database."""

    __tablename__ = "audit_checkpoint"

    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    key_id: Mapped[str]  # fingerprint of the public key
    signature: Mapped[bytes] = mapped_column(LargeBinary)

"""The table of permissions per process: which people may do what with it, beside their roles."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record, now


class Right(StrEnum):
    """What people do with a process; each asks a role besides."""

    SEE = "see"
    EDIT = "edit"
    APPROVE = "approve"
    DEPLOY = "deploy"  # also moving what runs to another version
    OPERATE = "operate"


class ProcessPermission(Record):
    """A person who may use a right; a right for which nobody is named is that of the whole role."""

    __tablename__ = "process_permission"

    process_key: Mapped[str] = mapped_column(primary_key=True)
    right: Mapped[Right] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)  # a user reference: `staff:…`
    name: Mapped[str]
    granted_by: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(default_factory=now)

"""Quality requirements as versioned data, and what providers declared about them (F7-1, R39, R40)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from processes.base import Record, new_id, now


class Requirement(Record):
    """One quality requirement of a set."""

    __tablename__ = "requirement"
    __table_args__ = (UniqueConstraint("set_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    set_id: Mapped[UUID] = mapped_column(ForeignKey("requirement_set.id"), init=False)
    number: Mapped[int]
    title: Mapped[str]
    explanation: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)  # shown when the answer is no (R19)
    asks_url: Mapped[bool] = mapped_column(default=False)  # the complaints procedure has a page


class RequirementSet(Record):
    """A version of the requirements; the highest version is the current one."""

    __tablename__ = "requirement_set"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    version: Mapped[int] = mapped_column(unique=True)
    is_example: Mapped[bool]  # the shipped set is an example, and says so on the page
    published_by: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default_factory=now)
    requirements: Mapped[list[Requirement]] = relationship(
        order_by=Requirement.number, default_factory=list, lazy="selectin"
    )


class Declaration(Record):
    """One time that somebody answered the requirements; the one at confirmation is frozen (R44)."""

    __tablename__ = "declaration"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kvk: Mapped[str] = mapped_column(index=True)
    set_id: Mapped[UUID] = mapped_column(ForeignKey("requirement_set.id"))
    answers: Mapped[dict[str, Any]]  # {"1": "ja", …, "4": "nee"}
    complaints_url: Mapped[str | None]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(default_factory=now)
    frozen_at: Mapped[datetime | None] = mapped_column(default=None)

    requirement_set: Mapped[RequirementSet] = relationship(init=False, lazy="raise_on_sql")

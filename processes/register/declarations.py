"""Versioned quality requirements, and the declarations of providers (F7-1, R39, R40)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ScalarSelect,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from processes.base import Record, new_id, now
from processes.register.changes import record_event
from processes.register.example_requirements import EXAMPLE
from processes.statements import Statement
from processes.unit_of_work import unit_of_work

YES, NO = "ja", "nee"


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
    """One set of answers to the requirements; frozen at confirmation (R44)."""

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

    @property
    def all_yes(self) -> bool:
        """Whether every requirement was answered with yes."""
        numbers = [str(each.number) for each in self.requirement_set.requirements]
        return all(self.answers.get(number) == YES for number in numbers)


class NoRequirementsError(LookupError):
    """No set of requirements was published yet."""


class UnknownRequirementsError(LookupError):
    """There is no set of requirements with this version."""


class AnswersIncompleteError(ValueError):
    """A requirement has no answer of yes or no (R39)."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(f"unanswered: {', '.join(numbers)}")
        self.numbers = numbers


class NothingDeclaredError(LookupError):
    """The company has no declaration yet."""


def current_set() -> ScalarSelect[UUID]:
    """Subquery for the id of the current requirement set."""
    newest = select(RequirementSet.id).order_by(RequirementSet.version.desc()).limit(1)
    return newest.scalar_subquery()


_CURRENT = Statement(select(current_set()))
_OF_VERSION = Statement(
    select(RequirementSet.id).where(RequirementSet.version == bindparam("asked"))
)
_ADD = Statement(
    insert(cast(Table, Declaration.__table__)),
    ("id", "kvk", "set_id", "answers", "complaints_url", "answered_by", "answered_at"),
)
_numbers: dict[UUID, list[str]] = {}  # of a set; once published it never changes


def current_set_id(session: Session) -> UUID:
    """The id of the current requirement set. Raises NoRequirementsError."""
    found = unit_of_work(session).first(_CURRENT, {})
    if found is None or found[0] is None:
        raise NoRequirementsError
    return cast(UUID, found[0])


def current_requirements(session: Session) -> RequirementSet:
    """The current requirement set. Raises NoRequirementsError."""
    query = select(RequirementSet).order_by(RequirementSet.version.desc()).limit(1)
    current = session.scalar(query)
    if current is None:
        raise NoRequirementsError
    return current


def requirements_of_version(session: Session, version: int) -> RequirementSet:
    """The set with this version. Raises UnknownRequirementsError."""
    found = session.scalar(select(RequirementSet).where(RequirementSet.version == version))
    if found is None:
        raise UnknownRequirementsError(version)
    return found


def requirement_sets(session: Session) -> list[RequirementSet]:
    """Every version, the newest first."""
    return list(session.scalars(select(RequirementSet).order_by(RequirementSet.version.desc())))


def declared_per_set(session: Session) -> dict[UUID, int]:
    """How many companies answered each set."""
    query = select(Declaration.set_id, func.count(Declaration.kvk.distinct()))
    return dict(session.execute(query.group_by(Declaration.set_id)).all())


def publish_requirements(
    session: Session, requirements: Sequence[Requirement], *, by: str, is_example: bool = False
) -> RequirementSet:
    """A new version of the set; who is still registering answers this one (R40)."""
    newest = session.scalar(select(func.max(RequirementSet.version))) or 0
    published = RequirementSet(
        version=newest + 1,
        is_example=is_example,
        published_by=by,
        requirements=list(requirements),
    )
    session.add(published)
    session.flush()
    record_event(
        session,
        "requirements-published",
        actor=by,
        subject=f"requirements:{published.version}",
        titles=[each.title for each in requirements],
    )
    return published


def keep_answers(  # noqa: PLR0913 - each by name
    session: Session,
    *,
    kvk: str,
    set_version: int,
    answers: Mapping[str, str],
    complaints_url: str | None,
    by: str,
    set_id: UUID | None = None,
) -> UUID:
    """Store one set of answers, also with a no (R19); returns its id.

    `answers` maps the number of a requirement to "ja" or "nee". `set_id` saves a query where the
    caller knows it. Raises AnswersIncompleteError.
    """
    set_id = set_id or _set_of(session, set_version)
    numbers = _numbers_of(session, set_id)
    if unanswered := [number for number in numbers if answers.get(number) not in (YES, NO)]:
        raise AnswersIncompleteError(unanswered)
    declaration: dict[str, Any] = {
        "id": new_id(),
        "kvk": kvk,
        "set_id": set_id,
        "answers": {number: answers[number] for number in numbers},
        "complaints_url": complaints_url or None,
        "answered_by": by,
        "answered_at": now(),
    }
    unit_of_work(session).write([(_ADD, [declaration])])
    record_event(
        session,
        "declaration-answered",
        actor=by,
        kvk=kvk,
        subject=f"declaration:{declaration['id']}",
        answers=declaration["answers"],
        set_version=set_version,
    )
    return cast(UUID, declaration["id"])


def record_answers(session: Session, **given: Any) -> Declaration:
    """As `keep_answers`, and load the declaration. Raises AnswersIncompleteError."""
    query = select(Declaration).where(Declaration.id == keep_answers(session, **given))
    return session.scalars(query.options(joinedload(Declaration.requirement_set))).one()


def _set_of(session: Session, version: int) -> UUID:
    """Which set has this version."""
    found = unit_of_work(session).first(_OF_VERSION, {"asked": version})
    if found is None:
        raise UnknownRequirementsError(version)
    return cast(UUID, found[0])


def _numbers_of(session: Session, set_id: UUID) -> list[str]:
    """The numbers of its requirements."""
    if set_id not in _numbers:
        asked = session.get_one(RequirementSet, set_id)
        _numbers[set_id] = [str(each.number) for each in asked.requirements]
    return _numbers[set_id]


def declaration_of(session: Session, kvk: str) -> Declaration | None:
    """The last declaration of a company, with the requirements that it answered."""
    query = select(Declaration).where(Declaration.kvk == kvk)
    query = query.order_by(Declaration.answered_at.desc()).limit(1)
    return session.scalar(query.options(joinedload(Declaration.requirement_set)))


def is_declared(session: Session, kvk: str, given: Mapping[str, Any]) -> bool:
    """Whether the last declaration is frozen, and has these very answers to this version."""
    last = declaration_of(session, kvk)
    if last is None or last.frozen_at is None:
        return False
    answered = (last.requirement_set.version, last.answers)
    return answered == (given.get("set_version"), given.get("answers"))


def freeze(session: Session, kvk: str, *, on: datetime) -> Declaration:
    """Freeze the last declaration as evidence (R44). Raises NothingDeclaredError."""
    declaration = declaration_of(session, kvk)
    if declaration is None:
        raise NothingDeclaredError(kvk)
    if declaration.frozen_at is None:
        declaration.frozen_at = on
        session.flush()
    return declaration


def seed_requirements(session: Session) -> RequirementSet:
    """Insert the example set once; a real register has its own wording (F7-1)."""
    if session.scalar(select(RequirementSet.id).limit(1)) is not None:
        return current_requirements(session)
    return publish_requirements(
        session, [Requirement(**each) for each in EXAMPLE], by="loket", is_example=True
    )

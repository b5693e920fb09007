"""Asking providers to declare anew when the requirements changed: campaigns, and who did (R40)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.register.declarations import Declaration, RequirementSet, current_set
from processes.register.paging import Page, page_of
from processes.register.providers.providers import Provider, ProviderStatus


class DeclarationCampaign(Record):
    """All providers without a declaration of this version were asked for one, until a day."""

    __tablename__ = "declaration_campaign"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    set_id: Mapped[UUID] = mapped_column(ForeignKey("requirement_set.id"))
    until: Mapped[date]
    asked: Mapped[int]  # how many providers
    begun_by: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(default_factory=now)


class Declared(StrEnum):
    """What to list of the providers, by the current version of the requirements."""

    ALL = ""
    YES = "verklaard"
    NO = "niet-verklaard"


def campaigns(session: Session) -> list[DeclarationCampaign]:
    """Every campaign, the newest first."""
    query = select(DeclarationCampaign).order_by(DeclarationCampaign.begun_at.desc())
    return list(session.scalars(query))


def has_declared() -> ColumnElement[bool]:
    """Condition: the provider has a frozen declaration of the current version."""
    return (
        select(Declaration.id)
        .where(Declaration.kvk == Provider.kvk, Declaration.frozen_at.is_not(None))
        .where(Declaration.set_id == current_set())
        .exists()
    )


def providers_by_declaration(session: Session, which: Declared, page: int) -> Page[Provider]:
    """Providers by name, page by page."""
    query = select(Provider).order_by(Provider.search_name, Provider.kvk)
    if which is not Declared.ALL:
        query = query.where(has_declared() if which is Declared.YES else ~has_declared())
    return page_of(session, query, page)


def count_to_ask(session: Session, *but: ColumnElement[bool]) -> int:
    """How many providers would be asked: active ones without a declaration of this version.

    `but` are further conditions on them.
    """
    return session.scalar(select(func.count(Provider.id)).where(*_to_ask(), *but)) or 0


def to_ask(session: Session, *but: ColumnElement[bool], after: str, limit: int) -> list[Provider]:
    """The next providers to ask, by KvK number."""
    query = select(Provider).where(Provider.kvk > after, *_to_ask(), *but)
    return list(session.scalars(query.order_by(Provider.kvk).limit(limit)))


def last_declared(session: Session, kvks: Collection[str]) -> Mapping[str, tuple[int, datetime]]:
    """The highest version that each of these companies declared, and when that was frozen."""
    query = (
        select(Declaration.kvk, RequirementSet.version, Declaration.frozen_at)
        .join(RequirementSet, RequirementSet.id == Declaration.set_id)
        .where(Declaration.kvk.in_(sorted(kvks)), Declaration.frozen_at.is_not(None))
        .order_by(RequirementSet.version, Declaration.frozen_at)
    )
    return {kvk: (version, at) for kvk, version, at in session.execute(query) if at}


def _to_ask() -> tuple[ColumnElement[bool], ...]:
    return (Provider.status == ProviderStatus.ACTIVE, ~has_declared())

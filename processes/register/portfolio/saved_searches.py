"""Searches that teachers keep, and the new activities that they are told of once a week."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, StringSet, new_id, now
from processes.register.catalogue.address import in_words, query_of, words_of
from processes.register.catalogue.catalogue import CatalogueQuery, published_since
from processes.register.offers.rules import Offer
from processes.register.portfolio.teachers import Teacher

MOST = 20  # of one teacher


class TooManySearchesError(Exception):
    """The teacher has as many saved searches as there may be."""


class SavedSearch(Record):
    """A search of one teacher; with `is_mailed` new activities come by mail."""

    __tablename__ = "saved_search"
    __table_args__ = (Index("ix_saved_search_teacher", "teacher_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teacher.id"))
    text: Mapped[str]
    kinds: Mapped[frozenset[str]] = mapped_column(StringSet)
    sectors: Mapped[frozenset[str]] = mapped_column(StringSet)
    areas: Mapped[frozenset[str]] = mapped_column(StringSet)
    more: Mapped[dict[str, Any]] = mapped_column(server_default="{}")  # by `words_of`, all of it
    is_mailed: Mapped[bool]
    told_until: Mapped[datetime] = mapped_column(default_factory=now)  # published until then
    created_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def query(self) -> CatalogueQuery:
        """As the catalogue knows it."""
        return query_of(self.words)

    @property
    def words(self) -> dict[str, Any]:
        """The parameters of the catalogue's page; a release of before wrote no `more`."""
        known = CatalogueQuery(
            text=self.text, kinds=self.kinds, sectors=self.sectors, areas=self.areas
        )
        return self.more or words_of(known)

    @property
    def in_words(self) -> str:
        """What is searched, for a reader."""
        return in_words(self.query)


@dataclass(frozen=True)
class Found:
    """New activities of one search."""

    search: SavedSearch
    offers: list[Offer]


def searches_of(session: Session, teacher: Teacher) -> list[SavedSearch]:
    """The oldest first."""
    query = select(SavedSearch).where(SavedSearch.teacher_id == teacher.id)
    return list(session.scalars(query.order_by(SavedSearch.created_at, SavedSearch.id)))


def save_search(session: Session, teacher: Teacher, query: CatalogueQuery, *, mail: bool) -> None:
    """Keep a search. Raises TooManySearchesError."""
    if len(searches_of(session, teacher)) >= MOST:
        raise TooManySearchesError
    session.add(
        SavedSearch(
            teacher_id=teacher.id,
            text=query.text,
            kinds=query.kinds,
            sectors=query.sectors,
            areas=query.areas,
            more=dict(words_of(query)),
            is_mailed=mail,
        )
    )
    session.flush()


def change_mail(session: Session, teacher: Teacher, search_id: UUID, *, mail: bool) -> bool:
    """Whether new activities of this search come by mail; what is new counts from now.

    False when this teacher has no such search.
    """
    own = (SavedSearch.id == search_id) & (SavedSearch.teacher_id == teacher.id)
    changed = update(SavedSearch).where(own).values(is_mailed=mail, told_until=now())
    return session.scalar(changed.returning(SavedSearch.id)) is not None


def drop_search(session: Session, teacher: Teacher, search_id: UUID) -> None:
    """Forget a search of this teacher; another's is left alone."""
    own = (SavedSearch.id == search_id) & (SavedSearch.teacher_id == teacher.id)
    session.execute(delete(SavedSearch).where(own))


def stop_mail(session: Session, teacher_id: UUID) -> None:
    """No search of this teacher is mailed any more; the searches stay."""
    own = SavedSearch.teacher_id == teacher_id
    session.execute(update(SavedSearch).where(own).values(is_mailed=False))


def teachers_with_mail(session: Session) -> list[UUID]:
    """Who wants mail about a search."""
    query = select(SavedSearch.teacher_id).where(SavedSearch.is_mailed).distinct()
    return sorted(session.scalars(query))


def tell_new(session: Session, teacher_id: UUID, *, on: date) -> list[Found]:
    """What was published since the last mail, by search; from here on it counts as told."""
    mailed = (SavedSearch.teacher_id == teacher_id) & SavedSearch.is_mailed
    searches = session.scalars(select(SavedSearch).where(mailed).order_by(SavedSearch.created_at))
    found = [
        Found(each, published_since(session, each.told_until, on=on, query=each.query))
        for each in searches
    ]
    session.execute(update(SavedSearch).where(mailed).values(told_until=now()))
    return [each for each in found if each.offers]

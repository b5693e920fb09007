"""Searches that teachers keep, and the new activities that they are told of once a week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, StringSet, new_id, now
from processes.register.catalogue.address import in_words, query_of, words_of
from processes.register.catalogue.catalogue import (
    CatalogueQuery,
    provider_names,
    published_between,
)
from processes.register.offers.rules import Offer
from processes.register.portfolio.teachers import Teacher
from processes.register.search.tables import month_of

MOST = 20  # of one teacher
MOST_NEW = 10  # activities told of one search in one mail


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


@dataclass(frozen=True)
class Found:
    """New activities of one search: the newest of them, and how many more there are."""

    search: SavedSearch
    offers: list[Offer]
    more: int


def searches_of(session: Session, teacher: Teacher) -> list[SavedSearch]:
    """The oldest first."""
    query = select(SavedSearch).where(SavedSearch.teacher_id == teacher.id)
    return list(session.scalars(query.order_by(SavedSearch.created_at, SavedSearch.id)))


def searches_in_words(session: Session, searches: Iterable[SavedSearch]) -> dict[UUID, str]:
    """What each of them searches, for a reader, by its id."""
    queries = {each.id: each.query for each in searches}
    kvks = frozenset[str]().union(*(query.providers for query in queries.values()))
    names = provider_names(session, kvks)
    return {search_id: in_words(query, names) for search_id, query in queries.items()}


def is_past(query: CatalogueQuery, *, on: date) -> bool:
    """Whether all months that were chosen are over, so that nothing new begins in them."""
    return bool(query.months) and max(query.months) < month_of(on)


def save_search(session: Session, teacher: Teacher, query: CatalogueQuery, *, mail: bool) -> bool:
    """Keep a search; one that is kept already is only mailed from now on, if that is asked.

    False for one that was kept already. Raises TooManySearchesError.
    """
    session.refresh(teacher, with_for_update=True)  # a double click waits here for the first one
    kept = searches_of(session, teacher)
    words = words_of(query)
    if same := next((each for each in kept if words_of(each.query) == words), None):
        if mail:
            change_mail(session, teacher, same.id, mail=True)
        return False
    if len(kept) >= MOST:
        raise TooManySearchesError
    session.add(
        SavedSearch(
            teacher_id=teacher.id,
            text=query.text,
            kinds=query.kinds,
            sectors=query.sectors,
            areas=query.areas,
            more=words,
            is_mailed=mail,
        )
    )
    session.flush()
    return True


def change_mail(session: Session, teacher: Teacher, search_id: UUID, *, mail: bool) -> bool:
    """Whether new activities of this search come by mail; if that changes, what is new from now.

    False when this teacher has no such search.
    """
    own = (SavedSearch.id == search_id) & (SavedSearch.teacher_id == teacher.id)
    other = own & (SavedSearch.is_mailed != mail)
    session.execute(update(SavedSearch).where(other).values(is_mailed=mail, told_until=now()))
    return session.scalar(select(SavedSearch.id).where(own)) is not None


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
    """What was published since the last mail, by search; from here on it counts as told.

    An activity that several searches find is told at the first of them.
    """
    mailed = (SavedSearch.teacher_id == teacher_id) & SavedSearch.is_mailed
    query = select(SavedSearch).where(mailed).order_by(SavedSearch.created_at, SavedSearch.id)
    moment, told, found = now(), set[UUID](), list[Found]()
    for each in session.scalars(query).all():
        new = published_between(session, each.told_until, moment, on=on, query=each.query)
        fresh = [offer for offer in new if offer.id not in told]
        told |= {offer.id for offer in fresh}
        if fresh:
            found.append(Found(each, fresh[:MOST_NEW], len(fresh[MOST_NEW:])))
    session.execute(update(SavedSearch).where(mailed).values(told_until=moment))
    return found

"""Keeps the search index in the transaction of the offers: whatever writes one writes the other."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, event, select
from sqlalchemy import inspect as state_of
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from processes.register.offers.facet_values import values_of
from processes.register.offers.rules import Offer
from processes.register.offers.runs import places_of
from processes.register.offers.terms import Area, OfferStatus, Sector
from processes.register.providers import Provider
from processes.register.search import facets, index
from processes.register.search.analyser import VERSION, Text
from processes.register.search.index import Document
from processes.register.search.tables import SearchEntry

TOLD = {"search_text", "title", "subject", "location", "sectors", "areas", "kind", "online"}
TOLD |= {"hidden_at"}
TOLD |= {
    "status",
    "end_date",
    "runs",
    "cost",
    "language",
    "contact_hours",
    "self_study_hours",
}
"""The columns of an offer that the index is made of."""
BATCH = 500


@event.listens_for(Session, "after_flush")
def _keep_index(session: Session, _context: Any) -> None:
    """Write the entries of the offers that this flush wrote."""
    changed = [each for each in (*session.new, *session.dirty) if isinstance(each, Offer)]
    offers = {offer.id: offer for offer in changed if _differs(offer, TOLD)}
    renamed = [
        each.id
        for each in session.dirty
        if isinstance(each, Provider) and _differs(each, {"display_name", "name"})
    ]
    if renamed:
        query = select(Offer).where(Offer.provider_id.in_(renamed))
        published = query.where(_listed()).order_by(Offer.id)
        published = published.with_for_update(of=Offer)  # who edits one now goes before or after
        offers |= {offer.id: offer for offer in session.scalars(published)}
    if offers:
        _write(session, offers.values())


def _differs(record: object, columns: Iterable[str]) -> bool:
    state: Any = state_of(record)
    return state.pending or any(state.attrs[name].history.has_changes() for name in columns)


def _write(session: Session, offers: Iterable[Offer]) -> None:
    published = [offer for offer in offers if _is_listed(offer)]
    if gone := [offer.id for offer in offers if not _is_listed(offer)]:
        index.remove(session, gone)
    names = _names(session, {offer.provider_id for offer in published})
    for offer in published:
        index.put(session, _document(offer, names[offer.provider_id]))


def _is_listed(offer: Offer) -> bool:
    return offer.status is OfferStatus.PUBLISHED and offer.hidden_at is None


def _listed() -> ColumnElement[bool]:
    """SQL twin of `_is_listed`."""
    return and_(Offer.status == OfferStatus.PUBLISHED, Offer.hidden_at.is_(None))


def _names(session: Session, provider_ids: Iterable[UUID]) -> dict[UUID, str]:
    query = select(Provider.id, Provider.display_name, Provider.name)
    rows = session.execute(query.where(Provider.id.in_(list(provider_ids))))
    return {provider_id: f"{shown} {name}" for provider_id, shown, name in rows}


def _document(offer: Offer, name: str) -> Document:
    kind = [offer.kind.value] if offer.kind else []
    values = {*offer.sectors, *offer.areas, *kind, *values_of(offer)}
    labels = [area.label for area in Area if area in offer.areas]
    labels += [sector.label for sector in Sector if sector in offer.sectors]
    labels += [facets.ONLINE] if facets.ONLINE in values else []
    text = Text(
        head=f"{offer.title} {offer.subject}",
        body=" ".join([offer.search_text, *labels]),
        names=" ".join([name, offer.location, *places_of(offer.runs)]),
        facets=frozenset(values) & set(facets.BITS),
    )
    return Document(
        offer_id=offer.id,
        provider_id=offer.provider_id,
        title=offer.title,
        text=text,
        hours=offer.total_hours,
        last_day=offer.end_date,
        price=min((run.price for run in offer.runs if run.price is not None), default=None),
        subject=offer.subject,
        begins=frozenset(run.start for run in offer.runs if run.start),
    )


def complete(session: Session) -> int:
    """Index the published offers without an entry of this analyser; returns how many."""
    current = SearchEntry.version == VERSION
    query = select(Offer.id).outerjoin(SearchEntry, (SearchEntry.offer_id == Offer.id) & current)
    query = query.where(_listed(), SearchEntry.number.is_(None))
    missing = list(session.scalars(query.order_by(Offer.published_at, Offer.id)))
    for offers in _batches(session, missing):
        _write(session, offers)
    return len(missing)


def rebuild(session: Session) -> int:
    """Make the whole index anew; returns the number of entries."""
    index.clear(session)
    return complete(session)


def verify(session: Session) -> list[UUID]:
    """The offers whose entry is missing, too much, or not what they say; none when all is well.

    Raises DatabaseError when the full-text index of SQLite is not that of the entries.
    """
    if session.get_bind().dialect.name == "sqlite":
        check = "INSERT INTO search_fts(search_fts, rank) VALUES ('integrity-check', 1)"
        session.execute(sql(check))
    rows = session.execute(select(SearchEntry.offer_id, SearchEntry.digest))
    kept: dict[UUID, str] = {row.offer_id: row.digest for row in rows}
    published = select(Offer.id).where(_listed())
    wrong = []
    for offers in _batches(session, list(session.scalars(published.order_by(Offer.id)))):
        names = _names(session, {offer.provider_id for offer in offers})
        for offer in offers:
            document = _document(offer, names[offer.provider_id])
            if kept.pop(offer.id, None) != document.digest:
                wrong.append(offer.id)
    return [*wrong, *kept]


def _batches(session: Session, offer_ids: list[UUID]) -> Iterator[list[Offer]]:
    for first in range(0, len(offer_ids), BATCH):
        some = select(Offer).where(Offer.id.in_(offer_ids[first : first + BATCH]))
        yield list(session.scalars(some.order_by(Offer.published_at, Offer.id)))
        session.expire_all()

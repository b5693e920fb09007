"""Keeps the search index in the transaction of the offers: whatever writes one writes the other."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, event, or_, select
from sqlalchemy import inspect as state_of
from sqlalchemy import text as sql
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from processes.base import local, today
from processes.questions import Question, day_ago
from processes.register.offers.rules import Offer
from processes.register.offers.search.documents import document_of, findable, is_indexed
from processes.register.offers.terms import OfferStatus
from processes.register.providers.providers import Provider
from processes.register.search import index, kept_counts
from processes.register.search.analyser import VERSION, keys_of
from processes.register.search.tables import SearchEntry
from processes.register.search.word_lists import lists_of

TOLD = {"search_text", "title", "subject", "location", "sectors", "areas", "kind", "online"}
TOLD |= {"status", "runs", "cost", "language", "contact_hours", "self_study_hours"}
TOLD |= {"hidden_at", "start_date", "end_date", "legacy_valid_until", "legacy_number"}
TOLD |= {"provider_id"}  # of two providers that were merged
"""The columns of an offer that the index is made of."""
BATCH = 500


@event.listens_for(Session, "after_flush")
def _keep_index(session: Session, _context: Any) -> None:
    """Write the entries of the offers that this flush wrote."""
    changed = [each for each in (*session.new, *session.dirty) if isinstance(each, Offer)]
    offers = {offer.id: offer for offer in changed if _may_differ(offer)}
    renamed = [
        each.id
        for each in session.dirty
        if isinstance(each, Provider) and _differs(each, {"display_name", "name"})
    ]
    if renamed:
        query = select(Offer).where(Offer.provider_id.in_(renamed))
        found = query.where(findable()).order_by(Offer.id)
        found = found.with_for_update(of=Offer)  # who edits one now goes before or after
        offers |= {offer.id: offer for offer in session.scalars(found)}
    if offers:
        index.remove(session, [each.id for each in offers.values() if _is_published_now(each)])
        _write(session, offers.values())


def put_published(session: Session, offers: Sequence[Offer]) -> None:
    """Write the entries of offers that were just published past the ORM."""
    index.remove(session, [offer.id for offer in offers if _was_validated(offer)])
    _write(session, offers)


def _is_published_now(offer: Offer) -> bool:
    """Whether it just was, and may have an entry from before, for portfolios.

    That one goes: an activity that is published later has an entry with a higher number.
    """
    is_published = offer.status is OfferStatus.PUBLISHED and _differs(offer, {"status"})
    return is_published and _was_validated(offer)


def _was_validated(offer: Offer) -> bool:
    return offer.legacy_valid_until is not None or bool(offer.legacy_number)


def _may_differ(offer: Offer) -> bool:
    """A concept that teachers never followed has no entry, and gets none while it stays that."""
    if state_of(offer).pending:
        return is_indexed(offer)
    is_unseen = offer.status is OfferStatus.CONCEPT and not _was_validated(offer)
    if is_unseen and not _differs(offer, {"status", "legacy_valid_until", "legacy_number"}):
        return False
    return _differs(offer, TOLD)


def _differs(record: object, columns: AbstractSet[str]) -> bool:
    touched = columns & state_of(record).committed_state.keys()  # few; a history costs more
    return any(get_history(record, name).has_changes() for name in touched)


def _write(session: Session, offers: Iterable[Offer]) -> None:
    found: list[Offer] = []
    gone: list[Offer] = []
    for offer in offers:
        (found if is_indexed(offer) else gone).append(offer)
    index.remove(session, [offer.id for offer in gone])
    if not found:
        return
    names, on = _names(session, found), today()
    index.put(session, [document_of(offer, names[offer.provider_id], on=on) for offer in found])


def _names(session: Session, offers: Collection[Offer]) -> dict[UUID, str]:
    """What their providers are called; those that the offers were read with are not asked again."""
    read = [vars(offer)["provider"] for offer in offers if vars(offer).get("provider")]
    names = {provider.id: f"{provider.display_name} {provider.name}" for provider in read}
    if wanted := {offer.provider_id for offer in offers} - names.keys():
        query = select(Provider.id, Provider.display_name, Provider.name)
        for provider_id, shown, name in session.execute(query.where(Provider.id.in_(wanted))):
            names[provider_id] = f"{shown} {name}"
    return names


def complete(session: Session) -> int:
    """Index the offers without an entry of this analyser; returns how many."""
    current = SearchEntry.version == VERSION
    query = select(Offer.id).outerjoin(SearchEntry, (SearchEntry.offer_id == Offer.id) & current)
    query = query.where(findable(), SearchEntry.number.is_(None))
    return _write_found(session, query.order_by(Offer.published_at, Offer.id))


def rebuild(session: Session) -> int:
    """Make the whole index anew; returns the number of entries."""
    index.clear(session)
    number = complete(session)
    kept_counts.rebuild(session)
    return number


def bring_up_to_date(session: Session, moment: datetime) -> int:
    """Write some of those entries anew. Searches were right before: see `SearchState`."""
    outdated = _outdated(local(moment).date())
    return sum(_write_found(session, query.limit(BATCH)) for query in outdated)


def _outdated(day: Any) -> tuple[Select[UUID], Select[UUID]]:
    """Each in the order of an index: with both in one, every sweep went through all entries."""
    days, versions = SearchEntry.valid_until, SearchEntry.version
    query = select(SearchEntry.offer_id)
    return (
        query.where(days < day).order_by(days, SearchEntry.number),
        query.where(versions < VERSION).order_by(versions, SearchEntry.number),
    )


ANY_OUTDATED = Question(or_(*(query.limit(1).exists() for query in _outdated(day_ago()))))
"""Whether a run has begun or is over that entries still count, or old code wrote some."""


def verify(session: Session) -> list[UUID]:
    """The offers whose entry is missing, too much, or not what they say; none when all is well.

    Raises DatabaseError when the full-text index of SQLite is broken.
    """
    rows = session.execute(select(SearchEntry.offer_id, SearchEntry.digest, SearchEntry.number))
    kept = {row.offer_id: row.digest for row in rows}
    found = select(Offer.id).where(findable()).order_by(Offer.id)
    wrong, lists = _without_keys(session), lists_of(session)
    for offers in _batches(session, list(session.scalars(found))):
        names = _names(session, offers)
        for offer in offers:
            document = document_of(offer, names[offer.provider_id], on=today())
            if kept.pop(offer.id, None) != document.digest(keys_of(document.text, lists)[0]):
                wrong.append(offer.id)
    return list(dict.fromkeys([*wrong, *kept]))


def _without_keys(session: Session) -> list[UUID]:
    """The entries that SQLite's tables of keys or of hits lack."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    session.execute(sql("INSERT INTO search_fts(search_fts) VALUES ('integrity-check')"))
    lost = sql(
        "number NOT IN (SELECT rowid FROM search_fts) OR number NOT IN (SELECT number FROM"
        " search_hit_row)"
    )
    return list(session.scalars(select(SearchEntry.offer_id).where(lost)))


def _write_found(session: Session, query: Select[UUID]) -> int:
    offer_ids = list(session.scalars(query))
    write_anew(session, offer_ids)
    return len(offer_ids)


def write_anew(session: Session, offer_ids: list[UUID]) -> None:
    """Write the entries of these offers anew; who edits one of them goes before or after."""
    for offers in _batches(session, offer_ids, lock=True):
        _write(session, offers)


def _batches(
    session: Session, offer_ids: list[UUID], *, lock: bool = False
) -> Iterator[list[Offer]]:
    for first in range(0, len(offer_ids), BATCH):
        some = select(Offer).where(Offer.id.in_(offer_ids[first : first + BATCH]))
        if lock:
            some = some.with_for_update(of=Offer).execution_options(populate_existing=True)
        yield list(session.scalars(some.order_by(Offer.published_at, Offer.id)))
        session.expire_all()

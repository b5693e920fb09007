"""Entries that older code writes while hosts are upgraded one by one, and many changes at once."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, now, own_clock
from processes.register.catalogue.catalogue import CatalogueQuery, search, visible_page
from processes.register.offers.offers import Offer, OfferStatus
from processes.register.offers.search.indexing import rebuild
from processes.register.search import index, kept_counts, kept_summary
from processes.register.search.tables import SearchChange, SearchEntry
from tests.processes.register.conftest import TODAY, NewOffer

NOON = datetime.combine(TODAY, time(12), AMSTERDAM).astimezone(UTC)
ENTRY: Any = SearchEntry.__table__


def published(new_offer: NewOffer, *titles: str) -> list[Offer]:
    return [new_offer(title=title, status=OfferStatus.PUBLISHED) for title in titles]


def add_as_old_code(session: Session, offer: Offer) -> None:
    """An entry without the column that old code does not know, and no change told."""
    row = session.execute(select(ENTRY).where(ENTRY.c.offer_id == offer.id)).mappings().one()
    index.remove(session, [offer.id])
    told = {name: value for name, value in row.items() if name not in {"number", "counted"}}
    session.execute(insert(ENTRY).values(told))


def change_as_old_code(session: Session, offer: Offer) -> None:
    changed = update(ENTRY).where(ENTRY.c.offer_id == offer.id)
    session.execute(changed.values(facets=0, subject="rekenen"))


def remove_as_old_code(session: Session, offer: Offer) -> None:
    session.execute(delete(ENTRY).where(ENTRY.c.offer_id == offer.id))


OLD_CODE = {"adds": add_as_old_code, "changes": change_as_old_code, "removes": remove_as_old_code}


def totals(session: Session) -> set[int]:
    """What each list says that there is; one number where all agree with the entries."""
    found = search(session, on=TODAY, query=CatalogueQuery())
    one = search(session, on=TODAY, query=CatalogueQuery(sectors=frozenset({"po"})))
    entries = session.scalar(select(func.count()).select_from(SearchEntry)) or 0
    assert one.total == found.counts["po"]
    return {found.total, visible_page(session, on=TODAY, page=1).total, entries}


@pytest.mark.parametrize("write", OLD_CODE.values(), ids=OLD_CODE)
@pytest.mark.parametrize("is_folded", [True, False])
def test_what_old_code_wrote_is_counted_at_once_and_kept_right_by_a_worker(
    session: Session,
    new_offer: NewOffer,
    write: Callable[[Session, Offer], None],
    is_folded: bool,
) -> None:
    offer, other = published(new_offer, "Breuken", "Zang")
    if is_folded:
        with own_clock(lambda: NOON):
            assert kept_counts.fold(session, kept_counts.waiting(session, NOON))
    write(session, offer)
    with own_clock(lambda: NOON):
        assert len(totals(session)) == 1
        assert kept_counts.ANY_UNKNOWN.ask(session, now())
        other.status = OfferStatus.DELETED  # by new code, before a worker came by
        session.flush()
        kept_counts.fold(session, kept_counts.waiting(session, NOON))  # keeps the mark
        assert kept_counts.ANY_UNKNOWN.ask(session, now())
        assert kept_counts.fold(session, kept_counts.recount(session))
        assert not kept_counts.ANY_UNKNOWN.ask(session, now())
        assert list(kept_counts.differences(session)) == []
        assert len(totals(session)) == 1


def test_what_old_code_wrote_and_new_code_deletes_leaves_no_count_below_zero(
    session: Session, new_offer: NewOffer
) -> None:
    (offer,) = published(new_offer, "Breuken")
    add_as_old_code(session, offer)
    offer.status = OfferStatus.DELETED
    session.flush()
    with own_clock(lambda: NOON):
        assert totals(session) == {0}
        assert kept_counts.fold(session, kept_counts.recount(session))
        assert totals(session) == {0}
        assert list(kept_counts.differences(session)) == []


def test_new_code_leaves_no_mark(session: Session, new_offer: NewOffer) -> None:
    first, second = published(new_offer, "Breuken", "Zang")
    first.subject = "taal"
    second.status = OfferStatus.DELETED
    session.flush()
    assert not kept_counts.ANY_UNKNOWN.ask(session, now())
    with own_clock(lambda: NOON):
        rebuild(session)
    assert not kept_counts.ANY_UNKNOWN.ask(session, now())


def test_a_recount_is_added_once(session: Session, new_offer: NewOffer) -> None:
    """Two workers may count at once; who wrote in the meantime told it."""
    offer, other, third = published(new_offer, "Breuken", "Zang", "Taal")
    add_as_old_code(session, offer)
    with own_clock(lambda: NOON):
        first, second = (kept_counts.recount(session) for _ in range(2))
        published(new_offer, "Lezen")
        add_as_old_code(session, other)  # marked anew
        third.status = OfferStatus.DELETED
        session.flush()
        assert kept_counts.fold(session, kept_counts.waiting(session, NOON))
        assert kept_counts.fold(session, first)
        assert not kept_counts.fold(session, second)
        assert kept_counts.ANY_UNKNOWN.ask(session, now())
        assert kept_counts.fold(session, kept_counts.recount(session))
        assert list(kept_counts.differences(session)) == []
        assert totals(session) == {3}


def test_a_fold_is_added_once(session: Session, new_offer: NewOffer) -> None:
    published(new_offer, "Breuken", "Zang")
    with own_clock(lambda: NOON):
        first, second = (kept_counts.waiting(session, NOON) for _ in range(2))
        assert kept_counts.fold(session, first)
        assert not kept_counts.fold(session, second)
        assert list(kept_counts.differences(session)) == []


def test_with_many_changes_due_a_search_counts_by_itself(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(new_offer, "Breuken", "Zang", "Taal")
    summed: list[int] = []

    def numbers_of(changes: Any, **among: Any) -> Any:
        summed.append(len(changes))
        return kept_counts.numbers_of(changes, **among)

    monkeypatch.setattr(kept_summary, "numbers_of", numbers_of)
    monkeypatch.setattr(kept_summary, "MOST_DUE", 3)
    assert totals(session) == {3}
    assert summed == []
    monkeypatch.setattr(kept_summary, "MOST_DUE", 4)
    assert totals(session) == {3}
    assert summed == [1, 1]  # what is alike is one sum of the database


def test_changes_of_a_day_to_come_do_not_slow_a_search_down(
    session: Session, new_offer: NewOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(new_offer, "Breuken")
    changes: Any = SearchChange.__table__
    row = dict(session.execute(select(changes).limit(1)).mappings().one())
    del row["id"]
    later = row | {"first_day": TODAY.replace(year=TODAY.year + 1)}
    session.execute(insert(changes), [later] * 5)
    monkeypatch.setattr(kept_summary, "MOST_DUE", 3)

    def never(*_args: object) -> None:
        raise AssertionError

    monkeypatch.setattr("processes.register.search.hits.summary_of", never)
    assert search(session, on=TODAY, query=CatalogueQuery()).total == 1


def test_the_migration_marks_what_is_there(session: Session, new_offer: NewOffer) -> None:
    """As after `loket db upgrade`: entries, no counts, and one mark."""
    published(new_offer, "Breuken", "Zang")
    kept_counts.clear(session)
    session.execute(text("UPDATE search_entry SET facets = facets"))
    with own_clock(lambda: NOON):
        assert totals(session) == {2}
        assert kept_counts.fold(session, kept_counts.recount(session))
        assert list(kept_counts.differences(session)) == []
        assert totals(session) == {2}

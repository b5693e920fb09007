"""Sweeps fold what changed in the catalogue, and count anew what older code wrote."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.orm import Session

from processes.base import now
from processes.platform.database import open_reading_session
from processes.platform.settings import Settings
from processes.register.offers.offers import OfferStatus
from processes.register.search import kept_counts
from processes.register.search.tables import SearchChange, SearchCount
from tests.processes.register.conftest import make_offer, make_provider
from tests.workers.rows import sweep
from workers.enqueue import open_session

CHANGE: Any = SearchChange.__table__


def publish(number: int, kvk: str = "00000031") -> None:
    with open_session() as session:
        provider = make_provider(kvk)
        session.add(provider)
        session.flush()
        for _ in range(number):
            session.add(make_offer(provider, status=OfferStatus.PUBLISHED))
        session.flush()
        session.commit()


def waiting(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SearchChange)) or 0


def total(session: Session) -> int | None:
    query = select(SearchCount.number).where(SearchCount.kind == kept_counts.TOTAL)
    return session.scalar(query.where(SearchCount.chosen == 0))


def test_one_sweep_folds_all_that_waits(
    worker_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worker_settings
    monkeypatch.setattr(kept_counts, "FEW", 0)
    monkeypatch.setattr(kept_counts, "BATCH", 2)
    publish(1)
    with open_session() as session:
        row = dict(session.execute(select(CHANGE)).mappings().one())
        del row["id"]
        session.execute(insert(CHANGE), [row] * 3)
        session.commit()
        assert waiting(session) == 4
    sweep()
    with open_session() as session:
        assert (waiting(session), total(session)) == (0, 4)


def test_a_sweep_counts_anew_what_older_code_wrote(worker_settings: Settings) -> None:
    assert worker_settings
    publish(2)
    with open_session() as session:
        kept_counts.rebuild(session)
        session.execute(text("UPDATE search_entry SET facets = 0"))
        session.commit()
        assert (total(session), waiting(session)) == (2, 2)
        assert list(kept_counts.differences(session)) != []
    sweep()
    with open_session() as session:
        assert (total(session), waiting(session)) == (2, 0)
        assert list(kept_counts.differences(session)) == []


def test_what_is_published_during_a_recount_is_counted_once(
    worker_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worker_settings
    publish(2)
    with open_session() as session:
        session.execute(text("UPDATE search_entry SET facets = 0"))
        session.commit()
    compared = kept_counts._changes_of_entries  # noqa: SLF001 - to write in the midst of it

    def meanwhile(connection: Connection) -> Iterator[Counter[kept_counts.Change]]:
        yield from compared(connection)
        publish(1, kvk="00000049")

    with monkeypatch.context() as during, open_reading_session() as session:
        during.setattr(kept_counts, "_changes_of_entries", meanwhile)
        counted = kept_counts.recount(session)
    with open_session() as session:
        assert kept_counts.fold(session, counted)
        assert list(kept_counts.differences(session)) == []
        assert kept_counts.fold(session, kept_counts.waiting(session, now()))
        assert total(session) == 3

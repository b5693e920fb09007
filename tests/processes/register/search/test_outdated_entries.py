"""What is to be written anew is found by indexes: each sweep of each worker asks for it."""

from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from processes.base import now, today
from processes.register.offers.offers import OfferStatus
from processes.register.offers.search.indexing import ANY_OUTDATED, bring_up_to_date
from processes.register.search.analyser import VERSION
from processes.register.search.tables import SearchEntry
from tests.planning import as_never_used
from tests.processes.register.conftest import NewOffer


def test_what_older_code_wrote_is_written_anew(session: Session, new_offer: NewOffer) -> None:
    new_offer(status=OfferStatus.PUBLISHED)
    assert not ANY_OUTDATED.ask(session, now())
    session.execute(update(SearchEntry).values(version=VERSION - 1))
    assert ANY_OUTDATED.ask(session, now())
    assert bring_up_to_date(session, now()) == 1
    assert session.scalars(select(SearchEntry.version)).all() == [VERSION]
    assert not ANY_OUTDATED.ask(session, now())


@pytest.mark.parametrize("index", ["ix_search_entry_valid", "ix_search_entry_version"])
def test_a_sweep_does_not_go_through_all_entries(session: Session, index: str) -> None:
    as_never_used(session, "search_entry")
    connection, sent = session.connection(), []

    def note(*told: Any) -> None:
        sent.append(told[2:4])

    event.listen(connection, "before_cursor_execute", note)
    asked = {name: today() for name in ANY_OUTDATED.parameters}
    assert not session.scalar(select(ANY_OUTDATED.condition), asked)
    event.remove(connection, "before_cursor_execute", note)
    is_sqlite = connection.dialect.name == "sqlite"
    driver: Any = connection.connection.driver_connection
    for way in () if is_sqlite else ("seqscan", "bitmapscan"):
        driver.execute(f"SET LOCAL enable_{way} = off")
    how = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    ((statement, given),) = sent
    plan = "\n".join(str(row) for row in driver.execute(f"{how} {statement}", given))
    assert index in plan
    assert "SCAN search_entry'" not in plan
    assert "pk_search_entry" not in plan

"""What the tests empty after each that commits is empty, whatever triggers write meanwhile."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from processes.register.offers.offers import OfferStatus
from processes.register.search.tables import SearchChange, SearchEntry
from tests.conftest import empty
from tests.processes.register.conftest import NewOffer


def test_changes_that_triggers_tell_of_entries_that_go_are_emptied_too(
    session: Session, new_offer: NewOffer
) -> None:
    new_offer(title="Rekenen", status=OfferStatus.PUBLISHED)
    session.execute(delete(SearchChange))
    assert session.scalar(select(func.count()).select_from(SearchEntry)) == 1

    empty(session.connection())

    assert session.scalar(select(func.count()).select_from(SearchChange)) == 0

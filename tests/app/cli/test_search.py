"""The search index from the command line."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from processes.platform import database
from processes.platform.settings import Settings, use_settings
from processes.register.search.tables import SearchEntry
from tests.app.cli.test_operations import loket
from tests.app.offers.offer_world import a_catalogue_offer, a_provider


@pytest.fixture(autouse=True)
def command_settings(settings: Settings, own_database_url: str) -> Iterator[None]:
    use_settings(settings.model_copy(update={"database_url": own_database_url}))
    yield
    database.close_databases()


def test_an_index_that_lost_an_offer_is_told_and_made_anew(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        offer = a_catalogue_offer(session, a_provider(session))
        offer_id = str(offer.id)
        session.rollback()  # SQLite has one writer
        assert loket("search", "verify").exit_code == 0
        session.execute(delete(SearchEntry))
        session.commit()
    verified = loket("search", "verify")
    assert verified.exit_code == 1
    assert offer_id in verified.output
    assert loket("search", "rebuild").output.strip() == "1 offers indexed"
    assert loket("search", "verify").exit_code == 0

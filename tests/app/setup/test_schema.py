"""The migrations make exactly the tables that the models describe, on both databases."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from app.setup.schema import current_version, upgrade
from app.setup.tables import all_tables
from processes.database import open_database
from tests.conftest import Backend


@pytest.fixture
def empty_engine(backend: Backend) -> Iterator[Engine]:
    engine = open_database(backend.new_database())
    yield engine
    engine.dispose()


def test_the_migrations_make_what_the_models_describe(empty_engine: Engine) -> None:
    assert upgrade(empty_engine)
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, all_tables())
    assert differences == []


def test_upgrading_again_changes_nothing(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    version = current_version(empty_engine)
    assert not upgrade(empty_engine)
    assert current_version(empty_engine) == version
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM provider")).scalar() == 0

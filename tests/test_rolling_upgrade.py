"""What docs/operate/upgrade.md promises of migrations: old code goes on, and locks are short."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from app.setup import schema
from processes.database import open_database

HISTORY = list(reversed(list(ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions())))
FIRST = HISTORY[0].revision
Columns = dict[tuple[str, str], bool]


@pytest.fixture
def empty_engine(backend: Any) -> Iterator[Engine]:
    engine = open_database(backend.new_database())
    yield engine
    engine.dispose()


def upgrade_to(engine: Engine, revision: str) -> None:
    command.upgrade(schema._config(engine), revision)  # noqa: SLF001 - `upgrade` knows only the last


def columns_of(engine: Engine) -> Columns:
    """Each column, and whether a row can be written without it."""
    found = inspect(engine)
    return {
        (table, column["name"]): bool(column["nullable"] or column["default"] is not None)
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }


def test_each_migration_leaves_to_old_code_what_it_reads_and_writes(empty_engine: Engine) -> None:
    upgrade_to(empty_engine, FIRST)
    known = columns_of(empty_engine)
    for migration in HISTORY[1:]:
        upgrade_to(empty_engine, migration.revision)
        after = columns_of(empty_engine)
        assert set(known) <= set(after), migration.doc
        old_tables = {table for table, _ in known}
        for (table, column), may_be_left_out in after.items():
            is_new = (table, column) not in known
            assert may_be_left_out or not (is_new and table in old_tables), (table, column)
            assert may_be_left_out or is_new or not known[table, column], (table, column)
        known = after


def test_a_migration_that_gets_no_lock_changes_nothing_and_can_be_run_again(
    empty_engine: Engine,
) -> None:
    if empty_engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer, and waits 15 seconds for it")
    with empty_engine.connect() as any_connection:
        assert any_connection.scalar(text("SHOW lock_timeout")) == "5s"
    upgrade_to(empty_engine, FIRST)
    before = columns_of(empty_engine)
    with empty_engine.connect() as report:
        report.execute(text("SELECT count(*) FROM incident"))
        report.execute(text("LOCK TABLE incident IN ACCESS SHARE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            schema.upgrade(empty_engine)
        assert columns_of(empty_engine) == before
        assert schema.current_version(empty_engine) == FIRST
    assert schema.upgrade(empty_engine)
    assert schema.current_version(empty_engine) == schema.newest_version()

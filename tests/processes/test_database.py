"""Connection options of PostgreSQL that free the locks of a lost host."""

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from processes.database import READ_ONLY, open_database
from tests.conftest import Backend


@pytest.fixture
def on_postgresql(backend: Backend) -> Engine:
    if backend.name != "postgresql":
        pytest.skip("SQLite has no hosts that can be cut off")
    return open_database(backend.new_database())


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
    ],
)
def test_a_host_that_is_cut_off_holds_no_lock_for_long(
    setting: str, value: str, on_postgresql: Engine
) -> None:
    with on_postgresql.connect() as connection:
        assert connection.scalar(sa.text(f"SHOW {setting}")) == value
    on_postgresql.dispose()


def test_a_connection_that_only_reads_is_kept_from_writing_and_the_next_one_may(
    own_engine: Engine,
) -> None:
    table = sa.table("teacher", sa.column("id"))
    reading = own_engine.execution_options(**READ_ONLY)
    for _ in range(3):  # the pool hands out the same connection
        with reading.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="read"):
            connection.execute(sa.delete(table))
        with own_engine.begin() as connection:
            connection.execute(sa.delete(table))


def test_an_error_of_the_database_does_not_tell_what_was_looked_for(own_engine: Engine) -> None:
    wrong = sa.text("SELECT 1 FROM no_such_table WHERE kvk = :kvk")
    with own_engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as told:
        connection.execute(wrong, {"kvk": "68750110"})
    assert "no_such_table" in str(told.value)
    assert "68750110" not in str(told.value)

"""Fills a PostgreSQL with copies of real onboardings, as after years of use."""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Engine, Table, text
from sqlalchemy.dialects.postgresql import UUID as POSTGRESQL_UUID
from sqlalchemy.types import Uuid

from app.setup.tables import all_tables

FIRST = 50_000_000  # the KvK number of the first copy

# The tables that an onboarding leaves rows in, and what says in each whose they are.
OWNED = {
    "process_instance": "tenant",
    "user_task": "instance_id",
    "activity_instance": "instance_id",
    "job": "tenant",
    "audit_event": "kvk",
    "declaration": "kvk",
    "provider": "kvk",
    "trade_register_extract": "kvk",
    "outgoing_mail": "kvk",
    "provider_user": "kvk",
    "web_session": "kvk",
}
KVK = {"kvk", "tenant", "business_key"}
UNIQUE_TEXT = {"idempotency_key", "key", "message_id", "reference"}


def fill(engine: Engine, templates: Sequence[str], *, already: int, until: int) -> None:
    """Copy the onboardings of these companies in turns, so that there are so many in all."""
    with engine.begin() as connection:
        for number, kvk in enumerate(templates):
            for name, owner in OWNED.items():
                table = all_tables().tables[name]
                _copy(connection, table, owner, kvk, (already + number, until, len(templates)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")


def _copy(
    connection: Connection, table: Table, owner: str, kvk: str, steps: tuple[int, int, int]
) -> None:
    columns = list(table.columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(_value(table.name, column) for column in columns)
    mine = "t.instance_id IN (SELECT id FROM process_instance WHERE tenant = :kvk)"
    whose = mine if owner == "instance_id" else f"t.{owner} = :kvk"
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({names})"  # noqa: S608 - names of our own tables
            f" SELECT {values} FROM {table.name} t,"
            f" generate_series({steps[0]}, {steps[1]} - 1, {steps[2]}) n WHERE {whose}"
        ),
        {"kvk": kvk},
    )


def _value(table: str, column: Column[object]) -> str:
    """What stands in this column of copy n: the same, or what makes the copy another one."""
    name = f't."{column.name}"'
    if column.name in KVK:
        return f"({FIRST} + n)::text"
    if column.name in UNIQUE_TEXT:
        return f"n || '-' || {name}"
    if (table, column.name) == ("web_session", "id"):
        return f"md5(n || {name})"
    is_uuid = isinstance(column.type, Uuid | POSTGRESQL_UUID)
    if is_uuid and column.name not in {"definition_id", "set_id"}:
        return f"CASE WHEN {name} IS NULL THEN NULL ELSE md5(n || {name}::text)::uuid END"
    return name

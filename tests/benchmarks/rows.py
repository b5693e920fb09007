"""Records the rows that a step writes, to write them bare as a baseline."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests.benchmarks.databases import Bare, Database, as_parameter

INSTANCE = "process_instance"
OWNED_BY = {  # table → the column that names its owner; "id.offer" is the id of an offer
    INSTANCE: "id",
    "user_task": "instance_id",
    "job": "instance_id",
    "timer": "instance_id",
    "message_subscription": "instance_id",
    "activity_instance": "instance_id",
    "audit_event": "kvk",
    "offer": "id.offer",
    "migration_result": "kvk",
}
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")

Row = dict[str, Any]
Snapshot = dict[str, dict[Any, Row]]


@dataclass(frozen=True)
class Change:
    """Rows of one table that a step inserted, or one row of which it updated some columns."""

    table: str
    key: Any  # of the updated row; None for an insert
    rows: list[Row]

    @property
    def is_insert(self) -> bool:
        return self.key is None


Changes = list[Change]


def snapshot(bare: Bare, owners: dict[str, Any]) -> Snapshot:
    """All rows of these owners (column → value), as the driver reads them."""
    found: Snapshot = {}
    for table, column in OWNED_BY.items():
        if column not in owners:
            continue
        sql = f"SELECT * FROM {table} WHERE {column.partition('.')[0]} = {bare.mark}"  # noqa: S608
        names, rows = bare.rows(sql, (owners[column],))
        found[table] = {row[names.index("id")]: dict(zip(names, row, strict=True)) for row in rows}
    bare.commit()
    return found


def changes(before: Snapshot, after: Snapshot) -> Changes:
    """What was written between two looks."""
    found = []
    for table, rows in after.items():
        known = before.get(table, {})
        for key, row in rows.items():
            old = known.get(key)
            if old is not None and old != row:
                new = {name: value for name, value in row.items() if old[name] != value}
                found.append(Change(table, key, [new]))
        added = [row for key, row in rows.items() if key not in known]
        if added:
            found.append(Change(table, None, added))
    return found


def listed(step: Changes) -> dict[str, str]:
    """The rows of a step in words: table → what happens to it."""
    words: dict[str, list[str]] = {}
    for change in step:
        what = f"{len(change.rows)} inserted" if change.is_insert else "1 updated"
        words.setdefault(change.table, []).append(what)
    return {table: ", ".join(what) for table, what in words.items()}


class Renamed:
    """The same rows for another instance: new ids and another company."""

    def __init__(self, kvk: str, new_kvk: str, known: Mapping[UUID, UUID]) -> None:
        self._kvk, self._new_kvk = kvk, new_kvk
        self._ids: dict[str, UUID] = {old.hex: new for old, new in known.items()}

    def value(self, value: Any) -> Any:
        """This value, where it names something of the instance, with its new name."""
        if isinstance(value, UUID):
            return self._new(value.hex)
        if value == self._kvk:
            return self._new_kvk
        if isinstance(value, str):
            return _UUID.sub(self._in_text, value)
        return as_parameter(value)

    def _new(self, known: str) -> UUID:
        return self._ids.setdefault(known, uuid4())

    def _in_text(self, match: re.Match[str]) -> str:
        text = match[0]
        new = self._new(text.replace("-", ""))
        return str(new) if "-" in text else new.hex


@dataclass
class Write:
    """One statement, ready to be sent."""

    table: str
    columns: list[str]
    sql: str
    parameters: list[Any]

    def with_state(self, state: bytes) -> list[Any]:
        """The parameters, with another state."""
        given = list(self.parameters)
        given[self.columns.index("state")] = state
        return given


def writes(database: Database, step: Changes, renamed: Renamed) -> list[Write]:
    """The statements of a step: one for each table that rows are added to, one for each update."""
    mark = "?" if database.name == "sqlite" else "%s"
    return [_write(change, renamed, mark) for change in step]


def _write(change: Change, renamed: Renamed, mark: str) -> Write:
    columns = list(change.rows[0])
    given = list(_values(change.rows, renamed))
    if change.is_insert:
        row = f"({', '.join([mark] * len(columns))})"
        rows = ", ".join([row] * len(change.rows))
        sql = f"INSERT INTO {change.table} ({', '.join(columns)}) VALUES {rows}"  # noqa: S608
    else:
        assignments = ", ".join(f"{name} = {mark}" for name in columns)
        sql = f"UPDATE {change.table} SET {assignments} WHERE id = {mark}"  # noqa: S608
        given.append(renamed.value(change.key))
    return Write(change.table, columns, sql, given)


def _values(rows: list[Row], renamed: Renamed) -> Iterator[Any]:
    for row in rows:
        for value in row.values():
            yield renamed.value(value)

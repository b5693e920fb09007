"""Triggers that keep the audit trail append-only, whatever the role of the database may do.

`loket db upgrade` makes them where they are not there. An event and its link may be erased (see
`erasing.py`); no other change is let through.
"""

from sqlalchemy import Connection, text

MESSAGE = "the audit trail is append-only"
TABLES = ("audit_event", "audit_seal", "audit_checkpoint")
_UNIQUE = {  # on SQLite: by what a new row may take the place of another
    "audit_event": ("id", "rowid"),
    "audit_seal": ("number", "event_id"),
    "audit_checkpoint": ("day", "rowid"),
}
_SAME_EVENT = ("id", "action", "at")
_SAME_LINK = ("number", "event_id", "action", "at", "commitment", "previous", "digest", "sealed_at")


def protect(connection: Connection) -> None:
    """Make the triggers that are not there yet."""
    if connection.dialect.name == "sqlite":
        for name, statement in _for_sqlite():
            connection.execute(text(f"CREATE TRIGGER IF NOT EXISTS {name} {statement}"))
    elif not is_protected(connection):
        for statement in _for_postgresql():
            connection.execute(text(statement))


def is_protected(connection: Connection) -> bool:
    """Whether all triggers are there."""
    if connection.dialect.name == "sqlite":
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'"
        return connection.execute(text(query)).scalar() == len(_for_sqlite())
    query = (
        "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
        "AND tgrelid = ANY(ARRAY['audit_event', 'audit_seal', 'audit_checkpoint']::regclass[])"
    )
    return connection.execute(text(query)).scalar() == 3 * len(TABLES)


def _is_erasure(table: str, same: str, empty: str) -> str:
    """The condition under which a change only erases."""
    if table == "audit_checkpoint":
        return empty  # never
    names = _SAME_EVENT if table == "audit_event" else _SAME_LINK
    unchanged = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in names)
    if table == "audit_seal":
        return f"{unchanged} AND NEW.salt IS NULL AND NEW.erased_by IS NOT NULL"
    nothing = "NEW.actor = '' AND NEW.kvk IS NULL AND NEW.subject IS NULL"
    return f"{unchanged} AND {nothing} AND {empty}"


def _for_sqlite() -> list[tuple[str, str]]:
    refused = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    made = []
    for table in TABLES:
        empty = "NEW.details = '{}'" if table == "audit_event" else "0"
        erasure = _is_erasure(table, "IS", empty)
        made.append((f"{table}_keeps_rows", f"BEFORE DELETE ON {table} {refused}"))
        made.append(
            (f"{table}_keeps_values", f"BEFORE UPDATE ON {table} WHEN NOT ({erasure}) {refused}")
        )
        # REPLACE takes a row out without its trigger, unless a connection asks for that.
        same = " OR ".join(f"{name} = NEW.{name}" for name in _UNIQUE[table])
        is_there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of ours
        made.append(
            (f"{table}_is_not_replaced", f"BEFORE INSERT ON {table} WHEN {is_there} {refused}")
        )
    return made


def _for_postgresql() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    made = [function]
    run = "EXECUTE FUNCTION audit_refused()"
    for table in TABLES:
        empty = "NEW.details::text = '{}'" if table == "audit_event" else "false"
        changed = f"NOT ({_is_erasure(table, 'IS NOT DISTINCT FROM', empty)})"
        create = f"CREATE OR REPLACE TRIGGER {table}"
        rows, emptied = f"BEFORE DELETE ON {table}", f"BEFORE TRUNCATE ON {table}"
        made.append(f"{create}_keeps_rows {rows} FOR EACH ROW {run}")
        made.append(f"{create}_is_not_emptied {emptied} FOR EACH STATEMENT {run}")
        values = f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed})"
        made.append(f"{create}_keeps_values {values} {run}")
    return made

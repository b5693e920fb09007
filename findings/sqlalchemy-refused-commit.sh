#!/bin/sh
# SQLAlchemy 2.1.9 (2.0.44 too) gives a connection of which COMMIT was refused back to its pool without a rollback.

# A constraint that is deferred is looked at by COMMIT; a full disk shows there too. The transaction is then
# still open. `Session.close()`, `with Session(…)` and `with engine.connect()` take it for ended: the pool's
# rollback at return is left out, and whoever gets the connection next is in the transaction of another. On
# SQLite that one holds the only turn to write. `with engine.begin()` does roll back.

# What Loket does: the session and the connection roll back themselves when a commit fails, on both databases
# (test_one_writer.py, test_statements.py and test_late_session.py in tests/processes). Found when a full disk
# kept everybody from logging in until the portal was started again.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sqlalchemy==2.1.9
cat >show.py <<'PYTHON'
from collections.abc import Callable
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

engine = create_engine("sqlite:///some.db")
event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA foreign_keys = ON"))
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE school (id INTEGER PRIMARY KEY)"))
    connection.execute(
        text(
            "CREATE TABLE course (id INTEGER PRIMARY KEY,"
            " school INTEGER REFERENCES school DEFERRABLE INITIALLY DEFERRED)"
        )
    )
ORPHAN = text("INSERT INTO course VALUES (1, 7)")


def closed() -> None:
    session = Session(engine)
    session.execute(ORPHAN)
    try:
        session.commit()
    finally:
        session.close()


def with_session() -> None:
    with Session(engine) as session:
        session.execute(ORPHAN)
        session.commit()


def with_connection() -> None:
    with engine.connect() as connection:
        connection.execute(ORPHAN)
        connection.commit()


def with_begin() -> None:
    with engine.begin() as connection:
        connection.execute(ORPHAN)


def after(work: Callable[[], Any]) -> None:
    try:
        work()
    except IntegrityError:
        given = engine.raw_connection()
        rows = given.driver_connection.execute("SELECT count(*) FROM course").fetchone()[0]
        print(f"{work.__name__}: open {given.driver_connection.in_transaction}, rows {rows}")
        given.driver_connection.rollback()
        given.close()


for each in (closed, with_session, with_connection, with_begin):
    after(each)
PYTHON
cat >expected <<'TEXT'
closed: open True, rows 1
with_session: open True, rows 1
with_connection: open True, rows 1
with_begin: open False, rows 0
TEXT
venv/bin/python show.py | tee seen
diff expected seen

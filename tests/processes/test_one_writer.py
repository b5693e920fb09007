"""Threads of one process write to SQLite in turn."""

import sqlite3
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from processes.database import READ_ONLY, engine_options, prepare
from processes.one_writer import Line, OneWriter


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "register.db", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE offer (title TEXT UNIQUE)")
    connection.close()
    return tmp_path / "register.db"


def opened(file: Path, seconds: float = 60) -> OneWriter:
    return OneWriter(str(file), isolation_level=None, timeout=seconds, check_same_thread=False)


def test_who_comes_first_goes_first() -> None:
    line = Line()
    first, second, third = line.join(), line.join(), line.join()
    assert [each.is_set() for each in (first, second, third)] == [True, False, False]
    line.leave(first)
    assert [each.is_set() for each in (second, third)] == [True, False]


def test_who_gives_up_is_passed_over() -> None:
    line = Line()
    first, second, third = line.join(), line.join(), line.join()
    line.leave(second)
    assert not third.is_set()
    line.leave(first)
    assert third.is_set()


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_next_thread_writes_when_a_transaction_has_ended(file: Path, end: str) -> None:
    one, other = opened(file), opened(file)
    one.begin_writing()
    one.execute("INSERT INTO offer VALUES ('Rekenen')")

    def write() -> None:
        other.begin_writing()
        other.execute("INSERT INTO offer VALUES ('Taal')")
        other.commit()

    thread = Thread(target=write)
    thread.start()
    getattr(one, end)()
    thread.join()
    titles = [row[0] for row in other.execute("SELECT title FROM offer ORDER BY title")]
    assert titles == (["Rekenen", "Taal"] if end == "commit" else ["Taal"])
    one.close()
    other.close()


def test_who_waits_too_long_is_told_and_others_go_on(file: Path) -> None:
    one, impatient, third = opened(file), opened(file, 0), opened(file)
    one.begin_writing()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        impatient.begin_writing()
    one.commit()
    third.begin_writing()
    third.commit()
    impatient.begin_writing()
    for each in (one, impatient, third):
        each.close()


def test_a_transaction_that_cannot_begin_leaves_the_line(file: Path) -> None:
    elsewhere = sqlite3.connect(file, isolation_level=None)  # as another process would
    elsewhere.execute("BEGIN IMMEDIATE")
    ours = opened(file, 0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        ours.begin_writing()
    elsewhere.close()
    ours.begin_writing()
    ours.close()


def test_a_commit_that_fails_keeps_its_turn_until_it_is_undone(file: Path) -> None:
    one, other = opened(file), opened(file, 0)
    one.execute("PRAGMA foreign_keys=ON")
    one.execute(
        "CREATE TABLE run (offer TEXT REFERENCES offer (title) DEFERRABLE INITIALLY DEFERRED)"
    )
    one.begin_writing()
    one.execute("INSERT INTO run VALUES ('nergens')")
    with pytest.raises(sqlite3.IntegrityError):
        one.commit()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.begin_writing()
    one.rollback()
    other.begin_writing()
    one.close()
    other.close()


def test_engines_of_sqlite_write_in_turn_and_reading_does_not_wait(file: Path) -> None:
    url = f"sqlite:///{file}"
    engine = sa.create_engine(url, **engine_options(url))
    prepare(engine)
    with engine.begin() as writing:
        writing.execute(sa.text("INSERT INTO offer VALUES ('Rekenen')"))
        with engine.connect().execution_options(**READ_ONLY) as reading:
            assert reading.scalar(sa.text("SELECT count(*) FROM offer")) == 0
    with engine.begin() as writing:
        assert writing.scalar(sa.text("SELECT count(*) FROM offer")) == 1
    engine.dispose()

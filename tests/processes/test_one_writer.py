"""Threads of one process write to SQLite in turn."""

import gc
import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from processes.database import READ_ONLY, engine_options, open_database, prepare
from processes.one_writer import OneWriter, _Database
from processes.waiting_line import Line, Place


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "register.db", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE offer (title TEXT UNIQUE)")
    connection.close()
    return tmp_path / "register.db"


class Open(Protocol):
    """Opens the database; its connections write each by itself, or all on one."""

    def __call__(self, file: Path, seconds: float = 60) -> OneWriter: ...


@pytest.fixture(params=[False, True], ids=["apart", "together"])
def opened(request: pytest.FixtureRequest) -> Open:
    def opened(file: Path, seconds: float = 60) -> OneWriter:
        made = OneWriter(str(file), isolation_level=None, timeout=seconds, check_same_thread=False)
        if request.param:
            made.prepare(["foreign_keys=ON", f"busy_timeout={seconds * 1000:.0f}"])
        return made

    return opened


def test_who_comes_first_goes_first() -> None:
    line = Line()
    first, second, third = line.join(), line.join(), line.join()
    assert [each.is_set() for each in (first, second, third)] == [True, False, False]
    line.leave(first)
    assert [each.is_set() for each in (second, third)] == [True, False]


def test_databases_in_memory_are_written_beside_each_other() -> None:
    one, other = (OneWriter(":memory:", isolation_level=None) for _ in range(2))
    for each in (one, other):
        each.begin_writing()
        each.execute("CREATE TABLE offer (title TEXT)")
    one.commit()
    other.rollback()
    assert [len(each.execute("PRAGMA table_info(offer)").fetchall()) for each in (one, other)] == [
        1,
        0,
    ]


def test_who_gives_up_is_passed_over() -> None:
    line = Line()
    first, second, third = line.join(), line.join(), line.join()
    line.leave(second)
    assert not third.is_set()
    line.leave(first)
    assert third.is_set()


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_next_thread_writes_when_a_transaction_has_ended(
    file: Path, opened: Open, end: str
) -> None:
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


def test_who_waits_too_long_is_told_and_others_go_on(file: Path, opened: Open) -> None:
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


def test_a_transaction_that_cannot_begin_leaves_the_line(file: Path, opened: Open) -> None:
    elsewhere = sqlite3.connect(file, isolation_level=None)  # as another process would
    elsewhere.execute("BEGIN IMMEDIATE")
    ours = opened(file, 0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        ours.begin_writing()
    elsewhere.close()
    ours.begin_writing()
    ours.close()


def test_a_commit_that_fails_is_undone_and_gives_its_turn_up(file: Path, opened: Open) -> None:
    one, other = opened(file), opened(file, 0)
    one.execute("PRAGMA foreign_keys=ON")
    one.execute(
        "CREATE TABLE run (offer TEXT REFERENCES offer (title) DEFERRABLE INITIALLY DEFERRED)"
    )
    one.begin_writing()
    one.execute("INSERT INTO run VALUES ('nergens')")
    with pytest.raises(sqlite3.IntegrityError):
        one.commit()
    assert not one.in_transaction
    other.begin_writing()
    other.rollback()
    one.rollback()  # as who was told of the failure does
    one.begin_writing()
    assert one.execute("SELECT count(*) FROM run").fetchone() == (0,)
    one.close()
    other.close()


def test_a_session_that_is_closed_after_a_commit_that_failed_holds_nobody_up(file: Path) -> None:
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE run (offer TEXT REFERENCES offer (title) DEFERRABLE INITIALLY DEFERRED)"
        )
    for _again in range(2):
        with Session(engine) as session:
            session.execute(sa.text("INSERT INTO run VALUES ('nergens')"))
            with pytest.raises(sa.exc.IntegrityError):
                session.commit()
        with Session(engine) as session:
            session.execute(sa.text("DELETE FROM offer"))
            session.commit()
    engine.dispose()


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


def test_threads_write_in_the_order_in_which_they_asked(
    file: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Event()
    join = Line.join

    def join_and_tell(line: Line) -> Place:
        place = join(line)
        asked.set()
        return place

    monkeypatch.setattr(Line, "join", join_and_tell)
    titles = [f"Cursus {number}" for number in range(8)]
    first = opened(file)
    first.begin_writing()

    def write(title: str) -> None:
        connection = opened(file)
        connection.begin_writing()
        connection.execute("INSERT INTO offer VALUES (?)", [title])
        connection.commit()
        connection.close()

    threads = [Thread(target=write, args=[title]) for title in titles]
    for thread in threads:
        asked.clear()
        thread.start()
        asked.wait()
    first.commit()
    for thread in threads:
        thread.join()
    rows = first.execute("SELECT title FROM offer ORDER BY rowid")
    assert [title for (title,) in rows] == titles
    first.close()


def test_threads_that_change_one_row_lose_no_change(file: Path) -> None:
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE counter AS SELECT 0 AS number"))

    def change(_thread: int) -> None:
        for turn in range(10):
            with suppress(LookupError), engine.begin() as connection:
                number = connection.scalar(sa.text("SELECT number FROM counter"))
                statement = sa.text("UPDATE counter SET number = :number")
                connection.execute(statement, {"number": number + 1})
                if turn % 2:
                    raise LookupError

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(change, range(6)))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT number FROM counter")) == 30
    engine.dispose()


def test_a_thread_that_ended_in_the_middle_gives_up_its_turn(file: Path, opened: Open) -> None:
    engine = open_database(f"sqlite:///{file}")

    def write() -> None:
        engine.connect().execute(sa.text("INSERT INTO offer VALUES ('Rekenen')"))

    thread = Thread(target=write)
    thread.start()
    thread.join()
    gc.collect()
    other = opened(file, 0)
    other.begin_writing()
    assert other.execute("SELECT count(*) FROM offer").fetchone() == (0,)
    other.close()
    engine.dispose()


def test_a_connection_that_nobody_has_any_more_gives_up_its_turn(file: Path, opened: Open) -> None:
    opened(file).begin_writing()
    gc.collect()
    other = opened(file, 0)
    other.begin_writing()
    other.close()


def test_a_second_connection_of_a_thread_is_told_at_once_that_it_waits_for_itself(
    file: Path,
    opened: Open,
) -> None:
    one, other = opened(file), opened(file)
    one.begin_writing()
    with pytest.raises(sqlite3.OperationalError, match="locked by another connection of this"):
        other.begin_writing()
    one.commit()
    other.begin_writing()
    one.close()
    other.close()


def test_a_process_that_is_forked_waits_for_no_thread_of_its_parent(
    file: Path, opened: Open
) -> None:
    one = opened(file)
    one.begin_writing()
    one.execute("COMMIT")  # the turn goes on: only the line of this process is in the way
    child = os.fork()
    if child == 0:
        try:
            opened(file, 0).begin_writing()
        finally:
            os._exit(0 if sys.exception() is None else 1)
    assert os.waitpid(child, 0)[1] == 0
    one.commit()
    one.close()


def test_all_write_on_one_connection_and_read_on_their_own(file: Path) -> None:
    engine = open_database(f"sqlite:///{file}")
    writers = set()
    for _ in range(2):
        with engine.connect() as one, engine.connect() as other:
            for each in (one, other):
                each.execute(sa.text("INSERT INTO offer VALUES (NULL)"))
                driver: OneWriter = each.connection.driver_connection  # type: ignore[assignment]
                writers.add(driver.writing)
                each.commit()
                assert driver.writing is None
    assert len(writers - {None}) == 1
    engine.dispose()


def test_what_a_transaction_did_not_read_to_its_end_holds_nobody_up(file: Path) -> None:
    """Else the next one would begin with what was there then, and could not write."""
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO offer VALUES ('Rekenen'), ('Taal')"))
    with engine.connect() as connection:
        unread = connection.execute(sa.text("SELECT title FROM offer"))
        unread.fetchone()
        connection.commit()
        elsewhere = sqlite3.connect(file, isolation_level=None)  # as another process would
        elsewhere.execute("INSERT INTO offer VALUES ('Muziek')")
        with engine.begin() as other:
            assert other.scalar(sa.text("SELECT count(*) FROM offer")) == 3
            other.execute(sa.text("INSERT INTO offer VALUES ('Gym')"))
    assert elsewhere.execute("SELECT count(*) FROM offer").fetchone() == (4,)
    elsewhere.close()
    engine.dispose()


def test_a_process_that_is_forked_writes_on_a_connection_of_its_own(file: Path) -> None:
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO offer VALUES ('Rekenen')"))
    child = os.fork()
    if child == 0:
        try:
            own = open_database(f"sqlite:///{file}")
            with own.begin() as connection:
                connection.execute(sa.text("INSERT INTO offer VALUES ('Taal')"))
            own.dispose()
        finally:
            os._exit(0 if sys.exception() is None else 1)
    assert os.waitpid(child, 0)[1] == 0
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO offer VALUES ('Gym')"))
        assert connection.scalar(sa.text("SELECT count(*) FROM offer")) == 3
    engine.dispose()


def test_a_transaction_that_was_left_in_the_middle_is_undone_for_the_next(
    file: Path, opened: Open
) -> None:
    left = opened(file)
    left.begin_writing()
    left.execute("INSERT INTO offer VALUES ('Rekenen')")
    del left
    gc.collect()
    other = opened(file, 0)
    other.begin_writing()
    assert other.execute("SELECT count(*) FROM offer").fetchone() == (0,)
    other.close()


def test_a_long_transaction_keeps_no_cursor_of_what_was_read(file: Path) -> None:
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        for _ in range(50):
            assert connection.execute(sa.text("SELECT title FROM offer")).all() == []
        cursors = [each for each in gc.get_objects() if isinstance(each, sqlite3.Cursor)]
        assert len(cursors) < 10
    engine.dispose()


def test_who_is_broken_off_at_the_end_of_a_turn_gives_it_up(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the soft time limit of a task does, wherever it is."""

    def broken_off(*_: object) -> None:
        raise SystemExit

    one, other = (OneWriter(str(file), isolation_level=None, timeout=0) for _ in range(2))
    for each in (one, other):
        each.prepare(["foreign_keys=ON"])
    one.begin_writing()
    one.execute("INSERT INTO offer VALUES ('Rekenen')")
    with monkeypatch.context() as patch:
        patch.setattr(_Database, "undo", broken_off)
        with pytest.raises(SystemExit):
            one.close()
    other.begin_writing()
    assert other.execute("SELECT count(*) FROM offer").fetchone() == (0,)
    other.execute("INSERT INTO offer VALUES ('Taal')")
    other.commit()
    assert other.execute("SELECT title FROM offer").fetchall() == [("Taal",)]
    other.close()

"""Commits on SQLite are flushed together, and none is answered before it is durable."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock, Thread

import pytest
import sqlalchemy as sa

from processes.database import open_database
from processes.group_commit import GroupCommit

FLUSH = "processes.one_writer.os.fdatasync"


class Slow:
    """A flush that ends when it is told to."""

    def __init__(self) -> None:
        self.begun, self.may_end = Event(), Event()

    def __call__(self) -> None:
        self.begun.set()
        self.may_end.wait()


class Disk:
    """What a machine would find after a loss of power: the files as they were last flushed."""

    def __init__(self, file: Path) -> None:
        self._files = [file, file.with_name(f"{file.name}-wal")]
        self._found: list[bytes] = []
        self._lock = Lock()
        self.flushes = 0

    def flush(self, _descriptor: int) -> None:
        seen = [each.read_bytes() for each in self._files]
        with self._lock:
            self._found = seen
            self.flushes += 1

    def titles(self, folder: Path) -> set[str]:
        """The titles of the offers that would be found. Needs a folder of its own."""
        folder.mkdir()
        with self._lock:
            for file, found in zip(self._files, self._found, strict=True):
                (folder / file.name).write_bytes(found)
        connection = sqlite3.connect(folder / self._files[0].name)
        titles = {title for (title,) in connection.execute("SELECT title FROM offer")}
        connection.close()
        return titles


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "register.db"


@pytest.fixture
def engine(file: Path) -> Iterator[sa.Engine]:
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE offer (title TEXT)"))
    yield engine
    engine.dispose()


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def add(engine: sa.Engine, title: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO offer VALUES (:title)"), {"title": title})


def test_what_is_committed_during_a_flush_is_durable_by_one_flush_after_it() -> None:
    commits, first, later = GroupCommit(), Slow(), []
    flushing = Thread(target=commits.wait_for, args=(commits.add(), first))
    flushing.start()
    first.begun.wait()
    numbers = [commits.add() for _ in range(7)]
    with ThreadPoolExecutor(7) as waiting:
        for number in numbers:
            waiting.submit(commits.wait_for, number, lambda: later.append("flushed"))
        first.may_end.set()
    flushing.join()
    assert later == ["flushed"]


def test_who_was_flushed_by_another_does_not_flush() -> None:
    commits = GroupCommit()
    earlier, later = commits.add(), commits.add()
    flushes: list[int] = []
    commits.wait_for(later, lambda: flushes.append(later))
    commits.wait_for(earlier, lambda: flushes.append(earlier))
    assert flushes == [later]


def test_a_flush_that_is_broken_off_is_done_by_who_waits() -> None:
    commits, flushes = GroupCommit(), []

    def broken() -> None:
        raise KeyboardInterrupt

    number = commits.add()
    with pytest.raises(KeyboardInterrupt):
        commits.wait_for(number, broken)
    commits.wait_for(number, lambda: flushes.append(number))
    assert flushes == [number]


def test_after_a_flush_that_failed_nothing_is_answered_as_committed() -> None:
    """The kernel forgets the pages of a flush that failed, and the next flush ends well."""
    commits = GroupCommit()

    def fail() -> None:
        raise OSError(5, "Input/output error")

    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        commits.wait_for(commits.add(), fail)
    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        commits.wait_for(commits.add(), lambda: None)


def test_what_is_answered_survives_a_loss_of_power(
    engine: sa.Engine, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(file)
    monkeypatch.setattr(FLUSH, disk.flush)

    def write(thread: int) -> None:
        for number in range(4):
            title = f"Cursus {thread}.{number}"
            add(engine, title)
            assert title in disk.titles(tmp_path / title)

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(write, range(5)))
    assert disk.flushes <= 20


def test_who_reads_does_not_answer_with_what_may_be_lost(
    engine: sa.Engine, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FLUSH, broken)
    with pytest.raises(KeyboardInterrupt):
        add(engine, "Rekenen")
    disk = Disk(file)
    monkeypatch.setattr(FLUSH, disk.flush)
    with engine.connect().execution_options(read_only=True) as reading:
        assert reading.scalar(sa.text("SELECT title FROM offer")) == "Rekenen"
    assert disk.titles(tmp_path / "found") == {"Rekenen"}


def test_reading_flushes_nothing_that_was_flushed(
    engine: sa.Engine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(file)
    monkeypatch.setattr(FLUSH, disk.flush)
    with engine.connect().execution_options(read_only=True) as reading:
        reading.execute(sa.text("SELECT title FROM offer"))
    assert disk.flushes == 0


def test_a_disk_that_fails_is_told_and_nothing_is_written_after_it(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(FLUSH, fail)
    for title in ("Rekenen", "Taal"):
        with pytest.raises(sa.exc.OperationalError, match="disk I/O error"):
            add(engine, title)
    monkeypatch.undo()
    with pytest.raises(sa.exc.OperationalError, match="disk I/O error"):
        add(engine, "Muziek")
    with engine.connect().execution_options(read_only=True) as reading:
        assert reading.scalars(sa.text("SELECT title FROM offer")).all() == ["Rekenen"]


def test_descriptors_are_closed_with_their_connections(file: Path) -> None:
    open_database(f"sqlite:///{file}").dispose()
    before = descriptors()
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE offer (title TEXT)"))
        assert descriptors() > before
    engine.dispose()
    assert descriptors() == before


def test_where_there_is_no_wal_sqlite_flushes_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    flushes: list[int] = []
    monkeypatch.setattr(FLUSH, flushes.append)
    engine = open_database("sqlite://")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE offer (title TEXT)"))
        assert connection.scalar(sa.text("PRAGMA synchronous")) == 2  # FULL
    assert flushes == []
    engine.dispose()

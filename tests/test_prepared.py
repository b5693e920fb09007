"""What products begin with (tests/prepared.py): prepared once, copied for each."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests import prepared, servers


@pytest.fixture
def times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The roots of which a database was prepared, by a program that only says which."""
    roots: list[Path] = []

    def prepare(root: Path, environment: Mapping[str, str], _log: Path) -> None:
        roots.append(root)
        file = environment["LOKET_DATABASE_URL"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE prepared (root)")
            connection.execute("INSERT INTO prepared VALUES (?)", [root.name])

    monkeypatch.setattr(prepared, "_prepare", prepare)
    monkeypatch.setenv(prepared.FOLDER, "")
    prepared.keep_in(tmp_path / "prepared")
    return roots


def root_with(folder: Path, text: str) -> Path:
    (folder / "bpmn").mkdir(parents=True)
    (folder / "bpmn" / "a.bpmn").write_text(text)
    return folder


def filled(database: Path, root: Path) -> str:
    """Of which root this database is, once it is filled from this one."""
    prepared.fill(root, {"LOKET_DATABASE_URL": f"sqlite:///{database}"}, database.parent / "log")
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT root FROM prepared").fetchone()[0])


def test_roots_with_the_same_files_are_prepared_once(times: list[Path], tmp_path: Path) -> None:
    one, same = (root_with(tmp_path / name, "a diagram") for name in ("one", "same"))
    other = root_with(tmp_path / "other", "another diagram")
    assert [filled(tmp_path / f"{root.name}.db", root) for root in (one, same, other)] == [
        "one",
        "one",
        "other",
    ]
    assert times == [one, other]


def test_each_product_has_a_copy_of_its_own(times: list[Path], tmp_path: Path) -> None:
    root = root_with(tmp_path / "root", "a diagram")
    filled(tmp_path / "a.db", root)
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection, connection:
        connection.execute("DELETE FROM prepared")
    assert filled(tmp_path / "b.db", root) == "root"
    assert len(times) == 1


def test_one_that_was_not_finished_is_made_anew(times: list[Path], tmp_path: Path) -> None:
    root = root_with(tmp_path / "root", "a diagram")
    name = f"{prepared.content_of(root)}.unfinished"
    (Path(os.environ[prepared.FOLDER]) / name).write_text("half")
    assert filled(tmp_path / "a.db", root) == "root"
    assert len(times) == 1


def test_outside_a_run_of_tests_nothing_is_kept(
    times: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(prepared.FOLDER)
    root = root_with(tmp_path / "root", "a diagram")
    for name in ("a.db", "b.db"):
        filled(tmp_path / name, root)
    assert len(times) == 2


def test_of_all_servers_of_a_run_initdb_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(prepared.FOLDER, "")
    prepared.keep_in(tmp_path / "prepared")
    with servers.postgresql() as url:
        make_table(url)
    monkeypatch.setattr(servers, "_initdb", None)
    with servers.postgresql() as url:
        make_table(url)  # the other's is not there


def make_table(url: str) -> None:
    address = f"{url}/postgres".replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE own (number int)")

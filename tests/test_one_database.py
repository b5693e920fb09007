"""Which tests run on one kind of database, and that no statement of the product is sent to one."""

from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from app.auth.break_glass.accounts import BreakGlassAccount, is_open
from tests import one_database
from tests.one_database import (
    BACKENDS,
    ELSEWHERE,
    OneDatabase,
    Record,
    backend_of,
    in_common,
    is_whole,
    lone,
    names,
    parts_of,
    to_run_elsewhere,
)

ONE, OTHER, THIRD = (f"tests/app/test_one.py::test_{letter}" for letter in "abc")
DIALECTS: Any = {"sqlite": sqlite, "postgresql": postgresql}
ROWS = sa.Table(
    "row",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("told", sa.JSON),
    sa.Column("name", sa.String),
    sa.Column("is_open", sa.Boolean),
)


def test_migrations_and_the_stores_of_the_engine_are_tested_on_both_kinds() -> None:
    folders = {"/".join(Path(name.partition("::")[0]).parts[:3]) for name in names()}
    assert {folder.partition("/app/")[0] for folder in folders} == {"tests"}
    assert "tests/app/setup" not in folders


def test_half_of_the_tests_have_the_one_kind_and_half_the_other() -> None:
    chosen = [backend_of(f"tests/app/test_pages.py::test_{number}") for number in range(1_000)]
    assert [450 < chosen.count(backend) < 550 for backend in BACKENDS] == [True, True]


def written(backend: str) -> Any:
    row = {"id": 1, "name": "a"}
    insert = DIALECTS[backend].insert(ROWS).values(**row)
    return insert.on_conflict_do_update(index_elements=[ROWS.c.id], set_=row).returning(ROWS.c.id)


def read(_backend: str) -> Any:
    told = ROWS.c.told["who"].as_string() == "a"
    chosen = told & ROWS.c.name.ilike("%a") & ROWS.c.id.in_([1, 2]) & ROWS.c.is_open.is_(True)
    return sa.select(ROWS.c.id).where(chosen).limit(3).with_for_update(skip_locked=True)


@pytest.mark.parametrize("statement", [written, read])
def test_a_statement_is_known_on_either_kind(statement: Any) -> None:
    sent = {}
    for backend in BACKENDS:
        compiled = statement(backend).compile(dialect=DIALECTS[backend].dialect())
        sent[str(compiled)] = in_common(str(compiled), SimpleNamespace(compiled=compiled))
    assert len(sent) == 2
    assert len(set(sent.values())) == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_makes_a_table_stays_what_it_is(backend: str) -> None:
    compiled = CreateTable(ROWS).compile(dialect=DIALECTS[backend].dialect())
    assert in_common("CREATE TABLE", SimpleNamespace(compiled=compiled)) == "CREATE TABLE"


def test_text_of_our_own_stays_what_it_is() -> None:
    assert in_common("PRAGMA user_version", SimpleNamespace(compiled=None)) == "PRAGMA user_version"


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        (
            "INSERT INTO row (id, name) VALUES (?, ?) RETURNING id",
            ["INSERT INTO row RETURNING id", "INSERT INTO row (id)", "INSERT INTO row (name)"],
        ),
        (
            "UPDATE row SET name=?, is_open=? WHERE row.id = ?",
            ["UPDATE row WHERE row.id = ?", "UPDATE row SET name=?", "UPDATE row SET is_open=?"],
        ),
        ("UPDATE row SET id=row.id + ?", ["UPDATE row SET id=row.id + ?"]),
        ("SELECT row.id FROM row", ["SELECT row.id FROM row"]),
    ],
)
def test_columns_that_are_written_count_one_by_one(statement: str, parts: list[str]) -> None:
    assert list(parts_of(statement)) == parts


@pytest.mark.parametrize(
    ("told", "alone"),
    [
        ([{"S": {"sqlite": [ONE]}}], {"S": [ONE]}),
        ([{"S": {"sqlite": [ONE]}}, {"S": {"sqlite": [OTHER]}}], {"S": [ONE, OTHER]}),
        ([{"S": {"sqlite": [ONE]}}, {"S": {"postgresql": [OTHER]}}], {}),
        ([{"S": {"sqlite": [ONE]}}, {"S": {"postgresql": []}}], {}),
        ([{"S": {"sqlite": []}}], {}),  # of tests that always ran on that one
    ],
)
def test_what_one_kind_alone_was_sent_is_found(told: Any, alone: Any) -> None:
    assert lone(told) == alone


@pytest.fixture
def record(session: Session) -> Any:
    record = Record()
    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", record.note)
    yield record
    event.remove(engine, "before_cursor_execute", record.note)


def told_of(record: Record) -> list[dict[str, list[str]]]:
    return [told for part, told in record.told().items() if "break_glass_account" in part]


def test_what_a_test_on_one_kind_lets_the_product_send_is_kept_with_its_name(
    session: Session, record: Record, backend: Any
) -> None:
    record.item = ONE
    is_open(session)
    record.item = OTHER
    is_open(session)
    assert told_of(record) == [{backend.name: [ONE, OTHER]}]


def test_what_a_test_on_both_kinds_lets_the_product_send_counts_for_both(
    session: Session, record: Record
) -> None:
    record.is_on_both = True
    is_open(session)
    assert told_of(record) == [{"sqlite": [], "postgresql": []}]


def test_what_any_other_test_lets_the_product_send_counts_where_it_was_sent(
    session: Session, record: Record, backend: Any
) -> None:
    is_open(session)
    assert told_of(record) == [{backend.name: []}]


def test_what_a_test_sends_itself_does_not_count(session: Session, record: Record) -> None:
    record.item = ONE
    session.scalars(sa.select(BreakGlassAccount.name)).all()
    assert told_of(record) == []


def test_what_a_thread_sends_while_all_is_told_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record, numbers = Record(), count()

    def send() -> None:
        keys = [("sqlite", f"SELECT {next(numbers)}") for _ in range(3)]
        record.common.update((key, key[1]) for key in keys)
        record.alone[keys[0]].add(ONE)
        record.elsewhere.add(keys[1])
        record.both.add(keys[2])

    def parts(statement: str) -> list[str]:
        send()
        return [statement]

    send()
    monkeypatch.setattr(one_database, "parts_of", parts)
    assert record.told()["SELECT 0"] == {"sqlite": [ONE]}


def test_of_each_statement_one_test_runs_elsewhere() -> None:
    alone = {"S": [ONE, OTHER], "T": [ONE], "U": [OTHER, THIRD], "V": [THIRD]}
    assert to_run_elsewhere(alone) == [ONE, OTHER, THIRD]
    assert to_run_elsewhere({"S": [OTHER], "T": [ONE, OTHER]}) == [OTHER]


@pytest.mark.parametrize("answer", [pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED])
@pytest.mark.parametrize(
    ("others", "runs"), [({}, [[ONE]]), ({"S": {"postgresql": []}}, list[list[str]]())]
)
def test_who_alone_sent_something_runs_on_the_other_kind_and_fails_the_run_there(
    others: Any, runs: list[list[str]], answer: pytest.ExitCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run_elsewhere(tests: list[str]) -> int:
        ran.append(tests)
        return answer

    monkeypatch.setattr(one_database, "run_elsewhere", run_elsewhere)
    config: Any = SimpleNamespace(pluginmanager=pytest.PytestPluginManager())
    plugin = OneDatabase(config, frozenset({ONE}))
    for sent in ({"S": {"sqlite": [ONE]}}, others):
        plugin.pytest_testnodedown(SimpleNamespace(workeroutput={"sent": sent}))
    session: Any = SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    plugin.pytest_sessionfinish(session)
    assert ran == runs
    assert session.exitstatus == (answer if runs else pytest.ExitCode.OK)


def test_elsewhere_is_on_the_other_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = backend_of(ONE)
    monkeypatch.setenv(ELSEWHERE, "1")
    assert {chosen, backend_of(ONE)} == set(BACKENDS)


def test_a_test_of_the_file_gets_one_kind_and_no_other_test_does(
    pytestconfig: pytest.Config,
) -> None:
    plugin = OneDatabase(pytestconfig, frozenset({ONE}))
    marks: dict[str, list[Any]] = {ONE: [], OTHER: []}
    for name, added in marks.items():
        definition = SimpleNamespace(nodeid=name, add_marker=added.append)
        metafunc: Any = SimpleNamespace(definition=definition, fixturenames=["app", "backend"])
        plugin.pytest_generate_tests(metafunc)
    assert [each.args for each in marks[ONE]] == [("backend", [backend_of(ONE)])]
    assert marks[OTHER] == []


@pytest.mark.parametrize(
    ("source", "narrowed", "whole"),
    [
        ("TESTPATHS", {}, True),
        ("ARGS", {}, False),
        ("TESTPATHS", {"keyword": "deadline"}, False),
        ("TESTPATHS", {"lf": True}, False),
    ],
)
def test_only_a_run_of_the_whole_suite_is_asked(source: str, narrowed: Any, *, whole: bool) -> None:
    config: Any = SimpleNamespace(
        args_source=pytest.Config.ArgsSource[source],
        getoption=narrowed.get,
    )
    assert is_whole(config) is whole

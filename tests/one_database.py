"""A pytest plugin: tests of pages run on one kind of database while others send their SQL to both.

Which tests: tests/one_database.txt; why: docs/adr/0038-pages-on-one-database.md. At the end of a
run of the whole suite, each statement of the product that such a test sent is looked for among
what was sent to the other kind of database. If nobody sent it there, the test runs there too.
"""

import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from types import CodeType, FrameType
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from tests import sizes

ROOT = Path(__file__).parents[1]
NAMES = Path(__file__).with_suffix(".txt")
ELSEWHERE = "LOKET_TESTS_ON_THE_OTHER_DATABASE"
BACKENDS = ("sqlite", "postgresql")
PRODUCT = tuple(f"{ROOT / package}/" for package in ("app", "forms", "processes", "workers"))
SHOWN = 20  # tests that are named for one statement
COLUMNS = re.compile(r"INSERT INTO (\S+) \(([^)]*)\) VALUES \([?, ]*\)(.*)", re.DOTALL)
CHANGES = re.compile(r"UPDATE (\S+) SET ((?:\S+=\?,? ?)+)( WHERE .*)", re.DOTALL)
COMMON: Any = sqlite.dialect()

Told = dict[str, dict[str, list[str]]]
"""By statement and kind of database it was sent to: those tests that run on that one."""


def backend_of(name: str) -> str:
    """The kind of database that this test has: half of them have the one, half the other."""
    return BACKENDS[(crc32(name.encode()) + (ELSEWHERE in os.environ)) % len(BACKENDS)]


def parts_of(statement: str) -> Iterator[str]:
    """What has to work: of rows that are written each column, in whatever company; else all."""
    if found := COLUMNS.fullmatch(statement):
        table, columns, rest = found.groups()
        yield f"INSERT INTO {table}{rest}"
        yield from (f"INSERT INTO {table} ({column})" for column in columns.split(", "))
    elif found := CHANGES.fullmatch(statement):
        table, changes, rest = found.groups()
        yield f"UPDATE {table}{rest}"
        yield from (f"UPDATE {table} SET {change}" for change in changes.split(", "))  # noqa: S608 - a name
    else:
        yield statement


def in_common(sent: str, context: Any) -> str:
    """The statement as it would be on either kind of database; text of our own as it is."""
    compiled = getattr(context, "compiled", None)
    if not isinstance(compiled, SQLCompiler) or compiled.statement is None:
        return sent  # text of our own, or what makes tables
    try:
        return str(compiled.statement.compile(dialect=COMMON, column_keys=compiled.column_keys))
    except Exception:  # noqa: BLE001 - what SQLite has no words for; a record ends no test
        return sent


@dataclass
class Record:
    """What the product sent in this process: kind of database and statement, by kind of test."""

    item: str | None = None  # the test that runs, of those on one kind of database
    is_on_both: bool = False  # the test that runs
    alone: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    both: set[tuple[str, str]] = field(default_factory=set)
    elsewhere: set[tuple[str, str]] = field(default_factory=set)
    common: dict[tuple[str, str], str] = field(default_factory=dict)
    ours: dict[CodeType, bool] = field(default_factory=dict)

    def note(
        self, connection: Any, _cursor: Any, statement: str, _given: Any, context: Any, _many: bool
    ) -> None:
        """Listens to SQLAlchemy, before_cursor_execute."""
        key = connection.dialect.name, statement
        known = self.both if self.is_on_both else self.elsewhere
        if self.item in self.alone.get(key, ()) if self.item else key in known:
            return
        if not self._is_of_the_product():
            return
        if key not in self.common:
            self.common[key] = in_common(statement, context)
        if self.item:
            self.alone[key].add(self.item)
        else:
            known.add(key)

    def _is_of_the_product(self) -> bool:
        """Whether code of ours sent it; a test may send the same to see what became of a row."""
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - inspect reads files for it
        while frame is not None:
            code = frame.f_code
            if code not in self.ours:
                self.ours[code] = code.co_filename.startswith(PRODUCT)
            if self.ours[code]:
                return True
            frame = frame.f_back
        return False

    def told(self) -> Told:
        """For the process that started this one.

        A test that runs on both sends a statement where it is to be sent: that counts for both.
        Of copies: a thread that a test left may send something new meanwhile.
        """
        told: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for (backend, statement), tests in self.alone.copy().items():
            for part in parts_of(self.common[backend, statement]):
                told[part][backend].update(tests)
        for backend, statement in self.elsewhere.copy():
            for part in parts_of(self.common[backend, statement]):
                told[part][backend].update()
        for key in self.both.copy():
            for part, backend in product(parts_of(self.common[key]), BACKENDS):
                told[part][backend].update()
        return {
            part: {backend: sorted(tests)[:SHOWN] for backend, tests in backends.items()}
            for part, backends in told.items()
        }


def lone(processes: Iterable[Told]) -> dict[str, list[str]]:
    """What tests on one kind of database sent, and no test to the other; these tests."""
    all_told: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for told in processes:
        for part, backends in told.items():
            for backend, tests in backends.items():
                all_told[part][backend].update(tests)
    return {
        part: sorted(named)
        for part, backends in all_told.items()
        for named in backends.values()
        if len(backends) == 1 and named
    }


def to_run_elsewhere(lone: dict[str, list[str]]) -> list[str]:
    """Of each statement one test that sends it, as few as one reading of them finds."""
    chosen: set[str] = set()
    for tests in lone.values():
        if chosen.isdisjoint(tests):
            chosen.add(tests[0])
    return sorted(chosen)


def run_elsewhere(tests: list[str]) -> int:
    """Run these tests on the other kind of database; what pytest returns."""
    command = [sys.executable, "-m", "pytest", "-q", *tests]
    environment = os.environ | {ELSEWHERE: "1"}
    environment.pop("PYTEST_ADDOPTS", None)  # a report of this run is not written over
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


class OneDatabase:
    """Says which tests run on one kind of database, and at the end whether that was enough."""

    def __init__(self, config: pytest.Config, names: frozenset[str]) -> None:
        self.config, self.names = config, names
        self.record, self.told = Record(), list[Told]()

    @pytest.hookimpl(tryfirst=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        name = metafunc.definition.nodeid
        if name in self.names and "backend" in metafunc.fixturenames:
            on_one = pytest.mark.parametrize("backend", [backend_of(name)], indirect=True)
            metafunc.definition.add_marker(on_one)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        name = item.nodeid.partition("[")[0]
        marks = item.iter_markers("parametrize")
        is_told = any("backend" in named for mark in marks for named in mark.args[:1])
        self.record.item = name if name in self.names else None
        self.record.is_on_both = "backend" in getattr(item, "fixturenames", ()) and not is_told
        try:
            return (yield)
        finally:
            self.record.item, self.record.is_on_both = None, False

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.told.append(getattr(node, "workeroutput", {}).get("sent", {}))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(self.config, "workeroutput", None)  # of one of several processes
        if output is not None:
            output["sent"] = self.record.told()
        elif session.exitstatus == pytest.ExitCode.OK:
            alone = lone([self.record.told(), *self.told])
            if alone and self._fails_elsewhere(to_run_elsewhere(alone)):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _fails_elsewhere(self, tests: list[str]) -> bool:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.section(
                "nobody sent their SQL to the other kind of database, so they run there"
            )
            reporter.write_line(f"take these out of {NAMES.name}: then they run on both at once")
            reporter.write_line("\n".join(tests))
            reporter.flush()
        return run_elsewhere(tests) != pytest.ExitCode.OK


def is_whole(config: pytest.Config) -> bool:
    """Whether the run is of the whole suite: else what others send is not to be seen."""
    chosen = ("keyword", "markexpr", "lf", "deselect", "ignore", "ignore_glob")
    is_narrowed = any(config.getoption(name, None) for name in chosen)
    return config.args_source is not pytest.Config.ArgsSource.ARGS and not is_narrowed


@pytest.hookimpl(trylast=True)  # when it is known which form this run has
def pytest_configure(config: pytest.Config) -> None:
    if sizes.is_long():
        return
    plugin = OneDatabase(config, names())
    config.pluginmanager.register(plugin)
    if is_whole(config):
        event.listen(Engine, "before_cursor_execute", plugin.record.note)


def names() -> frozenset[str]:
    """The tests of the file; one that is new is not in it, and runs on both."""
    return frozenset(NAMES.read_text(encoding="utf-8").split())

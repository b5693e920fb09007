"""A pytest plugin: spreads the tests over processes, longest first, and says how long is left.

A group of tests stays together in one process, for what its fixtures start. How long each group
took stands in tests/durations.json; `./run bench tests` measures it anew.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Generator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

DURATIONS = Path(__file__).with_name("durations.json")
UNKNOWN = 0.2  # seconds for a test of a group that was never measured
LONG = 60.0  # seconds: whoever waits longer is told how long
SAY_EVERY = 10.0  # seconds
EARLY = 0.05  # of the run: before that, the last run says more about the time than this one
WHOLE = "tests/reliability/"  # the tests of a file read the same runs, on all kinds of database
TOGETHER = "tests/journeys/"  # they share a running product: those that use one kind of database
APART = {"test_complaint_drawn.py", "test_process_change.py"}  # not these, which start their own
STUDIO = {  # nor on SQLite these, or half of a run would wait for one process
    "test_decision_requirements.py",
    "test_decision_tables.py",
    "test_deployment.py",
    "test_editor.py",
    "test_form_fields.py",
    "test_insight.py",
    "test_process_owner.py",
    "test_trying_out.py",
}
BACKENDS = {"sqlite", "postgresql"}


@cache
def group_of(nodeid: str) -> str:
    """The tests that stay together: of a file (or folder), on one kind of database."""
    path, _, test = nodeid.partition("::")
    if path.startswith(WHOLE):
        return path
    parameters = test.partition("[")[2]
    backend = sorted(BACKENDS.intersection(re.split(r"[-\]]", parameters)))
    return " ".join([_place(path, backend), *backend])


def _place(path: str, backend: list[str]) -> str:
    """The file, or what it is together with."""
    name = path.removeprefix(TOGETHER)
    if name == path or name in APART:
        return path
    return f"{TOGETHER} studio" if name in STUDIO and backend == ["sqlite"] else TOGETHER


class Durations:
    """What was measured: seconds of the whole run, and of each group."""

    def __init__(self, file: Path = DURATIONS) -> None:
        known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        self.whole: float = known.get("whole", 0.0)
        self.groups: dict[str, float] = known.get("groups", {})

    def per_test(self, nodeids: Sequence[str]) -> dict[str, float]:
        """The seconds expected of each of these tests; those of one group are taken as equal."""
        numbers = Counter(map(group_of, nodeids))
        each = {
            group: self.groups.get(group, UNKNOWN * number) / number
            for group, number in numbers.items()
        }
        return {nodeid: each[group_of(nodeid)] for nodeid in nodeids}

    def longest_first(self, nodeids: Sequence[str]) -> list[str]:
        """The groups, the one that takes longest first."""
        groups: dict[str, float] = {}
        for nodeid, seconds in self.per_test(nodeids).items():
            group = group_of(nodeid)
            groups[group] = groups.get(group, 0.0) + seconds
        return sorted(groups, key=lambda group: (-groups[group], group))


class GroupScheduling(LoadScopeScheduling):
    """Gives a process the next group when it has done the one before."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


class Progress:
    """Says where a long run is, in place of a dot for each test."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.durations = config, Durations()
        self.expected: dict[str, float] = {}
        self.expected_sum = 0.0
        self.began = self.said = time.monotonic()
        self.done, self.seconds = 0, 0.0

    @property
    def is_long(self) -> bool:
        return self.expected_sum > LONG

    def begin(self, nodeids: Sequence[str]) -> None:
        if not self.expected:
            self.expected = self.durations.per_test(nodeids)
            self.expected_sum = sum(self.expected.values())
            self.began = self.said = time.monotonic()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        self.begin(ids)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.begin([item.nodeid for item in session.items])

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, Any, Any]:
        category, letter, word = yield
        return (category, "", "") if self.is_long else (category, letter, word)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self.is_long and report.failed:
            self.say(f"FAILED {report.nodeid} ({report.when})")

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.done += 1
        self.seconds += self.expected.get(nodeid, 0.0)
        if self.is_long and time.monotonic() - self.said > SAY_EVERY:
            self.said = time.monotonic()
            self.say(self.where(self.said - self.began, nodeid))

    def where(self, elapsed: float, nodeid: str) -> str:
        """One line: how much is done, since when, how long is left, at which file."""
        part = min(self.seconds / self.expected_sum, 1.0)
        is_early = part < EARLY and self.durations.whole
        left = self.durations.whole * (1 - part) if is_early else elapsed * (1 - part) / part
        tests = f"{self.done} of {len(self.expected)} tests"
        times = f"{_minutes(elapsed)} gone, about {_minutes(left)} left"
        return f"{part:4.0%}  {tests}, {times}  {nodeid.partition('::')[0]}"

    def say(self, line: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(line)
            reporter.flush()  # a file that is watched shows it too


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    return GroupScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """In one of several processes: longest group first; alone: as they stand in the files."""
    yield
    if hasattr(config, "workerinput"):
        groups = Durations().longest_first([item.nodeid for item in items])
        place = {group: number for number, group in enumerate(groups)}
        items.sort(key=lambda item: (place[group_of(item.nodeid)], *_where(item)))


def _where(item: pytest.Item) -> tuple[str, int, str]:
    """File, line and id: the same in every process, also when its parameters came from a set."""
    path, line, _ = item.location
    return path, line or 0, item.nodeid

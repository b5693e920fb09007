"""How the tests are spread over processes (tests/schedule.py), and what a long run says."""

import json
from pathlib import Path

import pytest

from tests import schedule
from tests.schedule import Durations, Progress, group_of

DRAWN = "tests/journeys/test_complaint_drawn.py"
ONE, OTHER = "tests/a/test_one.py", "tests/b/test_other.py"


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        (f"{ONE}::test_x", ONE),
        (f"{ONE}::test_x[sqlite]", f"{ONE} sqlite"),
        (f"{ONE}::test_x[7-postgresql]", f"{ONE} postgresql"),
        (f"{ONE}::test_x[postgresql-sqlite-like]", f"{ONE} postgresql sqlite"),
        (f"{ONE}::test_x[mysqlite]", ONE),
        ("tests/reliability/test_y.py::test_x[postgresql]", "tests/reliability/test_y.py"),
        ("tests/journeys/test_z.py::test_x[sqlite]", "tests/journeys/ sqlite"),
        ("tests/journeys/test_editor.py::test_x[sqlite]", "tests/journeys/ studio sqlite"),
        ("tests/journeys/test_editor.py::test_x[postgresql]", "tests/journeys/ postgresql"),
        (f"{DRAWN}::test_x[sqlite]", f"{DRAWN} sqlite"),
    ],
)
def test_a_file_is_a_group_for_each_database(nodeid: str, group: str) -> None:
    assert group_of(nodeid) == group


def test_the_files_of_journeys_that_are_named_are_there() -> None:
    for name in schedule.APART | schedule.STUDIO:
        assert (Path(__file__).parent / "journeys" / name).exists(), name


@pytest.fixture
def durations(tmp_path: Path) -> Durations:
    file = tmp_path / "durations.json"
    file.write_text(json.dumps({"whole": 100.0, "groups": {ONE: 90.0, OTHER: 10.0}}))
    return Durations(file)


NODES = [f"{OTHER}::test_c", f"{ONE}::test_a", f"{ONE}::test_b"]


def test_the_longest_group_comes_first(durations: Durations) -> None:
    assert durations.longest_first(NODES) == [ONE, OTHER]


def test_a_group_that_was_never_measured_has_its_place_too(durations: Durations) -> None:
    new = [f"tests/c/test_new.py::test_{number}" for number in range(100)]
    assert durations.longest_first([*NODES, *new]) == [ONE, "tests/c/test_new.py", OTHER]


def test_a_run_says_how_much_is_left(
    pytestconfig: pytest.Config, durations: Durations, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = Progress(pytestconfig)
    progress.durations = durations
    progress.begin(NODES)
    assert progress.is_long
    said: list[str] = []
    monkeypatch.setattr(progress, "say", said.append)
    progress.said -= 11
    progress.pytest_runtest_logfinish(NODES[1])
    assert said[0].startswith(" 45%  1 of 3 tests, ")
    assert said[0].endswith(ONE)
    assert "3:00 gone, about 3:40 left" in progress.where(180.0, NODES[1])


def test_at_the_start_the_last_run_says_how_long_it_takes(durations: Durations) -> None:
    progress = Progress.__new__(Progress)
    progress.durations, progress.expected = durations, {NODES[0]: 10.0, NODES[1]: 90.0}
    progress.expected_sum = 100.0
    progress.done, progress.seconds = 0, 0.0
    assert "0 of 2 tests, 0:01 gone, about 1:40 left" in progress.where(1.0, NODES[0])

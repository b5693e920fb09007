"""The benchmarks still run; how fast anything is, no test asks."""

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests import programs
from tests.benchmarks import audit, decisions, machine, threads


@pytest.mark.parametrize(
    "arguments",
    [
        ("tests.benchmarks.audit", "--rounds=1", "--onboardings=1", "--only", "sqlite"),
        ("tests.benchmarks.decisions", "--rounds=1", "--rules=40", "--asked=2"),
        ("tests.benchmarks.editor", "--rounds=1", "--nodes=5"),
        ("tests.benchmarks.engine", "--tiny", "--only", "sqlite"),
        ("tests.benchmarks.http", "--rounds=1", "--posts=2", "--only", "sqlite"),
        ("tests.benchmarks.jobs", "--rounds=1", "--jobs=5", "--mails=2", "--only", "sqlite"),
        ("tests.benchmarks.login", "--rounds=2", "--tiny"),
        ("tests.benchmarks.language", "--rounds=1", "--number=20"),
        (
            *("tests.benchmarks.register", "--rounds=1", "--offers=400", "--published=2"),
            *("--only", "sqlite"),
        ),
        ("tests.benchmarks.moving", "--rounds=1", "--offers=2", "--only", "sqlite"),
        ("tests.benchmarks.outside", "--rounds=1", "--jobs=5", "--only", "sqlite"),
        ("tests.benchmarks.start", "--rounds=1", "--requests=10", "--tiny"),
        ("tests.benchmarks.pages", "--rounds=1", "--only", "sqlite", "--have=50", "--have=100"),
        (
            *("tests.benchmarks.tasks", "--only", "sqlite", "--tasks=100", "--tasks=200"),
            *("--visitors=1", "--rounds=2", "--posts=1"),
        ),
        ("tests.benchmarks.threads", "--rounds=1", "--onboardings=8"),
        ("tests.benchmarks.load", "--rounds=1", "--onboardings=2", "--have=20", "--have=40"),
    ],
)
def test_a_benchmark_prints_its_ratio(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ran = programs.run(arguments, os.environ, tmp_path / "log", starts_others=True)

    assert ran.returncode == 0, ran.stderr
    assert "ratio" in ran.stderr


class MeasuringError(Exception):
    """The benchmark begins to measure."""


@pytest.mark.parametrize(
    ("main", "begins"),
    [
        (audit.main, (audit, "_measure")),
        (decisions.main, (decisions, "drawn")),
        (threads.main, (threads, "_running")),
    ],
)
@pytest.mark.parametrize("written", [False, True])
def test_only_what_is_written_down_is_measured_before_all_else(
    main: click.Command,
    begins: tuple[object, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    written: bool,
) -> None:
    """A short form runs beside other tests, which would wait for its real-time priority."""
    went_first: list[bool] = []

    def begin(*_: object) -> None:
        raise MeasuringError

    monkeypatch.setattr(machine, "go_first", lambda: went_first.append(True))
    monkeypatch.setattr(*begins, begin)
    short, whole = (["--only=sqlite"], []) if main is audit.main else ([], [f"--before={tmp_path}"])

    ran = CliRunner().invoke(main, whole if written else short)

    assert isinstance(ran.exception, MeasuringError)
    assert went_first == [True] * written

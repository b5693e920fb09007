"""The benchmarks still run; how fast anything is, no test asks."""

import os
from pathlib import Path

import pytest

from tests import programs


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

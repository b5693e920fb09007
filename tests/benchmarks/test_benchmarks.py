"""The benchmarks still run; how fast anything is, no test asks."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "arguments",
    [
        ("tests.benchmarks.engine", "--tiny", "--only", "sqlite"),
        ("tests.benchmarks.http", "--rounds=1", "--posts=2", "--only", "sqlite"),
    ],
)
def test_a_benchmark_prints_its_ratio(arguments: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ran.returncode == 0, ran.stderr
    assert "ratio" in ran.stdout

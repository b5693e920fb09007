"""How long `./run test` takes: writes bench/tests.json, and tests/durations.json for the next run.

./run bench tests [--before SECONDS]
python -m tests.benchmarks.tests --junit FILE --took SECONDS   of a run that was made already

The file is what `pytest --junitxml=FILE -o junit_family=xunit1` writes.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from lxml import etree

from tests.product import ROOT
from tests.schedule import DURATIONS, group_of

REPORT = ROOT / "bench" / "tests.json"
SLOWEST = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench tests", description="Time the tests.")
    parser.add_argument("--before", type=float, help="seconds that an older commit took")
    parser.add_argument("--junit", type=Path, help="what pytest wrote of a run that was made")
    parser.add_argument("--took", type=float, help="seconds that this run took")
    asked = parser.parse_args()
    if asked.junit:
        took, junit = asked.took, asked.junit.read_bytes()
    else:
        took, junit = timed()
    seconds, whole = durations(junit)
    known = json.loads(REPORT.read_text()) if REPORT.exists() else {}
    before = asked.before or known.get("before_s")
    write(REPORT, report(seconds, before=before, after=took))
    write(DURATIONS, {"whole": round(whole, 1), "groups": by_group(seconds)})


def timed() -> tuple[float, bytes]:
    """Run all tests; the seconds they took, and what pytest wrote of them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tests.xml"
        options = f"--junitxml={file} -o junit_family=xunit1"
        began = time.monotonic()
        subprocess.run(
            [str(ROOT / "run"), "test"], env={**os.environ, "PYTEST_ADDOPTS": options}, check=True
        )
        return time.monotonic() - began, file.read_bytes()


def durations(junit: bytes) -> tuple[dict[str, float], float]:
    """The seconds of each test by its node id, and those of the whole run of pytest."""
    root = etree.fromstring(junit)
    tests = {
        f"{case.get('file')}::{case.get('name')}": float(case.get("time", 0))
        for case in root.iter("testcase")
    }
    return tests, sum(float(suite.get("time", 0)) for suite in root.iter("testsuite"))


def by_group(seconds: dict[str, float]) -> dict[str, float]:
    """The seconds of each group of tests that stay together, the longest first."""
    groups: defaultdict[str, float] = defaultdict(float)
    for nodeid, took in seconds.items():
        groups[group_of(nodeid)] += took
    longest_first = sorted(groups.items(), key=lambda group: (-group[1], group[0]))
    return {name: round(took, 1) for name, took in longest_first}


def report(seconds: dict[str, float], *, before: float | None, after: float) -> dict[str, Any]:
    slowest = sorted(seconds.items(), key=lambda test: -test[1])[:SLOWEST]
    return {
        "before_s": before,
        "after_s": round(after, 1),
        "cores": os.cpu_count(),
        "slowest": [[nodeid, round(took, 1)] for nodeid, took in slowest],
    }


def write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""What `./run bench tests` makes of what pytest wrote."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import tests as bench

JUNIT = b"""<?xml version="1.0"?><testsuites><testsuite time="61.5">
<testcase file="tests/a/test_one.py" name="test_x[sqlite]" time="1.25"/>
<testcase file="tests/a/test_one.py" name="test_y[sqlite]" time="2.0"/>
<testcase file="tests/a/test_one.py" name="test_x[postgresql]" time="9.0"/>
</testsuite></testsuites>"""


def test_a_run_becomes_a_report_and_the_order_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, durations, junit = (tmp_path / name for name in ("r.json", "d.json", "junit.xml"))
    monkeypatch.setattr(bench, "REPORT", report)
    monkeypatch.setattr(bench, "DURATIONS", durations)
    junit.write_bytes(JUNIT)
    for arguments in (["--took", "70.04", "--before", "1605"], ["--took", "65"]):
        monkeypatch.setattr("sys.argv", ["bench", "--junit", str(junit), *arguments])
        bench.main()
    found = json.loads(report.read_text())
    assert (found["before_s"], found["after_s"]) == (1605, 65)
    assert found["slowest"][0] == ["tests/a/test_one.py::test_x[postgresql]", 9.0]
    assert json.loads(durations.read_text()) == {
        "whole": 61.5,
        "groups": {"tests/a/test_one.py postgresql": 9.0, "tests/a/test_one.py sqlite": 3.2},
    }

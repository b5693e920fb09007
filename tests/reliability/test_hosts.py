"""Nothing is lost when a host is cut off from the others for a while, and joined again."""

import os
from pathlib import Path

import pytest

from tests import programs
from tests.reliability import hosts
from tests.reliability.runs import begin
from tests.reliability.setups import Size


def test_nothing_is_lost_when_hosts_are_cut_off(tmp_path: Path) -> None:
    asked = programs.run(["tests.reliability.network"], os.environ, tmp_path / "network.log")
    assert asked.returncode == 0, asked.stderr
    if asked.stderr:
        pytest.skip(asked.stderr)
    found = begin(hosts.NAME, Size(onboardings=20, kills=0), tmp_path).outcome()
    assert found.faults() == {}, found

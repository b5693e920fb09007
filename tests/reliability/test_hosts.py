"""Nothing is lost when a host is cut off from the others for a while, and joined again."""

from pathlib import Path

import pytest

from tests.reliability import hosts
from tests.reliability.network import why_not
from tests.reliability.runs import begin
from tests.reliability.setups import Size


def test_nothing_is_lost_when_hosts_are_cut_off(tmp_path: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    found = begin(hosts.NAME, Size(onboardings=20, kills=0), tmp_path).outcome()
    assert found.faults() == {}, found

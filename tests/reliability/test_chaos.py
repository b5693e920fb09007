"""Nothing is lost, doubled or stuck when any part is killed; and without a safeguard it would be.

CHAOS_ONBOARDINGS and CHAOS_KILLS make a longer run of it; `./run chaos` is the long one, and
says how soon a killed worker's work goes on (bench/chaos.json).
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reliability.chaos import SETUPS, SetUp, Size, run

SIZE = Size(
    onboardings=int(os.environ.get("CHAOS_ONBOARDINGS", "8")),
    kills=int(os.environ.get("CHAOS_KILLS", "6")),
    seed=int(os.environ.get("CHAOS_SEED", "1")),
)
RUNS = 3  # chance may spare a run without a safeguard; it does not spare three


@pytest.mark.parametrize("setup", SETUPS.values(), ids=list(SETUPS))
def test_nothing_is_lost_when_parts_are_killed(setup: SetUp, tmp_path: Path) -> None:
    found = run(setup, SIZE, tmp_path)
    assert found.faults() == {}, found


@pytest.mark.parametrize(
    ("safeguard", "setup", "fault"),
    [
        ("sweeps", "postgresql, broker wiped", "stuck"),
        ("leases", "sqlite", "stuck"),
        ("fixed message ids", "sqlite", "mails_doubled"),
        ("commits", "sqlite", "lost"),
    ],
)
def test_without_a_safeguard_the_same_run_fails(
    safeguard: str, setup: str, fault: str, tmp_path: Path
) -> None:
    found = []
    for seed in range(SIZE.seed, SIZE.seed + RUNS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        size = replace(SIZE, patience=40.0, seed=seed)
        found.append(run(SETUPS[setup], size, folder, without=safeguard))
        if fault in found[-1].faults():
            return
    pytest.fail(f"none of these runs shows {fault!r}: {found}")

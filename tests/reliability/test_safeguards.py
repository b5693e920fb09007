"""Without a safeguard something is lost, doubled or stuck, and a chaos run notices."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.reliability.runs import Run
from tests.reliability.safeguards import SEED, WITHOUT, begin_without

RUNS = 3  # chance may spare a run without a safeguard; it does not spare three


@pytest.fixture(scope="module")
def first_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Run]]:
    """A run without each of the safeguards, all at the same time: they mostly wait."""
    folder = tmp_path_factory.mktemp("without")
    runs = {
        safeguard: begin_without(safeguard, SEED, folder / safeguard.replace(" ", "-"))
        for safeguard in WITHOUT
    }
    yield runs
    for run in runs.values():  # also those of tests that nobody asked for
        run.wait()


@pytest.mark.parametrize("safeguard", WITHOUT)
def test_without_a_safeguard_the_same_run_fails(
    safeguard: str, first_runs: Mapping[str, Run], tmp_path: Path
) -> None:
    *_, fault = WITHOUT[safeguard]
    found = [first_runs[safeguard].outcome()]
    for seed in range(SEED + 1, SEED + RUNS):
        if fault in found[-1].faults():
            return
        run = begin_without(safeguard, seed, tmp_path / str(seed))
        found.append(run.outcome())
    assert fault in found[-1].faults(), found

"""The runs that are shaped for the fault of a safeguard are clean with that safeguard."""

from collections.abc import Iterator, Mapping

import pytest

from tests.reliability.runs import Run, begin
from tests.reliability.safeguards import SHAPED, WITHOUT


@pytest.fixture(scope="module")
def control_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Run]]:
    """The same runs with the safeguard, where what happens is not what the long ones do anyway."""
    folder = tmp_path_factory.mktemp("with")
    runs = {
        safeguard: begin(*WITHOUT[safeguard][:2], folder / safeguard.replace(" ", "-"))
        for safeguard in SHAPED
    }
    yield runs
    for run in runs.values():
        run.wait()


@pytest.mark.parametrize("safeguard", SHAPED)
def test_with_it_a_run_shaped_for_its_fault_does_not(
    safeguard: str, control_runs: Mapping[str, Run]
) -> None:
    outcome = control_runs[safeguard].outcome()
    assert outcome.faults() == {}, outcome

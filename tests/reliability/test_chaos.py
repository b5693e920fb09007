"""Nothing is lost, doubled or stuck when any part is killed; and without a safeguard it would be.

Every run is a process of its own (runs.py), so that several go on at the same time.
`./run test --long` makes longer ones; `./run chaos` makes them as long as asked, and says how soon
a killed worker's work goes on (bench/chaos.json).
"""

from collections.abc import Mapping

import pytest

from tests.reliability.outcome import Outcome
from tests.reliability.runs import begin
from tests.reliability.safeguards import SEED
from tests.reliability.setups import SETUPS, Size
from tests.sizes import so_many

SIZE = Size(
    onboardings=so_many(15, when_long=50),
    kills=so_many(8, when_long=25),
    seed=SEED,
)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outcome]:
    """What came of each set-up."""
    folder = tmp_path_factory.mktemp("chaos")
    runs = {name: begin(name, SIZE, folder / str(place)) for place, name in enumerate(SETUPS)}
    return {name: run.outcome() for name, run in runs.items()}


@pytest.mark.parametrize("setup", SETUPS)
def test_nothing_is_lost_when_parts_are_killed(setup: str, outcomes: Mapping[str, Outcome]) -> None:
    assert outcomes[setup].faults() == {}, outcomes[setup]


@pytest.mark.parametrize("setup", SETUPS)
def test_the_world_outside_lost_answers_meanwhile(
    setup: str, outcomes: Mapping[str, Outcome]
) -> None:
    lost = outcomes[setup].answers_lost
    expected = {"mail kept, answer lost", "mail not kept", "legacy cut", "trade register silent"}
    assert expected <= set(lost)

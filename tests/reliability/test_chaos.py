"""Nothing is lost, doubled or stuck when any part is killed; and without a safeguard it would be.

Every run is a process of its own (runs.py), so that several go on at the same time.
`./run test --long` makes longer ones; `./run chaos` makes them as long as asked, and says how soon
a killed worker's work goes on (bench/chaos.json).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reliability.faults import MAIL, MIGRATION
from tests.reliability.outcome import Outcome
from tests.reliability.runs import Run, begin
from tests.reliability.setups import SETUPS, Size
from tests.reliability.victims import WORKERS
from tests.sizes import so_many

SEED = 136  # with which of the first few mails and questions answers of each kind get lost
SIZE = Size(
    onboardings=so_many(15, when_long=50),
    kills=so_many(8, when_long=25),
    seed=SEED,
)
FEWER = Size(
    onboardings=so_many(5, when_long=8),
    kills=so_many(2, when_long=6),
    long_pauses=so_many(0, when_long=1),
    seed=SEED,
)
MAILS = replace(FEWER, onboardings=so_many(5, when_long=24))  # some answer to a mail gets lost
# A worker is stopped while it waits for a mail server that hangs up: what it then has to say of
# the job comes after somebody else has done it.
LATE = replace(FEWER, onboardings=4, kills=0, mails="first answers lost")
# Workers are killed while they have a job: they wait for the same mail server.
AT_WORK = replace(LATE, kills=2, long_pauses=0, parts=WORKERS, amid=MAIL)
# Workers are killed between two chunks of a migration: what comes next has been done in part.
HALFWAY = replace(
    FEWER,
    onboardings=6,
    kills=3,
    long_pauses=0,
    offers=(200,),
    at_a_time=2,
    parts=WORKERS,
    amid=MIGRATION,
)
RUNS = 3  # chance may spare a run without a safeguard; it does not spare three


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


WITHOUT = {  # the safeguard that is switched off: where, how much happens, and what must be seen
    "sweeps": ("postgresql, broker wiped", FEWER, "stuck"),
    "leases": ("sqlite", AT_WORK, "stuck"),
    "fixed message ids": ("sqlite", MAILS, "mails_doubled"),
    "commits": ("sqlite", FEWER, "lost"),
    "fencing": ("postgresql", LATE, "stuck"),
    "idempotent migration": ("postgresql", HALFWAY, "offers_wrong"),
}
IN_VAIN = 40.0  # seconds to wait for the last job of a run in which some never end
SHAPED = [safeguard for safeguard, (_, size, _) in WITHOUT.items() if size in (LATE, HALFWAY)]


def begin_without(safeguard: str, seed: int, folder: Path) -> Run:
    setup, size, fault = WITHOUT[safeguard]
    patience = IN_VAIN if fault == "stuck" else size.patience
    size = replace(size, seed=seed, patience=patience)
    return begin(setup, size, folder, without=safeguard)


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


@pytest.mark.parametrize("safeguard", SHAPED)
def test_with_it_a_run_shaped_for_its_fault_does_not(
    safeguard: str, control_runs: Mapping[str, Run]
) -> None:
    outcome = control_runs[safeguard].outcome()
    assert outcome.faults() == {}, outcome

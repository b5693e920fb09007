"""Runs without one of the safeguards (unsafe.py), shaped so that its fault surely comes."""

from dataclasses import replace
from pathlib import Path

from tests.reliability.faults import MAIL, MIGRATION
from tests.reliability.runs import Run, begin
from tests.reliability.setups import Size
from tests.reliability.victims import WORKERS
from tests.sizes import so_many

SEED = 136  # with which of the first few mails and questions answers of each kind get lost
FEWER = Size(
    onboardings=so_many(5, when_long=8),
    kills=so_many(2, when_long=6),
    long_pauses=so_many(0, when_long=1),
    seed=SEED,
)
MAILS = replace(FEWER, onboardings=so_many(5, when_long=24))  # some answer to a mail gets lost
# A worker is stopped while it waits for a mail server that hangs up: what it then has to say of
# the job comes after somebody else has done it.
LATE = replace(FEWER, onboardings=4, kills=0, long_pauses=1, mails="first answers lost")
# Workers are killed while they have a job: they wait for the same mail server.
AT_WORK = replace(LATE, kills=2, long_pauses=0, parts=WORKERS, amid=MAIL)
# Workers are killed between two chunks of a migration: what comes next has been done in part.
HALFWAY = replace(
    FEWER,
    onboardings=6,
    kills=3,
    long_pauses=0,
    offers=(400,),
    at_a_time=2,
    parts=WORKERS,
    amid=MIGRATION,
)

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

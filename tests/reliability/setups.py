"""The set-ups of a chaos run and their sizes."""

from collections.abc import Sequence
from dataclasses import dataclass

FEW, MANY = 3, 25  # offers of a company in the older register: one job's chunk, or several


@dataclass(frozen=True)
class SetUp:
    """Which parts there are, and how often the broker forgets everything."""

    name: str
    on_postgresql: bool
    wiped_every: float | None = None  # seconds


SETUPS = {
    each.name: each
    for each in (
        SetUp("sqlite", on_postgresql=False),
        SetUp("postgresql", on_postgresql=True),
        SetUp("postgresql, broker wiped", on_postgresql=True, wiped_every=3.0),
    )
}


@dataclass(frozen=True)
class Size:
    """How much happens in a run."""

    onboardings: int
    kills: int
    long_pauses: int = 1  # of a worker at work, for longer than a lease
    seed: int = 1
    patience: float = 240.0  # seconds for the last job, after the last fault
    offers: Sequence[int] = (FEW, FEW, FEW, FEW, MANY)  # of the companies, again and again
    mails: str = "some answers lost"  # which: outside.DELIVERIES
    amid: str = ""  # topic of the jobs in whose middle workers are killed; unless named, any
    minutes: float = 1e9  # after which nothing new begins, neither faults nor onboardings
    at_a_time: int = 6  # providers
    parts: Sequence[str] = ()  # that things happen to; unless named, all there are

    @property
    def pauses(self) -> int:
        return self.kills // 4

"""Runs onboardings on the real product while its parts are killed, and counts what got lost.

python -m tests.reliability.chaos --onboardings 1000 --kills 500 [--seed 1] [--setup NAME]
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redis
from sqlalchemy.exc import OperationalError

from tests.benchmarks import machine
from tests.product import ROOT
from tests.reliability.faults import Recoveries, inflict, plan
from tests.reliability.outcome import Outcome, is_quiet, outcome
from tests.reliability.provider import Provider
from tests.reliability.victims import Victims

REPORT = ROOT / "bench" / "chaos.json"
AT_A_TIME = 3  # providers
PER_ONBOARDING = 20.0  # seconds that one may take when all goes wrong


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
    seed: int = 1
    patience: float = 120.0  # seconds for the last job, after the last fault

    @property
    def pauses(self) -> int:
        return max(1, self.kills // 4)


def run(setup: SetUp, size: Size, folder: Path, *, without: str | None = None) -> Outcome:
    """One run of one set-up; `without` names a safeguard that the worker must do without."""
    kvks = [f"{10_000_000 + number}" for number in range(size.onboardings)]
    victims = Victims(folder, on_postgresql=setup.on_postgresql, seed=size.seed, kvks=kvks)
    if without:
        victims.weaken(without)
    try:
        victims.start()
        with _wiping(setup, victims):
            return _run(setup, size, victims)
    finally:
        victims.stop()


def _run(setup: SetUp, size: Size, victims: Victims) -> Outcome:
    chance = random.Random(size.seed)  # noqa: S311 - the same seed, the same run
    providers = [
        Provider(victims.url, kvk, random.Random(kvk))  # noqa: S311 - idem
        for kvk in victims.kvks
    ]
    faults = plan(chance, kills=size.kills, pauses=size.pauses, has_database=setup.on_postgresql)
    gate = Gate(len(providers), len(faults))
    deadline = time.monotonic() + size.patience + PER_ONBOARDING * len(providers)
    threads = [
        threading.Thread(target=_register, args=(providers[first::AT_A_TIME], gate, deadline))
        for first in range(AT_A_TIME)
    ]
    recoveries = Recoveries(victims)
    for thread in threads:
        thread.start()
    # Children die with the thread that started them, so the faults belong to this one.
    for fault in faults:
        inflict(fault, victims, recoveries)
        gate.advance()
        time.sleep(chance.uniform(0, 1))
    for thread in threads:
        thread.join()
    _calm_down(victims, size.patience)
    return outcome(
        victims,
        providers,
        name=setup.name,
        kills=size.kills,
        pauses=size.pauses,
        recoveries=recoveries.stop(),
    )


class Gate:
    """Spreads the onboardings over the faults: some are always under way."""

    def __init__(self, onboardings: int, faults: int) -> None:
        self.each = faults / onboardings
        self.begun, self.happened = 0, 0
        self._changed = threading.Condition()

    def enter(self) -> None:
        with self._changed:
            turn, self.begun = self.begun, self.begun + 1
            self._changed.wait_for(lambda: self.happened >= int((turn - AT_A_TIME) * self.each))

    def advance(self) -> None:
        with self._changed:
            self.happened += 1
            self._changed.notify_all()


def _register(providers: list[Provider], gate: Gate, deadline: float) -> None:
    for provider in providers:
        gate.enter()
        provider.register(deadline)


def _calm_down(victims: Victims, patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with suppress(OperationalError):
            if is_quiet(victims):
                return
        time.sleep(0.5)


@contextmanager
def _wiping(setup: SetUp, victims: Victims) -> Iterator[None]:
    """Let the broker forget everything, every so often."""
    stop = threading.Event()

    def wipe() -> None:
        while setup.wiped_every and not stop.wait(setup.wiped_every):
            with suppress(redis.RedisError), _client(victims) as client:
                client.flushall()

    thread = threading.Thread(target=wipe)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _client(victims: Victims) -> redis.Redis:
    return redis.Redis.from_url(victims.settings.redis_url, socket_timeout=1, protocol=2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run chaos", description="Kill parts; count losses.")
    parser.add_argument("--onboardings", type=int, default=50)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--setup", choices=SETUPS, action="append")
    asked = parser.parse_args()
    size = Size(asked.onboardings, asked.kills, asked.seed)
    found: list[Outcome] = []
    for name in asked.setup or SETUPS:
        with tempfile.TemporaryDirectory(prefix="loket-chaos-") as folder:
            found.append(run(SETUPS[name], size, Path(folder)))
        print(json.dumps(found[-1].as_json()), flush=True)  # noqa: T201 - a program of its own
    report = {"seed": size.seed, "machine": machine.facts(first=False)}
    report["setups"] = [each.as_json() for each in found]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

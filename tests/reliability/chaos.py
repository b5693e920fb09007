"""Chaos run: onboardings on the real product while its parts are killed; counts what got lost."""

import fcntl
import logging
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from sqlalchemy.exc import OperationalError

from tests.reliability.faults import WEIGHTS, Fault, Number, Recoveries, inflict, plan
from tests.reliability.outcome import Outcome, is_quiet, outcome
from tests.reliability.provider import Provider
from tests.reliability.setups import SetUp, Size
from tests.reliability.victims import Victims

PER_ONBOARDING = 20.0  # seconds that one may take when all goes wrong
log = logging.getLogger(__name__)

BREATH = 0.25  # seconds between two faults
LOOK_EVERY, LOOKS = 0.5, 4  # seconds; so often is it quiet before it is over


def run(setup: SetUp, size: Size, folder: Path, *, without: str | None = None) -> Outcome:
    """One run of one set-up; `without` names a safeguard that the worker must do without."""
    victims = Victims(
        folder,
        on_postgresql=setup.on_postgresql,
        seed=size.seed,
        kvks=[f"{10_000_000 + number}" for number in range(size.onboardings)],
        offers=size.offers,
        mails=size.mails,
    )
    if without:
        victims.weaken(without)
    try:
        with _turn_to_start(folder.parent):
            victims.start()
        with _wiping(setup, victims):
            return run_on(victims, setup.name, size, _faults(setup, size))
    finally:
        victims.stop()


@contextmanager
def _turn_to_start(folder: Path) -> Iterator[None]:
    """Runs beside each other start one by one: all at once, none would be ready in time."""
    with (folder / "starting").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _faults(setup: SetUp, size: Size) -> list[Fault]:
    chance = random.Random(size.seed)  # noqa: S311 - the same seed, the same run
    number = Number(size.kills, size.pauses, size.long_pauses)
    there_are = [part for part in WEIGHTS if part != "database" or setup.on_postgresql]
    return plan(chance, number, size.parts or there_are, size.amid)


def run_on(victims: Victims, name: str, size: Size, faults: list[Fault]) -> Outcome:
    """Let the providers register on what runs, while these faults happen; and count."""
    began = time.monotonic()
    providers = [
        Provider(victims.url, kvk, random.Random(kvk))  # noqa: S311 - the same seed, the same run
        for kvk in victims.kvks
    ]
    gate = Gate(len(providers), len(faults), size.at_a_time)
    deadline = time.monotonic() + size.patience + PER_ONBOARDING * len(providers)
    threads = [
        threading.Thread(
            target=_register, args=(providers[first :: size.at_a_time], gate, deadline)
        )
        for first in range(size.at_a_time)
    ]
    recoveries = Recoveries(
        victims,
        lambda: (
            gate.inside == sum(each.is_confirmed for each in providers) > 0 and is_quiet(victims)
        ),
    )
    for thread in threads:
        thread.start()
    happened = _inflict_all(faults, victims, recoveries, gate, until=began + 60 * size.minutes)
    for thread in threads:
        thread.join()
    _calm_down(victims, size.patience)
    resumed = recoveries.stop()
    took = time.monotonic() - began
    begun = [provider for provider in providers if provider.has_begun]
    return outcome(victims, begun, setup=name, faults=happened, resumed=resumed, took=took)


def _inflict_all(
    faults: list[Fault],
    victims: Victims,
    recoveries: Recoveries,
    gate: "Gate",
    *,
    until: float,
) -> list[Fault]:
    """Children die with the thread that started them, so the faults belong to the main one."""
    happened = []
    for fault in faults:
        if time.monotonic() > until:
            break
        happened.append(fault)
        log.info("fault: %s", fault)
        inflict(fault, victims, recoveries)
        gate.advance()
        victims.revive()
        time.sleep(BREATH)
    gate.open_or_close(is_open=len(happened) == len(faults))
    victims.wait_for_sleepers()
    victims.revive()
    return happened


class Gate:
    """Spreads the onboardings over the faults: some are always under way."""

    def __init__(self, onboardings: int, faults: int, at_a_time: int) -> None:
        self.each, self.at_a_time = faults / onboardings, at_a_time
        self.begun, self.inside, self.happened = 0, 0, 0
        self.is_closed = False
        self._changed = threading.Condition()

    def enter(self) -> bool:
        """Wait for one's turn; False when nobody may begin any more."""
        with self._changed:
            turn, self.begun = self.begun, self.begun + 1
            self._changed.wait_for(lambda: self.is_closed or self._has_come(turn))
            self.inside += not self.is_closed
            return not self.is_closed

    def _has_come(self, turn: int) -> bool:
        return self.happened >= int((turn - self.at_a_time) * self.each)

    def open_or_close(self, *, is_open: bool) -> None:
        """No more faults will come: whoever waits may begin, or never will."""
        with self._changed:
            self.is_closed = not is_open
            self.happened = sys.maxsize
            self._changed.notify_all()

    def advance(self) -> None:
        with self._changed:
            self.happened += 1
            self._changed.notify_all()


def _register(providers: list[Provider], gate: Gate, deadline: float) -> None:
    for provider in providers:
        if gate.enter():
            provider.register(deadline)


def _calm_down(victims: Victims, patience: float) -> None:
    """Until it stays quiet: who wakes up late may still have something to say."""
    deadline, quiet = time.monotonic() + patience, 0
    while time.monotonic() < deadline and quiet < LOOKS:
        time.sleep(LOOK_EVERY)
        with suppress(OperationalError):
            quiet = quiet + 1 if is_quiet(victims) else 0


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

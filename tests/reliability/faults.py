"""The faults of a chaos run, chosen by a seed: kills, pauses, recovery."""

import logging
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.exc import OperationalError

from processes.engine.store.models import Job, JobStatus
from processes.register.mail import OutgoingMail
from tests.reliability.trees import send
from tests.reliability.victims import WORKERS, Victims
from workers.celery import SWEEP_EVERY
from workers.heartbeat import HOLD

log = logging.getLogger(__name__)

WEIGHTS = {
    "web": 3,
    "worker": 3,
    "other worker": 1,
    "pool process": 2,
    "broker": 2,
    "database": 3,
}
LONGEST_PAUSE = 3.0
OUTLASTS_LEASE = HOLD.total_seconds() + SWEEP_EVERY + 1  # by then somebody else has the job
PATIENCE = 3.0  # for any job to be at work when its worker is to be killed
LONGEST_WAIT = 180.0  # for a job of the topic that a fault needs
MIDDLE = 0.2  # seconds after which a job that was at work is in the middle of it
LOOK_EVERY = 0.25
MAIL = "send-confirmation"  # waits for an answer outside any transaction
MIGRATION = "migrate-offers"  # commits a few offers at a time
BEGUN: dict[str, ColumnElement[bool]] = {  # what tells that a job has left something behind
    MAIL: exists().where(OutgoingMail.key == Job.idempotency_key),
    MIGRATION: Job.progress["done"].as_integer() > 0,
}

Kind = Literal["kill", "pause", "long pause", "cut off"]
KILL: Kind = "kill"
PAUSE: Kind = "pause"
LONG: Kind = "long pause"  # of a worker at work: when it wakes up, its job is somebody else's
CUT: Kind = "cut off"  # a host from all others


@dataclass(frozen=True)
class Fault:
    """One thing that will happen to one part."""

    kind: Kind
    part: str
    seconds: float  # how long it is stopped, or away
    amid: str = ""  # topic of the job that a worker must have begun; unless named, any


@dataclass(frozen=True)
class Number:
    """How many of each kind."""

    kills: int
    pauses: int
    long_pauses: int


def plan(
    chance: random.Random, number: Number, parts: Sequence[str], amid: str = ""
) -> list[Fault]:
    """The faults of a run, in their order: the same seed gives the same ones."""
    weights = [WEIGHTS[part] for part in parts]
    kinds = [KILL] * number.kills + [PAUSE] * number.pauses + [LONG] * number.long_pauses
    chance.shuffle(kinds)
    return [
        Fault(kind, chance.choices(parts, weights)[0], chance.uniform(0.2, LONGEST_PAUSE), amid)
        if kind is not LONG
        else Fault(kind, WORKERS[0], OUTLASTS_LEASE + chance.uniform(0, 2), MAIL)
        for kind in kinds
    ]


class Recoveries:
    """How long the jobs of killed workers stood still: looks at their rows all the time."""

    def __init__(self, victims: Victims, is_over: Callable[[], bool]) -> None:
        """`is_over`: there is no work left, until the next fault lets more begin."""
        self.victims, self.is_over = victims, is_over
        self.seconds: list[float] = []
        self.waiting: dict[tuple[UUID, int], float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def at_work(self, pids: list[int], topic: str = "") -> list[tuple[UUID, int]]:
        """The jobs (id, attempt) that these processes have; begun ones of a topic, or any."""
        query = select(Job.id, Job.attempts, Job.lease_owner).where(Job.status == JobStatus.LEASED)
        query = query.where(Job.topic == topic, BEGUN[topic]) if topic else query
        with suppress(OperationalError), self.victims.database.reading() as session:
            rows = session.execute(query).all()
            return [(row[0], row[1]) for row in rows if _process_of(row[2]) in pids]
        return []

    def are_others(self, jobs: list[tuple[UUID, int]]) -> bool:
        """Whether somebody else has done all of these."""
        query = select(func.count()).where(
            Job.id.in_([job_id for job_id, _ in jobs]), Job.status == JobStatus.DONE
        )
        with suppress(OperationalError), self.victims.database.reading() as session:
            return session.scalar(query) == len(jobs)
        return False

    def expect(self, jobs: list[tuple[UUID, int]]) -> None:
        """From now on these wait for somebody else."""
        self.waiting |= dict.fromkeys(jobs, time.monotonic())

    def stop(self) -> list[float]:
        """The seconds that each took; a job that never resumed took for ever."""
        self._stop.set()
        self._thread.join()
        return sorted(self.seconds + [float("inf")] * len(self.waiting))

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            with suppress(OperationalError):
                self._look()

    def _look(self) -> None:
        if not self.waiting:
            return
        query = select(Job.id, Job.attempts, Job.status)
        query = query.where(Job.id.in_({job_id for job_id, _ in self.waiting}))
        with self.victims.database.reading() as session:
            rows = session.execute(query).all()
        for job_id, attempts, status in rows:
            for key in [key for key in list(self.waiting) if key[0] == job_id]:
                if attempts > key[1] or status is not JobStatus.LEASED:
                    self.seconds.append(time.monotonic() - self.waiting.pop(key))


def _process_of(owner: str | None) -> int:
    """A lease is held by host:process:attempt."""
    return int(owner.split(":")[1]) if owner else 0


def inflict(fault: Fault, victims: Victims, recoveries: Recoveries) -> None:
    """Let it happen, and let the part come back as an init system would."""
    part = "worker" if fault.part == "pool process" else fault.part
    if fault.kind == LONG:
        victims.wait_for_sleepers()
    victims.wait_until_up(part)
    if fault.amid:
        part = _whoever_is_at_work(victims, recoveries, fault.amid) or part
    pids = victims.pids_of(part)
    if fault.kind == LONG:
        jobs = recoveries.at_work(pids, fault.amid)
        victims.put_to_sleep(pids, fault.seconds, until=lambda: recoveries.are_others(jobs))
    elif fault.kind == CUT:
        recoveries.expect(_wait_for_work(pids, recoveries) if part in WORKERS else [])
        victims.cut_off(part, fault.seconds)
    elif fault.kind == PAUSE:
        _pause(pids, fault.seconds)
    elif fault.part == "pool process":
        _kill_one(pids[1:], recoveries)
    else:
        jobs = _wait_for_work(pids, recoveries, fault.amid) if part in WORKERS else []
        victims.kill(part)
        recoveries.expect(jobs)
        time.sleep(fault.seconds / 4)
        victims.bring_back(part)


def _pause(pids: list[int], seconds: float) -> None:
    send(pids, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        send(pids, signal.SIGCONT)


def _kill_one(pids: list[int], recoveries: Recoveries) -> None:
    """As the kernel does when memory is short; the worker replaces it by itself."""
    jobs = _wait_for_work(pids, recoveries)
    for pid in pids:
        if found := recoveries.at_work([pid]):
            send([pid], signal.SIGKILL)
            recoveries.expect([job for job in found if job in jobs] or found)
            return
    send(pids[:1], signal.SIGKILL)


def _whoever_is_at_work(victims: Victims, recoveries: Recoveries, topic: str) -> str | None:
    """The worker that is in the middle of such a job, as soon as one is; None: none ever will."""
    deadline = time.monotonic() + LONGEST_WAIT
    found: dict[str, list[tuple[UUID, int]]] = {}
    while time.monotonic() < deadline and not recoveries.is_over():
        before = found
        found = {part: recoveries.at_work(victims.pids_of(part), topic) for part in WORKERS}
        for part, jobs in found.items():
            if both := set(jobs).intersection(before.get(part, ())):
                log.info("%s is at work: %s", part, both)
                return part
        time.sleep(MIDDLE)
    return None


def _wait_for_work(
    pids: list[int], recoveries: Recoveries, topic: str = ""
) -> list[tuple[UUID, int]]:
    """The jobs that these have, as soon as they are in the middle of one."""
    deadline = time.monotonic() + PATIENCE
    found: list[tuple[UUID, int]] = []
    while time.monotonic() < deadline:
        before, found = found, recoveries.at_work(pids, topic)
        if both := set(before) & set(found):
            log.info("at work: %s", both)
            return found
        time.sleep(MIDDLE)
    return found

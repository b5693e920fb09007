"""Test helper for workers: messages in the broker, sweeps, time that passes."""

import json
from datetime import timedelta

import redis

from processes.base import now, set_clock
from workers import schedule
from workers.job_context import JobContext


def messages(url: str, queue: str) -> list[str]:
    """The job ids in a queue of the broker, which is emptied."""
    with redis.Redis.from_url(url) as broker:
        found = []
        while raw := broker.rpop(queue):
            assert isinstance(raw, bytes)
            message = json.loads(raw)
            found.append(message["headers"]["argsrepr"])
        return found


def do_nothing(*, job: JobContext) -> None:
    """A service task that succeeds."""
    assert job.attempt


def let_time_pass() -> None:
    """So much that a sweep no longer trusts the wake-up message of a new job."""
    moment = now() + schedule.UNHEARD + timedelta(seconds=1)
    set_clock(lambda: moment)


def sweep() -> None:
    """A sweep, and the jobs that it began; beforehand, no kind of work is due without being told.

    A sweep looks for a kind where its question says so: see `workers.kinds_of_work`.
    """
    told = schedule.KINDS.due([])
    for kind in schedule.KINDS.kinds:
        if kind.questions and told is not None and told.isdisjoint(kind.questions):
            assert kind.find() == [], kind
    try:
        schedule.sweep()
    finally:
        schedule.wait_for_lanes()

"""What the tests of the workers look at, and what they let a worker do."""

import json

import redis

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


def sweep() -> None:
    """A sweep, and the jobs that it began."""
    try:
        schedule.sweep()
    finally:
        schedule.wait_for_lanes()

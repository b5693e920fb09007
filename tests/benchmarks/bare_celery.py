"""Celery with nothing of ours: a task that does nothing, beside which our jobs are measured.

LOKET_BENCH_BROKER names the broker; `python -m tests.benchmarks.bare_celery` is its worker.
"""

import os
import sys

from celery import Celery
from redis import Redis

BROKER = "LOKET_BENCH_BROKER"
QUEUE = "bare"
DONE = "bare-done"  # a list at the broker: one entry for each task that was performed

bare = Celery("bare", broker=os.environ.get(BROKER, "redis://127.0.0.1:1/0"))
bare.conf.task_ignore_result = True
bare.conf.task_default_queue = QUEUE

_redis = Redis.from_url(os.environ.get(BROKER, "redis://127.0.0.1:1/0"))


@bare.task(name="nothing")
def nothing() -> None:
    """Tell that we were here: there is no table to look at."""
    _redis.rpush(DONE, b"1")


if __name__ == "__main__":
    options = ["--pool=prefork", f"--concurrency={sys.argv[1]}", "--loglevel=WARNING"]
    bare.worker_main(["worker", *options, "--without-gossip", "--without-mingle"])

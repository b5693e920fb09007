"""Completes steps in threads of one process, for `threads.py`, by whatever build is imported.

It runs in an older checkout too, so it uses only what that has. Reads lines of how many onboardings
and threads, and answers each with a line of JSON: steps a second, and milliseconds a step. Its
first line is the address of its database; a second process is given that, to work beside it.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from queue import Empty, SimpleQueue
from threading import Barrier, Thread
from time import perf_counter
from uuid import UUID

from sqlalchemy.engine import make_url

from tests.benchmarks import databases, onboarding
from tests.benchmarks.contestants import Ours

Case = tuple[UUID, str]  # instance and KvK number


class Build(Ours):
    """Our engine on one file, which providers use at the same time."""

    def __init__(self, database: databases.Database, first_kvk: int) -> None:
        super().__init__(database)
        self._companies = count(first_kvk)
        self._file = make_url(database.url).database or ""

    def turn(self, onboardings: int, threads: int) -> dict[str, float]:
        """Complete the provider's steps of new onboardings; only completing them is counted."""
        cases: SimpleQueue[Case] = SimpleQueue()
        for _ in range(onboardings):
            kvk = str(next(self._companies))
            cases.put((self._start(kvk), kvk))
        took: list[float] = []
        begin = Barrier(threads + 1)
        providers = [Thread(target=self._work, args=(cases, took, begin)) for _ in range(threads)]
        for each in providers:
            each.start()
        begin.wait()
        began = perf_counter()
        for each in providers:
            each.join()
        seconds = perf_counter() - began
        took.sort()
        return {
            "per_second": len(took) / seconds,
            "p50_ms": took[len(took) // 2] * 1000,
            "p95_ms": took[len(took) * 95 // 100] * 1000,
        }

    def _work(self, cases: "SimpleQueue[Case]", took: list[float], begin: Barrier) -> None:
        reading = sqlite3.connect(self._file, isolation_level=None)
        begin.wait()
        while True:
            try:
                instance_id, kvk = cases.get_nowait()
            except Empty:
                break
            for answers in onboarding.steps().values():
                task_id = self._task_of(reading, instance_id)
                began = perf_counter()
                self._complete(task_id, kvk, answers)
                took.append(perf_counter() - began)
        reading.close()

    def _task_of(self, reading: sqlite3.Connection, instance_id: UUID) -> UUID:
        """What the page of a task knows from its address; it costs a step next to nothing."""
        sql = "SELECT id FROM user_task WHERE instance_id = ? AND completed_at IS NULL"
        ((task_id,),) = reading.execute(sql, [instance_id.hex]).fetchall()
        return UUID(task_id)


@contextmanager
def _database() -> Iterator[databases.Database]:
    if len(sys.argv) > 1:
        yield databases.Database("sqlite", sys.argv[1], "")
    else:
        with databases.sqlite() as database:
            yield database


def main() -> None:
    with _database() as database:
        build = Build(database, 50_000_000 if len(sys.argv) > 1 else 10_000_000)
        build.turn(4, 1)  # to warm up
        _say(database.url)
        for line in sys.stdin:
            onboardings, threads = map(int, line.split())
            _say(json.dumps(build.turn(onboardings, threads)))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

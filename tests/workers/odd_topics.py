"""A worker with extra service tasks: a slow one, and one that kills its process.

python -m tests.workers.odd_topics worker
"""

import os
import signal
import time
from datetime import timedelta
from typing import Any

from app.cli.main import main
from workers import run_job
from workers.job_context import JobContext
from workers.registry import service_task


@service_task("sleep", title="Lang bezig zijn", queue="slow", lease=timedelta(minutes=5))
def sleep(*, job: JobContext) -> None:
    time.sleep(300 + job.attempt)


@service_task("die", title="Het proces beëindigen", queue="poison")
def die(*, job: JobContext) -> None:
    assert job
    os.kill(os.getpid(), signal.SIGKILL)


@service_task("note", title="Niets doen", queue="mail")
def note(*, job: JobContext) -> None:
    assert job


if __name__ == "__main__":
    worker: Any = run_job
    worker.HOLD = timedelta(seconds=3)  # a killed process is missed sooner: tests have no patience
    main()

"""Starts a Celery worker or scheduler, with what each of their processes needs."""

import logging
import multiprocessing
import os
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from celery.signals import beat_init, setup_logging, worker_process_init, worker_ready
from celery.utils.nodenames import gethostname, nodename

from processes.platform import tracing
from workers.celery import celery
from workers.parent import end_with_parent

log = logging.getLogger(__name__)

READY_FILE = "LOKET_READY_FILE"
"""Names a file that is touched when the process is ready; the demonstration waits for it."""

UP_WITHIN = (
    5.0  # seconds; without a broker the worker is never called ready, and works all the same
)

_is_up = multiprocessing.Event()
"""Set when the worker is ready; its pool processes, which are forks of it, wait for that.

Celery gives up when a pool process ends while the worker starts, and a job may end its process.
"""


def start_worker(concurrency: int) -> NoReturn:
    """Run a worker in this process until it is told to stop.

    Not by `worker_main`: Celery's command line imports a hundred modules for its shell.
    """
    import workers.vocabulary  # noqa: F401 - fills the registries, which a scheduler needs not
    from workers.registry import SERVICE_TASKS

    queues = {"default", *(service_task.queue for service_task in SERVICE_TASKS.values())}
    worker = celery.Worker(
        pool_cls="prefork",
        concurrency=concurrency,
        queues=sorted(queues),
        hostname=nodename(f"loket-{os.getpid()}", gethostname()),
        without_gossip=True,
        without_mingle=True,
        loglevel="WARNING",
    )
    worker_process_init.connect(partial(_begin_pool_process, os.getpid()), weak=False)
    worker.start()
    sys.exit(worker.exitcode)


def start_scheduler(folder: Path) -> None:
    """Run the scheduler in this process until it is told to stop."""
    folder.mkdir(parents=True, exist_ok=True)
    celery.Beat(schedule=str(folder / "scheduler"), loglevel="WARNING", quiet=True).run()


@setup_logging.connect(weak=False)
def _keep_our_logging(**_facts: Any) -> None:
    """Connected, so that Celery leaves the handlers alone that the command line chose."""


def _begin_pool_process(worker: int, **_facts: Any) -> None:
    """Begin a process of the pool of this worker, which may have been killed since the fork."""
    end_with_parent(worker)
    tracing.begin("worker")
    threading.Thread(target=_sweep_when_up, daemon=True).start()


def _sweep_when_up() -> None:
    from workers.schedule import sweep_for_ever

    _is_up.wait(UP_WITHIN)
    sweep_for_ever(threading.Event())


@worker_ready.connect(weak=False)
@beat_init.connect(weak=False)
def _tell_ready(**_facts: Any) -> None:
    log.info("worker or scheduler is ready.")
    _is_up.set()
    if file := os.environ.get(READY_FILE):
        Path(file).touch()

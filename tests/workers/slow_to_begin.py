"""A worker whose pool processes begin when the worker itself is dead.

python -m tests.workers.slow_to_begin worker
"""

import os
import time
from pathlib import Path
from typing import Any

from celery.signals import worker_process_init

from app.cli.main import main


@worker_process_init.connect(weak=False)
def outlive_the_worker(**_facts: Any) -> None:
    """Connected before anything of ours is: tells its pid and waits until its parent is another."""
    worker = os.getppid()
    with Path(os.environ["LOKET_VAR"], "begun").open("a", encoding="ascii") as begun:
        begun.write(f"{os.getpid()}\n")
    while os.getppid() == worker:
        time.sleep(0.05)


if __name__ == "__main__":
    main()

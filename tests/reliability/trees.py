"""A process with its children: kill, pause, resume."""

import os
import signal
from contextlib import suppress
from pathlib import Path


def tree_of(pid: int) -> list[int]:
    """The process and its descendants, itself first."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += tree_of(int(child))
    return found


def send(pids: list[int], number: signal.Signals) -> None:
    """A signal for each; who is gone already does not mind."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

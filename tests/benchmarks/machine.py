"""Describes the machine that was measured, and waits until it is quiet."""

import os
import platform
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("SpiffWorkflow", "SQLAlchemy", "psycopg", "msgspec")


def go_first() -> bool:
    """Run before everything else on this machine, where that is allowed (root).

    Both sides of a ratio wait for the disk in each step; on a busy machine what is measured
    would otherwise be how long the scheduler lets others go first.
    """
    with suppress(PermissionError, AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        return True
    return False


def facts(*, first: bool) -> dict[str, Any]:
    """What a reader needs to know about where these figures come from."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "real_time_priority": first,
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()

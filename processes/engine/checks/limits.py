"""Limits on time, memory and files of a child process that reads what somebody uploaded."""

import resource
import signal

CPU_SECONDS = 5
WALL_SECONDS = 30
MEMORY_BYTES = 512 * 1024 * 1024
OPEN_FILES = 64


def limit(files: int = 1) -> None:
    """Limit this process from here on, with the time to read this many files."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS * files
    for what, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))
    signal.alarm(WALL_SECONDS * files)

"""Runs programs of Loket as forks of the zygote: without the seconds that an import takes."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.demo.zygote import Child, zygote
from tests import patience


def begin(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    starts_others: bool = False,
) -> Child:
    """Start `python -m` with these arguments; what it says goes to the log."""
    with log.open("wb") as said:
        return zygote.start(arguments, environment, said, starts_others=starts_others)


def run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    starts_others: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Wait for its end; what it said, on both, is its stderr."""
    begun = begin(arguments, environment, log, starts_others=starts_others)
    exit_code = begun.wait(patience.SECONDS)
    return subprocess.CompletedProcess(list(arguments), exit_code, "", log.read_text("utf-8"))

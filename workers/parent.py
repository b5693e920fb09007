"""Ties a child process to its parent, so that killing the parent leaves no orphan (Linux)."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, by: signal.Signals = signal.SIGKILL) -> None:
    """Run in the child: the kernel sends it this signal when its parent dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:  # it died before the kernel knew
        os.kill(os.getpid(), by)

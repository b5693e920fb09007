"""Ends a child process when its parent dies (Linux), so that no orphan remains."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, by: signal.Signals = signal.SIGKILL) -> None:
    """In the child: have the kernel send this signal when the parent dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:  # it died before the kernel knew
        os.kill(os.getpid(), by)

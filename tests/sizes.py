"""How often and how much: a quick form of a test, and with `./run test --long` its long form."""

import os

SWITCH = "LOKET_LONG_TESTS"


def choose_long() -> None:
    """From here on this process, and those that it starts, take the long forms."""
    os.environ[SWITCH] = "1"


def is_long() -> bool:
    return SWITCH in os.environ


def so_many(quick: int, *, when_long: int) -> int:
    """The number for the form that was asked for."""
    return when_long if is_long() else quick

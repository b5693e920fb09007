"""The built-in functions of FEEL (DMN 1.5 §10.3.4), by subject. Door: `FUNCTIONS`."""

from processes.engine.language.feel.builtins import (
    calendar,
    contexts,
    intervals,
    lists,
    numbers,
    patterns,
    texts,
    working_days,
)
from processes.engine.language.feel.builtins.registry import FUNCTIONS

__all__ = [
    "FUNCTIONS",
    "calendar",
    "contexts",
    "intervals",
    "lists",
    "numbers",
    "patterns",
    "texts",
    "working_days",
]

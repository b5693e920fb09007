"""Validates texts as ISO 8601 date, duration or repeating interval."""

from collections.abc import Callable
from datetime import timedelta

from processes.base import now
from processes.engine.language import iso8601

LONGEST = timedelta(days=366 * 100)


def is_moment(text: str) -> bool:
    """Whether this is an ISO date, or date and time."""
    return _reads(iso8601.moment, text)


def is_duration(text: str) -> bool:
    """Whether this is an ISO duration of at most a century."""
    return _reads(lambda each: iso8601.duration(each).after(now()), text) and (
        iso8601.duration(text).approximate <= LONGEST
    )


def is_cycle(text: str) -> bool:
    """Whether this is an ISO repeat."""
    return _reads(iso8601.cycle, text) and iso8601.cycle(text).every.approximate <= LONGEST


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (ValueError, OverflowError):
        return False
    return True

"""Parses the arguments of jobs: ids and dates."""

from datetime import date
from uuid import UUID

from processes.engine.registry import BadDataError


def id_from(text: str) -> UUID:
    """The UUID in this text. Raises BadDataError."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        message = "an argument of this job is no id"
        raise BadDataError(message) from None


def day_from(text: str) -> date:
    """The date in this text, as 2026-12-31. Raises BadDataError."""
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        message = "an argument of this job is no date"
        raise BadDataError(message) from None

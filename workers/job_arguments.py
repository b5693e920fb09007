"""What a job was given, as what it should be: text that is no id or date will never become one."""

from datetime import date
from uuid import UUID

from processes.engine.registry import BadDataError


def id_from(text: str) -> UUID:
    """The id that is written here; raises BadDataError."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        message = "an argument of this job is no id"
        raise BadDataError(message) from None


def day_from(text: str) -> date:
    """The day that is written here as 2026-12-31; raises BadDataError."""
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        message = "an argument of this job is no date"
        raise BadDataError(message) from None

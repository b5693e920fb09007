"""Moments in SAML messages: xs:dateTime in UTC (SAML 2.0 Core §1.3.3)."""

import re
from datetime import UTC, datetime

from app.auth.saml.xml import SamlError

_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


def moment(written: str | None) -> datetime:
    """The moment written. Raises SamlError when it is missing, or not in UTC."""
    if written is None or not _SHAPE.fullmatch(written):
        message = f"{written!r} is no moment in UTC"
        raise SamlError(message)
    seconds, _, fraction = written.removesuffix("Z").partition(".")
    try:
        return datetime.fromisoformat(f"{seconds}.{fraction:0<6.6}+00:00")
    except ValueError as error:
        message = f"{written!r} is no moment"
        raise SamlError(message) from error


def written(when: datetime) -> str:
    """The moment as messages have it, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

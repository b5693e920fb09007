"""What proves itself: ids in links, values that a page carries, signed with our secret."""

from typing import Any
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from processes.platform.settings import current_settings


class BadLinkError(Exception):
    """The link is not one of ours, or was changed on its way."""


def signed(purpose: str, id_: UUID) -> str:
    """The id with a signature that holds for this purpose only; fit for an address."""
    return sealed(purpose, id_.hex)


def id_of(purpose: str, token: str) -> UUID:
    """The id in a token. Raises BadLinkError."""
    try:
        return UUID(unsealed(purpose, token))
    except (ValueError, TypeError, AttributeError) as error:
        raise BadLinkError(purpose) from error


def sealed(purpose: str, value: Any) -> str:
    """A JSON value with a signature that holds for this purpose only; fit for an address."""
    text: str = _serializer(purpose).dumps(value)
    return text


def unsealed(purpose: str, token: str) -> Any:
    """The value in a token. Raises BadLinkError."""
    try:
        return _serializer(purpose).loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise BadLinkError(purpose) from error


def _serializer(purpose: str) -> URLSafeSerializer:
    keys = [key.get_secret_value() for key in current_settings().secret_keys]
    return URLSafeSerializer(keys, salt=f"loket {purpose}")

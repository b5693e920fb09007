"""The signature of a webhook: verified by the library of the standard, and as our own docs say."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from processes.base import now
from processes.platform.encryption import UnreadableSecretError
from processes.platform.settings import Settings, use_settings
from processes.webhooks.keys import (
    is_readable,
    locked_away,
    new_secret,
    signature_headers,
    unlocked,
)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
DOCS = Path(__file__).parents[3] / "docs" / "operate" / "webhooks.md"
BODY = '{"data":{"titel":"Té laat"}}'.encode()


@pytest.fixture
def is_from_loket(settings: Settings) -> Callable[[str, Any, bytes], bool]:
    """The function that the docs give to receivers."""
    assert settings
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own documentation
    found: Callable[[str, Any, bytes], bool] = names["is_from_loket"]
    return found


def test_a_secret_is_new_each_time_and_has_256_bits(settings: Settings) -> None:
    assert settings
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(b64decode(first.removeprefix("whsec_"), validate=True)) == 32


@pytest.mark.parametrize("hours", [0, 1, -5])
def test_a_moment_in_any_time_zone_is_signed_so_that_others_verify_it(
    settings: Settings, hours: int
) -> None:
    assert settings
    secret, moment = new_secret(), now().astimezone(timezone(timedelta(hours=hours)))
    headers = signature_headers([secret], "id-1", moment, BODY)
    assert Webhook(secret).verify(BODY, headers) == {"data": {"titel": "Té laat"}}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_the_docs_verify_what_is_ours_and_nothing_else(
    is_from_loket: Callable[[str, Any, bytes], bool],
) -> None:
    secret, other = new_secret(), new_secret()
    headers = signature_headers([other, secret], "id-1", now(), BODY)
    assert is_from_loket(secret, headers, BODY)
    assert is_from_loket(other, headers, BODY)
    assert not is_from_loket(new_secret(), headers, BODY)
    assert not is_from_loket(secret, headers, BODY + b" ")
    assert not is_from_loket(secret, {**headers, "webhook-id": "id-2"}, BODY)
    old = signature_headers([secret], "id-1", now() - timedelta(minutes=6), BODY)
    assert not is_from_loket(secret, old, BODY)
    for odd in ("", "v1", "v1,é", "v2,x v1,"):
        assert not is_from_loket(secret, {**headers, "webhook-signature": odd}, BODY)
    assert not is_from_loket(secret, {**headers, "webhook-timestamp": "straks"}, BODY)


def test_a_stored_secret_opens_with_the_keys_of_the_installation_alone(settings: Settings) -> None:
    secret = new_secret()
    stored = locked_away(secret)
    assert secret not in stored
    assert unlocked(stored) == secret
    newer = SecretStr("another secret key, thirty-two characters")
    both = {"secret_key": newer, "secret_key_before": settings.secret_key}
    use_settings(settings.model_copy(update=both))
    assert unlocked(stored) == secret
    use_settings(settings.model_copy(update={"secret_key": newer}))
    assert not is_readable(stored)
    with pytest.raises(UnreadableSecretError):
        unlocked(stored)

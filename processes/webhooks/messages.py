"""The message of a delivery: a CloudEvent in structured JSON, and the headers that sign it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from processes.base import now
from processes.platform.settings import current_settings
from processes.webhooks.keys import signature_headers, unlocked
from processes.webhooks.models import WebhookAddress

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
LARGEST = 256_000  # bytes
PRODUCT = "Loket-Webhooks/1"


@dataclass(frozen=True)
class CloudEvent:
    """The attributes of CloudEvents 1.0 that Loket sends; `id` stays the same at every attempt."""

    id: str
    type: str
    subject: str
    time: datetime
    data: Mapping[str, Any]
    sequence: int | None = None  # rises within a subject (the extension `sequence`)

    def body(self) -> bytes:
        """As JSON: the same bytes at every attempt."""
        attributes = {
            "specversion": "1.0",
            "id": self.id,
            "source": current_settings().public_url.rstrip("/"),
            "type": self.type,
            "subject": self.subject,
            "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": dict(self.data),
        }
        if self.sequence is not None:
            attributes["sequence"] = f"{self.sequence:020d}"
        return json.dumps(attributes, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Message:
    """What is posted, and where."""

    url: str
    id: str
    body: bytes
    secrets: Sequence[str]

    def headers(self) -> dict[str, str]:
        """Signed with the moment of this attempt, so that an old copy cannot be sent again."""
        return {
            "Content-Type": CONTENT_TYPE,
            "User-Agent": PRODUCT,
            **signature_headers(self.secrets, self.id, now(), self.body),
        }


def message_to(address: WebhookAddress, event: CloudEvent) -> Message:
    """The message for this address. Raises UnreadableSecretError."""
    stored = [address.secret, address.previous_secret]
    return Message(
        address.url, event.id, event.body(), [unlocked(each) for each in stored if each is not None]
    )

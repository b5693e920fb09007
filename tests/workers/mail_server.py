"""SMTP server whose answers a test chooses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests import patience
from tests.servers import free_port


@dataclass
class MailServer:
    """Keeps what it accepts; `recipient` and `content` are its answers to RCPT and DATA."""

    port: int
    recipient: str = "250 OK"
    content: str = "250 OK"
    accepted: list[tuple[list[str], EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(  # noqa: N802 - as above
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        if self.content.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.accepted.append((envelope.rcpt_tos, message))
        return self.content


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a free port."""
    server = MailServer(free_port())
    controller = Controller(
        server, hostname="127.0.0.1", port=server.port, ready_timeout=patience.SECONDS
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()

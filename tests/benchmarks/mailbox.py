"""SMTP server for benchmarks: records when each recipient's mail arrived."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from aiosmtpd.controller import Controller

from tests import patience
from tests.servers import free_port

PATIENCE = patience.SECONDS


@dataclass
class Mailbox:
    """Takes every mail."""

    port: int = field(default_factory=free_port)
    came: dict[str, float] = field(default_factory=dict)
    heard: threading.Condition = field(default_factory=threading.Condition)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        with self.heard:
            self.came[envelope.rcpt_tos[0]] = perf_counter()
            self.heard.notify_all()
        return "250 OK"

    def wait_for(self, recipient: str) -> float:
        """The moment at which their mail came."""
        with self.heard:
            if not self.heard.wait_for(lambda: recipient in self.came, PATIENCE):
                message = f"no mail for {recipient}"
                raise TimeoutError(message)
            return self.came[recipient]

    @contextmanager
    def open(self) -> Iterator[None]:
        """Answer, in a thread of its own."""
        controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=patience.SECONDS
        )
        controller.start()
        try:
            yield
        finally:
            controller.stop()

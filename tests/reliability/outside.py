"""The world outside: a mail server that loses answers, and a trade register that knows everybody.

python -m tests.reliability.outside FOLDER SMTP_PORT HTTP_PORT SEED
"""

import asyncio
import json
import random
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.demo.mailbox import Delivery

LOST = 0.15  # of the mails: kept, but the answer never comes
SLOW = 0.5  # of the mails: answered after a while, so that something is going on when a kill comes
PAUSE = 2.0
EXAMPLES = Path(__file__).parents[2] / "workers" / "clients" / "sample_companies.json"


class ForgetfulDelivery(Delivery):
    """Keeps each mail as a file, and then sometimes hangs up instead of saying 250."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder)
        self.chance = random.Random(seed)  # noqa: S311 - no secret: the same seed, the same fate

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fate = self.chance.random()
        answer = await super().handle_DATA(server, session, envelope)
        if fate < SLOW:
            await asyncio.sleep(fate / SLOW * PAUSE)
        if self.chance.random() < LOST:
            hang_up(server)
        return answer


def hang_up(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()


class Companies(BaseHTTPRequestHandler):
    """Answers as the KVK does, with one of its published companies under the number asked for."""

    profile = json.loads(EXAMPLES.read_text("utf-8"))[1]

    def do_GET(self) -> None:
        kvk = self.path.split("/")[3]
        body = json.dumps({**self.profile, "kvkNummer": kvk, "naam": f"Bedrijf {kvk}"}).encode()
        if self.path.endswith("/vestigingen"):
            body = json.dumps(self.profile["_embedded"]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_facts: object) -> None:
        """Say nothing."""


def main() -> None:
    folder, smtp_port, http_port, seed = sys.argv[1:]
    delivery = ForgetfulDelivery(Path(folder), int(seed))
    Controller(delivery, hostname="127.0.0.1", port=int(smtp_port)).start()
    ThreadingHTTPServer(("127.0.0.1", int(http_port)), Companies).serve_forever()


if __name__ == "__main__":
    main()

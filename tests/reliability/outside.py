"""The world outside: a mail server, an older and a trade register, that lose answers.

python -m tests.reliability.outside FOLDER HOST SMTP HTTP LEGACY SERVER SEED MAILS (four are ports)
"""

import asyncio
import json
import random
import sys
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.demo.mailbox import Delivery
from tests import patience
from tests.reliability.lossy import LossyWay

REFUSED = 0.1  # of the mails: the line goes dead before they are kept
LOST = 0.15  # of the mails: kept, but the answer never comes
SLOW = 0.5  # of the mails: answered after a while, so that something is going on when a kill comes
PAUSE = 2.0
LONGER = 6.0  # of a mail server that then hangs up: so long the worker surely waits for it
CUT, HUNG = 0.08, 0.02  # of the questions to the older register; more, and its breaker would open
SILENT_EACH = 6  # of so many questions to the trade register one gets no answer
EXAMPLES = Path(__file__).parents[2] / "workers" / "clients" / "sample_companies.json"
KEPT = "mail kept, answer lost"
SILENT = "trade register silent"
LOSSES = "losses.txt"
"""In the folder of the mails: a line for each answer that got lost."""


class Losses:
    """Keeps count, for the report."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / LOSSES

    def note(self, what: str) -> None:
        with self._file.open("a") as file:
            file.write(f"{what}\n")


class RudeDelivery(Delivery):
    """Keeps each mail as a file, and may hang up."""

    def __init__(self, folder: Path, seed: int, losses: Losses) -> None:
        super().__init__(folder)
        self.chance = random.Random(seed)  # noqa: S311 - no secret: the same seed, the same fate
        self.losses = losses

    def hang_up(self, server: SMTP, what: str) -> None:
        self.losses.note(what)
        transport: Any = server.transport
        transport.abort()


class ForgetfulDelivery(RudeDelivery):
    """Sometimes hangs up before it keeps a mail, sometimes before saying 250."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fate, end = self.chance.random(), self.chance.random()
        if end < REFUSED:
            self.hang_up(server, "mail not kept")
            return "451 never heard"
        answer = await super().handle_DATA(server, session, envelope)
        if fate < SLOW:
            await asyncio.sleep(fate / SLOW * PAUSE)
        if end < REFUSED + LOST:
            self.hang_up(server, KEPT)
        return answer


class ShyDelivery(RudeDelivery):
    """Hangs up, after a while, on each mail that it keeps for the first time; never again on it."""

    def __init__(self, folder: Path, seed: int, losses: Losses) -> None:
        super().__init__(folder, seed, losses)
        self.known: set[str] = set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = str(message_from_bytes(content)["Message-ID"])
        if mail not in self.known:
            self.known.add(mail)
            await asyncio.sleep(LONGER)
            self.hang_up(server, KEPT)
        return answer


DELIVERIES = {"some answers lost": ForgetfulDelivery, "first answers lost": ShyDelivery}


class Companies(BaseHTTPRequestHandler):
    """Answers as the KVK does, one of its published companies for any number; or not at all."""

    profile = json.loads(EXAMPLES.read_text("utf-8"))[1]
    asked = count(1)
    losses: Losses

    def do_GET(self) -> None:
        if next(self.asked) % SILENT_EACH == 0:
            self.losses.note(SILENT)
            self.send_error(503)
            return
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
    folder, host = Path(sys.argv[1]), sys.argv[2]
    smtp_port, http_port, legacy_port, server_port, seed = map(int, sys.argv[3:8])
    losses = Losses(folder)
    delivery = DELIVERIES[sys.argv[8]](folder, seed, losses)
    Controller(delivery, hostname=host, port=smtp_port, ready_timeout=patience.SECONDS).start()
    Companies.losses = losses
    companies = ThreadingHTTPServer((host, http_port), Companies)
    Thread(target=companies.serve_forever, daemon=True).start()
    chance = random.Random(seed)  # noqa: S311 - no secret
    way = LossyWay(("127.0.0.1", server_port), chance=chance, cut=CUT, hung=HUNG, tell=losses.note)
    asyncio.run(way.listen(host, legacy_port))


if __name__ == "__main__":
    main()

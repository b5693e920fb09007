"""Mail sink of the demonstration: receives every mail over SMTP and shows it on a page."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, Response, abort, render_template
from flask.typing import ResponseReturnValue

from app.demo.site import demonstration_site
from processes.platform.settings import Settings

REFUSED = "geweigerd"
"""An address with this as its local part is refused, to show what happens then."""


class Delivery:
    """SMTP handler that stores each message as a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd chose the name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address.partition("@")[0].lower() == REFUSED:
            return "550 5.1.1 mailbox unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        recipients = ", ".join(envelope.rcpt_tos)
        header = f"X-Rcpt-To: {recipients}\r\n".encode("ascii", "replace")
        # Written under another name first, so that nobody reads half a message.
        file = self.folder / f"{time.time_ns()}.eml"
        part = file.with_suffix(".part")
        part.write_bytes(header + content)
        part.rename(file)
        return "250 OK"


class MailSink:
    """SMTP server in a thread of its own, which stores each mail as a file.

    Not a `Controller` of aiosmtpd: 1.4.6 takes its whole `ready_timeout` to tell that a port is
    busy, and needs a long one, as machines are slow.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="mail-sink", daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> None:
        """Listen. Raises OSError at once when the port is busy or the host is not this one."""
        self._thread.start()
        try:
            # In the thread of the server: another loop may run in ours.
            begun = asyncio.run_coroutine_threadsafe(self._listening(), self._loop)
            self._server = begun.result()
        except OSError:
            self._end()
            raise

    def stop(self) -> None:
        """Listen no more; who is still connected is waited for by nobody."""
        if self._server is not None:
            self._loop.call_soon_threadsafe(self._server.close)
        self._end()

    async def _listening(self) -> asyncio.Server:
        delivery = Delivery(mailbox_folder(self._settings))
        return await self._loop.create_server(
            lambda: SMTP(delivery, enable_SMTPUTF8=True, loop=self._loop),
            host=self._settings.smtp_host,
            port=self._settings.smtp_port,
        )

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def mailbox_folder(settings: Settings) -> Path:
    """The folder of the messages."""
    return settings.var / "mailbox"


@dataclass(frozen=True)
class Mail:
    """One received message, as the page shows it."""

    name: str
    subject: str
    sender: str
    recipients: str
    message_id: str
    received_at: datetime
    text: str
    html: str
    attachments: list[str]


def create_mailbox(settings: Settings) -> Flask:
    """The page with the received messages."""
    own = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    folder = mailbox_folder(settings).resolve()
    site = demonstration_site("mailbox", settings, own)

    @site.get("/")
    def index() -> ResponseReturnValue:
        files = sorted(folder.glob("*.eml"), reverse=True)[:100]
        return render_template("demo/mailbox.html", mails=[_read(file) for file in files])

    @site.get("/<int:name>")
    def show(name: int) -> ResponseReturnValue:
        return render_template("demo/mail.html", mail=_read(_file(folder, name)))

    @site.get("/<int:name>/html")
    def html(name: int) -> ResponseReturnValue:
        # A mail is strange content: it may style itself, and nothing else (sandboxed as well).
        strict = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
        content = _read(_file(folder, name)).html
        return Response(content, headers={"Content-Security-Policy": strict})

    @site.get("/<int:name>/bron")
    def source(name: int) -> ResponseReturnValue:
        return Response(_file(folder, name).read_bytes(), mimetype="text/plain")

    return site


def _file(folder: Path, name: int) -> Path:
    file = folder / f"{name}.eml"
    if not file.exists():
        abort(404)
    return file


def _read(file: Path) -> Mail:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    return Mail(
        name=file.stem,
        subject=str(message.get("Subject", "")),
        sender=str(message.get("From", "")),
        recipients=str(message.get("X-Rcpt-To", "")),
        message_id=str(message.get("Message-ID", "")),
        received_at=datetime.fromtimestamp(int(file.stem) / 1e9, UTC),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=[part.get_filename() or "?" for part in message.iter_attachments()],
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""

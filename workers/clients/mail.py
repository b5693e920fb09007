"""SMTP client: sends one message to one recipient, with a clear outcome."""

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any

from pydantic import SecretStr

from processes.base import local
from processes.engine.registry import UnavailableError
from processes.platform.settings import Settings
from processes.platform.tracing import Facts, span
from processes.reading.addresses import NoAddressError, ascii_email
from processes.reading.characters import line
from workers.clients.dkim import Signer

CONNECT = 3.0  # seconds to get through
ANSWER = 20.0  # for each reply
PERMANENT = 500  # SMTP replies from here on will not change by trying again
TEMPORARY_5XX = {503, 530, 534, 535, 538}  # about us or our order of speaking, not the recipient


class RecipientRefusedError(Exception):
    """The mail server refuses this recipient permanently (5xx)."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


class MailNotSentError(UnavailableError):
    """The mail was not sent: try again later."""


class _WholeSubjects(EmailPolicy):
    """Folds a subject in encoded words that hold their spaces.

    RFC 2047 §6.2: white space between two of them is not shown. Python parts a long subject at a
    space and leaves that outside.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        text = str(value)
        if name.lower() != "subject" or text.isascii():
            return super().fold_binary(name, value)
        folded = Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}".encode("ascii")


AS_SENT = _WholeSubjects(linesep="\r\n")  # as policy.SMTP


@dataclass(frozen=True)
class Message:
    """A mail to send. Message-ID and date are the same at every attempt."""

    recipient: str
    message_id: str
    written_at: datetime
    subject: str
    text: str
    html: str


def send(settings: Settings, message: Message) -> str:
    """Hand the message to the mail server; returns its answer to DATA.

    Raises RecipientRefusedError, MailNotSentError.
    """
    facts: Facts = {"server.address": settings.smtp_host, "server.port": settings.smtp_port}
    with span("smtp send", "client", facts=facts):
        return _send(settings, message)


def _send(settings: Settings, message: Message) -> str:
    letter = as_email(settings, message)
    sender, raw = parseaddr(settings.mail_from)[1], as_sent(settings, letter)
    try:
        with closing(_connected(settings)) as server:
            answer = _deliver(server, sender, _ascii(message.recipient), raw)
            with suppress(OSError, smtplib.SMTPException):
                server.quit()  # it has the message: how it says goodbye changes nothing
            return answer
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotSentError(_said(error)) from error


def as_email(settings: Settings, message: Message) -> EmailMessage:
    """The message as MIME: plain text with an HTML alternative."""
    letter = EmailMessage()
    letter["From"] = settings.mail_from
    letter["To"] = Address(addr_spec=_ascii(message.recipient))
    letter["Subject"] = message.subject
    letter["Message-ID"] = message.message_id
    letter["Date"] = format_datetime(local(message.written_at))
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text, cte="quoted-printable")
    letter.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return letter


def _connected(settings: Settings) -> smtplib.SMTP:
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=CONNECT)
    try:
        _greet(server, settings)
    except BaseException:
        server.close()
        raise
    return server


def _greet(server: smtplib.SMTP, settings: Settings) -> None:
    if server.sock is not None:
        server.sock.settimeout(ANSWER)
    server.ehlo()
    if settings.smtp_starttls or server.has_extn("starttls"):
        verified = settings.smtp_starttls
        server.starttls(context=ssl.create_default_context() if verified else _any_certificate())
        server.ehlo()
    if settings.smtp_user and settings.smtp_password:
        server.login(settings.smtp_user, settings.smtp_password.get_secret_value())


def _any_certificate() -> ssl.SSLContext:
    """Opportunistic encryption: better than none, where nobody asked for a proven name."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def as_sent(settings: Settings, letter: EmailMessage) -> bytes:
    """The bytes on the line; signed with DKIM when the settings have a key."""
    raw = letter.as_bytes(policy=AS_SENT)
    signer = _signer(settings.dkim_key, settings.dkim_domain, settings.dkim_selector)
    return signer.sign(raw) if signer else raw


@cache
def _signer(key: SecretStr | None, domain: str | None, selector: str) -> Signer | None:
    if key is None or domain is None:
        return None
    return Signer.from_pem(key.get_secret_value(), domain=domain, selector=selector)


def _deliver(server: smtplib.SMTP, sender: str, recipient: str, raw: bytes) -> str:
    _expect(server.mail(sender))
    code, answer = server.rcpt(recipient)
    if code >= PERMANENT and code not in TEMPORARY_5XX:
        raise RecipientRefusedError(_text(code, answer))
    _expect((code, answer))
    code, answer = server.data(raw)
    _expect((code, answer))
    return _text(code, answer)


def _expect(reply: tuple[int, bytes]) -> None:
    code, answer = reply
    if code >= 400:  # noqa: PLR2004 - 4xx: not now; 5xx: not like this
        raise MailNotSentError(_text(code, answer))


def _ascii(address: str) -> str:
    """The address with its domain in IDNA, as every mail server understands it."""
    try:
        return ascii_email(address)
    except NoAddressError as error:  # it can never be written: trying again changes nothing
        raise RecipientRefusedError(f"not sent: {error}"[:500]) from error


def _text(code: int, answer: bytes) -> str:
    return line(f"{code} {answer.decode('utf-8', 'replace')}")[:500]


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]

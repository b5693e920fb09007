"""The mail client, with servers that encrypt, drop the line, or say something odd."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from processes.platform.settings import Settings
from tests import patience
from tests.servers import free_port
from tests.workers.mail_server import MailServer, mail_server
from workers.clients.mail import (
    MailNotSentError,
    Message,
    RecipientRefusedError,
    as_email,
    as_sent,
    send,
)

MESSAGE = Message(
    recipient="noor@scholing.example",
    message_id="<een@loket.example>",
    written_at=dt.datetime(2026, 7, 1, 10, 0, tzinfo=dt.UTC),
    subject="Één onderwerp",
    text="Regel één\n.\nRegel drie\n" + "lang " * 400,
    html="<p>Regel één</p>" + "<p>" + "lang " * 400 + "</p>",
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def pointing_at(settings: Settings, port: int, **more: Any) -> Settings:
    return settings.model_copy(update={"smtp_port": port, **more})


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    moment = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - dt.timedelta(days=1))
        .not_valid_after(moment + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_message_arrives_as_it_was_written(settings: Settings, server: MailServer) -> None:
    assert send(pointing_at(settings, server.port), MESSAGE).startswith("250")
    ((recipients, message),) = server.accepted
    assert recipients == [MESSAGE.recipient]
    assert message["Subject"] == MESSAGE.subject
    assert message["Message-ID"] == MESSAGE.message_id
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.replace("\r\n", "\n") == MESSAGE.text + "\n" or text == MESSAGE.text
    assert message["Date"] == "Wed, 01 Jul 2026 12:00:00 +0200"
    assert message["Auto-Submitted"] == "auto-generated"


def test_encryption_that_is_offered_is_used(settings: Settings, tmp_path: Path) -> None:
    server = MailServer(free_port())
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        ready_timeout=patience.SECONDS,
        tls_context=certificate(tmp_path),
        require_starttls=True,
    )
    controller.start()
    try:
        send(pointing_at(settings, server.port), MESSAGE)
        assert len(server.accepted) == 1
        with pytest.raises(MailNotSentError, match="CERTIFICATE_VERIFY_FAILED"):
            send(pointing_at(settings, server.port, smtp_starttls=True), MESSAGE)
    finally:
        controller.stop()
    assert len(server.accepted) == 1


def test_encryption_that_is_asked_for_is_not_given_up(
    settings: Settings, server: MailServer
) -> None:
    with pytest.raises(MailNotSentError):
        send(pointing_at(settings, server.port, smtp_starttls=True), MESSAGE)
    assert server.accepted == []


@pytest.mark.parametrize("answer", ["550 unknown", "551 elsewhere", "553 what", "501 no address"])
def test_a_permanent_no_to_the_recipient_is_final(
    settings: Settings, server: MailServer, answer: str
) -> None:
    server.recipient = answer
    with pytest.raises(RecipientRefusedError) as refused:
        send(pointing_at(settings, server.port), MESSAGE)
    assert refused.value.answer == answer


@pytest.mark.parametrize("answer", ["450 busy", "451 greylisted", "530 log in first"])
def test_any_other_no_is_for_now(settings: Settings, server: MailServer, answer: str) -> None:
    server.recipient = answer
    with pytest.raises(MailNotSentError):
        send(pointing_at(settings, server.port), MESSAGE)


def test_a_server_that_hangs_up_did_not_take_it(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            connection, _address = listening.accept()
            connection.sendall(b"220 mail.test\r\n")
            connection.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        with pytest.raises(MailNotSentError):
            send(pointing_at(settings, listening.getsockname()[1]), MESSAGE)
        thread.join()


def test_how_a_server_says_goodbye_changes_nothing(settings: Settings) -> None:
    server = MailServer(free_port())

    class Rude(MailServer):
        async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
            return "421 go away"

    rude = Rude(server.port)
    controller = Controller(
        rude, hostname="127.0.0.1", port=rude.port, ready_timeout=patience.SECONDS
    )
    controller.start()
    try:
        assert send(pointing_at(settings, rude.port), MESSAGE).startswith("250")
    finally:
        controller.stop()


@pytest.mark.parametrize("subject", ["Een\r\nBcc: x@evil.example", "Een\nTwee"])
def test_a_header_cannot_be_smuggled_in(settings: Settings, subject: str) -> None:
    message = replace(MESSAGE, subject=subject)
    with pytest.raises(ValueError, match="Header values"):
        as_email(settings, message)


@pytest.mark.parametrize("recipient", ["a@b.nl, c@d.nl", "a@b.nl\r\nBcc: c@d.nl", "a"])
def test_one_message_goes_to_exactly_one_address(settings: Settings, recipient: str) -> None:
    with pytest.raises(RecipientRefusedError):
        as_email(settings, replace(MESSAGE, recipient=recipient))


@pytest.mark.parametrize("begin", ["", "a" * 45, "a" * 64, "ab " * 22, "é" * 44, "x" * 180])
@pytest.mark.parametrize("words", ["Geïntegreerd Zoë", "é é é é", "Zoë  Zoë", "Zoë Jansen Zoë"])
def test_a_subject_keeps_its_spaces_wherever_it_is_folded(
    settings: Settings, begin: str, words: str
) -> None:
    """RFC 2047 §6.2: what stands between two encoded words is not shown."""
    subject = f"{begin} {words}".strip()
    raw = as_sent(settings, as_email(settings, replace(MESSAGE, subject=subject)))
    header = message_from_bytes(raw)["Subject"].replace("\r\n", "")
    assert str(make_header(decode_header(header))) == subject
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))

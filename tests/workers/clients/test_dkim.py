"""A signature that somebody else can check with the public key, and that notices a change."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from pydantic import SecretStr

from processes.platform.settings import Settings
from tests.workers.mail_server import mail_server
from workers.clients.dkim import Signer
from workers.clients.mail import Message, as_email, as_sent, send

KEY = rsa.generate_private_key(65537, 2048)
MESSAGE = Message(
    recipient="noor@scholing.example",
    message_id="<een@loket.example>",
    written_at=datetime(2026, 7, 1, 10, tzinfo=UTC),
    subject="Één onderwerp dat zo lang is dat het over meer dan een regel in de kop moet",
    text="Regel één\n.\n  Regel   drie  \n\n\n",
    html="<p>Regel één</p>",
)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def signing(worker_settings: Settings) -> Settings:
    changes = {"dkim_key": SecretStr(pem(KEY)), "dkim_domain": "loket.example"}
    return worker_settings.model_copy(update=changes)


def is_genuine(raw: bytes) -> bool:
    """As the receiver checks it, with the public key that stands in the DNS."""
    public = KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    asked = []

    def dns(name: bytes, **_timeout: int) -> bytes:
        asked.append(name)
        return record

    genuine: bool = dkim.verify(raw, dnsfunc=dns)
    assert asked == [b"loket._domainkey.loket.example."]
    return genuine


def test_the_receiver_can_check_what_arrives(signing: Settings) -> None:
    with mail_server() as server:
        send(signing.model_copy(update={"smtp_port": server.port}), MESSAGE)
        [(_, letter)] = server.accepted
    assert letter["DKIM-Signature"]
    raw = as_sent(signing, as_email(signing, MESSAGE))
    assert is_genuine(raw)
    signed = re.sub(r"\s", "", message_from_bytes(raw, policy=policy.compat32)["DKIM-Signature"])
    names = re.search(r";h=([^;]*)", signed)
    assert names is not None
    assert set(names[1].split(":")) >= {"from", "to", "subject", "date", "message-id"}


@pytest.mark.parametrize(
    ("old", "new"), [(b"noor@scholing", b"boef@scholing"), (b"Message-ID: <een", b"Message-ID: <n")]
)
def test_a_changed_header_is_noticed(signing: Settings, old: bytes, new: bytes) -> None:
    raw = as_sent(signing, as_email(signing, MESSAGE))
    assert old in raw
    assert not is_genuine(raw.replace(old, new))


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Content-Type"])
def test_a_field_that_somebody_adds_is_noticed(signing: Settings, name: str) -> None:
    raw = as_sent(signing, as_email(signing, MESSAGE))
    assert not is_genuine(f"{name}: boef@scholing.example\r\n".encode() + raw)


LINE = st.text("aé\t .=:;\x00", max_size=12).map(str.encode)


@trying(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(LINE, max_size=6),
    subject=st.lists(st.text("aé \t:;", min_size=1, max_size=8), min_size=1, max_size=3),
)
def test_whatever_the_letter_holds_the_receiver_can_check_it(
    lines: list[bytes], subject: list[str]
) -> None:
    folded = "\r\n ".join(subject).encode()
    head = b"From:  noor@scholing.example\r\nSUBJECT:" + folded + b"\r\nTo:\tb@c.example\r\n"
    signer = Signer(KEY, "loket.example", "loket")
    body = b"".join(line + b"\r\n" for line in lines)  # as SMTP sends it
    assert is_genuine(signer.sign(head + b"\r\n" + body))


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b" \t\r\n", b"een", b" een \t twee\r\n\r\n"])
def test_a_letter_of_little_can_be_checked(body: bytes) -> None:
    signer = Signer(KEY, "loket.example", "loket")
    assert is_genuine(signer.sign(b"From: a@b.example\r\n\r\n" + body))


@pytest.mark.parametrize(
    ("body", "canonical"),
    [
        (b"", b""),
        (b"\r\n\r\n", b""),
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),
    ],
)
def test_the_body_is_hashed_as_the_rfc_shows(body: bytes, canonical: bytes) -> None:
    """RFC 6376 §3.4.4 and the example of §3.4.5."""
    signed = Signer(KEY, "loket.example", "loket").sign(b"From: a@b.example\r\n\r\n" + body)
    assert b"bh=" + base64.b64encode(hashlib.sha256(canonical).digest()) + b";" in signed


def test_no_line_of_the_signature_is_too_long_for_mail() -> None:
    signer = Signer(KEY, "loket.example", "loket")
    head, _, _ = signer.sign(b"From: a@b.example\r\n\r\neen\r\n").partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 130


def test_without_a_key_nothing_is_signed(worker_settings: Settings) -> None:
    raw = as_sent(worker_settings, as_email(worker_settings, MESSAGE))
    assert message_from_bytes(raw, policy=policy.default)["DKIM-Signature"] is None


def test_another_kind_of_key_is_refused() -> None:
    with pytest.raises(ValueError, match="RSA"):
        Signer.from_pem(pem(ec.generate_private_key(ec.SECP256R1())), domain="d", selector="s")


def test_a_key_on_one_line_as_an_environment_file_has_it() -> None:
    one_line = pem(KEY).replace("\n", "\\n")
    assert Signer.from_pem(one_line, domain="d", selector="s").key.key_size == 2048


def test_a_key_without_its_domain_is_refused(worker_settings: Settings) -> None:
    with pytest.raises(ValueError, match="LOKET_DKIM_DOMAIN"):
        Settings(var=worker_settings.var, dkim_key=SecretStr(pem(KEY)))

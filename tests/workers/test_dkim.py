"""A signature that somebody else can check with the public key, and that notices a change."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pydantic import SecretStr

from tests.workers.mail_server import mail_server
from workers.clients.dkim import Signer, relaxed_body, relaxed_header
from workers.clients.mail import Message, as_email, as_sent, send
from workers.settings import Settings

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


def verify(raw: bytes) -> dict[str, str]:
    """As the receiver does it, by the steps of RFC 6376, section 6.1.3; returns the tags."""
    head, body = raw.split(b"\r\n\r\n", 1)
    fields = [field.split(":", 1) for field in re.split(r"\r\n(?=\S)", head.decode("ascii"))]
    found = {name.lower(): re.sub(r"\s+", " ", value).strip() for name, value in fields}
    tags = dict(tag.strip().split("=", 1) for tag in found["dkim-signature"].split(";"))
    text = re.sub(r"[ \t]+(?=\r\n)", "", re.sub(r"[ \t]+", " ", body.decode("ascii")))
    text = re.sub(r"(\r\n)*\Z", "\r\n", text, count=1)
    assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() == tags["bh"]
    unsigned = re.sub(r"b=[^;]*\Z", "b=", found["dkim-signature"])
    covered = [f"{name}:{found[name]}\r\n" for name in tags["h"].split(":")]
    data = "".join([*covered, f"dkim-signature:{unsigned}"]).encode()
    signature = base64.b64decode(tags["b"].replace(" ", ""))
    KEY.public_key().verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    return tags


def test_the_receiver_can_check_what_arrives(signing: Settings) -> None:
    with mail_server() as server:
        send(signing.model_copy(update={"smtp_port": server.port}), MESSAGE)
        [(_, letter)] = server.accepted
    assert letter["DKIM-Signature"]
    tags = verify(as_sent(signing, as_email(signing, MESSAGE)))
    assert (tags["d"], tags["s"]) == ("loket.example", "loket")
    assert set(tags["h"].split(":")) >= {"from", "to", "subject", "date", "message-id"}


@pytest.mark.parametrize(
    ("old", "new"), [(b"noor@scholing", b"boef@scholing"), (b"Message-ID: <een", b"Message-ID: <n")]
)
def test_a_changed_header_is_noticed(signing: Settings, old: bytes, new: bytes) -> None:
    raw = as_sent(signing, as_email(signing, MESSAGE))
    assert old in raw
    with pytest.raises(InvalidSignature):
        verify(raw.replace(old, new))


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


def test_the_forms_of_the_example_in_the_rfc() -> None:
    assert relaxed_header(b"A", b" X") == b"a:X\r\n"  # RFC 6376, section 3.4.6
    assert relaxed_header(b"B ", b" Y\t\r\n\tZ  ") == b"b:Y Z\r\n"
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"
    assert relaxed_body(b"") == b""

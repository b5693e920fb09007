"""Signs a message with DKIM: RFC 6376, rsa-sha256, relaxed headers and body."""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGNED = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")
_SPACE = re.compile(rb"[ \t]+")


@dataclass(frozen=True)
class Signer:
    """A key, and where its public half stands in the DNS: selector._domainkey.domain."""

    key: rsa.RSAPrivateKey
    domain: str
    selector: str

    @classmethod
    def from_pem(cls, pem: str, *, domain: str, selector: str) -> "Signer":
        """The signer with this key; raises ValueError where it is no RSA key."""
        text = pem.replace("\\n", "\n")  # an environment file holds it on one line
        key = serialization.load_pem_private_key(text.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            message = "LOKET_DKIM_KEY must be an RSA key in PEM"
            raise ValueError(message)  # noqa: TRY004 - of the setting it is the value
        return cls(key, domain, selector)

    def sign(self, message: bytes) -> bytes:
        """The message, as it goes over the line (CRLF), with its signature before it."""
        head, _, body = message.partition(b"\r\n\r\n")
        last = dict(
            _headers(head + b"\r\n")
        )  # of a header that stands there twice, the last is signed
        names = [name for name in SIGNED if name.encode() in last]
        body_hash = hashlib.sha256(relaxed_body(body)).digest()
        unsigned = self._header(names, base64.b64encode(body_hash))
        signed = b"".join(last[name.encode()] for name in names)
        [(_, own)] = _headers(unsigned + b"\r\n")
        signature = self.key.sign(
            signed + own.removesuffix(b"\r\n"), padding.PKCS1v15(), hashes.SHA256()
        )
        return unsigned + b"\r\n ".join((b"", *_lines(signature))) + b"\r\n" + message

    def _header(self, names: Iterable[str], body_hash: bytes) -> bytes:
        return (
            b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
            + f"d={self.domain}; s={self.selector};\r\n h={':'.join(names)};\r\n bh=".encode()
            + body_hash
            + b";\r\n b="
        )


def relaxed_body(body: bytes) -> bytes:
    """The body as a signature sees it: blanks folded, empty lines at the end left out."""
    lines = [_SPACE.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def relaxed_header(name: bytes, value: bytes) -> bytes:
    """One header as a signature sees it: name in small letters, unfolded, blanks folded."""
    unfolded = value.replace(b"\r\n", b"")
    return name.strip().lower() + b":" + _SPACE.sub(b" ", unfolded).strip() + b"\r\n"


def _headers(head: bytes) -> Iterable[tuple[bytes, bytes]]:
    """Name and relaxed form of each header."""
    for line in re.split(rb"\r\n(?![ \t])", head.removesuffix(b"\r\n")):
        name, _, value = line.partition(b":")
        yield name.strip().lower(), relaxed_header(name, value)


def _lines(signature: bytes) -> list[bytes]:
    text = base64.b64encode(signature)
    return [text[start : start + 70] for start in range(0, len(text), 70)]

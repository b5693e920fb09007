"""DKIM signatures (RFC 6376): rsa-sha256, relaxed headers and body."""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGNED = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")
BASE64_LINE = 72


@dataclass(frozen=True)
class Signer:
    """A key, and where its public half stands in the DNS: selector._domainkey.domain."""

    key: rsa.RSAPrivateKey
    domain: str
    selector: str

    @classmethod
    def from_pem(cls, pem: str, *, domain: str, selector: str) -> "Signer":
        """The signer with this key. Raises ValueError where it is not an RSA key."""
        text = pem.replace("\\n", "\n")  # an environment file holds it on one line
        key = serialization.load_pem_private_key(text.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            message = "LOKET_DKIM_KEY must be an RSA key in PEM"
            raise ValueError(message)  # noqa: TRY004 - of the setting it is the value
        return cls(key, domain, selector)

    def sign(self, message: bytes) -> bytes:
        """The message, as it goes over the line (CRLF), with its signature before it."""
        head, _, body = message.partition(b"\r\n\r\n")
        fields = [_relaxed_field(field) for field in _fields(head + b"\r\n")]
        names, signed = _to_sign(fields)
        unsigned = self._signature_field(names, body)
        signature = self.key.sign(
            b"".join(signed) + _relaxed_field(unsigned).removesuffix(b"\r\n"),
            padding.PKCS1v15(),
            hashes.SHA256(),
        )
        return unsigned + _folded(signature) + b"\r\n" + message

    def _signature_field(self, names: list[str], body: bytes) -> bytes:
        """The DKIM-Signature field, whose tag b is still empty (RFC 6376 §3.5)."""
        body_hash = b64encode(sha256(_relaxed_body(body)).digest()).decode()
        tags = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}"
        lines = (f"DKIM-Signature: {tags}", f"h={':'.join(names)}", f"bh={body_hash}", "b=")
        return ";\r\n ".join(lines).encode("ascii")


def _to_sign(fields: list[bytes]) -> tuple[list[str], list[bytes]]:
    """The names for the tag h, and the fields that they stand for, the last of a name first.

    Each name stands once more than there are fields, so that nobody can add one (RFC 6376 §8.15).
    """
    count = Counter(field.partition(b":")[0].decode("ascii", "replace") for field in fields)
    names = [name for name in SIGNED for _ in range(count[name] + 1)]
    signed = [
        field
        for name in SIGNED
        for field in reversed(fields)
        if field.startswith(f"{name}:".encode())
    ]
    return names, signed


def _fields(head: bytes) -> Iterator[bytes]:
    """Each header field with the lines that it goes on over."""
    for match in re.finditer(rb"[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", head):
        yield match[0]


def _relaxed_field(field: bytes) -> bytes:
    """RFC 6376 §3.4.2: name in lower case, on one line, runs of white space as one space."""
    name, _, value = field.partition(b":")
    unfolded = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b""))
    return name.rstrip(b" \t").lower() + b":" + unfolded.strip(b" ") + b"\r\n"


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376 §3.4.4: no white space at the end of a line, no empty lines at the end."""
    lines = (re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n"))
    text = b"\r\n".join(lines)
    while text.endswith(b"\r\n"):
        text = text.removesuffix(b"\r\n")
    return text and text + b"\r\n"


def _folded(signature: bytes) -> bytes:
    text = b64encode(signature)
    parts = (text[start : start + BASE64_LINE] for start in range(0, len(text), BASE64_LINE))
    return b"\r\n ".join(parts)

"""Signs a message with DKIM (RFC 6376): rsa-sha256, relaxed headers and body."""

from dataclasses import dataclass

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")


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
        signature: bytes = dkim.sign(
            message,
            self.selector.encode(),
            self.domain.encode(),
            self._pem(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=SIGNED,
        )
        return signature + message

    def _pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )

"""Encrypts for the portal as a broker does: a fresh AES key, under the portal's RSA key."""

import secrets
from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.x509 import Certificate
from lxml import etree

from app.auth.saml.encryption import OAEP_SHA1, XENC, XENC11
from app.auth.saml.xml import Element, tag

KEY_BITS, NONCE_BYTES = 256, 12


def encrypted(element: Element, wrapper: str, certificate: Certificate, recipient: str) -> Element:
    """The element inside a wrapper such as "saml:EncryptedID", which the recipient alone opens.

    Raises TypeError for a certificate without an RSA key.
    """
    public = certificate.public_key()
    if not isinstance(public, RSAPublicKey):
        message = "the portal's certificate holds no RSA key"
        raise TypeError(message)
    key, nonce = AESGCM.generate_key(KEY_BITS), secrets.token_bytes(NONCE_BYTES)
    plain = etree.tostring(element, with_tail=False)
    outer = etree.Element(tag(wrapper), nsmap=element.nsmap)
    data = _part(outer, "xenc:EncryptedData", Type=f"{XENC}Element")
    _part(data, "xenc:EncryptionMethod", Algorithm=f"{XENC11}aes{KEY_BITS}-gcm")
    info = _part(data, "ds:KeyInfo")
    wrapped = _part(info, "xenc:EncryptedKey", Recipient=recipient)
    _part(wrapped, "xenc:EncryptionMethod", Algorithm=OAEP_SHA1)
    # OAEP as brokers use it; SHA-1 is no weakness there.
    padding = OAEP(MGF1(SHA1()), SHA1(), None)  # noqa: S303
    _add_value(wrapped, public.encrypt(key, padding))
    _add_value(data, nonce + AESGCM(key).encrypt(nonce, plain, None))
    return outer


def _part(parent: Element, name: str, **attributes: str) -> Element:
    return etree.SubElement(parent, tag(name), attributes)


def _add_value(parent: Element, value: bytes) -> None:
    cipher = _part(_part(parent, "xenc:CipherData"), "xenc:CipherValue")
    cipher.text = b64encode(value).decode()

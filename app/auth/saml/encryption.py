"""Opens what a broker encrypted for us (XML Encryption 1.1): assertions and identifiers."""

from base64 import b64decode
from collections.abc import Iterator, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from lxml import etree

from app.auth.saml.xml import Element, SamlError, every, parse, tag, text, the

XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
CBC_BYTES = {f"{XENC}aes128-cbc": 16, f"{XENC}aes192-cbc": 24, f"{XENC}aes256-cbc": 32}
GCM_BYTES = {f"{XENC11}aes128-gcm": 16, f"{XENC11}aes192-gcm": 24, f"{XENC11}aes256-gcm": 32}
OAEP_SHA1, OAEP_ANY = f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep"
SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    SHA1: hashes.SHA1,  # of OAEP, where it is no weakness
    f"{XENC}sha256": hashes.SHA256,
    f"{XENC}sha512": hashes.SHA512,
    f"{XENC11}mgf1sha1": hashes.SHA1,
    f"{XENC11}mgf1sha256": hashes.SHA256,
    f"{XENC11}mgf1sha512": hashes.SHA512,
}
MOST_KEYS = 20
BLOCK = 16  # bytes


def decrypted(wrapper: Element, keys: Sequence[RSAPrivateKey], recipient: str) -> Element:
    """The element in an EncryptedAssertion or EncryptedID that is meant for us.

    `keys` are the private keys that may open it, `recipient` our entity ID. Raises SamlError, the
    same for all that does not open: what was wrong with a ciphertext is told to nobody.
    """
    data = the(wrapper, "xenc:EncryptedData")
    method = the(data, "xenc:EncryptionMethod").get("Algorithm") or ""
    for session_key in _session_keys(wrapper, keys, recipient):
        try:
            return _element(_plain(method, session_key, _value(data)), data)
        except (ValueError, InvalidTag, SamlError):
            continue
    message = f"what was encrypted with {method} does not open"
    raise SamlError(message)


def _session_keys(
    wrapper: Element, keys: Sequence[RSAPrivateKey], recipient: str
) -> Iterator[bytes]:
    wrapped = list(wrapper.iter(tag("xenc:EncryptedKey")))[:MOST_KEYS]
    for each in wrapped:
        if each.get("Recipient") in {None, recipient}:
            padding = _padding(the(each, "xenc:EncryptionMethod"))
            for key in keys:
                try:
                    yield key.decrypt(_value(each), padding)
                except ValueError:
                    continue


def _padding(method: Element) -> OAEP:
    algorithm = method.get("Algorithm")
    digest = _named(method, "ds:DigestMethod", SHA1)
    if algorithm == OAEP_SHA1:
        mask: type[hashes.HashAlgorithm] = hashes.SHA1
    elif algorithm == OAEP_ANY:
        found = method.find(f"{{{XENC11}}}MGF")
        name = f"{XENC11}mgf1sha1" if found is None else found.get("Algorithm", "")
        mask = DIGESTS.get(name, hashes.SHA1)
    else:  # RSA with PKCS #1 v1.5 too, which tells its secrets to who may ask often
        message = f"the key is encrypted with {algorithm}"
        raise SamlError(message)
    return OAEP(MGF1(mask()), digest(), None)


def _named(method: Element, name: str, default: str) -> type[hashes.HashAlgorithm]:
    found = every(method, name)
    algorithm = found[0].get("Algorithm", "") if found else default
    if algorithm not in DIGESTS:
        message = f"the digest {algorithm}"
        raise SamlError(message)
    return DIGESTS[algorithm]


def _value(element: Element) -> bytes:
    return b64decode(text(the(the(element, "xenc:CipherData"), "xenc:CipherValue")))


def _plain(method: str, key: bytes, secret: bytes) -> bytes:
    """The bytes under this key. Raises ValueError, InvalidTag."""
    if GCM_BYTES.get(method) == len(key):
        return AESGCM(key).decrypt(secret[:12], secret[12:], None)
    if CBC_BYTES.get(method) != len(key):
        message = "an algorithm that is not offered, or a key of another length"
        raise ValueError(message)
    decryptor = Cipher(AES(key), CBC(secret[:BLOCK])).decryptor()
    padded = decryptor.update(secret[BLOCK:]) + decryptor.finalize()
    if not padded or not 1 <= padded[-1] <= BLOCK:
        message = "the padding"
        raise ValueError(message)
    return padded[: -padded[-1]]


def _element(plain: bytes, data: Element) -> Element:
    """The element in these bytes, with the namespaces known where it stood (xmlenc-core §4.4)."""
    outer = etree.Element("around", nsmap=data.nsmap)
    opening = etree.tostring(outer).removesuffix(b"/>") + b">"
    around = parse(opening + plain + b"</around>")
    if len(around) != 1 or (around.text or "").strip() or (around[0].tail or "").strip():
        message = "more than one element"
        raise SamlError(message)
    return parse(etree.tostring(around[0], with_tail=False))

"""A passkey in software: makes what a browser would send, right or wrong in one way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
PRESENT_AND_VERIFIED = FLAG.UP | FLAG.UV
ORIGIN = "http://localhost"


@dataclass
class SoftwareKey:
    """One credential; what it signs can be changed field by field."""

    credential_id: bytes = b"key-1"
    counter: int = 0
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, options: Mapping[str, Any], **changed: Any) -> str:
        """The answer to `navigator.credentials.create`, as JSON."""
        public = ES256.from_cryptography_key(self.secret.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)
        flags = changed.get("flags", PRESENT_AND_VERIFIED) | FLAG.AT
        data = self._data(changed.get("rp", options["rp"]["id"]), flags, credential)
        client = _client("webauthn.create", options, changed)
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._answer(response)

    def signed(self, options: Mapping[str, Any], **changed: Any) -> str:
        """The answer to `navigator.credentials.get`, as JSON."""
        self.counter += 1
        flags = changed.get("flags", PRESENT_AND_VERIFIED)
        data = self._data(changed.get("rp", options["rpId"]), flags, b"")
        client = _client("webauthn.get", options, changed)
        secret = changed.get("secret", self.secret)
        signature = secret.sign(data + client.hash, ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
        }
        return self._answer(response)

    def _data(self, rp: str, flags: FLAG, credential: bytes) -> AuthenticatorData:
        rp_hash = sha256(rp.encode()).digest()
        made: AuthenticatorData = AuthenticatorData.create(rp_hash, flags, self.counter, credential)
        return made

    def _answer(self, response: Mapping[str, str]) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def _client(
    kind: str, options: Mapping[str, Any], changed: Mapping[str, Any]
) -> CollectedClientData:
    return CollectedClientData.create(
        changed.get("type", kind),
        changed.get("challenge", options["challenge"]),
        changed.get("origin", ORIGIN),
        cross_origin=changed.get("cross_origin", False),
    )

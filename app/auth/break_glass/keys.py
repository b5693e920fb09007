"""Passkeys (WebAuthn level 2) of break-glass accounts, verified by python-fido2.

The library verifies type, challenge, RP ID, presence, verification of the user and the signature;
the origin to the letter, frames, the counter (§7.2 step 21), and that a challenge counts once for
the browser that asked for it, are checked here.
"""

import json
import secrets
import struct
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth.break_glass.accounts import BreakGlassAccount, BreakGlassKey, let_in
from app.auth.sessions import LoginAttempt
from processes.base import now
from processes.casework.mail.security_notices import tell_staff
from processes.platform.settings import Settings
from processes.register.changes import record_event
from processes.register.providers.web_sessions import digest

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData, CollectedClientData

# fido2 is imported by the functions that need it: few products have such keys, and it is large.

ALGORITHMS = frozenset({-7, -8, -257})  # ES256, EdDSA, RS256 (RFC 9053, RFC 8812)
VERIFIED = "required"  # a UserVerificationRequirement
LINK_LASTS = timedelta(minutes=15)
CHALLENGE_LASTS = timedelta(minutes=5)
ODD = (
    *(ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OverflowError),
    *(struct.error, RuntimeError, UnsupportedAlgorithm),  # RuntimeError: too deep, not supported
)
"""What fido2 raises on odd input: CBOR and JSON of another kind, cut off, or nested too deep."""


class KeyRefusedError(Exception):
    """What the browser sent opens nothing; the text says why, for the log alone."""


def can_have_keys(settings: Settings) -> bool:
    """Whether browsers make passkeys for this portal: its host has a name, and TLS or localhost."""
    try:
        ip_address(settings.public_host)
    except ValueError:
        return settings.is_https or settings.public_host == "localhost"
    return False


def keys_of(session: Session, account: str) -> list[BreakGlassKey]:
    """The keys of this account, the oldest first."""
    query = select(BreakGlassKey).filter_by(account=account).order_by(BreakGlassKey.made_at)
    return list(session.scalars(query))


def has_keys(session: Session) -> bool:
    """Whether some account that did not expire has a key."""
    query = (
        select(BreakGlassKey.id)
        .join(BreakGlassAccount, BreakGlassAccount.name == BreakGlassKey.account)
        .where(BreakGlassAccount.expires_at > now())
    )
    return session.scalar(query.limit(1)) is not None


def link_code(session: Session, account: str, label: str) -> str:
    """A code that adds one key to this account, for a quarter of an hour. Raises LookupError."""
    if session.get(BreakGlassAccount, account) is None:
        raise LookupError(account)
    code = secrets.token_urlsafe(24)
    asked = json.dumps({"account": account, "label": label})
    session.add(LoginAttempt(key=_link(code), data=asked, expires_at=now() + LINK_LASTS))
    return code


def asked_by(session: Session, code: str) -> tuple[BreakGlassAccount, str] | None:
    """The account and the label of the key that this code may add; None where it may no more."""
    row = session.get(LoginAttempt, _link(code))
    return _asked(session, row.data) if row and row.expires_at > now() else None


def remove(session: Session, account: str, label: str, *, by: str, reason: str) -> bool:
    """Delete the keys of this account with this label; False where there are none."""
    which = delete(BreakGlassKey).filter_by(account=account, label=label)
    gone = session.scalars(which.returning(BreakGlassKey.id)).all()
    if gone:
        _tell(session, "break-glass-key-removed", account, by=by, label=label, reason=reason)
    return bool(gone)


def creation_options(
    session: Session, settings: Settings, account: BreakGlassAccount
) -> dict[str, Any]:
    """What the browser gives `navigator.credentials.create`, with a new challenge."""
    from fido2.webauthn import (
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    user = PublicKeyCredentialUserEntity(
        id=sha256(f"{account.name} {account.made_at}".encode()).digest(),
        name=account.name,
        display_name=f"Noodtoegang {account.name}",
    )
    options, _state = _server(settings).register_begin(
        user,
        [_credential(each) for each in keys_of(session, account.name)],
        ResidentKeyRequirement.REQUIRED,
        UserVerificationRequirement(VERIFIED),
    )
    return _as_json(options.public_key)


def request_options(settings: Settings) -> dict[str, Any]:
    """What the browser gives `navigator.credentials.get`: any key of this portal."""
    from fido2.webauthn import UserVerificationRequirement

    verified = UserVerificationRequirement(VERIFIED)
    options, _state = _server(settings).authenticate_begin(user_verification=verified)
    return _as_json(options.public_key)


def add(session: Session, settings: Settings, code: str, sent: str, challenge: str) -> str:
    """Add the key that the browser made; the code is used up. The label. Raises KeyRefusedError.

    The caller rolls back what is refused: then the code can be used again.
    """
    from fido2.webauthn import RegistrationResponse

    account, label = _take(session, code)
    try:
        response = RegistrationResponse.from_dict(json.loads(sent))
        _check_not_framed(response.response.client_data)
        data = _server(settings).register_complete(_state(challenge), response)
    except ODD as error:
        raise KeyRefusedError(str(error)) from error
    credential = data.credential_data
    if credential is None or credential.public_key.ALGORITHM not in ALGORITHMS:
        message = "a key of another algorithm"
        raise KeyRefusedError(message)
    if session.get(BreakGlassKey, _name(credential.credential_id)) is not None:
        message = "a key that is there already"
        raise KeyRefusedError(message)
    session.add(
        BreakGlassKey(
            id=_name(credential.credential_id),
            account=account.name,
            label=label,
            credential=b64encode(credential).decode(),
            counter=data.counter,
        )
    )
    by = f"Noodtoegang {account.name}"
    _tell(session, "break-glass-key-added", account.name, by=by, label=label)
    return label


def enter_with_key(
    session: Session, settings: Settings, sent: str, challenge: str, *, renewed: str = ""
) -> BreakGlassAccount:
    """The account of the key that signed this challenge. Raises KeyRefusedError.

    A lock after wrong passwords does not count: nobody guesses a key.
    """
    from fido2.webauthn import AuthenticationResponse

    try:
        response = AuthenticationResponse.from_dict(json.loads(sent))
        key = session.get(BreakGlassKey, _name(response.raw_id), with_for_update=True)
        known = [_credential(key)] if key else []
        _check_not_framed(response.response.client_data)
        _server(settings).authenticate_complete(_state(challenge), known, response)
    except ODD as error:
        raise KeyRefusedError(str(error)) from error
    account = session.get(BreakGlassAccount, key.account) if key else None
    if key is None or account is None or account.expires_at <= now():
        message = "the account ended"
        raise KeyRefusedError(message)
    _check_counter(key, response.response.authenticator_data.counter)
    key.counter, key.used_at = response.response.authenticator_data.counter, now()
    let_in(session, account, is_renewed=account.name == renewed)
    return account


def _take(session: Session, code: str) -> tuple[BreakGlassAccount, str]:
    """What this code may add; of two requests at once the second finds nothing to take.

    Raises KeyRefusedError.
    """
    mine = delete(LoginAttempt).where(LoginAttempt.key == _link(code))
    taken = mine.where(LoginAttempt.expires_at > now()).returning(LoginAttempt.data)
    data = session.scalar(taken)
    asked = _asked(session, data) if data else None
    if asked is None:
        message = "the link was used, or is over"
        raise KeyRefusedError(message)
    return asked


def _asked(session: Session, data: str) -> tuple[BreakGlassAccount, str] | None:
    """The account and the label that a link holds; None where the account is over."""
    asked = json.loads(data)
    account = session.get(BreakGlassAccount, asked["account"])
    return None if account is None or account.expires_at <= now() else (account, asked["label"])


def _credential(key: BreakGlassKey) -> "AttestedCredentialData":
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(b64decode(key.credential))


def _check_counter(key: BreakGlassKey, counter: int) -> None:
    """Raises KeyRefusedError where a copy of the key may be in use; who does not count says 0."""
    if (counter or key.counter) and counter <= key.counter:
        message = f"the counter of {key.label} went from {key.counter} to {counter}"
        raise KeyRefusedError(message)


def _check_not_framed(client: "CollectedClientData") -> None:
    if client.cross_origin:
        message = "asked in a frame of another site"
        raise KeyRefusedError(message)


def _server(settings: Settings) -> "Fido2Server":
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    rp = PublicKeyCredentialRpEntity(id=settings.public_host, name="Loket")
    server = Fido2Server(rp, verify_origin=lambda origin: _is_ours(origin, settings))
    server.allowed_algorithms = [
        each for each in server.allowed_algorithms if each.alg in ALGORITHMS
    ]
    return server


def _is_ours(origin: str, settings: Settings) -> bool:
    ours = urlsplit(settings.public_url)
    return origin == f"{ours.scheme}://{ours.netloc}"


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "user_verification": VERIFIED}


def _as_json(options: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(dict(options), default=dict))
    return found | {"timeout": int(CHALLENGE_LASTS.total_seconds() * 1000)}


def _name(credential_id: bytes) -> str:
    return digest(urlsafe_b64encode(credential_id).decode())


def _link(code: str) -> str:
    return digest(f"break-glass-key {code}")


def _tell(session: Session, action: str, account: str, *, by: str, label: str, **more: str) -> None:
    record_event(session, action, actor=by, subject=f"break-glass:{account}", label=label, **more)
    done = "toegevoegd aan" if action.endswith("added") else "verwijderd van"
    tell_staff(session, f"Er is een sleutel “{label}” {done} de noodtoegang “{account}”.")

"""Recognises the opening of a request: by its access token, or by its signature (RFC 9421)."""

from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import current_app, g, request

from app.api.operation import Operation
from app.api.problems import UNKNOWN_CLIENT, Kind, ProblemError
from app.web.db import db, separate_unit_of_work
from app.web.limits import count_as, guesses_too_often
from processes.engine.openings import access
from processes.engine.openings.received import MESSAGE_ID
from processes.engine.store.opening_models import Opening
from processes.platform.settings import current_settings

WINDOW = timedelta(minutes=5)  # by which the clocks may differ, and a signature may be old
ALWAYS = ("@method", "@target-uri")
WITH_A_MESSAGE = (*ALWAYS, "message-id")


def recognise() -> None:
    """Find the opening of this request, and count it. Raises ProblemError 401, 429."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if "Signature-Input" in request.headers:
        opening = _of_signature()
    elif scheme.lower() == "bearer" and token.strip().isascii():
        opening = access.of_access_token(db.session(), token.strip(), _sent())
    else:
        opening = None
    if opening is None:
        raise refusal(UNKNOWN_CLIENT, scheme="Bearer")
    let_in(opening)


def _sent() -> access.Sent | None:
    """What this request names, where it is one that takes effect once for each message id."""
    view = current_app.view_functions[request.endpoint or ""]
    operation: Operation | None = getattr(view, "operation", None)
    message_id = request.headers.get("Message-Id", "")
    if operation is None or operation.body is None or not MESSAGE_ID.fullmatch(message_id):
        return None
    key = (request.view_args or {}).get("key", "")
    return access.Sent(message_id, key if key.isprintable() else "")


def refusal(kind: Kind | HTTPStatus, detail: str = "", *, scheme: str = "") -> ProblemError:
    """The answer to credentials that do not hold; of many a minute, that there are too many."""
    if guesses_too_often():
        return too_many_guesses()
    return ProblemError(kind, detail, headers={"WWW-Authenticate": scheme} if scheme else None)


def too_many_guesses() -> ProblemError:
    """The answer to one refused credential more."""
    detail = "Too many requests with credentials that do not hold; try again in a minute."
    return ProblemError(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": "60"})


def let_in(opening: Opening) -> None:
    """Take this request as one of this opening: count it by its number, note it as its last use."""
    g.opening = opening
    count_as(f"opening {opening.id}", opening.per_minute)
    if access.is_use_new(opening) and request.method in {"GET", "HEAD"}:  # the others write anyway
        id_ = opening.id
        db.session().rollback()  # the view begins its own reading
        with separate_unit_of_work() as unit:
            access.note_use(unit.session, id_)


def current_opening() -> Opening:
    """The opening of this request."""
    opening: Opening = g.opening
    return opening


@dataclass
class _Message:
    """The request as `http_message_signatures` reads it."""

    method: str
    url: str
    headers: Any


@dataclass
class _Keys:
    """The signing keys of the opening that a signature names; the `number`th is tried."""

    number: int
    opening: Opening | None = field(default=None)

    def resolve_public_key(self, key_id: str) -> bytes:
        """The key. Raises LookupError, ValueError, UnreadableSecretError."""
        self.opening, keys = access.signing_keys(db.session(), UUID(key_id))
        return keys[self.number]


def _of_signature() -> Opening | None:
    """The opening that signed this request. Raises ProblemError that says why it does not hold."""
    # Imported here: few programs sign, and a worker that serves none of them does without.
    from http_message_signatures import HTTPMessageVerifier, InvalidSignature, algorithms

    reason = ""
    for number in range(2):
        keys = _Keys(number)
        verifier = HTTPMessageVerifier(
            signature_algorithm=algorithms.HMAC_SHA256,
            key_resolver=keys,  # type: ignore[arg-type]
        )
        verifier.max_clock_skew = WINDOW
        try:
            verifier.verify(
                _Message(request.method, _target(), request.headers),
                max_age=timedelta(0),  # beside the difference of the clocks
                require_components=WITH_A_MESSAGE if request.method == "POST" else ALWAYS,
                body=request.get_data(),
            )
        except InvalidSignature as error:
            # It tells the age beside the difference of the clocks, which is none.
            reason = reason or str(error).replace(str(timedelta(0)), str(WINDOW))
        else:
            return keys.opening
    raise refusal(UNKNOWN_CLIENT, f"The signature does not hold: {reason[:200]}")


def _target() -> str:
    """The address as it was asked for: the encoded target, at our public address."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not raw or not raw.startswith("/"):
        query = request.query_string.decode("latin-1")
        raw = quote(request.path) + (f"?{query}" if query else "")
    return f"{current_settings().public_url.rstrip('/')}{raw}"

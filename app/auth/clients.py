"""The two OIDC clients (Authlib): eHerkenning for providers, accounts for teachers and staff.

Imported with the first login: the libraries that it needs are large.
"""

import json
from collections.abc import Callable
from typing import Any

import requests
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import current_app, redirect, session
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry, extract_compact
from werkzeug.wrappers import Response

from app.auth.attempts import (
    ATTEMPT,
    ATTEMPT_LASTS,
    Answer,
    LoginFaultError,
    LoginRefusedError,
    OneTimeStates,
    UnknownAttemptError,
)
from app.auth.id_tokens import Client, opened
from app.auth.issuers import ACCOUNTS, EHERKENNING, LEEWAY, Claims, issuer_of
from processes.base import now
from processes.platform.levels import at_least
from processes.platform.settings import Settings

TIMEOUT = (3, 10)  # seconds to connect, and to answer
ALGORITHMS = "id_token_signing_alg_values_supported"
BY_PUBLIC_KEY = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""How a token may be signed (RFC 7518 §3.1, RFC 8037): never unsigned, nor with a shared secret."""
ODD_ANSWERS = (
    *(requests.RequestException, JoseError, ValueError, KeyError, RuntimeError),
    *(TypeError, AttributeError),  # Authlib and joserfc, of JSON of another kind
)

EXTENSION = "loket_oidc"


def begin(name: str, redirect_uri: str) -> Response:
    """Redirect to the login provider. Raises LoginFaultError."""
    extra = {"prompt": "login", "max_age": str(int(ATTEMPT_LASTS.total_seconds()))}
    if name == EHERKENNING:
        extra["acr_values"] = " ".join(at_least(_settings().minimum_loa))
    elif levels := _settings().staff_levels:
        extra["acr_values"] = " ".join(levels)  # a wish: a teacher may come in with less
    client = _client(name)
    try:
        _check_issuer(client, name)
        asked = client.create_authorization_url(redirect_uri, **extra)
    except (requests.RequestException, ValueError, RuntimeError) as error:
        raise LoginFaultError(str(error)) from error
    client.save_authorize_data(redirect_uri=redirect_uri, **asked)
    return redirect(asked["url"], 303)


def finish(answer: dict[str, str]) -> tuple[str, Answer]:
    """The client's name and verified claims of this request.

    Raises UnknownAttemptError, LoginRefusedError, LoginFaultError.
    """
    name = _began(answer.get("state", ""))
    issuer = issuer_of(name)
    _check_sender(name, answer, issuer)
    if code := answer.get("error"):
        _forget(name, answer["state"])
        raise LoginRefusedError(code)
    return name, Answer(issuer, _claims(name, issuer))


def signed_claims(name: str, token: Any, *, may_ask: Callable[[], bool]) -> Claims:
    """The claims of a token that this provider signed; nothing else of them is checked.

    Its keys are asked anew where none that is known signed it, and `may_ask` allows. Raises
    LoginFaultError.
    """
    settings, client = _settings(), _client(name)
    try:
        signed = opened(token, settings, must_be=name in settings.encrypting_clients)
        try:
            return _decoded(signed, client.fetch_jwk_set())
        except (InvalidKeyIdError, BadSignatureError):
            if not may_ask():
                raise
            return _decoded(signed, client.fetch_jwk_set(force=True))
    except ODD_ANSWERS as error:
        raise LoginFaultError(str(error)) from error


def claimed(token: Any) -> Claims:
    """What this token says, verified by nobody: to find who must have signed it.

    Raises LoginFaultError.
    """
    try:
        signed = opened(token, _settings(), must_be=False)
        return dict(json.loads(extract_compact(signed.encode()).payload))
    except ODD_ANSWERS as error:
        raise LoginFaultError(str(error)) from error


def _decoded(token: str, keys: Any) -> Claims:
    registry = JWSRegistry(algorithms=list(BY_PUBLIC_KEY), strict_check_header=False)
    found = jwt.decode(token, KeySet.import_key_set(keys), registry=registry)
    return dict(found.claims)


def _claims(name: str, issuer: str) -> dict[str, Any]:
    client = _client(name)
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True},
    }
    try:
        # Authlib takes what the issuer lists, and many list "none".
        client.load_server_metadata()[ALGORITHMS] = list(BY_PUBLIC_KEY)
        token = client.authorize_access_token(claims_options=options, leeway=LEEWAY)
        claims = dict(token["userinfo"])
        more = dict(client.userinfo(token=token)) if _has_userinfo(client) else {}
    except OAuthError as error:
        if error.error == "mismatching_state":
            raise UnknownAttemptError from error
        raise LoginFaultError(str(error)) from error
    except ODD_ANSWERS as error:
        raise LoginFaultError(str(error)) from error
    _check_auth_time(claims)
    _check_same_person(more, claims)
    # The signed token decides; the user info may only add to it, and no moment of the login.
    more.pop("auth_time", None)
    return more | claims


def _check_sender(name: str, answer: dict[str, str], issuer: str) -> None:
    """Raises LoginFaultError when the answer is not of the issuer that was asked (RFC 9207)."""
    if answer.get("iss", "" if _names_itself(name) else issuer) != issuer:
        message = "the answer comes from another issuer, or does not say from which"
        raise LoginFaultError(message)


def _check_auth_time(claims: dict[str, Any]) -> None:
    """Raises LoginFaultError when the login is older than the attempt (OIDC Core §3.1.3.7, 13).

    It was asked for anew (`prompt`, `max_age`); an issuer that leaves the moment out promised it.
    """
    if "auth_time" not in claims:
        return
    at, moment = claims["auth_time"], now().timestamp()
    is_number = isinstance(at, int | float) and not isinstance(at, bool)
    if (
        not is_number
        or not moment - ATTEMPT_LASTS.total_seconds() - LEEWAY <= at <= moment + LEEWAY
    ):
        message = "the user logged in at another moment than asked for"
        raise LoginFaultError(message)


def _check_same_person(more: dict[str, Any], claims: dict[str, Any]) -> None:
    """Raises LoginFaultError when the user info has another subject (OIDC Core §5.3.2)."""
    if more and more.get("sub") != claims["sub"]:
        message = "the user info is about somebody else"
        raise LoginFaultError(message)


def _names_itself(name: str) -> bool:
    """Whether the login provider promises an `iss` in each answer (RFC 9207 §2.4, §3)."""
    try:
        metadata = _client(name).load_server_metadata()
    except (requests.RequestException, ValueError, RuntimeError) as error:
        raise LoginFaultError(str(error)) from error
    return metadata.get("authorization_response_iss_parameter_supported") is True


def _has_userinfo(client: Any) -> bool:
    return "userinfo_endpoint" in client.load_server_metadata()


def _began(state: str) -> str:
    """Which client began the login with this state in this browser."""
    for name in (EHERKENNING, ACCOUNTS):
        if state and f"{ATTEMPT}{name}_{state}" in session:
            return name
    raise UnknownAttemptError


def _forget(name: str, state: str) -> None:
    framework = _client(name).framework
    if framework.get_state_data(session, state) is None:
        raise UnknownAttemptError
    framework.clear_state_data(session, state)


def _check_issuer(client: Any, name: str) -> None:
    if client.load_server_metadata().get("issuer") != issuer_of(name):
        message = "the login provider calls itself otherwise than configured"
        raise LoginFaultError(message)


def _client(name: str) -> Any:
    oauth = current_app.extensions.get(EXTENSION)
    if oauth is None:
        oauth = current_app.extensions[EXTENSION] = _oauth(_settings())
    return oauth.create_client(name)


def _oauth(settings: Settings) -> OAuth:
    oauth = OAuth(current_app, cache=OneTimeStates())
    clients = {
        EHERKENNING: (settings.oidc_eherkenning_client_id, settings.oidc_eherkenning_client_secret),
        ACCOUNTS: (settings.oidc_accounts_client_id, settings.oidc_accounts_client_secret),
    }
    issuers = {
        EHERKENNING: settings.oidc_eherkenning_issuer,
        ACCOUNTS: settings.oidc_accounts_issuer,
    }
    for name, (client_id, secret) in clients.items():
        oauth.register(
            name,
            client_cls=Client,
            client_id=client_id,
            client_secret=secret.get_secret_value(),
            server_metadata_url=f"{issuers[name]}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_eherkenning_scope
                if name == EHERKENNING
                else "openid profile",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT,
            },
        )
    return oauth


def _settings() -> Settings:
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return settings

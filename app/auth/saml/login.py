"""A login by SAML: begins it, and takes the broker's answer."""

import json
import secrets
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import session

from app.auth.attempts import ATTEMPT, ATTEMPT_LASTS, Answer, OneTimeStates, UnknownAttemptError
from app.auth.saml.artifact import ClientCertificate, resolved
from app.auth.saml.assertion import check_assertion, level_in, logged_in_at
from app.auth.saml.attributes import claims_in
from app.auth.saml.authn_request import authn_request, new_id
from app.auth.saml.brokers import broker_named
from app.auth.saml.response import Asked, verified_assertion
from app.auth.saml.service import service_provider
from app.auth.saml.xml import Element, SamlError, parse
from processes.platform.settings import Settings

NAME = "saml"


@dataclass(frozen=True)
class Form:
    """The form that takes the browser to the broker."""

    address: str
    fields: dict[str, str]

    @property
    def state(self) -> str:
        """The token by which this browser knows the login again."""
        return self.fields["RelayState"]


def begin(settings: Settings, broker_name: str) -> Form:
    """The form that begins a login at this broker. Raises SamlError."""
    ours, broker = service_provider(settings), broker_named(settings, broker_name)
    request_id, relay_state = new_id(), secrets.token_urlsafe(32)
    request = authn_request(ours, broker, request_id, settings.saml_service_index)
    kept = json.dumps({"request_id": request_id, "broker": broker_name})
    OneTimeStates().set(_key(relay_state), kept, int(ATTEMPT_LASTS.total_seconds()))
    session[_mark(relay_state)] = True
    return Form(broker.logs_in_at, {"SAMLRequest": request, "RelayState": relay_state})


def is_known_here(relay_state: str) -> bool:
    """Whether this browser began the login, as far as its cookie tells."""
    return bool(relay_state) and _mark(relay_state) in session


def finish(settings: Settings, answer: Mapping[str, str]) -> Answer:
    """The verified claims in the form fields or parameters that the broker sent along.

    Raises UnknownAttemptError, LoginRefusedError, SamlError.
    """
    asked = _asked(settings, answer.get("RelayState", ""))
    response = _response(settings, answer, asked)
    claims = claims_of(response, asked, is_posted="SAMLResponse" in answer)
    return Answer(asked.broker.entity_id, claims)


def claims_of(response: Element, asked: Asked, *, is_posted: bool = False) -> dict[str, Any]:
    """The claims in a response that answers this login. Raises LoginRefusedError, SamlError."""
    assertion = verified_assertion(response, asked, is_posted=is_posted)
    check_assertion(assertion, asked)
    told = {"acr": level_in(assertion), "auth_time": logged_in_at(assertion)}
    return claims_in(assertion, asked.ours) | told


def read_message(message: str) -> Element:
    """The XML in a form field. Raises SamlError."""
    try:
        return parse(b64decode("".join(message.split()), validate=True))
    except ValueError as error:
        problem = "the message is no base64"
        raise SamlError(problem) from error


def _asked(settings: Settings, relay_state: str) -> Asked:
    """The login that this browser began with this token; it can be finished once."""
    if not is_known_here(relay_state):
        raise UnknownAttemptError
    session.pop(_mark(relay_state))
    kept = OneTimeStates().get(_key(relay_state))
    if kept is None:
        raise UnknownAttemptError
    attempt = json.loads(kept)
    broker = broker_named(settings, attempt["broker"])
    return Asked(service_provider(settings), broker, attempt["request_id"])


def _response(settings: Settings, answer: Mapping[str, str], asked: Asked) -> Element:
    artifact, message = answer.get("SAMLart"), answer.get("SAMLResponse")
    if bool(artifact) == bool(message):
        problem = "the answer has neither a response nor an artifact, or both"
        raise SamlError(problem)
    if artifact:
        tls = None
        if settings.saml_tls_certificate is not None and settings.saml_tls_key is not None:
            tls = ClientCertificate(settings.saml_tls_certificate, settings.saml_tls_key)
        return resolved(artifact, asked.ours, asked.broker, tls)
    return read_message(message or "")


def _mark(relay_state: str) -> str:
    return f"{ATTEMPT}{NAME}_{relay_state}"


def _key(relay_state: str) -> str:
    return f"{NAME} {relay_state}"

"""A login provider ends sessions itself (OpenID Connect Back-Channel Logout 1.0)."""

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.exc import IntegrityError

from app.auth.attempts import LoginFaultError
from app.auth.claims import short_text
from app.auth.issuers import ACCOUNTS, EHERKENNING, LEEWAY, Claims, issuer_of
from app.auth.sessions import LoginAttempt
from app.web.access import from_other_sites, public
from app.web.db import db
from app.web.limits import Rate, is_too_often, limited
from processes.base import now
from processes.platform.settings import Settings
from processes.register.changes import record_event
from processes.register.providers.web_sessions import WebSession, digest, end_where
from processes.unit_of_work import unit_of_work

log = logging.getLogger(__name__)
bp = Blueprint("back_channel", __name__)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
MAX_AGE = timedelta(minutes=5)  # of a token
REMEMBERED = timedelta(minutes=15)  # longer than a token counts
NEW_KEYS = 6  # a minute: how often the keys of a provider are asked for an unknown one
LARGEST = 20_000  # characters


@bp.post("/inloggen/uitloggen")
@public
@from_other_sites
@limited(Rate.LOGIN)
def log_out() -> ResponseReturnValue:
    """Ends the sessions that the token is about: 204, or 400 where it is not as §2.6 asks."""
    db.session().rollback()  # hold nothing while the provider answers
    try:
        token = verified(request.form.get("logout_token", ""))
        count = _end(token)
    except LoginFaultError as error:
        log.warning("logout refused", extra={"reason": str(error)})
        return {"error": "invalid_request"}, HTTPStatus.BAD_REQUEST
    log.info("logout by the login provider", extra={"sessions": count})
    return "", HTTPStatus.NO_CONTENT


def verified(token: str) -> Claims:
    """The claims of a logout token of a provider of ours. Raises LoginFaultError.

    Only the provider that the token names is asked for its keys.
    """
    if len(token) > LARGEST:
        message = "a token that is too large"
        raise LoginFaultError(message)
    from app.auth import clients

    says, problems = clients.claimed(token), []
    for name, client_id in _clients():
        try:
            _check_parties(says, issuer_of(name), client_id)
            return _checked(name, client_id, token)
        except LoginFaultError as error:
            problems.append(f"{name}: {error}")
    raise LoginFaultError("; ".join(problems))


def _clients() -> list[tuple[str, str]]:
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    accounts = (ACCOUNTS, settings.oidc_accounts_client_id)
    if not settings.has_oidc_eherkenning:
        return [accounts]
    return [(EHERKENNING, settings.oidc_eherkenning_client_id), accounts]


def _checked(name: str, client_id: str, token: str) -> Claims:
    from app.auth import clients

    def may_ask() -> bool:
        return not is_too_often(f"new keys of {name}", NEW_KEYS)

    claims = clients.signed_claims(name, token, may_ask=may_ask)
    _check_parties(claims, issuer_of(name), client_id)
    _check_moment(claims)
    _check_kind(claims)
    return claims


def _check_parties(claims: Claims, issuer: str, client_id: str) -> None:
    audience = claims.get("aud")
    if claims.get("iss") != issuer:
        message = "another issuer"
        raise LoginFaultError(message)
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        message = "another audience"
        raise LoginFaultError(message)


def _check_moment(claims: Claims) -> None:
    moment = now().timestamp()
    made, ends = _number(claims.get("iat")), _number(claims.get("exp"))
    if not moment - MAX_AGE.total_seconds() - LEEWAY <= made <= moment + LEEWAY:
        message = "made at another moment"
        raise LoginFaultError(message)
    if ends <= moment - LEEWAY:
        message = "over"
        raise LoginFaultError(message)


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        message = "a moment that is none"
        raise LoginFaultError(message)
    return value


def _check_kind(claims: Claims) -> None:
    """It must be a logout token, which no ID token can be taken for: an event, and no nonce."""
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        message = "no event of logging out"
        raise LoginFaultError(message)
    if "nonce" in claims:
        message = "a nonce"
        raise LoginFaultError(message)
    if not short_text(claims, "jti"):
        message = "no identifier"
        raise LoginFaultError(message)
    if not (short_text(claims, "sid") or short_text(claims, "sub")):
        message = "neither a session nor a subject"
        raise LoginFaultError(message)


def _end(claims: Claims) -> int:
    """End the sessions; how many. Raises LoginFaultError for a token that came before."""
    session, issuer = db.session(), claims["iss"]
    _count_once(f"logout {issuer} {claims['jti']}")
    count = end_where(session, WebSession.issuer == issuer, _meant(claims))
    if count:
        record_event(session, "logout-by-provider", actor="loket", source=issuer, count=count)
    unit_of_work(session).commit()
    return count


def _count_once(name: str) -> None:
    """Remember the token in the transaction that ends the sessions. Raises LoginFaultError."""
    session = db.session()
    session.add(LoginAttempt(key=digest(name), data="", expires_at=now() + REMEMBERED))
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        message = "a token that came before"
        raise LoginFaultError(message) from error


def _meant(claims: Claims) -> ColumnElement[bool]:
    """The session that is named; without, all of the person, also where we know no session."""
    sid, sub = short_text(claims, "sid"), short_text(claims, "sub")
    of_person = WebSession.provider_subject == sub
    if sid is None:
        return of_person
    named = WebSession.provider_session == sid
    if sub is None:
        return named
    return or_(and_(named, of_person), and_(WebSession.provider_session.is_(None), of_person))

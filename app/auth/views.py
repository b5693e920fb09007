"""Pages for logging in and out, whatever the protocol."""

from urllib.parse import parse_qs, urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from app.auth import sessions, sign_in
from app.auth.anew import ANEW, remember_anew
from app.auth.attempts import Answer, LoginFaultError, UnknownAttemptError, note_attempt
from app.auth.claim_paths import with_known_names
from app.auth.issuers import ACCOUNTS, EHERKENNING, KEYS_AT
from app.auth.outcomes import fault, outcome, remember_next
from app.auth.saml import login as saml
from app.auth.saml.pages import sends_on
from app.web.access import User, public, safe_next, signed_in_user
from app.web.db import Begins, begins, db
from app.web.leaving import leads_to_oidc
from app.web.limits import Rate, limited
from processes.platform.settings import Settings
from processes.unit_of_work import unit_of_work

bp = Blueprint("auth", __name__)


@bp.get("/inloggen")
@public
def choose() -> ResponseReturnValue:
    brokers, wished = _brokers(), request.args.get("makelaar")
    page = render_template(
        "auth/choose.html",
        next=safe_next(request.args.get("next")),
        is_shortened="ingekort" in request.args,
        expired="afgelopen" in request.args or g.get("session_expired"),
        brokers=brokers,
        chosen_broker=wished if wished in brokers else next(iter(brokers), None),
    )
    return leads_to_oidc(page, _settings())


@bp.post("/inloggen")
@public
@limited(Rate.LOGIN)
def begin() -> ResponseReturnValue:
    """On to the login provider. Raises BadRequest for an unknown way to log in."""
    name, broker = request.form.get("via", ""), request.form.get("makelaar", "")
    if name not in {EHERKENNING, ACCOUNTS} or broker not in {"", *_brokers()}:
        raise BadRequest
    try:
        if name == EHERKENNING and _is_saml(broker):
            return _begin_saml(broker or _brokers()[0])
        return _begin_oidc(name)
    except LoginFaultError as error:
        return fault(error)


def _begin_oidc(name: str) -> ResponseReturnValue:
    from app.auth import clients  # with the first login

    asked = clients.begin(name, _settings().public_url.rstrip("/") + url_for("auth.back"))
    (state,) = parse_qs(urlsplit(asked.location or "").query).get("state", [""])
    _remember(state)
    return asked


def _begin_saml(broker: str) -> ResponseReturnValue:
    form = saml.begin(_settings(), broker)
    _remember(form.state)
    return sends_on(form, to="eHerkenning")


def _remember(state: str) -> None:
    """What the form that began this login says of it."""
    note_attempt(session, state)
    remember_next(state, request.form.get("next"))
    if ANEW in request.form:
        remember_anew(state)


@bp.get("/inloggen/terug")
@public
@limited(Rate.LOGIN)
@begins(Begins.WRITING)
def back() -> ResponseReturnValue:
    """What an OIDC provider answers."""
    db.session().rollback()  # hold nothing while the login provider answers
    return outcome(_finish)


@bp.get(KEYS_AT)
@public
def keys() -> ResponseReturnValue:
    """The key that login providers encrypt ID tokens with, as a JWK set (RFC 7517)."""
    if _settings().oidc_key is None:
        return "", 404
    from app.auth.id_tokens import public_keys

    return public_keys(_settings())


def _finish() -> tuple[str, User]:
    from app.auth import clients

    sent = _answer_sent()
    name, answer = clients.finish(sent)
    if name != EHERKENNING:
        return sent.get("state", ""), sign_in.account_from(db.session(), answer, _settings())
    known = Answer(answer.issuer, with_known_names(answer.claims, _settings()))
    return sent.get("state", ""), sign_in.employee_from(db.session(), known, _settings())


@bp.post("/uitloggen")
@public
def log_out() -> ResponseReturnValue:
    if signed_in_user():
        sessions.end(db.session())
        unit_of_work(db.session()).commit()
    session.clear()
    flash("U bent uitgelogd.", "ok")
    answer = redirect("/", 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # not the cookie with what was told
    return answer


def _answer_sent() -> dict[str, str]:
    """The parameters of the answer; one that comes twice is refused (RFC 6749 §3.1)."""
    if any(len(values) > 1 for _name, values in request.args.lists()):
        raise UnknownAttemptError
    return request.args.to_dict()


def _brokers() -> list[str]:
    """The brokers to choose from; none where there is one login provider, by OIDC."""
    settings = _settings()
    if not settings.saml_brokers:
        return []
    by_oidc = [settings.oidc_eherkenning_name] if settings.has_oidc_eherkenning else []
    return [*by_oidc, *settings.saml_brokers]


def _is_saml(broker: str) -> bool:
    """Whether this broker logs in by SAML; none named is the first there is."""
    return (broker or next(iter(_brokers()), "")) in _settings().saml_brokers


def _settings() -> Settings:
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return settings

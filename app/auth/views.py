"""Pages for logging in and out, and for refused logins."""

import logging
from http import HTTPStatus
from typing import Any
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

from app.auth import claims, clients, sessions, sign_in
from app.web import levels
from app.web.access import Role, User, public, safe_next, signed_in_user
from app.web.db import Begins, begins, db
from app.web.limits import Rate, keeps_refused_login, limited
from processes.platform.settings import Settings
from processes.register.mail import refused_address
from processes.register.providers import provider_of
from processes.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

bp = Blueprint("auth", __name__)

NEXT = "login_next"
ATTEMPT = "_state_"  # begins what Authlib keeps of a login in the session of the browser
MOST_LOGINS = 4
FORM_TOKEN = "csrf_token"  # noqa: S105 - the name under which Flask-WTF keeps it
HOMES = {
    Role.PROVIDER: "/aanmelding",
    Role.TEACHER: "/portfolio",
    Role.REGISTRAR: "/register",
    Role.PROCESS_OWNER: "/processen",
    Role.PROCESS_APPROVER: "/processen",
    Role.PROCESS_DEPLOYER: "/processen",
    Role.OPERATOR: "/beheer",
}
REFUSALS: dict[type[Exception], tuple[str, str, HTTPStatus]] = {
    clients.UnknownAttemptError: ("onbekende-poging", "unknown", HTTPStatus.BAD_REQUEST),
    claims.NoKvkNumberError: ("geen-kvk-nummer", "no_kvk", HTTPStatus.FORBIDDEN),
    sign_in.StaffLevelError: ("niveau-medewerker-te-laag", "staff_level", HTTPStatus.FORBIDDEN),
    sign_in.NoRoleError: ("geen-rol", "no_role", HTTPStatus.FORBIDDEN),
}


@bp.get("/inloggen")
@public
def choose() -> ResponseReturnValue:
    return render_template(
        "auth/choose.html",
        next=safe_next(request.args.get("next")),
        expired="afgelopen" in request.args or g.get("session_expired"),
    )


@bp.post("/inloggen")
@public
@limited(Rate.LOGIN)
def begin() -> ResponseReturnValue:
    """Redirect to the login provider. Raises BadRequest for an unknown way to log in."""
    name = request.form.get("via")
    if name not in {clients.EHERKENNING, clients.ACCOUNTS}:
        raise BadRequest
    try:
        asked = clients.begin(name, _settings().public_url.rstrip("/") + url_for("auth.back"))
    except clients.LoginFaultError as fault:
        return _fault(fault)
    _remember_next(asked.location or "")
    return asked


@bp.get("/inloggen/terug")
@public
@limited(Rate.LOGIN)
@begins(Begins.WRITING)
def back() -> ResponseReturnValue:
    db.session().rollback()  # hold nothing while the login provider answers
    try:
        name, answer = clients.finish(_answer_sent())
        user = sign_in.user_from(db.session(), name, answer, _settings())
    except tuple(REFUSALS) as refused:
        return _refused(*REFUSALS[type(refused)])
    except clients.LoginRefusedError as refused:
        return _cancelled() if refused.is_cancelled else _fault(refused)
    except (clients.LoginFaultError, claims.OddClaimsError) as fault:
        return _fault(fault)
    except sign_in.LevelTooLowError as low:
        return _level_too_low(low)
    return _signed_in(user)


@bp.post("/uitloggen")
@public
def log_out() -> ResponseReturnValue:
    if signed_in_user():
        sessions.end(db.session())
        unit_of_work(db.session()).commit()
    session.clear()
    flash("U bent uitgelogd.", "ok")
    return redirect("/", 303)


def _answer_sent() -> dict[str, str]:
    """The parameters of the answer; one that comes twice is refused (RFC 6749 §3.1)."""
    if any(len(values) > 1 for _name, values in request.args.lists()):
        raise clients.UnknownAttemptError
    return request.args.to_dict()


def _remember_next(asked: str) -> None:
    """Where each login that this browser began leads to: two tabs do not mix theirs up."""
    (state,) = parse_qs(urlsplit(asked).query).get("state", [""])
    pages = dict(list(session.get(NEXT, {}).items())[-MOST_LOGINS:])
    session[NEXT] = pages | {state: safe_next(request.form.get("next"))}


def _signed_in(user: User) -> ResponseReturnValue:
    pages = session.get(NEXT, {})
    address = safe_next(pages.pop(request.args.get("state", ""), None))
    form_token = session.get(FORM_TOKEN)
    others = {name: session[name] for name in session if name.startswith(ATTEMPT)}
    session.clear()
    session.update(others, **{NEXT: pages})  # a login in another tab goes on by itself
    if sessions.start(db.session(), user) and form_token:
        session[FORM_TOKEN] = form_token  # a form in another tab of theirs can still be sent (R17)
    sign_in.record_login(db.session(), user)
    home = _home(user)
    unit_of_work(db.session()).commit()
    return redirect(address or home, 303)


def _home(user: User) -> str:
    """Where this user's work is; who has registered lands on the overview (R12)."""
    provider = provider_of(db.session(), user.kvk) if user.kvk else None
    if provider is None:
        return next(address for role, address in HOMES.items() if role in user.roles)
    if refused_address(db.session(), provider):
        flash(
            f"Onze e-mail naar {provider.contact_email} kwam niet aan. "
            "Wijzig het e-mailadres bij Bedrijf.",
            "warning",
        )
    return "/aanbod"


def _cancelled() -> ResponseReturnValue:
    log.info("login cancelled")
    _record("afgebroken")
    return render_template("auth/cancelled.html")


def _fault(fault: Exception) -> ResponseReturnValue:
    log.error("login failed", exc_info=fault)
    _record("storing", fault=type(fault).__name__)
    return render_template("auth/fault.html"), HTTPStatus.BAD_GATEWAY


def _refused(reason: str, template: str, status: HTTPStatus) -> ResponseReturnValue:
    log.warning("login refused", extra={"reason": reason})
    _record(reason)
    return render_template(f"auth/{template}.html"), status


def _level_too_low(low: sign_in.LevelTooLowError) -> ResponseReturnValue:
    _record("niveau-te-laag", level=low.level, minimum=low.minimum)
    return render_template(
        "auth/level_too_low.html",
        used=levels.name_of(low.level),
        needed=levels.name_of(low.minimum),
    ), HTTPStatus.FORBIDDEN


def _record(reason: str, **details: Any) -> None:
    """Audit event, unless this address has filled the trail with them already (A2)."""
    if not keeps_refused_login():
        return
    db.session().rollback()
    sign_in.record_refusal(db.session(), reason, **details)
    unit_of_work(db.session()).commit()


def _settings() -> Settings:
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return settings

"""Pages for the passkeys of break-glass accounts: adding one by a link, logging in with one."""

import logging
import secrets
from http import HTTPStatus
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.auth.attempts import OneTimeStates
from app.auth.break_glass import keys
from app.auth.break_glass.accounts import record_refused_key
from app.auth.break_glass.views import account_in_use, page, signed_in
from app.auth.views import bp
from app.web.access import public
from app.web.db import db
from app.web.limits import Rate, limited
from forms.operators.break_glass import BreakGlassForm
from processes.platform.settings import Settings
from processes.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

_CHALLENGE = "passkey_challenge"
FIELD = "credential"
LARGEST = 20_000  # characters


@bp.post("/inloggen/noodtoegang/sleutel/vraag")
@public
@limited(Rate.LOGIN)
def ask_for_key() -> ResponseReturnValue:
    """What the browser needs to log in with a key, as JSON."""
    if not keys.has_keys(db.session()):
        abort(404)
    return _asked(keys.request_options(_settings()))


@bp.post("/inloggen/noodtoegang/sleutel")
@public
@limited(Rate.LOGIN)
def enter_with_key() -> ResponseReturnValue:
    """One answer for whatever is wrong; each attempt stands in the trail."""
    challenge = _challenge()
    try:
        account = keys.enter_with_key(
            db.session(), _settings(), _sent(), challenge, renewed=account_in_use()
        )
    except keys.KeyRefusedError as refused:
        log.warning("passkey refused", extra={"reason": str(refused)})
        db.session().rollback()
        record_refused_key(db.session())
        unit_of_work(db.session()).commit()
        return page(BreakGlassForm(), is_key_refused=True), HTTPStatus.UNPROCESSABLE_ENTITY
    return signed_in(account, request.form.get("next"))


@bp.get("/inloggen/noodtoegang/sleutel/<code>")
@public
@limited(Rate.LOGIN)
def new_key(code: str) -> ResponseReturnValue:
    """The page of the link that `loket breakglass key` gave."""
    return _new_key(code)


@bp.post("/inloggen/noodtoegang/sleutel/<code>/vraag")
@public
@limited(Rate.LOGIN)
def ask_for_new_key(code: str) -> ResponseReturnValue:
    """What the browser needs to make a key, as JSON."""
    asked = keys.asked_by(db.session(), code) or abort(404)
    return _asked(keys.creation_options(db.session(), _settings(), asked[0]))


@bp.post("/inloggen/noodtoegang/sleutel/<code>")
@public
@limited(Rate.LOGIN)
def add_key(code: str) -> ResponseReturnValue:
    """Add the key that the browser made; the link is used up."""
    challenge = _challenge()
    try:
        label = keys.add(db.session(), _settings(), code, _sent(), challenge)
    except keys.KeyRefusedError as refused:
        log.warning("passkey not added", extra={"reason": str(refused)})
        db.session().rollback()
        return _new_key(code, is_refused=True), HTTPStatus.UNPROCESSABLE_ENTITY
    unit_of_work(db.session()).commit()
    flash(f"De sleutel “{label}” is toegevoegd. U kunt er nu mee inloggen.", "ok")
    return redirect(url_for("auth.break_glass"), HTTPStatus.SEE_OTHER)


def _new_key(code: str, *, is_refused: bool = False) -> str:
    asked = keys.asked_by(db.session(), code) or abort(404)
    account, label = asked
    return render_template(
        "auth/new_key.html", code=code, account=account.name, label=label, is_refused=is_refused
    )


def _asked(options: dict[str, Any]) -> ResponseReturnValue:
    """These options; their challenge counts once, and in this browser alone."""
    db.session().rollback()  # what is kept has a writer of its own, and SQLite has one
    mark = secrets.token_urlsafe(16)
    lasts = int(keys.CHALLENGE_LASTS.total_seconds())
    OneTimeStates().set(f"passkey {mark}", options["challenge"], lasts)
    session[_CHALLENGE] = mark
    return options


def _challenge() -> str:
    """The challenge that this browser was given last; it cannot be asked for again."""
    mark = session.pop(_CHALLENGE, "")
    db.session().rollback()
    # One that nobody was given: no answer fits it.
    return OneTimeStates().get(f"passkey {mark}") or secrets.token_urlsafe(32)


def _sent() -> str:
    return request.form.get(FIELD, "")[:LARGEST]


def _settings() -> Settings:
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return settings

"""The page to log in with a break-glass account; without such an account there is none."""

from http import HTTPStatus

from flask import abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.auth import sessions
from app.auth.break_glass.accounts import ISSUER, BreakGlassAccount, enter, is_open
from app.auth.break_glass.keys import can_have_keys, has_keys
from app.auth.outcomes import HOMES
from app.auth.sign_in import record_login
from app.auth.views import bp
from app.web.access import Role, User, public, safe_next, signed_in_user
from app.web.db import db
from app.web.kept_forms import whole_address
from app.web.limits import Rate, limited
from forms.operators.break_glass import BreakGlassForm
from processes.base import now
from processes.platform.roles import staff_id
from processes.platform.settings import Settings
from processes.unit_of_work import unit_of_work


@bp.get("/inloggen/noodtoegang")
@public
def break_glass() -> ResponseReturnValue:
    return page(BreakGlassForm())


@bp.post("/inloggen/noodtoegang")
@public
@limited(Rate.LOGIN)
def enter_break_glass() -> ResponseReturnValue:
    """One answer for whatever is wrong; each attempt stands in the trail, and counts."""
    form = BreakGlassForm(request.form)
    if not form.validate():
        return page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not is_open(db.session()):
        abort(404)
    code = "".join((form.code.data or "").split())
    name, password = form.name.data or "", form.password.data or ""
    account = enter(db.session(), name, password, code, renewed=account_in_use())
    if account is None:
        unit_of_work(db.session()).commit()
        return page(form, is_refused=True), HTTPStatus.UNPROCESSABLE_ENTITY
    return signed_in(account, whole_address(request.args.get("next", "")))


def signed_in(account: BreakGlassAccount, address: str | None) -> ResponseReturnValue:
    """Begin a session with this account, and go on to this page."""
    user, is_renewed = _user(account), account.name == account_in_use()
    sessions.start(db.session(), user, account_ends_at=account.expires_at)
    record_login(db.session(), user)
    unit_of_work(db.session()).commit()
    if not is_renewed:
        told = "U bent ingelogd met noodtoegang. Alle medewerkers krijgen hierover een e-mail."
        flash(told, "info")
    home = next(address for role, address in HOMES.items() if role in user.roles)
    return redirect(safe_next(address) or home, HTTPStatus.SEE_OTHER)


def account_in_use() -> str:
    """The break-glass account that this browser is logged in with, if any."""
    user = signed_in_user()
    return user.subject if user is not None and user.issuer == ISSUER else ""


def page(form: BreakGlassForm, *, is_refused: bool = False, is_key_refused: bool = False) -> str:
    """The page, with the button for keys where an account has one; 404 without an account."""
    if not is_open(db.session()):
        abort(404)
    return render_template(
        "auth/break_glass.html",
        form=form,
        is_refused=is_refused,
        is_key_refused=is_key_refused,
        has_keys=can_have_keys(_settings()) and has_keys(db.session()),
        next=safe_next(whole_address(request.args.get("next", ""))) or "",
    )


def _user(account: BreakGlassAccount) -> User:
    return User(
        id=staff_id(ISSUER, account.name),
        label=f"Noodtoegang {account.name}",
        roles=frozenset(Role(each) for each in account.roles),
        issuer=ISSUER,
        subject=account.name,
        authenticated_at=now(),
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return settings

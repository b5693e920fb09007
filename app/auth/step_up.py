"""Step-up: who logged in a while ago does so anew before a sensitive change (ASVS 7.5.1).

A view is marked with `needs_recent_login`. What was sent is kept with the session, and stands on
the page of its form again when the user comes back (R17).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.auth import sessions
from app.auth.anew import ANEW
from app.auth.break_glass.accounts import ISSUER as BREAK_GLASS
from app.auth.issuers import ACCOUNTS, EHERKENNING
from app.auth.saml.brokers import broker_named
from app.auth.saml.xml import SamlError
from app.auth.views import bp
from app.web.access import (
    SAFE_METHODS,
    Role,
    User,
    current_user,
    needs,
    requires,
    safe_next,
    signed_in_user,
)
from app.web.db import db
from app.web.kept_forms import form_page, named_address, whole_address
from app.web.leaving import leads_to_oidc
from processes.base import now
from processes.platform.settings import Settings
from processes.register.providers.people import Right


def init_step_up(app: Flask) -> None:
    """Ask for a login before the marked views, after it is known that they are for this user."""
    app.before_request(_ask_first)


def is_recent() -> bool:
    """Whether the user of this request logged in a short while ago, as the login provider says.

    When our session began proves nothing: a provider may let somebody in without asking.
    """
    at: datetime | None = g.authenticated_at
    lasts = timedelta(minutes=_settings().recent_login_minutes)
    return at is not None and now() - at < lasts


def _ask_first() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    asks: Callable[[], bool] | None = getattr(view, "needs_recent_login", None)
    if request.method in SAFE_METHODS or signed_in_user() is None or is_recent():
        return None
    if asks is None or not asks():
        return None
    db.session().rollback()  # what is kept has a writer of its own, and SQLite has one
    is_kept = sessions.keep_sent()
    target = url_for(
        "auth.step_up", next=named_address(form_page()), kwijt=None if is_kept else "ja"
    )
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target, 303)  # type: ignore[return-value]


@bp.get("/inloggen/opnieuw")
@requires(*Role)
@needs(Right.READER)
def step_up() -> ResponseReturnValue:
    """The page that tells why, with the button to the login provider of this session."""
    named = safe_next(request.args.get("next")) or "/"
    address, user = whole_address(named), current_user()
    page = render_template(
        "auth/step_up.html",
        next=address,
        named=named,
        fields_of_login=_way_of(user) | {"next": address, ANEW: "ja"},
        is_lost="kwijt" in request.args,
        is_break_glass=user.issuer == BREAK_GLASS,
        minutes=_settings().recent_login_minutes,
    )
    return leads_to_oidc(page, _settings())


def _way_of(user: User) -> dict[str, str]:
    """The fields of the login form that lead to where this user logged in before."""
    settings = _settings()
    if Role.PROVIDER not in user.roles:
        return {"via": ACCOUNTS}
    names = [each for each in settings.saml_brokers if _entity_id(each) == user.issuer]
    if not names and settings.saml_brokers and settings.has_oidc_eherkenning:
        names = [settings.oidc_eherkenning_name]
    return {"via": EHERKENNING, "makelaar": next(iter(names), "")}


def _entity_id(broker: str) -> str | None:
    try:
        return broker_named(_settings(), broker).entity_id
    except SamlError:
        return None


def _settings() -> Settings:
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return settings

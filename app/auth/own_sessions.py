"""Where somebody is signed in: list and end those sessions, and stay signed in a while longer."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.auth import sessions
from app.auth.views import bp
from app.web.access import Role, current_user, needs, requires
from app.web.db import db
from processes.platform.settings import Settings
from processes.register.changes import record_event
from processes.register.providers.people import Right
from processes.unit_of_work import unit_of_work


@bp.get("/mijn-sessies")
@requires(*Role)
def own() -> ResponseReturnValue:
    """The sessions of who asks; the current one is marked."""
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    return render_template(
        "auth/own_sessions.html",
        found=sessions.sessions_of(db.session(), current_user()),
        is_this_one=sessions.is_this_one,
        idle=settings.session_idle_minutes,
        absolute=settings.session_absolute_hours,
    )


@bp.post("/mijn-sessies")
@requires(*Role)
@needs(Right.READER)
def end_own() -> ResponseReturnValue:
    """End the sessions that were chosen, or all but this one; told in the trail (R61)."""
    chosen = None if "alle" in request.form else request.form.getlist("sessie")
    user = current_user()
    number = sessions.end_others(db.session(), user, chosen)
    if number:
        record_event(
            db.session(), "own-sessions-ended", actor=user.label, kvk=user.kvk, number=number
        )
    unit_of_work(db.session()).commit()
    told = {0: "Er was niets om te beëindigen.", 1: "De sessie is beëindigd."}
    flash(told.get(number, f"{number} sessies zijn beëindigd."), "ok" if number else "info")
    return redirect(url_for("auth.own"), 303)


@bp.post("/mijn-sessies/verlengen")
@requires(*Role)
@needs(Right.READER)
def stay() -> ResponseReturnValue:
    """Stay signed in: the request itself counts as activity."""
    return "", 204

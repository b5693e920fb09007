"""Programs outside: what each opening may do, when it was last used, and turning one off."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.operations.blueprint import bp
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from processes.engine.openings import clients
from processes.engine.openings.clients import UnknownOpeningError
from processes.platform.roles import ROLE_NAMES
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work


@bp.get("/beheer/openingen")
@requires(Role.OPERATOR)
def openings() -> ResponseReturnValue:
    """Every opening, by name; secrets are made on the command line alone."""
    found = clients.openings(db.session())
    return render_template("operations/openings.html", found=found, group_names=ROLE_NAMES)


@bp.post("/beheer/openingen")
@requires(Role.OPERATOR)
@needs_recent_login
def turn_opening() -> ResponseReturnValue:
    """Turn one off, with all its tokens, or on again."""
    session, by = db.session(), current_user().label
    try:
        opening = clients.named(session, request.form.get("naam", ""))
    except UnknownOpeningError:
        abort(404)
    turns_on = request.form.get("stand") == "aan"
    if turns_on:
        opening.enabled = True
    else:
        clients.disable(session, opening)
    action = "opening-enabled" if turns_on else "opening-disabled"
    subject = f"opening:{opening.name}"
    record_event(session, action, actor=by, kvk=opening.tenant, subject=subject)
    unit_of_work(session).commit()
    flash(f"{opening.name} staat {'aan' if turns_on else 'uit'}.", "ok")
    return redirect(url_for("operations.openings"), 303)

"""Which processes everybody may begin: open one, close one, close all (the stop button)."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.operations.blueprint import bp
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from app.web.process_rights import hidden_processes
from processes.engine.execution.starting.public_start import open_processes, turn
from processes.engine.store.models import ProcessDefinition
from processes.engine.store.permission_models import Right
from processes.engine.store.start_models import PublicStart
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work


@bp.get("/beheer/openbaar")
@requires(Role.OPERATOR)
def public_starts() -> ResponseReturnValue:
    """The processes that name the group `public`, with who opened them."""
    found = _operated()
    is_any_open = any(opened for _definition, opened in found)
    return render_template("operations/public_starts.html", found=found, is_any_open=is_any_open)


@bp.post("/beheer/openbaar")
@requires(Role.OPERATOR)
@needs_recent_login
def turn_public_start() -> ResponseReturnValue:
    """Open or close one, or close all."""
    session, by = db.session(), current_user().label
    known = [definition.key for definition, _opened in _operated()]
    chosen = request.form.get("proces", "")
    keys = [key for key in known if chosen in {key, "*"}]
    is_open = request.form.get("stand") == "open" and chosen != "*"
    changed = turn(session, keys, is_open=is_open, by=by)
    for key in changed:
        action = "public-start-opened" if is_open else "public-start-closed"
        record_event(session, action, actor=by, subject=f"process:{key}")
    unit_of_work(session).commit()
    if changed:
        flash("Opengesteld." if is_open else "Gesloten: niemand begint dit nu nog.", "ok")
    return redirect(url_for("operations.public_starts"), 303)


def _operated() -> list[tuple[ProcessDefinition, PublicStart | None]]:
    """The processes with the group `public` that who is signed in operates."""
    hidden = hidden_processes(Right.OPERATE)
    return [each for each in open_processes(db.session()) if each[0].key not in hidden]

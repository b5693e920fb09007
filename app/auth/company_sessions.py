"""Staff look where somebody of a company is signed in, and end all of that at once (R18b)."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.auth import sessions
from app.auth.views import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from forms.staff import EndSessionsForm
from processes.register.changes import record_event
from processes.register.providers.web_sessions import end_all_of
from processes.unit_of_work import unit_of_work


@bp.get("/register/sessies", endpoint="company_sessions")
@requires(Role.REGISTRAR)
def for_registrar() -> ResponseReturnValue:
    return _page(EndSessionsForm(None, data={"kvk": request.args.get("kvk", "")[:20]}))


@bp.post("/register/sessies", endpoint="end_company_sessions")
@requires(Role.REGISTRAR)
def end_for_registrar() -> ResponseReturnValue:
    return _end("auth.company_sessions")


@bp.get("/beheer/sessies", endpoint="operator_sessions")
@requires(Role.OPERATOR)
def for_operator() -> ResponseReturnValue:
    return for_registrar()


@bp.post("/beheer/sessies", endpoint="end_operator_sessions")
@requires(Role.OPERATOR)
def end_for_operator() -> ResponseReturnValue:
    return _end("auth.operator_sessions")


def _end(page: str) -> ResponseReturnValue:
    form, session = EndSessionsForm(request.form), db.session()
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    kvk, by = form.kvk.data or "", current_user().label
    count = end_all_of(session, kvk)
    reason = form.reason.data
    record_event(session, "sessions-ended", actor=by, kvk=kvk, reason=reason, count=count)
    unit_of_work(session).commit()
    said = "1 sessie is" if count == 1 else f"{count} sessies zijn"
    flash(f"{said} beëindigd. Wie nog gemachtigd is, kan opnieuw inloggen.", "ok")
    return redirect(url_for(page, kvk=kvk), 303)


def _page(form: EndSessionsForm) -> str:
    kvk = form.kvk.data or ""
    found = sessions.sessions_of_company(db.session(), kvk) if kvk else []
    return render_template("auth/company_sessions.html", form=form, kvk=kvk, found=found)

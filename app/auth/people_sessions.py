"""Operators end all sessions of one member of staff or teacher (an account that was taken away)."""

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.auth import sessions
from app.auth.views import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from forms.choices import options
from forms.staff import EndPersonForm
from processes.register.changes import record_event
from processes.register.providers.web_sessions import WebSession, end_where
from processes.unit_of_work import unit_of_work

MOST = 200  # people to choose from; a name finds the others


@bp.get("/beheer/sessies/personen")
@requires(Role.OPERATOR)
def people_sessions() -> ResponseReturnValue:
    found = _found()
    return _page(_form(found), found)


@bp.post("/beheer/sessies/personen")
@requires(Role.OPERATOR)
def end_people_sessions() -> ResponseReturnValue:
    """End every session of the person who was chosen; told in the trail (R61)."""
    found = _found()
    form = _form(found)
    if not form.validate():
        return _page(form, found), HTTPStatus.UNPROCESSABLE_ENTITY
    person, session = UUID(form.person.data), db.session()
    whom = next(each.label for each in found if each.user_id == person)
    count = end_where(session, WebSession.user_id == person, WebSession.kvk.is_(None))
    by, reason = current_user().label, form.reason.data
    record_event(session, "sessions-ended", actor=by, person=whom, reason=reason, count=count)
    unit_of_work(session).commit()
    said = "1 sessie is" if count == 1 else f"{count} sessies zijn"
    flash(f"{said} beëindigd. Wie nog een account heeft, kan opnieuw inloggen.", "ok")
    return redirect(url_for("auth.people_sessions"), HTTPStatus.SEE_OTHER)


def _found() -> Sequence[WebSession]:
    """The sessions of nobody of a company, of whoever has this name; last used first."""
    name = request.args.get("naam", "").strip()[:100].casefold()
    query = select(WebSession).where(WebSession.kvk.is_(None))
    found = sessions.running(db.session().scalars(query))
    return [each for each in found if name in each.label.casefold()]


def _form(found: Sequence[WebSession]) -> EndPersonForm:
    form = EndPersonForm(request.form)
    numbers = Counter(each.user_id for each in found)
    names = {each.user_id: each.label for each in found}
    people = [
        (str(id_), f"{names[id_]} ({number} {'sessie' if number == 1 else 'sessies'})")
        for id_, number in numbers.most_common(MOST)
    ]
    form.person.choices = options([("", "Maak een keuze"), *people])
    return form


def _page(form: EndPersonForm, found: Sequence[WebSession]) -> str:
    name = request.args.get("naam", "").strip()[:100]
    return render_template(
        "auth/people_sessions.html", form=form, found=found[:MOST], name=name, most=MOST
    )

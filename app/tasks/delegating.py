"""Delegation during absence: who stands in for whom, from when until when."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.tasks.blueprint import bp
from app.web.access import Role, current_user, not_theirs, requires
from app.web.db import db
from forms.work import DelegationForm
from processes.casework.mail.notices import OWN_LISTS
from processes.engine.store.work_models import KnownPerson
from processes.engine.tasks.delegations import delegate_to, delegations_of, end_delegation
from processes.engine.tasks.directory import colleagues_of
from processes.engine.tasks.rights import Person
from processes.engine.tasks.wanted_tasks import Wanted
from processes.engine.tasks.worklist import worklist
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work


@bp.route("/taken/vervanging", methods=["GET", "POST"])
@requires(*Role)
def delegations() -> ResponseReturnValue:
    form, people = _form()
    if request.method == "GET":
        return _page(form, people)
    if not form.validate():
        return _page(form, people), HTTPStatus.UNPROCESSABLE_ENTITY
    return _make(form, people[str(form.to.data)])


@bp.post("/taken/vervanging/<uuid:delegation_id>/stoppen")
@requires(*Role)
def end(delegation_id: UUID) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    try:
        ended = end_delegation(session, delegation_id, user.person)
    except LookupError:
        not_theirs(f"delegation:{delegation_id}")
    name = _names([ended.to_person])[ended.to_person]
    record_event(session, "delegation-ended", actor=user.label, kvk=user.kvk, to=name)
    unit_of_work(session).commit()
    flash("De vervanging is gestopt.", "ok")
    return redirect(url_for("tasks.delegations"), 303)


def _make(form: DelegationForm, to: Person) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    delegate_to(
        session,
        user.person,
        to,
        from_date=form.first.data,  # type: ignore[arg-type] # read as a date
        until_date=form.last.data,  # type: ignore[arg-type]
        process_key=form.process_key.data or None,
        reason=form.reason.data or "",
    )
    record_event(
        session,
        "delegation-made",
        actor=user.label,
        kvk=user.kvk,
        to=to.name,
        reason=form.reason.data,
    )
    unit_of_work(session).commit()
    flash(f"{to.name} doet uw taken in die dagen.", "ok")
    return redirect(url_for("tasks.delegations"), 303)


def _form() -> tuple[DelegationForm, dict[str, Person]]:
    session, person = db.session(), current_user().person
    people = {one.reference: one for one in colleagues_of(session, person)}
    form = DelegationForm(request.form if request.method == "POST" else None)
    form.to.choices = [("", "Kies een collega"), *((ref, one.name) for ref, one in people.items())]
    known = worklist(session, person, Wanted(), hidden_forms=OWN_LISTS).processes
    form.process_key.choices = [("", "Alle processen"), *known.items()]
    return form, people


def _page(form: DelegationForm, people: dict[str, Person]) -> str:
    session, person = db.session(), current_user().person
    found = delegations_of(session, person)
    known = _names([each for one in found for each in (one.from_person, one.to_person)])
    names = {one.id: (known[one.from_person], known[one.to_person]) for one in found}
    return render_template(
        "tasks/delegations.html", form=form, people=people, found=found, names=names, me=person
    )


def _names(references: Sequence[str]) -> dict[str, str]:
    """What each of these people is called."""
    query = select(KnownPerson.reference, KnownPerson.name)
    known = db.session().execute(query.where(KnownPerson.reference.in_(references)))
    return dict.fromkeys(references, "iemand die niet meer bekend is") | dict(known.all())

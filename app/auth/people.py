"""The people of a company: their names and rights, and who is let in no more."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.auth import sessions
from app.web.access import Role, current_kvk, current_user, needs, needs_recent_login, requires
from app.web.db import db
from app.web.form_pages.company_facts import may_declare
from app.web.limits import Rate, limited
from app.web.pages import form_submission_id
from forms.provider.people import InvitationForm, OwnNameForm, RightForm
from processes.engine.execution.jobs import create_job
from processes.register.providers import people
from processes.register.providers.people import (
    Invitation,
    LastAdministratorError,
    NameTakenError,
    ProviderUser,
    Right,
    UnknownPersonError,
)
from processes.register.providers.providers import Provider, provider_of
from processes.unit_of_work import unit_of_work

bp = Blueprint("people", __name__, url_prefix="/bedrijf/mensen")
View = Callable[..., ResponseReturnValue]
MOST_INVITATIONS = 20
LAST = (
    "U bent de enige beheerder. Maak eerst een collega beheerder: anders kan niemand uw bedrijf "
    "en uw mensen nog wijzigen."
)


@bp.get("")
@requires(Role.PROVIDER)
def index() -> ResponseReturnValue:
    _provider()
    return _page()


@bp.post("/naam")
@requires(Role.PROVIDER)
@needs(Right.READER)
def rename() -> ResponseReturnValue:
    """Everybody chooses their own name, whatever their right."""
    form, person = OwnNameForm(request.form), _myself()
    if not form.validate():
        return _page(own=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        people.rename(db.session(), person, form.name.data or "")
    except NameTakenError:
        form.name.errors = ["Een collega heet al zo. Kies een naam waaraan men u herkent."]
        return _page(own=form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _done(person, f"U heet nu {person.shown_name}.")


def for_administrators(view: View) -> View:
    """Decorator: administrators only, and with a mandate for the whole company (R54, R55)."""

    @needs(Right.ADMINISTRATOR)
    @wraps(view)
    def checked(**arguments: Any) -> ResponseReturnValue:
        if not may_declare(current_user()):
            return render_template("auth/branch_only.html"), HTTPStatus.FORBIDDEN
        return view(**arguments)

    return checked


@bp.post("/<uuid:person_id>/recht")
@requires(Role.PROVIDER)
@needs_recent_login
@for_administrators
def change_right(person_id: UUID) -> ResponseReturnValue:
    form, person = RightForm(request.form), _person(person_id)
    if not form.validate():
        return _page(problem="Kies wat deze persoon mag."), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        people.change_right(db.session(), person, form.chosen(), by=current_user().label)
    except LastAdministratorError:
        return _page(problem=LAST), HTTPStatus.CONFLICT
    return _done(person, f"{person.shown_name} is nu {person.right}.")


@bp.post("/<uuid:person_id>/beeindigen")
@requires(Role.PROVIDER)
@needs_recent_login
@for_administrators
def end_access(person_id: UUID) -> ResponseReturnValue:
    """From now on this person is let in no more, in no browser."""
    person = _person(person_id)
    try:
        people.end_access(db.session(), person, by=current_user().label)
    except LastAdministratorError:
        return _page(problem=LAST), HTTPStatus.CONFLICT
    return _done(person, f"{person.shown_name} heeft geen toegang meer.")


@bp.post("/<uuid:person_id>/herstellen")
@requires(Role.PROVIDER)
@needs_recent_login
@for_administrators
def restore_access(person_id: UUID) -> ResponseReturnValue:
    person = _person(person_id)
    people.restore_access(db.session(), person, by=current_user().label)
    return _done(person, f"{person.shown_name} mag weer inloggen, als lezer.")


@bp.post("/uitnodigen")
@requires(Role.PROVIDER)
@needs_recent_login
@limited(Rate.LOGIN)
@for_administrators
def invite() -> ResponseReturnValue:
    """A mail with a link: who follows it logs in with eHerkenning and gets the right."""
    provider, form = _provider(), InvitationForm(request.form)
    if form.validate() and len(_invitations()) >= MOST_INVITATIONS:
        form.email.errors = ["Er staan al veel uitnodigingen open. Trek er eerst een in."]
    if form.errors or form.email.errors:
        return _page(invitation=form), HTTPStatus.UNPROCESSABLE_ENTITY
    session, by = db.session(), current_user().label
    email, id_ = form.email.data or "", form_submission_id()
    asked = people.invite(session, provider.kvk, email, form.chosen(), by=by, id_=id_)
    create_job(
        session,
        "send-invitation",
        {"invitation_id": str(asked.id)},
        idempotency_key=f"send-invitation:{asked.id}",
        tenant=provider.kvk,
    )
    unit_of_work(session).commit()
    flash(f"Wij sturen een uitnodiging naar {asked.email}.", "ok")
    return redirect(url_for("people.index"), 303)


@bp.post("/uitnodigingen/<uuid:invitation_id>/intrekken")
@requires(Role.PROVIDER)
@for_administrators
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    invitation = _invitation(invitation_id)
    people.withdraw(db.session(), invitation, by=current_user().label)
    unit_of_work(db.session()).commit()
    flash("De uitnodiging is ingetrokken.", "ok")
    return redirect(url_for("people.index"), 303)


@bp.get("/uitnodigingen/<uuid:invitation_id>")
@requires(Role.PROVIDER)
def invited(invitation_id: UUID) -> ResponseReturnValue:
    """Where the link of the mail leads to, after logging in for this company (R62)."""
    invitation, person = _invitation(invitation_id), _myself()
    return render_template("auth/invited.html", invitation=invitation, person=person)


@bp.post("/uitnodigingen/<uuid:invitation_id>")
@requires(Role.PROVIDER)
@needs(Right.READER)
def accept(invitation_id: UUID) -> ResponseReturnValue:
    person = _myself()
    people.accept(db.session(), _invitation(invitation_id), person)
    return _done(person, f"Welkom. U bent nu {person.right}.")


def _done(person: ProviderUser, text: str) -> ResponseReturnValue:
    """The sessions of this person follow at once."""
    sessions.follow(db.session(), person)
    unit_of_work(db.session()).commit()
    flash(text, "ok")
    return redirect(url_for("people.index"), 303)


def _provider() -> Provider:
    """The company of this request; its people are managed from its registration on."""
    found = provider_of(db.session(), current_kvk())
    if found is None:
        flash("Meld uw organisatie eerst aan. Daarna beheert u wie wat mag.", "info")
        abort(redirect("/aanmelding", 303))
    return found


def _myself() -> ProviderUser:
    return _person(current_user().id)


def _person(person_id: UUID) -> ProviderUser:
    try:
        return people.person_of(db.session(), current_kvk(), person_id)
    except UnknownPersonError:
        abort(404)


def _invitation(invitation_id: UUID) -> Invitation:
    try:
        return people.invitation_of(db.session(), current_kvk(), invitation_id)
    except UnknownPersonError:
        abort(404)


def _invitations() -> list[Invitation]:
    return list(people.invitations_of(db.session(), current_kvk()))


def _page(
    *,
    own: OwnNameForm | None = None,
    invitation: InvitationForm | None = None,
    problem: str = "",
) -> str:
    everybody = people.people_of(db.session(), current_kvk())
    me = next((each for each in everybody if each.id == current_user().id), None)
    is_administrator = current_user().may(Right.ADMINISTRATOR)
    return render_template(
        "auth/people.html",
        people=everybody,
        me=me,
        invitations=_invitations() if is_administrator else [],
        own=own or OwnNameForm(None, data={"name": me.name if me else ""}),
        invitation=invitation or InvitationForm(None, data={"right": Right.EDITOR.value}),
        wrong=own or invitation,
        problem=problem,
        may_manage=is_administrator and may_declare(current_user()),
    )

"""A provider that leaves, guided: what will happen, until when, staying after all, coming back."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.tasks.blueprint import bp
from app.tasks.whole_company import for_whole_company
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from forms.provider.leaving import LeavingForm
from processes.base import today
from processes.casework.providers import leaving
from processes.engine.execution.instances import AlreadyRunningError
from processes.register.offers.overview import counters
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work


@bp.get("/bedrijf/vertrekken")
@requires(Role.PROVIDER)
@for_whole_company
def leave(provider: Provider) -> ResponseReturnValue:
    """What leaving does, and how far it is."""
    return _page(provider, LeavingForm())


@bp.post("/bedrijf/vertrekken")
@requires(Role.PROVIDER)
@needs_recent_login
@for_whole_company
def begin_leaving(provider: Provider) -> ResponseReturnValue:
    """Begin; a second click finds what the first one began."""
    form, user = LeavingForm(request.form), current_user()
    if provider.is_closed:
        return _page(provider, form), HTTPStatus.CONFLICT
    if not form.validate():
        return _page(provider, form), HTTPStatus.UNPROCESSABLE_ENTITY
    who = {"by": user.label, "initiator": user.person.reference}
    try:
        leaving.begin(db.session(), provider, form.chosen(), **who)
    except AlreadyRunningError:
        db.session().rollback()
    else:
        unit_of_work(db.session()).commit()
    flash("U vertrekt. De contactpersoon krijgt een bevestiging per e-mail.", "ok")
    return redirect(url_for("tasks.leave"), 303)


@bp.post("/bedrijf/blijven")
@requires(Role.PROVIDER)
@for_whole_company
def stay(provider: Provider) -> ResponseReturnValue:
    if not leaving.stay(db.session(), provider, by=current_user().label):
        db.session().rollback()
        flash("Uw laatste dag is al voorbij. U kunt wel terugkomen.", "warning")
        return redirect(url_for("tasks.leave"), 303)
    unit_of_work(db.session()).commit()
    flash("U blijft. Wij zetten de einddatums terug die het vertrek had gezet.", "ok")
    return redirect(url_for("offers.index"), 303)


@bp.post("/bedrijf/terugkomen")
@requires(Role.PROVIDER)
@needs_recent_login
@for_whole_company
def come_back(provider: Provider) -> ResponseReturnValue:
    leaving.come_back(db.session(), provider, by=current_user().label)
    unit_of_work(db.session()).commit()
    flash("Welkom terug. Kijk uw gegevens na: wat er van u stond, is er nog of vult u aan.", "ok")
    return redirect(url_for("tasks.company"), 303)


def _page(provider: Provider, form: LeavingForm) -> str:
    return render_template(
        "tasks/leave.html",
        provider=provider,
        form=form,
        leave=leaving.leave_of(db.session(), provider.kvk),
        today=today(),
        counters=counters(db.session(), provider.kvk, on=today()),
    )

"""Who declared which version of the requirements, and asking those who did not (R40)."""

from datetime import date
from http import HTTPStatus
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.registrar.blueprint import bp
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.pages import page_number
from forms.provider.declarations import CampaignForm
from processes.base import today
from processes.casework.redeclarations import (
    PROCESS,
    asked_now,
    begin_campaign,
    count_asked,
    count_waiting,
)
from processes.engine.deployment.definitions import latest_of
from processes.register.campaigns import (
    Declared,
    campaigns,
    last_declared,
    providers_by_declaration,
)
from processes.register.declarations import current_requirements
from processes.unit_of_work import unit_of_work


@bp.get("/verklaringen")
@requires(Role.REGISTRAR)
def declarations() -> ResponseReturnValue:
    return _page(CampaignForm())


@bp.post("/verklaringen")
@requires(Role.REGISTRAR)
def ask_declarations() -> ResponseReturnValue:
    """Begin a campaign; each provider gets a task and a mail."""
    form, session = CampaignForm(request.form), db.session()
    until = cast("date | None", form.until.data)
    if not form.validate() or until is None:
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    if latest_of(session, PROCESS) is None:
        flash("Het proces voor een nieuwe verklaring is nog niet in gebruik.", "error")
        return _page(form), HTTPStatus.CONFLICT
    if not count_waiting(session):  # a colleague asked them meanwhile
        flash("Er is niemand te vragen: elke actieve aanbieder verklaarde of is gevraagd.", "info")
        return redirect(url_for("registrar.declarations"), 303)
    campaign = begin_campaign(session, until, by=current_user().label)
    unit_of_work(session).commit()
    flash(
        f"{'1 aanbieder krijgt' if campaign.asked == 1 else f'{campaign.asked} aanbieders krijgen'}"
        " een taak en een e-mail, "
        f"met {campaign.until:%d-%m-%Y} als laatste dag.",
        "ok",
    )
    return redirect(url_for("registrar.declarations"), 303)


def _page(form: CampaignForm) -> str:
    session = db.session()
    page = providers_by_declaration(session, _which(), page_number())
    kvks = [each.kvk for each in page]
    return render_template(
        "registrar/declarations.html",
        form=form,
        current=current_requirements(session),
        campaigns=campaigns(session),
        which=_which().value,
        page=page,
        declared=last_declared(session, kvks),
        asked=asked_now(session, kvks),
        waiting=count_waiting(session),
        still_asked=count_asked(session),
        today=today(),
    )


def _which() -> Declared:
    try:
        return Declared(request.args.get("stand", ""))
    except ValueError:
        return Declared.ALL

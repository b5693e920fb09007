"""The staff lets a provider have another KvK number, or merges it with another one (R59)."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.registrar.blueprint import bp
from app.registrar.providers import provider_with
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from forms.provider.kvk_numbers import MergeForm, TransferForm
from processes.casework.providers import merging, transfers
from processes.casework.providers.kvk_numbers import why_no_merge, why_no_transfer
from processes.engine.deployment.definitions import UnknownProcessError
from processes.engine.execution.instances import AlreadyRunningError
from processes.register.providers.former_numbers import former_numbers
from processes.register.providers.providers import Provider
from processes.unit_of_work import unit_of_work

NOT_DEPLOYED = "Het proces hiervoor is nog niet in gebruik."


@bp.get("/<uuid:provider_id>/kvk-nummer")
@requires(Role.REGISTRAR)
def numbers(provider_id: UUID) -> ResponseReturnValue:
    return _page(provider_with(db.session(), provider_id))


@bp.post("/<uuid:provider_id>/kvk-nummer/overzetten")
@requires(Role.REGISTRAR)
@needs_recent_login
def begin_transfer(provider_id: UUID) -> ResponseReturnValue:
    """Ask both companies whether the registration may go to another number."""
    session, form = db.session(), TransferForm(request.form)
    one, by = provider_with(session, provider_id), current_user().label
    if not form.validate():
        return _page(one, transfer=form), HTTPStatus.UNPROCESSABLE_ENTITY
    new_kvk = form.new_kvk.data or ""
    if why := why_no_transfer(session, one.kvk, new_kvk):
        form.new_kvk.errors = [why]
        return _page(one, transfer=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        transfers.begin(session, one, new_kvk, form.chosen(), by=by)
    except AlreadyRunningError:
        return _running(provider_id)
    except UnknownProcessError:
        flash(NOT_DEPLOYED, "error")
        return _page(one, transfer=form), HTTPStatus.CONFLICT
    unit_of_work(session).commit()
    flash("Wij vragen beide bedrijven om akkoord. Daarna krijgt u een taak.", "ok")
    return redirect(url_for("registrar.provider", provider_id=provider_id), 303)


@bp.post("/<uuid:provider_id>/kvk-nummer/samenvoegen")
@requires(Role.REGISTRAR)
@needs_recent_login
def begin_merge(provider_id: UUID) -> ResponseReturnValue:
    """Show what a merge with another provider does."""
    session, form = db.session(), MergeForm(request.form)
    one = provider_with(session, provider_id)
    if not form.validate():
        return _page(one, merge=form), HTTPStatus.UNPROCESSABLE_ENTITY
    if why := why_no_merge(session, one.kvk, form.new_kvk.data or ""):
        form.new_kvk.errors = [why]
        return _page(one, merge=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        merging.begin(session, one, form.new_kvk.data or "", by=current_user().label)
    except AlreadyRunningError:
        return _running(provider_id)
    except UnknownProcessError:
        flash(NOT_DEPLOYED, "error")
        return _page(one, merge=form), HTTPStatus.CONFLICT
    unit_of_work(session).commit()
    return _to_merge(one)


def _to_merge(one: Provider) -> ResponseReturnValue:
    task = merging.merge_task(db.session(), one.kvk)
    if task is not None:
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    return redirect(url_for("registrar.provider", provider_id=one.id), 303)


def _running(provider_id: UUID) -> ResponseReturnValue:
    """There is a case already: of a merge its task, if it is there; else it is told."""
    db.session().rollback()
    flash("Er loopt al een zaak over dit KvK-nummer.", "info")
    return _to_merge(provider_with(db.session(), provider_id))


def _page(
    one: Provider, *, transfer: TransferForm | None = None, merge: MergeForm | None = None
) -> str:
    session = db.session()
    merge_task = merging.merge_task(session, one.kvk)
    return render_template(
        "registrar/numbers.html",
        provider=one,
        transfer=transfer or TransferForm(),
        merge=merge or MergeForm(),
        former=former_numbers(session, one),
        merge_task=merge_task,
        is_transferred=transfers.transfer_of(session, one.kvk) is not None,
    )

"""Pages for moving, skipping or repeating a token, setting a variable there, and undoing that."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.operations.blueprint import bp
from app.operations.cases.page import instance_with
from app.web.access import Role, current_user, requires
from app.web.db import db
from forms.operations import NO_JSON, TokenForm, VariableForm
from processes.engine.diagram import elements
from processes.engine.insight.why_waiting import Waiting, why_waiting
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.language.values import VariablesError
from processes.engine.repair import modification, snapshots
from processes.engine.store.models import ProcessInstance
from processes.engine.store.snapshot_models import InstanceSnapshot
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

PLACES = ("Task", "task", "Gateway", "endEvent", "callActivity", "subProcess", "CatchEvent")

ACTIONS: dict[str, tuple[Callable[..., InstanceSnapshot], str]] = {
    "move": (modification.move_token, "Verplaatst."),
    "skip": (modification.skip, "Overgeslagen."),
    "repeat": (modification.repeat, "Opnieuw begonnen."),
}


@bp.get("/beheer/processen/<uuid:instance_id>/plek/<uuid:token_id>")
@requires(Role.OPERATOR)
def token(instance_id: UUID, token_id: UUID) -> ResponseReturnValue:
    waiting = _waiting(instance_id, token_id)
    one = instance_with(instance_id)
    return _page(one, waiting, _form(one))


@bp.post("/beheer/processen/<uuid:instance_id>/plek/<uuid:token_id>")
@requires(Role.OPERATOR)
def change_token(instance_id: UUID, token_id: UUID) -> ResponseReturnValue:
    waiting = _waiting(instance_id, token_id)
    one = instance_with(instance_id)
    form = _form(one, request.form)
    if not form.validate():
        return _page(one, waiting, form), 422
    try:
        said = _perform(one, token_id, form)
    except CannotMoveError as refused:
        db.session().rollback()
        form.form_errors.append(refused.reason)
        return _page(instance_with(instance_id), waiting, form), 422
    flash(f"{said} U kunt dit terugdraaien zolang de zaak hier wacht.", "ok")
    return redirect(url_for("operations.instance", instance_id=instance_id))


@bp.get("/beheer/processen/<uuid:instance_id>/plek/<uuid:token_id>/gegeven")
@requires(Role.OPERATOR)
def variable(instance_id: UUID, token_id: UUID) -> ResponseReturnValue:
    waiting = _waiting(instance_id, token_id)
    return _variable_page(instance_with(instance_id), waiting, VariableForm())


@bp.post("/beheer/processen/<uuid:instance_id>/plek/<uuid:token_id>/gegeven")
@requires(Role.OPERATOR)
def set_variable(instance_id: UUID, token_id: UUID) -> ResponseReturnValue:
    """Set a variable at this token; the audit trail gets its name, never its value."""
    waiting, form = _waiting(instance_id, token_id), VariableForm(request.form)
    one, session = instance_with(instance_id), db.session()
    if not form.validate():
        return _variable_page(one, waiting, form), 422
    given = (form.name.data or "", form.given)
    reason = f"{given[0]}: {form.reason.data}"
    try:
        modification.set_variable(
            session, one.id, token_id, given, by=current_user().label, reason=reason
        )
    except (CannotMoveError, VariablesError) as refused:
        session.rollback()
        form.form_errors.append(getattr(refused, "reason", NO_JSON))
        return _variable_page(instance_with(instance_id), waiting, form), 422
    _record(one, "variable-set", reason)
    flash("Het gegeven is gewijzigd. U kunt dit terugdraaien zolang de zaak hier wacht.", "ok")
    return redirect(url_for("operations.instance", instance_id=instance_id))


@bp.post("/beheer/processen/<uuid:instance_id>/terugdraaien/<uuid:snapshot_id>")
@requires(Role.OPERATOR)
def undo(instance_id: UUID, snapshot_id: UUID) -> ResponseReturnValue:
    one, session = instance_with(instance_id), db.session()
    snapshot = session.get(InstanceSnapshot, snapshot_id)
    if snapshot is None or snapshot.instance_id != one.id:
        abort(404)
    try:
        modification.undo(session, snapshot_id, by=current_user().label)
    except snapshots.NotUndoableError as refused:
        session.rollback()
        flash(refused.reason, "error")
    else:
        _record(one, "token-undone", snapshot.reason)
        flash("Teruggedraaid: de zaak is weer zoals hij was.", "ok")
    return redirect(url_for("operations.instance", instance_id=instance_id))


def _perform(one: ProcessInstance, token_id: UUID, form: TokenForm) -> str:
    perform, said = ACTIONS[form.action.data]
    reason, place = form.reason.data or "", (form.to.data,) if form.action.data == "move" else ()
    perform(db.session(), one.id, token_id, *place, by=current_user().label, reason=reason)
    _record(one, f"token-{form.action.data}", reason)
    return said


def _record(one: ProcessInstance, action: str, reason: str) -> None:
    record_event(
        db.session(),
        action,
        actor=current_user().label,
        kvk=one.tenant,
        subject=f"instance:{one.id}",
        reason=reason,
    )
    unit_of_work(db.session()).commit()


def _waiting(instance_id: UUID, token_id: UUID) -> Waiting:
    instance_with(instance_id)
    found = [each for each in why_waiting(db.session(), instance_id) if each.token_id == token_id]
    return found[0] if found else abort(404)


def _form(one: ProcessInstance, sent: MultiDict[str, str] | None = None) -> TokenForm:
    form = TokenForm(sent)
    drawn = elements.read(one.definition.xml.encode()).elements.values()
    places = [each for each in drawn if each.type.endswith(PLACES)]
    named = sorted((each.name or each.id, each.id) for each in places)
    form.to.choices = [("", "Kies een onderdeel"), *((id_, name) for name, id_ in named)]
    return form


def _page(one: ProcessInstance, waiting: Waiting, form: TokenForm) -> str:
    return render_template("operations/token.html", instance=one, waiting=waiting, form=form)


def _variable_page(one: ProcessInstance, waiting: Waiting, form: VariableForm) -> str:
    return render_template("operations/variable.html", instance=one, waiting=waiting, form=form)

"""Pages for moving, skipping or repeating a token, with data, and for undoing a change."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.operations.blueprint import bp
from app.operations.cases.page import instance_with
from app.operations.cases.parts import definition_at
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from forms.operators.operations import TokenForm
from processes.engine.diagram import elements
from processes.engine.diagram.same_names import told_apart
from processes.engine.insight.local_variables import variables_at
from processes.engine.insight.why_waiting import Waiting, why_waiting
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.language.values import VariablesError
from processes.engine.repair import modification, snapshots
from processes.engine.store.models import ProcessInstance
from processes.engine.store.snapshot_models import InstanceSnapshot
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

UNKEPT = "Een van deze waarden kan Loket niet bewaren: het getal is te groot."
PLACES = ("Task", "task", "Gateway", "endEvent", "callActivity", "subProcess", "CatchEvent")

ACTIONS: dict[str, tuple[Callable[..., InstanceSnapshot], str]] = {
    "move": (modification.move_token, "Verplaatst."),
    "skip": (modification.skip, "Overgeslagen."),
    "repeat": (modification.repeat, "Opnieuw begonnen."),
}


@bp.get("/beheer/processen/<uuid:instance_id>/plek/<uuid:token_id>")
@requires(Role.OPERATOR)
def token(instance_id: UUID, token_id: UUID) -> ResponseReturnValue:
    waiting = waiting_with(instance_id, token_id)
    one = instance_with(instance_id)
    return _page(one, waiting, _form(one, token_id))


@bp.post("/beheer/processen/<uuid:instance_id>/plek/<uuid:token_id>")
@requires(Role.OPERATOR)
@needs_recent_login
def change_token(instance_id: UUID, token_id: UUID) -> ResponseReturnValue:
    waiting = waiting_with(instance_id, token_id)
    one = instance_with(instance_id)
    form = _form(one, token_id, request.form)
    if not form.validate():
        return _page(one, waiting, form), 422
    try:
        said = _perform(one, token_id, form)
    except (CannotMoveError, VariablesError) as refused:
        db.session().rollback()
        form.form_errors.append(getattr(refused, "reason", UNKEPT))
        return _page(instance_with(instance_id), waiting, form), 422
    flash(f"{said} U kunt dit terugdraaien zolang de zaak hier wacht.", "ok")
    return redirect(url_for("operations.instance", instance_id=instance_id))


@bp.post("/beheer/processen/<uuid:instance_id>/terugdraaien/<uuid:snapshot_id>")
@requires(Role.OPERATOR)
@needs_recent_login
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
        is_cancel = snapshot.action == snapshots.CANCEL
        _record(one, "instance-restored" if is_cancel else "token-undone", snapshot.reason)
        done = "Teruggenomen" if is_cancel else "Teruggedraaid"
        flash(f"{done}: de zaak is weer zoals hij was.", "ok")
    return redirect(url_for("operations.instance", instance_id=instance_id))


def _perform(one: ProcessInstance, token_id: UUID, form: TokenForm) -> str:
    perform, said = ACTIONS[form.action.data]
    reason, place = form.reason.data or "", (form.to.data,) if form.action.data == "move" else ()
    given = {each.form.name.data: each.form.given for each in form.given if each.form.name.data}
    perform(
        db.session(),
        one.id,
        token_id,
        *place,
        by=current_user().label,
        reason=reason,
        variables=given,
    )
    _record(one, f"token-{form.action.data}", reason, variables=sorted(given))
    return said


def _record(one: ProcessInstance, action: str, reason: str, **details: Any) -> None:
    """Write what was done to this case to the audit trail, never a value; and commit."""
    record_event(
        db.session(),
        action,
        actor=current_user().label,
        kvk=one.tenant,
        subject=f"instance:{one.id}",
        reason=reason,
        **{name: value for name, value in details.items() if value},
    )
    unit_of_work(db.session()).commit()


def waiting_with(instance_id: UUID, token_id: UUID) -> Waiting:
    """What this token of the instance waits for, or 404."""
    instance_with(instance_id)
    found = [each for each in why_waiting(db.session(), instance_id) if each.token_id == token_id]
    return found[0] if found else abort(404)


def _form(
    one: ProcessInstance, token_id: UUID, sent: MultiDict[str, str] | None = None
) -> TokenForm:
    form = TokenForm(sent)
    known = variables_at(db.session(), one, token_id)
    for each in form.given:
        each.form.known = known
    drawn = elements.read(definition_at(one, token_id).xml.encode()).elements.values()
    named = told_apart({each.id: each.choice for each in drawn if each.type.endswith(PLACES)})
    places = sorted(named.items(), key=lambda each: (each[1], each[0]))
    form.to.choices = [("", "Kies een onderdeel"), *places]
    return form


def _page(one: ProcessInstance, waiting: Waiting, form: TokenForm) -> str:
    definition = definition_at(one, waiting.token_id) if waiting.token_id else one.definition
    return render_template(
        "operations/token.html", instance=one, waiting=waiting, form=form, definition=definition
    )

"""Pages that change a variable of a running case, of the whole or at one token, with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.operations.blueprint import bp
from app.operations.cases.page import instance_with
from app.operations.cases.tokens import UNKEPT, waiting_with
from app.operations.cases.variables import variables_or_none, written
from app.operations.masks import HIDDEN, as_json, masked
from app.operations.names import element_name
from app.web.access import Role, current_user, needs_recent_login, requires
from app.web.db import db
from forms.operators.operations import VariableForm
from forms.operators.variable_values import kind_of
from processes.engine.insight.local_variables import variables_at
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.language.values import VariablesError
from processes.engine.repair import modification
from processes.engine.store.models import ProcessInstance
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

MOVED_ON = "De zaak is intussen verder gegaan. Kijk of dit nog klopt, en verstuur het dan opnieuw."


@dataclass(frozen=True)
class Shown:
    """One variable as the page shows it: what may be personal is hidden."""

    name: str
    kind: str
    value: str
    is_hidden: bool


@bp.route("/beheer/processen/<uuid:instance_id>/gegevens/wijzigen", methods=["GET", "POST"])
@requires(Role.OPERATOR)
@needs_recent_login
def variables(instance_id: UUID) -> ResponseReturnValue:
    """A variable of the whole case, wherever a token sees it."""
    one = instance_with(instance_id)
    return _answer(one, None, "", variables_or_none(db.session(), one))


@bp.route(
    "/beheer/processen/<uuid:instance_id>/plek/<uuid:token_id>/gegeven", methods=["GET", "POST"]
)
@requires(Role.OPERATOR)
@needs_recent_login
def variable(instance_id: UUID, token_id: UUID) -> ResponseReturnValue:
    """A variable as one token sees it: what is local there, or what it goes on with."""
    waiting, one = waiting_with(instance_id, token_id), instance_with(instance_id)
    place = element_name(one, waiting.element_id) or "deze plek"
    return _answer(one, token_id, place, variables_at(db.session(), one, token_id))


def _answer(
    one: ProcessInstance, token_id: UUID | None, place: str, known: Mapping[str, Any]
) -> ResponseReturnValue:
    form = _form(known)
    if request.method != "POST":
        return _page(one, place, known, form)
    if not form.validate() or not _is_as_shown(one, form):
        return _page(one, place, known, form), 422
    name, reason = form.name.data or "", form.reason.data or ""
    try:
        modification.set_variables(
            db.session(),
            one.id,
            token_id,
            {name: form.given},
            by=current_user().label,
            reason=f"{name}: {reason}",
        )
    except (CannotMoveError, VariablesError) as refused:
        db.session().rollback()
        form.form_errors.append(getattr(refused, "reason", UNKEPT))
        return _page(instance_with(one.id), place, known, form), 422
    record_event(
        db.session(),
        "variable-set",
        actor=current_user().label,
        kvk=one.tenant,
        subject=f"instance:{one.id}",
        reason=f"{name}: {reason}",
    )
    unit_of_work(db.session()).commit()
    flash("Het gegeven is gewijzigd. U kunt dit terugdraaien zolang de zaak hier wacht.", "ok")
    return redirect(url_for("operations.instance", instance_id=one.id))


def _form(known: Mapping[str, Any]) -> VariableForm:
    """What was sent; else the variable that a link names, with its value if that may be seen."""
    name = request.args.get("naam", "")
    filled = {}
    if name in known:
        filled = {"name": name, "kind": "keep"}
        value = _shown(name, known[name])
        filled |= {} if value.is_hidden else {"value": written(known[name])}
    form = VariableForm(request.form if request.method == "POST" else None, data=filled)
    form.known = known
    return form


def _is_as_shown(one: ProcessInstance, form: VariableForm) -> bool:
    """Whether the case stands as it did when the page was made; else the form says so."""
    if request.form.get("stand", "") in ("", str(one.row_version)):
        return True
    form.form_errors.append(MOVED_ON)
    return False


def _shown(name: str, value: Any) -> Shown:
    hidden = masked({name: value})[name]
    return Shown(name, kind_of(value), as_json(hidden), is_hidden=HIDDEN in as_json(hidden))


def _page(one: ProcessInstance, place: str, known: Mapping[str, Any], form: VariableForm) -> str:
    return render_template(
        "operations/variable.html",
        instance=one,
        place=place,
        form=form,
        known=[_shown(name, known[name]) for name in sorted(known)],
    )

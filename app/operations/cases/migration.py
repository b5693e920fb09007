"""Moves one case to another version of its process: dry run, mapping, reason, and undo as usual."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.operations.blueprint import bp
from app.operations.cases.page import instance_with
from app.operations.names import element_name
from app.web.access import Role, current_user, is_no_try, needs_recent_login_when, requires
from app.web.db import db
from app.web.diagrams.element_mapping import Choice, choices_of, sent_mapping
from forms.operators.operations import ReasonForm
from processes.engine.insight.history import waiting_at
from processes.engine.interpreter.moving.compatibility import CannotMoveError
from processes.engine.repair.migration import single
from processes.engine.repair.migration.runs import CLEAN, Forecast
from processes.engine.store.models import InstanceStatus, ProcessDefinition, ProcessInstance
from processes.engine.store.snapshot_models import MigrationOutcome
from processes.engine.words.facts import drawn_elements
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

RUNNING = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


@bp.get("/beheer/processen/<uuid:instance_id>/versie")
@requires(Role.OPERATOR)
def ask_version(instance_id: UUID) -> ResponseReturnValue:
    """The dry run to a version (naar=), the newest other one by default; nothing happens yet."""
    one = _running(instance_id)
    return _page(one, _target(one, request.args.get("naar", "")), {}, ReasonForm())


@bp.post("/beheer/processen/<uuid:instance_id>/versie")
@requires(Role.OPERATOR)
@needs_recent_login_when(is_no_try)
def change_version(instance_id: UUID) -> ResponseReturnValue:
    """Try again with another mapping, or migrate."""
    one, form = _running(instance_id), ReasonForm(request.form)
    target, mapping = _target(one, request.form.get("naar", "")), sent_mapping(request.form)
    if request.form.get("action") == "try":
        return _page(one, target, mapping, form)
    if not form.validate():
        return _page(one, target, mapping, form), 422
    was, reason = one.definition.version, form.reason.data or ""
    by = current_user().label
    try:
        single.migrate_one(db.session(), one.id, target.id, mapping, by=by, reason=reason)
    except CannotMoveError as refused:
        db.session().rollback()
        form.form_errors.append(refused.reason)
        return _page(instance_with(instance_id), target, mapping, form), 422
    record_event(
        db.session(),
        "instance-migrated",
        actor=by,
        kvk=one.tenant,
        subject=f"instance:{one.id}",
        reason=reason,
        old=was,
        new=target.version,
        mapping=mapping,
    )
    unit_of_work(db.session()).commit()
    flash(f"De zaak loopt nu op versie {target.version}. U kunt dit hieronder terugdraaien.", "ok")
    return redirect(url_for("operations.instance", instance_id=instance_id))


def _running(instance_id: UUID) -> ProcessInstance:
    one = instance_with(instance_id)
    return one if one.status in RUNNING else abort(404)


def _others(one: ProcessInstance) -> list[ProcessDefinition]:
    """The other versions of this process, the newest first."""
    query = select(ProcessDefinition).where(
        ProcessDefinition.key == one.process_key, ProcessDefinition.id != one.definition_id
    )
    ordered = query.order_by(ProcessDefinition.version.desc())
    return list(db.session().scalars(ordered.options(undefer(ProcessDefinition.xml))))


def _target(one: ProcessInstance, number: str) -> ProcessDefinition:
    """The version that was chosen, else the newest other one; 404 where there is none."""
    others = _others(one)
    chosen = [each for each in others if str(each.version) == number]
    return next(iter([*chosen, *others]), None) or abort(404)


def _page(
    one: ProcessInstance, target: ProcessDefinition, mapping: Mapping[str, str], form: ReasonForm
) -> str:
    session = db.session()
    found = single.try_one(session, one.id, target.id, mapping)
    waits_at = waiting_at(session, one.id)
    return render_template(
        "operations/migrate_one.html",
        instance=one,
        target=target,
        others=_others(one),
        found=found,
        is_clean=found.outcome == CLEAN,
        places=[element_name(one, id_) for id_ in waits_at],
        marks=_marks(found, waits_at),
        choices=_choices(one, target, found, mapping),
        form=form,
    )


def _choices(
    one: ProcessInstance,
    target: ProcessDefinition,
    found: Forecast,
    mapping: Mapping[str, str],
) -> tuple[Choice, ...]:
    old = drawn_elements(one.definition.xml.encode())
    known = {id_: to for id_, to in mapping.items() if id_ in old}
    needs = found.outcome == MigrationOutcome.NEEDS_MAPPING and found.element_id
    wanted = set(known) | ({found.element_id} if needs and found.element_id else set())
    return choices_of(old, drawn_elements(target.xml.encode()), wanted, known)


def _marks(found: Forecast, waits_at: list[str]) -> list[dict[str, Any]]:
    """Where the case waits, on the old diagram."""
    mark = "clean" if found.outcome == CLEAN else "blocked"
    return [{"id": id_, "mark": mark, "text": "hier"} for id_ in waits_at]

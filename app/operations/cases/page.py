"""Page of one instance: diagram, why it waits, history, variables, manual changes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from app.operations.blueprint import bp
from app.operations.cases.decisions import decision_lines
from app.operations.cases.parts import badges_of, elements_in
from app.operations.cases.variables import variables_or_none
from app.operations.masks import HIDDEN, masked
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.diagrams.files import diagram_file
from app.web.kept_pages import shown_once
from forms.operators.operations import ReasonForm
from processes.engine.insight.choices import Considered, choices_in
from processes.engine.insight.history import entries, waiting_at
from processes.engine.insight.local_variables import local_variables
from processes.engine.insight.parts import parts_of
from processes.engine.insight.why_waiting import why_waiting
from processes.engine.repair.snapshots import snapshots_of, why_not
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    Job,
    ProcessDefinition,
    ProcessInstance,
)
from processes.engine.store.snapshot_models import InstanceSnapshot, MigrationItem
from processes.register.changes import record_event
from processes.unit_of_work import unit_of_work

OF_MANY = "Dit hoort bij een omzetting van meer zaken: draai het daar terug."


@bp.get("/beheer/processen/<uuid:instance_id>")
@requires(Role.OPERATOR)
def instance(instance_id: UUID) -> ResponseReturnValue:
    one = instance_with(instance_id)
    return _page(
        one, masked(variables_or_none(db.session(), one)), is_masked=True, form=ReasonForm()
    )


@bp.post("/beheer/processen/<uuid:instance_id>/gegevens")
@requires(Role.OPERATOR)
def show_variables(instance_id: UUID) -> ResponseReturnValue:
    """The variables unmasked; who asks, and why, is recorded first."""
    one, form = instance_with(instance_id), ReasonForm(request.form)
    known = variables_or_none(db.session(), one)
    if not form.validate():
        return _page(one, masked(known), is_masked=True, form=form), 422
    record_event(
        db.session(),
        "variables-shown",
        actor=current_user().label,
        kvk=one.tenant,
        subject=f"instance:{one.id}",
        reason=form.reason.data,
    )
    unit_of_work(db.session()).commit()
    shown_once()
    return _page(one, known, is_masked=False, form=form)


@bp.get("/beheer/processen/<uuid:instance_id>/diagram.bpmn")
@requires(Role.OPERATOR)
def diagram(instance_id: UUID) -> ResponseReturnValue:
    xml = instance_with(instance_id).definition.xml
    return diagram_file(xml, "diagram.bpmn")


def instance_with(instance_id: UUID) -> ProcessInstance:
    """The instance with its definition, or 404."""
    query = select(ProcessInstance).where(ProcessInstance.id == instance_id)
    whole = query.options(joinedload(ProcessInstance.definition))
    found = db.session().scalars(whole.execution_options(populate_existing=True)).first()
    return found or abort(404)


def _page(one: ProcessInstance, known: dict[str, Any], *, is_masked: bool, form: ReasonForm) -> str:
    session, waiting = db.session(), why_waiting(db.session(), one.id)
    running = parts_of(session, one)
    here = set(elements_in(waiting, running, None))
    elsewhere = {each.element_id for each in waiting} - here  # in a called process
    changes = snapshots_of(session, one.id)
    past = entries(session, one.id)
    incidents = session.scalars(_of(Incident, one.id).order_by(Incident.created_at)).all()
    return render_template(
        "operations/instance.html",
        instance=instance_with(one.id),  # read anew: the engine reads it without its definition
        waiting=waiting,
        waiting_at=[each for each in waiting_at(session, one.id) if each not in elsewhere],
        running_parts=running,
        badges=badges_of(one, [each for each in running if not each.around]),
        history=past,
        choices=[_masked(each) if is_masked else each for each in choices_in(past)],
        decisions=decision_lines(session, one.id, is_masked=is_masked),
        jobs=session.scalars(_of(Job, one.id).order_by(Job.created_at, Job.id)).all(),
        snapshots=changes,
        undoable=_undoable(changes),
        has_other_versions=_has_other_versions(one),
        incidents=incidents,
        stopped_at=[each.element_id for each in incidents if each.status is IncidentStatus.OPEN],
        variables=known,
        local=_local(one, is_masked=is_masked),
        is_masked=is_masked,
        form=form,
    )


def _masked(one: Considered) -> Considered:
    return replace(one.without_values(HIDDEN), values=masked(one.values))


def _has_other_versions(one: ProcessInstance) -> bool:
    of_process = ProcessDefinition.key == one.process_key
    other = exists().where(of_process, ProcessDefinition.id != one.definition_id)
    return bool(db.session().scalar(select(other)))


def _undoable(changes: Sequence[InstanceSnapshot]) -> dict[UUID, str | None]:
    """By change that is not undone: why it cannot be any more; None where it can.

    What a migration of many did is undone on the page of that migration.
    """
    session, by_run = db.session(), set[UUID | None]()
    if any(each.action == "migrate" for each in changes):
        query = select(MigrationItem.snapshot_id)
        ids = [each.id for each in changes]
        by_run = set(session.scalars(query.where(MigrationItem.snapshot_id.in_(ids))))
    return {
        each.id: OF_MANY if each.id in by_run else why_not(session, each)
        for each in changes
        if each.undone_at is None
    }


def _local(one: ProcessInstance, *, is_masked: bool) -> list[tuple[str, dict[str, Any], UUID]]:
    """The variables that are a token's own; none where the state cannot be read."""
    try:
        found = local_variables(db.session(), one)
    except Exception:  # noqa: BLE001 - whatever is wrong with the state
        return []
    return [
        (each.name, masked(each.variables) if is_masked else each.variables, each.token_id)
        for each in found
    ]


def _of(table: type[Incident] | type[Job], instance_id: UUID) -> Select[Any]:
    return select(table).where(table.instance_id == instance_id)

"""Drills down into a subprocess or called process of a case, and up to what it stands in."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.operations.blueprint import bp
from app.operations.cases.page import instance_with
from app.operations.cases.parts import badges_of, calls_around, definition_of, elements_in
from app.web.access import Role, requires
from app.web.db import db
from processes.engine.insight.parts import parts_of
from processes.engine.insight.why_waiting import why_waiting
from processes.engine.interpreter.moving.parts import Part
from processes.engine.store.models import Incident, IncidentStatus, ProcessInstance


@bp.get("/beheer/processen/<uuid:instance_id>/deel/<uuid:part_id>")
@requires(Role.OPERATOR)
def part(instance_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """The page of one part: its diagram, what waits in it, what it stands in and what is in it."""
    one, session = instance_with(instance_id), db.session()
    parts = parts_of(session, one)
    by_id = {each.id: each for each in parts}
    chosen = by_id.get(part_id)
    if chosen is None:
        flash("Dit deel van de zaak is intussen klaar.", "info")
        return redirect(url_for("operations.instance", instance_id=instance_id))
    call = chosen if chosen.called else next(calls_around(chosen, by_id), None)
    waiting = [each for each in why_waiting(session, one.id) if each.token_id in chosen.tokens]
    one = instance_with(instance_id)  # read anew: the engine reads it without its definition
    inside = [each for each in parts if chosen.id in each.around]
    return render_template(
        "operations/part.html",
        instance=one,
        part=chosen,
        around=[by_id[each] for each in reversed(chosen.around)],
        definition=definition_of(one, parts, call),
        waiting=waiting,
        tokens=elements_in(waiting, parts, call),
        stopped_at=_stopped_at(one, chosen),
        parts=inside,
        badges=badges_of(one, [each for each in inside if each.around[0] == chosen.id]),
    )


def _stopped_at(one: ProcessInstance, part: Part) -> list[str]:
    query = select(Incident).where(
        Incident.instance_id == one.id, Incident.status == IncidentStatus.OPEN
    )
    found = db.session().scalars(query).all()
    here = (each for each in found if each.token_id is None or each.token_id in part.tokens)
    return [each.element_id for each in here if each.element_id]

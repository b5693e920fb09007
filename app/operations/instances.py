"""Process instances: where each one waits, what it did, and what it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.access import Role, requires
from app.db import db
from app.operations.blueprint import bp
from app.pages import page_asked
from processes.engine.history import history, waiting_at
from processes.engine.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from processes.register.paging import page_of

PER_PAGE = 50


@dataclass(frozen=True)
class InstanceFilter:
    """What the operator wants to see; words that mean nothing are as good as no filter."""

    key: str | None = None
    status: InstanceStatus | None = None
    text: str = ""

    @classmethod
    def read(cls, words: Mapping[str, str]) -> Self:
        status = words.get("status", "")
        return cls(
            key=words.get("proces") or None,
            status=InstanceStatus(status) if status in set(InstanceStatus) else None,
            text=words.get("zoek", "").strip(),
        )

    def query(self) -> Select[ProcessInstance]:
        """The instances that this filter lets through, the newest first."""
        query = (
            select(ProcessInstance)
            .options(joinedload(ProcessInstance.definition))
            .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id)
        )
        if self.key:
            query = query.where(ProcessInstance.process_key == self.key)
        if self.status:
            query = query.where(ProcessInstance.status == self.status)
        if self.text:
            is_it = (ProcessInstance.business_key, ProcessInstance.tenant)
            query = query.where(or_(*(column == self.text for column in is_it)))
        return query


@bp.get("/beheer/processen")
@requires(Role.OPERATOR)
def instance_list() -> ResponseReturnValue:
    wanted = InstanceFilter.read(request.args)
    keys = select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)
    return render_template(
        "operations/instances.html",
        filter=wanted,
        page=page_of(db.session(), wanted.query(), page_asked(), PER_PAGE),
        keys=db.session().scalars(keys).all(),
        statuses=InstanceStatus,
    )


@bp.get("/beheer/processen/<uuid:instance_id>")
@requires(Role.OPERATOR)
def instance(instance_id: UUID) -> ResponseReturnValue:
    session = db.session()
    incidents = session.scalars(_of(Incident, instance_id).order_by(Incident.created_at)).all()
    return render_template(
        "operations/instance.html",
        instance=_instance(instance_id),
        waiting_at=waiting_at(session, instance_id),
        history=history(session, instance_id),
        user_tasks=session.scalars(_of(UserTask, instance_id).order_by(UserTask.opened_at)).all(),
        jobs=session.scalars(_of(Job, instance_id).order_by(Job.created_at)).all(),
        incidents=incidents,
        stopped_at=[one.element_id for one in incidents if one.status is IncidentStatus.OPEN],
    )


@bp.get("/beheer/processen/<uuid:instance_id>/diagram.bpmn")
@requires(Role.OPERATOR)
def diagram(instance_id: UUID) -> ResponseReturnValue:
    xml = _instance(instance_id).definition.xml
    response = Response(xml, mimetype="application/xml")
    response.headers.set("Content-Disposition", "attachment", filename="diagram.bpmn")
    return response


def _instance(instance_id: UUID) -> ProcessInstance:
    whole = [joinedload(ProcessInstance.definition)]
    return db.session().get(ProcessInstance, instance_id, options=whole) or abort(404)


def _of(table: type[Incident] | type[UserTask] | type[Job], instance_id: UUID) -> Select[Any]:
    return select(table).where(table.instance_id == instance_id)

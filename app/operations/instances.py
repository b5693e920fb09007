"""List of process instances with filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.operations.blueprint import bp
from app.web.access import Role, requires
from app.web.db import db
from app.web.pages import page_asked
from processes.engine.store.models import InstanceStatus, ProcessDefinition, ProcessInstance
from processes.register.paging import page_of

PER_PAGE = 50


@dataclass(frozen=True)
class InstanceFilter:
    """The filters; invalid values are ignored."""

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

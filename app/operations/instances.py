"""List of process instances with filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.operations.blueprint import bp
from app.web.access import Role, requires
from app.web.db import db
from app.web.pages import LONGEST_NUMBER, page_asked
from processes.engine.execution.incidents import stuck_among
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
)
from processes.reading import characters
from processes.register.paging import page_of

PER_PAGE = 50


@dataclass(frozen=True)
class InstanceFilter:
    """The filters; invalid values are ignored."""

    key: str | None = None
    status: InstanceStatus | None = None
    text: str = ""
    version: int | None = None
    has_incident: bool = False
    element: str = ""  # id of an element with an open incident

    @classmethod
    def read(cls, words: Mapping[str, str]) -> Self:
        status = words.get("status", "")
        return cls(
            key=words.get("proces") or None,
            status=InstanceStatus(status) if status in set(InstanceStatus) else None,
            text=characters.line(words.get("zoek", "")),
            version=_number(words.get("versie", "")),
            has_incident=words.get("incident") == "ja",
            element=characters.line(words.get("onderdeel", "")),
        )

    @property
    def words(self) -> dict[str, str]:
        """The filter as it stands in an address; what does not limit is empty."""
        return {
            "proces": self.key or "",
            "status": self.status or "",
            "zoek": self.text,
            "versie": str(self.version or ""),
            "incident": "ja" if self.has_incident else "",
            "onderdeel": self.element,
        }

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
        if self.version is not None:
            of_version = select(ProcessDefinition.id).where(
                ProcessDefinition.version == self.version
            )
            query = query.where(ProcessInstance.definition_id.in_(of_version))
        if self.has_incident or self.element:
            query = query.where(ProcessInstance.id.in_(self._stuck()))
        return query

    def _stuck(self) -> Select[UUID | None]:
        stuck = select(Incident.instance_id).where(Incident.status == IncidentStatus.OPEN)
        return stuck.where(Incident.element_id == self.element) if self.element else stuck


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


@bp.get("/beheer/processen")
@requires(Role.OPERATOR)
def instance_list() -> ResponseReturnValue:
    wanted = InstanceFilter.read(request.args)
    keys = select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)
    page = page_of(db.session(), wanted.query(), page_asked(), PER_PAGE)
    return render_template(
        "operations/instances.html",
        filter=wanted,
        page=page,
        stuck=stuck_among(db.session(), [one.id for one in page.items]),
        keys=db.session().scalars(keys).all(),
        statuses=InstanceStatus,
    )

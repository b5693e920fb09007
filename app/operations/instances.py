"""List of process instances with filters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from app.operations.blueprint import bp
from app.web.access import Role, requires
from app.web.db import db
from app.web.pages import LONGEST_NUMBER, page_asked
from processes.base import AMSTERDAM
from processes.engine.execution.incidents import stuck_among
from processes.engine.execution.instances import variables
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
)
from processes.reading import characters
from processes.reading.dates import date_of
from processes.register.paging import page_of

PER_PAGE = 50
MOST_LOOKED_INTO = 500  # instances whose state is read for the filter on a variable
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class InstanceFilter:
    """The filters; invalid values are ignored."""

    key: str | None = None
    status: InstanceStatus | None = None
    text: str = ""
    version: int | None = None
    has_incident: bool = False
    element: str = ""  # id of an element with an open incident
    since: date | None = None  # begun on this day or later, in Amsterdam
    until: date | None = None  # begun on this day or before
    variable: str = ""  # "name" or "name=value"; of the newest that the rest lets through

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
            since=_day(words.get("vanaf", "")),
            until=_day(words.get("tot", "")),
            variable=characters.line(words.get("gegeven", "")),
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
            "vanaf": self.since.isoformat() if self.since else "",
            "tot": self.until.isoformat() if self.until else "",
            "gegeven": self.variable,
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
        return self._having(self._between(query))

    def _between(self, query: Select[ProcessInstance]) -> Select[ProcessInstance]:
        if self.since:
            query = query.where(ProcessInstance.started_at >= _midnight(self.since))
        if self.until:
            query = query.where(ProcessInstance.started_at < _midnight(self.until + A_DAY))
        return query

    def _having(self, query: Select[ProcessInstance]) -> Select[ProcessInstance]:
        """Those with the variable. It stands in the state, so the newest alone are looked into."""
        if not self.variable:
            return query
        looked_into = db.session().scalars(query.limit(MOST_LOOKED_INTO))
        having = [one.id for one in looked_into if self._has_variable(one)]
        return query.where(ProcessInstance.id.in_(having))

    def _has_variable(self, one: ProcessInstance) -> bool:
        name, _, value = (part.strip() for part in self.variable.partition("="))
        known = variables_or_none(db.session(), one)
        return name in known and ("=" not in self.variable or _written(known[name]) == value)

    def _stuck(self) -> Select[UUID | None]:
        stuck = select(Incident.instance_id).where(Incident.status == IncidentStatus.OPEN)
        return stuck.where(Incident.element_id == self.element) if self.element else stuck


def _written(value: Any) -> str:
    """A value as an operator types it: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _day(text: str) -> date | None:
    try:
        return date_of(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


def variables_or_none(session: Session, one: ProcessInstance) -> dict[str, Any]:
    """The variables, or none where the state cannot be read: a page must show what is broken."""
    try:
        return variables(session, one)
    except Exception:  # noqa: BLE001 - whatever is wrong with the state
        return {}


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
        most_looked_into=MOST_LOOKED_INTO,
    )

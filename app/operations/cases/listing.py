"""The list of cases with its filters, a page at a time from a case on (keyset paging)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.operations.blueprint import bp
from app.operations.cases.filter import (
    LOOKED_AT,
    InstanceFilter,
    Key,
    beyond,
    key_of,
    place_of,
    unreadable,
)
from app.operations.cases.variables import OPERATORS
from app.operations.names import elements_of
from app.web.access import Role, requires
from app.web.db import db
from app.web.limits import Rate, limited
from app.web.process_rights import hidden_processes, is_operated
from processes.engine.execution.incidents import stuck_among
from processes.engine.insight import counts
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
)
from processes.engine.store.permission_models import Right

PER_PAGE = 50
AFTER, BEFORE = "na", "voor"
MOST_CAUSES = 50
MOST_COUNTED = 1_000  # cases that a narrower filter lets through: to count more takes seconds


@dataclass(frozen=True)
class CasePage:
    """One page of cases, and the words of the addresses beside it (None: there is none)."""

    items: Sequence[ProcessInstance]
    total: int  # exact up to MOST_COUNTED, or where it is kept
    previous: Mapping[str, str] | None
    next: Mapping[str, str] | None
    further: Mapping[str, str] | None = None  # to look for a variable in older cases
    is_counted: bool = True

    @property
    def number(self) -> str:
        """How many there are, for people."""
        return str(self.total) if self.is_counted else f"{MOST_COUNTED}+"


@bp.get("/beheer/processen")
@requires(Role.OPERATOR)
@limited(Rate.SEARCH)
def instance_list() -> ResponseReturnValue:
    wanted, session = InstanceFilter.read(request.args), db.session()
    page = page_of_cases(session, wanted, request.args)
    hidden = hidden_processes(Right.OPERATE)
    keys = select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)
    keys = keys.where(ProcessDefinition.key.not_in(hidden))
    return render_template(
        "operations/instances.html",
        filter=wanted,
        unreadable=unreadable(request.args),
        page=page,
        address=_address(wanted),
        stuck=stuck_among(session, [one.id for one in page.items]),
        keys=session.scalars(keys.where(ProcessDefinition.key.not_like("decision:%"))).all(),
        causes=_causes(session),
        elements=elements_of(wanted.key, wanted.version) if wanted.key else {},
        operators=OPERATORS,
        looked_at=LOOKED_AT,
        statuses=InstanceStatus,
    )


def page_of_cases(session: Session, wanted: InstanceFilter, words: Mapping[str, str]) -> CasePage:
    """The page that an address asks: the first, or what comes after or before a case.

    A fixed number of statements, however many cases there are.
    """
    after, before = key_of(words.get(AFTER, "")), key_of(words.get(BEFORE, ""))
    looked = wanted.having(session)
    having = looked.keys if looked else None
    total = _total(session, wanted) if having is None else len(having)
    is_counted = total <= MOST_COUNTED or wanted.is_of_versions or having is not None
    further = {"verder": place_of(looked.until)} if looked and looked.until else None
    found = _some(session, wanted, having, before, is_back=True) if before else []
    if len(found) > PER_PAGE:  # else it is the first page
        back = _page(list(reversed(found[:PER_PAGE])), total, has_more=(True, True))
        return replace(back, further=further, is_counted=is_counted)
    found = _some(session, wanted, having, None if before else after, is_back=False)
    has_before = after is not None and before is None
    page = _page(found[:PER_PAGE], total, has_more=(has_before, len(found) > PER_PAGE))
    return replace(page, further=further, is_counted=is_counted)


def _total(session: Session, wanted: InstanceFilter) -> int:
    if wanted.is_of_versions:
        return _counted(session, wanted)
    some = wanted.query().order_by(None).with_only_columns(ProcessInstance.id)
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())
    return session.scalar(counted) or 0


def _counted(session: Session, wanted: InstanceFilter) -> int:
    """From the counts per version: no case is looked at."""
    cases = counts.cases(session)
    of = (ProcessDefinition.id, ProcessDefinition.key, ProcessDefinition.version)
    hidden = hidden_processes(Right.OPERATE)
    if wanted.key or wanted.version is not None or hidden:
        cases = {
            id_: cases.get(id_, {})
            for id_, key, version in session.execute(select(*of))
            if key not in hidden and wanted.key in (None, key) and wanted.version in (None, version)
        }
    statuses = [wanted.status] if wanted.status else list(InstanceStatus)
    return sum(of_version.get(each, 0) for of_version in cases.values() for each in statuses)


def _some(
    session: Session,
    wanted: InstanceFilter,
    having: Sequence[Key] | None,
    start: Key | None,
    *,
    is_back: bool,
) -> Sequence[ProcessInstance]:
    """One more than a page, from this place on: to older ones, or back to newer ones."""
    query = wanted.query()
    if having is not None:
        keys = sorted(having, reverse=not is_back)
        further = [
            key for key in keys if start is None or (key > start if is_back else key < start)
        ]
        query = query.where(ProcessInstance.id.in_([id_ for _at, id_ in further[: PER_PAGE + 1]]))
    elif start is not None:
        query = query.where(beyond(start, is_back=is_back))
    if is_back:
        query = query.order_by(None).order_by(ProcessInstance.started_at, ProcessInstance.id)
    return session.scalars(query.limit(PER_PAGE + 1)).all()


def _page(items: Sequence[ProcessInstance], total: int, *, has_more: tuple[bool, bool]) -> CasePage:
    has_previous, has_next = has_more
    return CasePage(
        items,
        total,
        {BEFORE: place_of((items[0].started_at, items[0].id))} if items and has_previous else None,
        {AFTER: place_of((items[-1].started_at, items[-1].id))} if items and has_next else None,
    )


def _address(wanted: InstanceFilter) -> Callable[..., str]:
    """The address of this list with its filters, and some of its words changed."""

    def address(**changed: str) -> str:
        words = {name: value for name, value in (wanted.words | changed).items() if value}
        return f"{url_for('operations.instance_list')}?{urlencode(words)}"

    return address


def _causes(session: Session) -> Sequence[tuple[str, str, str]]:
    """The causes of open incidents of cases, those with most first: its id, a kind, a message."""
    query = (
        select(Incident.cause, func.max(Incident.kind), func.max(Incident.message))
        .where(Incident.status == IncidentStatus.OPEN, Incident.instance_id.is_not(None))
        .where(is_operated(Incident.instance_id, hidden_processes(Right.OPERATE)))
        .group_by(Incident.cause)
        .order_by(func.count().desc(), Incident.cause)
        .limit(MOST_CAUSES)
    )
    return [(cause, kind, message) for cause, kind, message in session.execute(query)]

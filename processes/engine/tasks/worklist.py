"""Somebody's list of user tasks: tabs, filters, search, order, counts, and pages by keyset."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, load_only

from processes.base import local, now
from processes.engine.store.models import (
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.engine.tasks.delegations import is_held_for
from processes.engine.tasks.rights import Person, visible_tasks
from processes.engine.tasks.wanted_tasks import Due, Place, Tab, Wanted

PER_PAGE = 25
URGENT = 75
"""From this priority on a task is shown as urgent."""
LONGEST_SEARCH = 100
MOST_WORDS = 6


SHOWN = (
    UserTask.name,
    UserTask.label,
    UserTask.tenant,
    UserTask.priority,
    UserTask.opened_at,
    UserTask.due_at,
    UserTask.follow_up_at,
    UserTask.completed_at,
    UserTask.assignee,
    UserTask.assignee_name,
)
"""What a list says of a task: not its draft, and half of its columns."""
_WITH_ITS_CASE = (
    contains_eager(UserTask.instance).load_only(
        ProcessInstance.process_key, ProcessInstance.business_key, ProcessInstance.tenant
    ),
    contains_eager(UserTask.instance)
    .contains_eager(ProcessInstance.definition)
    .load_only(ProcessDefinition.name, ProcessDefinition.version),
)
"""From the tables that the query joins anyway."""


@dataclass(frozen=True)
class Worklist:
    """One page of somebody's tasks, with the counts of the tabs."""

    tasks: list[UserTask]
    wanted: Wanted
    counts: Mapping[Tab, int]
    processes: Mapping[str, str]  # key to name, of all that is open for them
    next: Place | None
    moment: datetime = field(default_factory=now)

    def is_late(self, task: UserTask) -> bool:
        return task.due_at is not None and task.due_at < self.moment

    @staticmethod
    def is_urgent(task: UserTask) -> bool:
        return task.priority >= URGENT


def worklist(
    session: Session,
    person: Person,
    wanted: Wanted,
    *,
    hidden_forms: Collection[str] = (),
    or_group: bool = False,
) -> Worklist:
    """The page that is asked: three statements, however many tasks there are.

    Tasks with a form in `hidden_forms` have a list of their own. With `or_group`, whoever has no
    task of their own is shown those of their group.
    """
    moment = now()
    is_open = _open_for(person, hidden_forms)
    overview = _overview(session, person, is_open, moment)
    if or_group and not overview.counts[Tab.MINE]:
        wanted = replace(wanted, tab=Tab.GROUP)
    of_tab = _of_tab(person, wanted.tab, is_open, moment)
    query = _ordered(_filtered(of_tab, wanted, moment), wanted)
    tasks = list(session.scalars(query.limit(PER_PAGE + 1)))
    more = len(tasks) > PER_PAGE
    shown = tasks[:PER_PAGE]
    return Worklist(
        shown,
        wanted,
        overview.counts,
        overview.processes,
        Place.of(shown[-1], wanted.tab) if more else None,
        moment,
    )


def _open_for(person: Person, hidden_forms: Collection[str]) -> ColumnElement[bool]:
    own_list = UserTask.form_key.in_(hidden_forms) if hidden_forms else false()
    return and_(
        visible_tasks(person),
        ProcessInstance.status == InstanceStatus.ACTIVE,
        or_(UserTask.form_key.is_(None), ~own_list),
    )


def _of_tab(
    person: Person, tab: Tab, is_open: ColumnElement[bool], moment: datetime
) -> Select[UserTask]:
    query = (
        select(UserTask)
        .join(UserTask.instance)
        .join(ProcessInstance.definition)
        .options(load_only(*SHOWN), *_WITH_ITS_CASE)
    )
    is_mine = is_held_for(person)
    match tab:
        case Tab.MINE:
            return query.where(is_open, is_mine, ~_waits(moment))
        case Tab.GROUP:
            return query.where(is_open, _not(is_mine, UserTask.assignee), ~_waits(moment))
        case Tab.LATER:
            return query.where(is_open, _waits(moment))
        case Tab.DONE:
            return query.where(_done_by(person))


def _done_by(person: Person) -> ColumnElement[bool]:
    return and_(
        UserTask.completed_by_user == person.reference, UserTask.status == TaskStatus.COMPLETED
    )


def _waits(moment: datetime) -> ColumnElement[bool]:
    return and_(UserTask.follow_up_at.is_not(None), UserTask.follow_up_at > moment)


def _not(condition: ColumnElement[bool], column: Any) -> ColumnElement[bool]:
    return or_(column.is_(None), ~condition)


def _filtered(query: Select[UserTask], wanted: Wanted, moment: datetime) -> Select[UserTask]:
    if wanted.process:
        query = query.where(ProcessInstance.process_key == wanted.process)
    if wanted.due:
        query = query.where(_due(wanted.due, moment))
    for word in wanted.text[:LONGEST_SEARCH].lower().split()[:MOST_WORDS]:
        columns = (UserTask.name, UserTask.label, ProcessInstance.business_key, UserTask.tenant)
        holds = (func.lower(column).contains(word, autoescape=True) for column in columns)
        query = query.where(or_(*holds))
    return query


def _due(due: Due, moment: datetime) -> ColumnElement[bool]:
    today = local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    match due:
        case Due.LATE:
            return UserTask.due_at < moment
        case Due.TODAY:
            return and_(UserTask.due_at >= today, UserTask.due_at < today + timedelta(days=1))
        case Due.WEEK:
            return and_(UserTask.due_at >= moment, UserTask.due_at < today + timedelta(days=7))
        case Due.NONE:
            return UserTask.due_at.is_(None)


def _ordered(query: Select[UserTask], wanted: Wanted) -> Select[UserTask]:
    """What is late comes first because it is due first; without a date last."""
    if wanted.tab is Tab.DONE:
        return _done_order(query, wanted.after)
    due, priority, opened = UserTask.due_at, UserTask.priority, UserTask.opened_at
    if wanted.after is not None:
        query = query.where(_behind(wanted.after))
    return query.order_by(due.is_(None), due, priority.desc(), opened, UserTask.id)


def _behind(last: Place) -> ColumnElement[bool]:
    due, priority, opened = UserTask.due_at, UserTask.priority, UserTask.opened_at
    older = or_(opened > last.opened_at, and_(opened == last.opened_at, UserTask.id > last.id))
    within = or_(priority < last.priority, and_(priority == last.priority, older))
    if last.moment is None:
        return and_(due.is_(None), within)
    return or_(due.is_(None), due > last.moment, and_(due == last.moment, within))


def _done_order(query: Select[UserTask], last: Place | None) -> Select[UserTask]:
    done = UserTask.completed_at
    if last is not None and last.moment is not None:
        same = and_(done == last.moment, UserTask.id > last.id)
        query = query.where(or_(done < last.moment, same))
    return query.order_by(done.desc(), UserTask.id)


@dataclass(frozen=True)
class _Overview:
    """What is open for somebody: how many in each tab, and of which processes."""

    counts: Mapping[Tab, int]
    processes: Mapping[str, str]


def _overview(
    session: Session, person: Person, is_open: ColumnElement[bool], moment: datetime
) -> _Overview:
    """Counted by process; of each process the name of its newest version there."""
    waits, is_mine = _waits(moment), is_held_for(person)

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    name = func.max(ProcessDefinition.name)
    query = (
        select(
            ProcessInstance.process_key,
            name,
            number(and_(is_mine, ~waits)),
            number(and_(_not(is_mine, UserTask.assignee), ~waits)),
            number(waits),
        )
        .select_from(UserTask)
        .join(UserTask.instance)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(is_open)
        .group_by(ProcessInstance.process_key)
        .order_by(name)
    )
    rows = session.execute(query).all()
    done = session.scalar(select(func.count()).select_from(UserTask).where(_done_by(person))) or 0
    counts = {
        Tab.MINE: sum(int(mine) for _key, _name, mine, _group, _later in rows),
        Tab.GROUP: sum(int(group) for _key, _name, _mine, group, _later in rows),
        Tab.LATER: sum(int(later) for _key, _name, _mine, _group, later in rows),
        Tab.DONE: done,
    }
    return _Overview(counts, {key: its_name or key for key, its_name, *_counted in rows})

"""The statements of a list of user tasks: built once for each way to ask, and sent with values.

Building one takes longer than the database needs for it. What is asked stands in bound parameters;
only what changes the statement itself is part of `Asked`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, false, func, or_, select
from sqlalchemy.orm import contains_eager, load_only

from processes.base import local, today
from processes.engine.store.models import (
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.engine.tasks.delegations import held_by
from processes.engine.tasks.rights import Person, visible_to
from processes.engine.tasks.wanted_tasks import Due, Tab, Wanted

LONGEST_SEARCH = 100
MOST_WORDS = 6
ESCAPE = "/"
MOST_STATEMENTS = 512

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
class Asked:
    """What makes the statement of a page another one."""

    is_of_company: bool
    hidden_forms: frozenset[str]
    tab: Tab
    has_process: bool
    due: Due | None
    words: int
    has_place: bool
    is_place_dated: bool

    @classmethod
    def of(cls, person: Person, wanted: Wanted, hidden_forms: frozenset[str]) -> "Asked":
        after = wanted.after
        return cls(
            person.tenant is not None,
            hidden_forms,
            wanted.tab,
            bool(wanted.process),
            wanted.due,
            len(_words(wanted)),
            after is not None,
            after is not None and after.moment is not None,
        )


def values(person: Person, moment: datetime, wanted: Wanted | None = None) -> Mapping[str, Any]:
    """What the parameters stand for; those of a page too where it is given."""
    who = {
        "reference": person.reference,
        "candidates": sorted(person.candidates),
        "tenant": person.tenant,
        "moment": moment,
        "day": today(),
    }
    return who if wanted is None else who | _of_page(wanted, moment)


def _of_page(wanted: Wanted, moment: datetime) -> dict[str, Any]:
    midnight = local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {
        "process": wanted.process,
        "midnight": midnight,
        "tomorrow": midnight + timedelta(days=1),
        "next_week": midnight + timedelta(days=7),
        **{f"word_{at}": _pattern(word) for at, word in enumerate(_words(wanted))},
    }
    if wanted.after is not None:
        last = wanted.after
        asked |= {"last_moment": last.moment, "last_priority": last.priority}
        asked |= {"last_opened_at": last.opened_at, "last_id": last.id}
    return asked


def _words(wanted: Wanted) -> list[str]:
    return wanted.text[:LONGEST_SEARCH].lower().split()[:MOST_WORDS]


def _pattern(word: str) -> str:
    """The word anywhere in a text, with nothing in it that LIKE reads as more."""
    for sign in (ESCAPE, "%", "_"):
        word = word.replace(sign, f"{ESCAPE}{sign}")
    return f"%{word}%"


@lru_cache(MOST_STATEMENTS)
def page_query(asked: Asked, most: int) -> Select[UserTask]:
    """So many tasks of a tab with their cases, in its order, from a place on."""
    is_open = _open_for(asked.is_of_company, asked.hidden_forms)
    query = (
        select(UserTask)
        .join(UserTask.instance)
        .join(ProcessInstance.definition)
        .options(load_only(*SHOWN), *_WITH_ITS_CASE)
        .where(_of_tab(asked.tab, is_open))
    )
    if asked.has_process:
        query = query.where(ProcessInstance.process_key == bindparam("process"))
    if asked.due:
        query = query.where(_due(asked.due))
    for at in range(asked.words):
        columns = (UserTask.name, UserTask.label, ProcessInstance.business_key, UserTask.tenant)
        word: Any = bindparam(f"word_{at}")
        query = query.where(or_(*(func.lower(each).like(word, ESCAPE) for each in columns)))
    return _ordered(query, asked).limit(most)


@lru_cache(MOST_STATEMENTS)
def overview_query(
    *, is_of_company: bool, hidden_forms: frozenset[str]
) -> Select[str, str, int, int, int]:
    """Of each process its key, its newest name, and how many are one's own, the group's, later."""
    waits, is_mine = _waits(), _is_mine()

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    name = func.max(ProcessDefinition.name)
    return (
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
        .where(_open_for(is_of_company, hidden_forms))
        .group_by(ProcessInstance.process_key)
        .order_by(name)
    )


@lru_cache(1)
def done_query() -> Select[int]:
    """How many tasks somebody completed."""
    return select(func.count()).select_from(UserTask).where(_done())


def _open_for(is_of_company: bool, hidden_forms: frozenset[str]) -> ColumnElement[bool]:  # noqa: FBT001 - of the key of a cache
    own_list = UserTask.form_key.in_(sorted(hidden_forms)) if hidden_forms else false()
    visible = visible_to(
        bindparam("reference"),
        bindparam("candidates", expanding=True),
        bindparam("tenant") if is_of_company else None,
    )
    is_active = ProcessInstance.status == InstanceStatus.ACTIVE
    return and_(visible, is_active, or_(UserTask.form_key.is_(None), ~own_list))


def _is_mine() -> ColumnElement[bool]:
    return held_by(bindparam("reference"), bindparam("day"))


def _of_tab(tab: Tab, is_open: ColumnElement[bool]) -> ColumnElement[bool]:
    match tab:
        case Tab.MINE:
            return and_(is_open, _is_mine(), ~_waits())
        case Tab.GROUP:
            return and_(is_open, _not(_is_mine(), UserTask.assignee), ~_waits())
        case Tab.LATER:
            return and_(is_open, _waits())
        case Tab.DONE:
            return _done()


def _done() -> ColumnElement[bool]:
    by_them = UserTask.completed_by_user == bindparam("reference")
    return and_(by_them, UserTask.status == TaskStatus.COMPLETED)


def _waits() -> ColumnElement[bool]:
    later = UserTask.follow_up_at > bindparam("moment")
    return and_(UserTask.follow_up_at.is_not(None), later)


def _not(condition: ColumnElement[bool], column: Any) -> ColumnElement[bool]:
    return or_(column.is_(None), ~condition)


def _due(due: Due) -> ColumnElement[bool]:
    at = UserTask.due_at
    match due:
        case Due.LATE:
            return at < bindparam("moment")
        case Due.TODAY:
            return and_(at >= bindparam("midnight"), at < bindparam("tomorrow"))
        case Due.WEEK:
            return and_(at >= bindparam("moment"), at < bindparam("next_week"))
        case Due.NONE:
            return at.is_(None)


def _ordered(query: Select[UserTask], asked: Asked) -> Select[UserTask]:
    """What is late comes first because it is due first; without a date last."""
    if asked.tab is Tab.DONE:
        done = UserTask.completed_at
        if asked.is_place_dated:
            same = and_(done == bindparam("last_moment"), UserTask.id > bindparam("last_id"))
            query = query.where(or_(done < bindparam("last_moment"), same))
        return query.order_by(done.desc(), UserTask.id)
    due, priority, opened = UserTask.due_at, UserTask.priority, UserTask.opened_at
    if asked.has_place:
        query = query.where(_behind(is_dated=asked.is_place_dated))
    return query.order_by(due.is_(None), due, priority.desc(), opened, UserTask.id)


def _behind(*, is_dated: bool) -> ColumnElement[bool]:
    due, priority, opened = UserTask.due_at, UserTask.priority, UserTask.opened_at
    last_opened: Any = bindparam("last_opened_at")
    last_priority: Any = bindparam("last_priority")
    same_age = and_(opened == last_opened, UserTask.id > bindparam("last_id"))
    older = or_(opened > last_opened, same_age)
    within = or_(priority < last_priority, and_(priority == last_priority, older))
    if not is_dated:
        return and_(due.is_(None), within)
    last: Any = bindparam("last_moment")
    return or_(due.is_(None), due > last, and_(due == last, within))

"""The statements of a list of user tasks: built once for each way to ask, and sent with values.

Building one takes longer than the database needs for it. What is asked stands in bound parameters;
only what changes the statement itself is part of `Asked`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
)
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
from processes.engine.tasks.rights import Person, is_alone, visible_to
from processes.engine.tasks.shared_queries import first_of
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

    candidates: int | None  # groups, and themselves; None: of a company
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
            candidates_of(person),
            hidden_forms,
            wanted.tab,
            bool(wanted.process),
            wanted.due,
            len(_words(wanted)),
            after is not None,
            after is not None and after.moment is not None,
        )


def candidates_of(person: Person) -> int | None:
    """How many candidates stand for somebody who works for no company."""
    return None if person.tenant is not None else len(person.candidates)


def values(person: Person, moment: datetime, wanted: Wanted | None = None) -> Mapping[str, Any]:
    """What the parameters stand for; those of a page too where it is given."""
    candidates = sorted(person.candidates)
    who = {
        "reference": person.reference,
        "candidates": candidates,
        **{f"candidate_{at}": one for at, one in enumerate(candidates)},
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
    query = (
        select(UserTask)
        .join(UserTask.instance)
        .join(ProcessInstance.definition)
        .options(load_only(*SHOWN), *_WITH_ITS_CASE)
    )
    filters, order = _filters(asked), _order(asked.tab)
    if asked.tab is Tab.DONE:
        query = query.where(done(), *filters)
    elif asked.candidates is None:
        query = query.where(of_company(), *of_tab(asked.tab, asked.hidden_forms), *filters)
    else:
        shown = [*of_tab(asked.tab, asked.hidden_forms), *filters]
        query = query.where(first_of(asked.tab, asked.candidates, shown, order, most))
    return query.order_by(*order).limit(most)


def _filters(asked: Asked) -> list[ColumnElement[bool]]:
    """What somebody chose, and what lies behind the place from which a page begins."""
    found: list[ColumnElement[bool]] = []
    if asked.has_process:
        found.append(ProcessInstance.process_key == bindparam("process"))
    if asked.due:
        found.append(_due(asked.due))
    for at in range(asked.words):
        columns = (UserTask.name, UserTask.label, ProcessInstance.business_key, UserTask.tenant)
        word: Any = bindparam(f"word_{at}")
        found.append(or_(*(func.lower(each).like(word, ESCAPE) for each in columns)))
    if asked.tab is Tab.DONE and asked.is_place_dated:
        done = UserTask.completed_at
        same = and_(done == bindparam("last_moment"), UserTask.id > bindparam("last_id"))
        found.append(or_(done < bindparam("last_moment"), same))
    elif asked.tab is not Tab.DONE and asked.has_place:
        found.append(_behind(is_dated=asked.is_place_dated))
    return found


def of_company() -> ColumnElement[bool]:
    """Condition: it is open, and theirs to do in their company."""
    candidates: Any = bindparam("candidates", expanding=True)
    return visible_to(bindparam("reference"), candidates, bindparam("tenant"))


def _held() -> ColumnElement[bool]:
    return held_by(bindparam("reference"), bindparam("day"))


def of_tab(tab: Tab, hidden_forms: frozenset[str]) -> list[ColumnElement[bool]]:
    """What makes that an open task of theirs stands in this tab."""
    own_list = UserTask.form_key.in_(sorted(hidden_forms)) if hidden_forms else false()
    found = [
        ProcessInstance.status == InstanceStatus.ACTIVE,
        or_(UserTask.form_key.is_(None), ~own_list),
    ]
    if tab is Tab.LATER:
        return [*found, _waits()]
    alone = is_alone(bindparam("reference"))
    if tab is Tab.MINE:
        return [*found, or_(_held(), alone), ~_waits()]
    return [*found, _not(_held(), UserTask.assignee), ~alone, ~_waits()]


def done() -> ColumnElement[bool]:
    """Condition: they completed it."""
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


def _order(tab: Tab) -> list[Any]:
    """What is late comes first because it is due first; without a date last."""
    if tab is Tab.DONE:
        return [UserTask.completed_at.desc(), UserTask.id]
    due, priority = UserTask.due_at.asc().nulls_last(), UserTask.priority.desc()
    return [due, priority, UserTask.opened_at, UserTask.id]


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

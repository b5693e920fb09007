"""Which open tasks somebody may do who works for no company: by indexes that are in their order.

A group may have thousands of open tasks. Each group is read by an index of its own from the first
task on, no further than a page or a count goes; what somebody has, or put off, has other indexes.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select, union_all

from processes.engine.store.models import UserTask
from processes.engine.store.work_models import UserTaskGroup
from processes.engine.tasks.delegations import stood_in_for
from processes.engine.tasks.rights import OPEN
from processes.engine.tasks.wanted_tasks import Tab

CANDIDATES: Any = bindparam("candidates", expanding=True)
REFERENCE: Any = bindparam("reference")

Conditions = Sequence[ColumnElement[bool]]


def first_of(
    tab: Tab, candidates: int, filters: Conditions, order: Sequence[Any], most: int
) -> ColumnElement[bool]:
    """Condition: it is among the first so many of a tab, with these filters and in this order."""
    first = [
        select(part.order_by(*order).limit(most).subquery().c.id)
        for part in _parts(tab, candidates, filters, UserTask.id)
    ]
    return UserTask.id.in_(union_all(*first))


def some_of(
    tab: Tab, candidates: int, filters: Conditions, most: int | None, *columns: Any
) -> Select[*tuple[Any, ...]]:
    """These columns of the tasks of a tab with these filters, of each index so many at most."""
    parts = _parts(tab, candidates, filters, *columns)
    found = [select(part.limit(most).subquery()) for part in parts]
    return select(union_all(*found).subquery())


def _parts(
    tab: Tab, candidates: int, filters: Conditions, *columns: Any
) -> list[Select[*tuple[Any, ...]]]:
    """What each index finds: a task is found by one of them."""
    group, holder = UserTask.candidate_group, UserTask.assignee
    named, held = group.in_(CANDIDATES), holder == REFERENCE
    not_named, not_held = or_(group.is_(None), ~named), or_(holder.is_(None), ~held)
    # Asked of each open task that has such rows: those of closed tasks stay, and are many.
    further = exists().where(
        UserTaskGroup.task_id == UserTask.id, UserTaskGroup.group.in_(CANDIDATES)
    )
    among = UserTask.has_further_candidates & further & not_named
    places: list[ColumnElement[bool]]
    match tab:
        case Tab.MINE:
            # What is held for others is theirs only where they are a candidate themselves.
            for_others = holder.in_(stood_in_for(REFERENCE, bindparam("day"))) & not_held
            alone = (group == REFERENCE) & holder.is_(None)
            places = [held, alone, for_others & or_(named, further)]
        case Tab.LATER:
            put_off = UserTask.follow_up_at.is_not(None)
            places = [named & put_off, held & not_named & put_off, among & not_held & put_off]
        case _:
            of_each: list[Any] = [bindparam(f"candidate_{at}") for at in range(candidates)]
            places = [*(group == one for one in of_each), among]
    tasks = select(*columns).select_from(UserTask).join(UserTask.instance)
    return [tasks.where(UserTask.status == OPEN, place, *filters) for place in places]

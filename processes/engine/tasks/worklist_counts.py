"""The statements that count somebody's user tasks, by tab and by process."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select, union_all

from processes.engine.store.models import (
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from processes.engine.tasks.shared_queries import some_of
from processes.engine.tasks.wanted_tasks import Tab
from processes.engine.tasks.worklist_queries import MOST_STATEMENTS, done, of_company, of_tab

OPEN_TABS = (Tab.MINE, Tab.GROUP, Tab.LATER)
MOST_COUNTED = 1_000
"""Open tasks of a group that are counted, and of each further candidate."""


@lru_cache(MOST_STATEMENTS)
def overview_query(
    *, candidates: int | None, hidden_forms: frozenset[str]
) -> Select[*tuple[Any, ...]]:
    """Of each process its key, its newest name, and how many are one's own, the group's, later.

    Of a group no more than some are counted (`MOST_COUNTED`).
    """
    counted = [_some(tab, candidates, hidden_forms) for tab in OPEN_TABS]
    found = union_all(*counted).subquery()
    name = func.max(ProcessDefinition.name)
    sums = (func.sum(case((found.c.tab == tab, 1), else_=0)) for tab in OPEN_TABS)
    return (
        select(ProcessDefinition.key, name, *sums)
        .join(found, found.c.definition_id == ProcessDefinition.id)
        .group_by(ProcessDefinition.key)
        .order_by(name)
    )


def _some(
    tab: Tab, candidates: int | None, hidden_forms: frozenset[str]
) -> Select[*tuple[Any, ...]]:
    """The version of the case of each task of a tab, with the tab."""
    columns = (literal(tab.value).label("tab"), ProcessInstance.definition_id)
    conditions = of_tab(tab, hidden_forms)
    if candidates is not None:
        most = MOST_COUNTED + 1 if tab is Tab.GROUP else None
        return some_of(tab, candidates, conditions, most, *columns)
    tasks = select(*columns).select_from(UserTask).join(UserTask.instance)
    return tasks.where(of_company(), *conditions)


@lru_cache(1)
def running_query() -> Select[str, str]:
    """Each process that has cases that run, and its newest name."""
    name, statuses = (
        func.max(ProcessDefinition.name),
        (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED),
    )
    runs = exists().where(
        ProcessInstance.definition_id == ProcessDefinition.id, ProcessInstance.status.in_(statuses)
    )
    query = select(ProcessDefinition.key, name).where(runs)
    return query.group_by(ProcessDefinition.key).order_by(name)


@lru_cache(1)
def done_query() -> Select[int]:
    """How many tasks somebody completed."""
    return select(func.count()).select_from(UserTask).where(done())

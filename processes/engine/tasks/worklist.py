"""Somebody's list of user tasks: tabs, filters, search, order, counts, and pages by keyset."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.models import UserTask
from processes.engine.tasks.rights import Person
from processes.engine.tasks.wanted_tasks import Place, Tab, Wanted
from processes.engine.tasks.worklist_counts import (
    MOST_COUNTED,
    done_query,
    overview_query,
    running_query,
)
from processes.engine.tasks.worklist_queries import Asked, candidates_of, page_query, values

PER_PAGE = 25
URGENT = 75
"""From this priority on a task is shown as urgent."""


@dataclass(frozen=True)
class Worklist:
    """One page of somebody's tasks, with the counts of the tabs."""

    tasks: list[UserTask]
    wanted: Wanted
    counts: Mapping[Tab, int]
    processes: Mapping[str, str]  # key to name, of all that is open for them; of very many: runs
    next: Place | None
    moment: datetime = field(default_factory=now)

    def number(self, tab: Tab) -> str:
        """How many stand in this tab, for people: of very many not exactly."""
        is_more = tab is Tab.GROUP and self.counts[tab] > MOST_COUNTED
        return f"{MOST_COUNTED}+" if is_more else str(self.counts[tab])

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

    A fourth names the processes where a group has more tasks than are counted.

    Tasks with a form in `hidden_forms` have a list of their own. With `or_group`, whoever has no
    task of their own is shown those of their group.
    """
    moment, hidden = now(), frozenset(hidden_forms)
    if person.tenant == "":  # whose company is not known sees nothing
        return Worklist([], wanted, dict.fromkeys(Tab, 0), {}, None, moment)
    overview = _overview(session, person, hidden, moment)
    if or_group and not overview.counts[Tab.MINE]:
        wanted = replace(wanted, tab=Tab.GROUP)
    tasks = _tasks(session, person, wanted, hidden, moment)
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


def first_tasks(session: Session, person: Person) -> list[UserTask]:
    """The first page of what is open for the groups of somebody, with nothing counted."""
    if person.tenant == "":
        return []
    return _tasks(session, person, Wanted(Tab.GROUP), frozenset(), now())[:PER_PAGE]


def _tasks(
    session: Session, person: Person, wanted: Wanted, hidden_forms: frozenset[str], moment: datetime
) -> list[UserTask]:
    """A page, and one more where there are more."""
    query = page_query(Asked.of(person, wanted, hidden_forms), PER_PAGE + 1)
    return list(session.scalars(query, values(person, moment, wanted)))


@dataclass(frozen=True)
class _Overview:
    """What is open for somebody: how many in each tab, and of which processes."""

    counts: Mapping[Tab, int]
    processes: Mapping[str, str]


def _overview(
    session: Session, person: Person, hidden_forms: frozenset[str], moment: datetime
) -> _Overview:
    """Counted by process; of each process the name of its newest version there."""
    query = overview_query(candidates=candidates_of(person), hidden_forms=hidden_forms)
    asked = values(person, moment)
    rows = session.execute(query, asked).all()
    done = session.scalar(done_query(), asked) or 0
    counts = {
        Tab.MINE: sum(int(mine) for _key, _name, mine, _group, _later in rows),
        Tab.GROUP: sum(int(group) for _key, _name, _mine, group, _later in rows),
        Tab.LATER: sum(int(later) for _key, _name, _mine, _group, later in rows),
        Tab.DONE: done,
    }
    processes = [(key, its_name) for key, its_name, *_counted in rows]
    if counts[Tab.GROUP] > MOST_COUNTED:  # those that were not counted may be of any that runs
        processes = [(key, its_name) for key, its_name in session.execute(running_query())]
    return _Overview(counts, {key: its_name or key for key, its_name in processes})

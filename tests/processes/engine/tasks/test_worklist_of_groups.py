"""The list of who works for no company is that of the rules, however its statements find it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.orm import Session

from processes.base import new_id, set_clock
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.engine.store.work_models import Delegation, UserTaskGroup
from processes.engine.tasks.delegations import stands_in
from processes.engine.tasks.rights import Person, Verb, may
from processes.engine.tasks.wanted_tasks import Place, Tab, Wanted
from processes.engine.tasks.worklist import Worklist, worklist
from processes.engine.tasks.worklist_counts import MOST_COUNTED
from tests.planning import as_never_used
from tests.processes.engine.tasks.people import (
    ANNA,
    BAS,
    EVERYBODY,
    KVK,
    OPERATOR,
    add_case,
    add_task,
)

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TABS = (Tab.MINE, Tab.GROUP, Tab.LATER)


@pytest.fixture(autouse=True)
def _standing_clock() -> None:
    set_clock(lambda: NOW)


def some_tasks(session: Session, seed: int, number: int) -> list[UserTask]:
    """Open and closed tasks as they may be, with several candidates, holders and dates."""
    random = Random(seed)  # noqa: S311 - the same tasks each time
    cases = [add_case(session, f"k{at}", tenant=KVK if at % 2 else None) for at in range(4)]
    cases[3].status = InstanceStatus.SUSPENDED
    candidates = ["registrar", "operator", "teacher", None, ANNA.reference, BAS.reference]
    holders = [None, None, None, ANNA.reference, BAS.reference, OPERATOR.reference]
    found = []
    for _ in range(number):
        groups = random.sample(candidates[:3] + candidates[4:], random.randint(0, 2))
        first = random.choice(candidates)
        task = add_task(
            session,
            random.choice(cases),
            first,
            *(group for group in groups if group and group != first),
            assignee=random.choice(holders),
            due_at=random.choice([None, NOW - DAY, NOW + DAY]),
            follow_up_at=random.choice([None, None, NOW - DAY, NOW + DAY]),
            opened_at=NOW - random.randint(0, 3) * DAY,
            priority=random.choice([50, 75]),
            status=random.choice([TaskStatus.OPEN] * 4 + [TaskStatus.CANCELLED]),
        )
        found.append(task)
    session.flush()
    return found


def by_the_rules(
    session: Session, person: Person, tasks: Sequence[UserTask], tab: Tab
) -> list[Any]:
    """The ids of the tasks that stand in this tab, in order."""

    cases = {case.id: case for case in session.scalars(select(ProcessInstance))}
    shared = Counter(session.scalars(select(UserTaskGroup.task_id)))

    def is_mine(task: UserTask) -> bool:
        key, holder = cases[task.instance_id].process_key, task.assignee
        if holder is None:
            return (task.candidate_group, shared[task.id]) == (person.reference, 0)
        return holder == person.reference or stands_in(session, person, holder, key)

    def place(task: UserTask) -> Any:
        return (task.due_at is None, task.due_at, -task.priority, task.opened_at, task.id)

    shown = []
    for task in tasks:
        waits = task.follow_up_at is not None and task.follow_up_at > NOW
        its_tab = Tab.LATER if waits else Tab.MINE if is_mine(task) else Tab.GROUP
        is_open = task.status is TaskStatus.OPEN
        if is_open and cases[task.instance_id].status is InstanceStatus.ACTIVE and its_tab is tab:
            shown += [task] if may(session, person, Verb.SEE, task) else []
    return [task.id for task in sorted(shown, key=place)]


def turned(session: Session, person: Person, tab: Tab) -> list[Any]:
    found, after = list[Any](), None
    while True:
        page = worklist(session, person, Wanted(tab, after=after))
        found += [task.id for task in page.tasks]
        if page.next is None:
            return found
        after = Place.read(str(page.next))


@pytest.mark.parametrize("seed", [1, 2])
def test_each_tab_has_what_the_rules_say_in_order(session: Session, seed: int) -> None:
    tasks = some_tasks(session, seed, 150)
    for away, to, key in ((BAS, ANNA, None), (OPERATOR, BAS, "k1")):
        days: Any = {"from_date": NOW.date(), "until_date": NOW.date()}
        facts: Any = {"process_key": key, "reason": "vakantie", **days}
        session.add(Delegation(from_person=away.reference, to_person=to.reference, **facts))
    session.flush()

    sizes = set()
    for person in EVERYBODY:
        counts = worklist(session, person, Wanted()).counts
        for tab in TABS:
            right = by_the_rules(session, person, tasks, tab) if person.tenant != "" else []
            assert turned(session, person, tab) == right, (person.name, tab)
            assert counts[tab] == len(right), (person.name, tab)
            sizes.add(len(right))
    assert max(sizes) > 25


def many(session: Session, number: int) -> Worklist:
    """So many tasks of one group, of a case of one process; another process has a case too."""
    case = add_case(session, "k1")
    add_case(session, "k2")
    row = {"instance_id": case.id, "element_id": "a", "name": "a", "form_key": None, "lane": None}
    row |= {"candidate_group": "registrar", "status": TaskStatus.OPEN, "opened_at": NOW}
    session.execute(insert(UserTask), [row | {"id": new_id()} for _ in range(number)])
    return worklist(session, ANNA, Wanted())


@pytest.mark.parametrize(
    ("number", "told", "processes"),
    [(MOST_COUNTED, "1000", {"k1"}), (MOST_COUNTED + 5, "1000+", {"k1", "k2"})],
)
def test_more_than_a_thousand_tasks_of_a_group_are_not_counted(
    session: Session, number: int, told: str, processes: set[str]
) -> None:
    found = many(session, number)
    assert found.number(Tab.GROUP) == told
    assert found.number(Tab.MINE) == "0"
    assert set(found.processes) == processes  # any that runs, where not all was looked at


def plan(session: Session, person: Person, tab: Tab) -> str:
    """How the database finds the page of a tab, where it may not read whole tables."""
    plans: list[str] = []
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        session.execute(text("ANALYZE user_task"))
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            session.execute(text(f"SET LOCAL enable_{way} = off"))

    def explain(connection: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        if "LIMIT" in statement and "user_task.priority DESC" in statement:
            how = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
            driver = connection.connection.driver_connection
            plans.append("\n".join(str(row) for row in driver.execute(f"{how} {statement}", given)))

    listen = (session.get_bind(), "before_cursor_execute", explain)
    event.listen(*listen)
    worklist(session, person, Wanted(tab))
    event.remove(*listen)
    return plans[0]


def test_a_page_reads_each_group_in_its_order_by_an_index(session: Session) -> None:
    as_never_used(session, "process_instance", "user_task")
    some_tasks(session, 3, 5)
    found = plan(session, BAS, Tab.GROUP)
    assert found.count("ix_user_task_in_order") >= len(BAS.candidates)


def test_what_was_put_off_has_an_index_of_its_own(session: Session) -> None:
    as_never_used(session, "process_instance", "user_task")
    many(session, 500)
    few = select(UserTask.id).limit(3)
    later = {"follow_up_at": NOW + timedelta(days=1)}
    session.execute(update(UserTask).where(UserTask.id.in_(few)).values(later))
    assert "ix_user_task_put_off" in plan(session, BAS, Tab.LATER)


def test_a_further_candidate_finds_open_tasks_in_order_and_no_closed_ones(session: Session) -> None:
    as_never_used(session, "process_instance", "user_task")
    tasks = some_tasks(session, 3, 20)
    found = plan(session, BAS, Tab.GROUP)
    assert "ix_user_task_in_order_further" in found
    assert "ix_user_task_group_group" not in found  # has those of closed tasks too
    assert any(task.has_further_candidates and task.status is not TaskStatus.OPEN for task in tasks)

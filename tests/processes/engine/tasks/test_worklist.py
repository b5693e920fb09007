"""The list of somebody's tasks: what comes first, what stands in which tab, pages, counts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.engine.tasks.wanted_tasks import Due, Place, Tab, Wanted
from processes.engine.tasks.worklist import PER_PAGE, Worklist, worklist
from processes.engine.tasks.worklist_counts import overview_query
from processes.engine.tasks.worklist_queries import page_query
from tests.processes.engine.tasks.people import ANNA, BAS, EMPLOYEE, KVK, add_case, add_task

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _standing_clock() -> None:
    set_clock(lambda: NOW)


@pytest.fixture
def case(session: Session) -> ProcessInstance:
    return add_case(session, tenant=KVK, business_key="ZK-1")


def named(session: Session, case: ProcessInstance, name: str, **facts: Any) -> UserTask:
    return add_task(session, case, "registrar", name=name, **facts)


def names(found: Worklist) -> list[str]:
    return [task.name for task in found.tasks]


def shown(session: Session, tab: Tab = Tab.GROUP, **wanted: Any) -> list[str]:
    return names(worklist(session, ANNA, Wanted(tab, **wanted)))


def test_what_is_late_comes_first_then_what_is_due_then_the_rest_by_priority_and_age(
    session: Session, case: ProcessInstance
) -> None:
    named(session, case, "no date, new", opened_at=NOW)
    named(session, case, "no date, old", opened_at=NOW - DAY)
    named(session, case, "no date, urgent", opened_at=NOW, priority=90)
    named(session, case, "tomorrow", due_at=NOW + DAY)
    named(session, case, "tomorrow, urgent", due_at=NOW + DAY, priority=75)
    named(session, case, "late", due_at=NOW - DAY)
    named(session, case, "very late", due_at=NOW - 2 * DAY)

    found = worklist(session, ANNA, Wanted(Tab.GROUP))

    assert names(found) == [
        *("very late", "late", "tomorrow, urgent", "tomorrow"),
        *("no date, urgent", "no date, old", "no date, new"),
    ]
    assert [task.name for task in found.tasks if found.is_late(task)] == ["very late", "late"]
    assert [task.name for task in found.tasks if found.is_urgent(task)] == [
        *("tomorrow, urgent", "no date, urgent")
    ]


def test_each_task_stands_in_one_tab(session: Session, case: ProcessInstance) -> None:
    done = {"status": TaskStatus.COMPLETED, "completed_by_user": ANNA.reference}
    named(session, case, "mine", assignee=ANNA.reference)
    named(session, case, "free")
    named(session, case, "of Bas", assignee=BAS.reference)
    named(session, case, "later", follow_up_at=NOW + DAY)
    named(session, case, "mine, later", follow_up_at=NOW + DAY, assignee=ANNA.reference)
    named(session, case, "later is now", follow_up_at=NOW - DAY)
    named(session, case, "done", completed_at=NOW - DAY, **done)
    named(session, case, "done today", completed_at=NOW, **done)
    named(session, case, "cancelled", status=TaskStatus.CANCELLED)

    tabs = {tab: set(shown(session, tab)) for tab in Tab}

    assert tabs == {
        Tab.MINE: {"mine"},
        Tab.GROUP: {"free", "of Bas", "later is now"},
        Tab.LATER: {"later", "mine, later"},
        Tab.DONE: {"done", "done today"},
    }
    assert shown(session, Tab.DONE) == ["done today", "done"]
    counts = worklist(session, ANNA, Wanted()).counts
    assert counts == {tab: len(found) for tab, found in tabs.items()}


def test_a_case_that_stands_still_is_not_on_the_list(
    session: Session, case: ProcessInstance
) -> None:
    named(session, case, "held", assignee=ANNA.reference)
    case.status = InstanceStatus.SUSPENDED
    session.flush()
    assert shown(session, Tab.MINE) == []
    assert worklist(session, ANNA, Wanted()).counts[Tab.MINE] == 0


def test_forms_with_a_list_of_their_own_are_left_out(
    session: Session, case: ProcessInstance
) -> None:
    for form_key in ("offer", "review", None):
        add_task(session, case, "provider", name=str(form_key), form_key=form_key)
    found = worklist(session, EMPLOYEE, Wanted(Tab.GROUP), hidden_forms={"offer"})
    assert set(names(found)) == {"review", "None"}
    assert found.counts[Tab.GROUP] == 2


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (Due.LATE, {"late"}),
        (Due.TODAY, {"today"}),
        (Due.WEEK, {"today", "this week"}),
        (Due.NONE, {"without"}),
        (None, {"late", "today", "this week", "next month", "without"}),
    ],
)
def test_the_list_is_filtered_by_term(
    session: Session, case: ProcessInstance, due: Due | None, expected: set[str]
) -> None:
    named(session, case, "late", due_at=NOW - DAY)
    named(session, case, "today", due_at=NOW + timedelta(hours=5))
    named(session, case, "this week", due_at=NOW + 4 * DAY)
    named(session, case, "next month", due_at=NOW + 40 * DAY)
    named(session, case, "without")
    assert set(shown(session, due=due)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BEOORDELEN", {"Beoordelen"}),
        ("rekenen", {"Beoordelen"}),
        ("beoordelen rekenen", {"Beoordelen"}),
        ("zk-1", {"Beoordelen", "100% zeker"}),
        (KVK, {"Beoordelen", "100% zeker"}),
        ("%", {"100% zeker"}),
        ("_", set()),
        ("/", set()),
        ("", {"Beoordelen", "100% zeker"}),
    ],
)
def test_the_list_is_searched_by_name_round_case_and_company(
    session: Session, case: ProcessInstance, text: str, expected: set[str]
) -> None:
    named(session, case, "Beoordelen", label="Cursus rekenen (3 van 14)")
    named(session, case, "100% zeker")
    assert set(shown(session, text=text)) == expected


def test_the_list_is_filtered_by_process(session: Session, case: ProcessInstance) -> None:
    other = add_case(session, "klacht")
    named(session, case, "of p")
    named(session, other, "of klacht")
    assert shown(session, process="klacht") == ["of klacht"]
    processes = worklist(session, ANNA, Wanted(process="klacht")).processes
    assert processes == {"klacht": "Proces klacht", "p": "Proces p"}


def pages(session: Session, tab: Tab) -> Iterator[list[UserTask]]:
    after = None
    while True:
        found = worklist(session, ANNA, Wanted(tab, after=after))
        yield found.tasks
        if found.next is None:
            return
        after = Place.read(str(found.next))
        assert after == found.next


@pytest.mark.parametrize("tab", [Tab.GROUP, Tab.DONE])
def test_turning_pages_shows_each_task_once_and_in_order(
    session: Session, case: ProcessInstance, tab: Tab
) -> None:
    is_done = tab is Tab.DONE
    dues = [None, NOW, NOW, NOW + DAY]
    for number in range(2 * PER_PAGE + 3):
        named(
            session,
            case,
            f"{number}",
            due_at=dues[number % 4],
            priority=50 + number % 3,
            opened_at=NOW - number % 2 * DAY,
            status=TaskStatus.COMPLETED if is_done else TaskStatus.OPEN,
            completed_at=NOW - number % 5 * DAY if is_done else None,
            completed_by_user=ANNA.reference if is_done else None,
        )

    turned = list(pages(session, tab))

    ids = [task.id for page in turned for task in page]
    assert [len(page) for page in turned] == [PER_PAGE, PER_PAGE, 3]
    assert len(set(ids)) == 2 * PER_PAGE + 3


@pytest.mark.parametrize(
    "text",
    ["", "x", "~~~", "2027-03-01~50~2027-03-01T09:00~x", "~50~2027-03-01T09:00:00~" + "0" * 32],
)
def test_a_place_that_nobody_wrote_is_none(text: str) -> None:
    assert Place.read(text) is None


def test_a_page_takes_as_many_statements_however_many_tasks(
    session: Session,
) -> None:
    """Also when nothing is one's own, and the tasks of the group are shown instead."""
    for number in range(40):
        named(session, add_case(session, f"k{number}"), "more", assignee=BAS.reference)
    session.expunge_all()
    seen: list[str] = []
    listen = (session.get_bind(), "before_cursor_execute")

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(*listen, note)
    found = worklist(session, ANNA, Wanted(), or_group=True)
    assert {task.instance.definition.name for task in found.tasks}
    event.remove(*listen, note)

    assert found.wanted.tab is Tab.GROUP
    assert len(found.tasks) == PER_PAGE
    assert len(seen) == 3


def test_a_statement_is_built_once_for_all_who_ask_the_same_way(
    session: Session, case: ProcessInstance
) -> None:
    named(session, case, "one", assignee=BAS.reference)
    assert names(worklist(session, BAS, Wanted(Tab.MINE, text="one"))) == ["one"]
    built = page_query.cache_info().misses, overview_query.cache_info().misses

    other = replace(ANNA, groups=BAS.groups)
    assert names(worklist(session, other, Wanted(Tab.MINE, text="two"))) == []

    assert (page_query.cache_info().misses, overview_query.cache_info().misses) == built


def test_who_has_no_known_company_sees_nothing(session: Session, case: ProcessInstance) -> None:
    named(session, case, "one")
    found = worklist(session, replace(ANNA, tenant=""), Wanted(), or_group=True)
    assert (names(found), set(found.counts.values())) == ([], {0})

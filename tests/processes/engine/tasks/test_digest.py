"""The digest of a working day: what it holds, and which days have one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.store.models import InstanceStatus, ProcessInstance
from processes.engine.tasks.digest import digest_of, working_day
from tests.processes.engine.tasks.people import ANNA, BAS, EMPLOYEE, KVK, add_case, add_task

MONDAY = date(2027, 3, 1)
NOW = datetime(2027, 3, 1, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _standing_clock() -> None:
    set_clock(lambda: NOW)


@pytest.fixture
def case(session: Session) -> ProcessInstance:
    return add_case(session, tenant=KVK)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2027, 3, 1, 6, 29, tzinfo=UTC), None),
        (datetime(2027, 3, 1, 6, 30, tzinfo=UTC), MONDAY),
        (datetime(2027, 7, 1, 5, 30, tzinfo=UTC), date(2027, 7, 1)),  # summer time
        (datetime(2027, 3, 1, 22, 30, tzinfo=UTC), MONDAY),
        (datetime(2027, 3, 6, 12, 0, tzinfo=UTC), None),  # Saturday
        (datetime(2027, 3, 7, 12, 0, tzinfo=UTC), None),
        (datetime(2027, 3, 26, 12, 0, tzinfo=UTC), None),  # Good Friday
        (datetime(2027, 5, 5, 12, 0, tzinfo=UTC), None),
    ],
)
def test_digests_are_made_on_working_days_from_half_past_seven(
    moment: datetime, day: date | None
) -> None:
    assert working_day(moment) == day


def test_a_digest_tells_what_is_late_due_and_new(session: Session, case: ProcessInstance) -> None:
    long_ago = NOW - 30 * DAY

    def task(name: str, **facts: Any) -> None:
        facts = {"opened_at": long_ago, **facts}
        add_task(session, case, "registrar", name=name, **facts)

    task("late", due_at=NOW - DAY)
    task("due on wednesday", due_at=datetime(2027, 3, 3, 22, 0, tzinfo=UTC))
    task("due on thursday", due_at=datetime(2027, 3, 3, 23, 30, tzinfo=UTC))
    task("new on friday", opened_at=datetime(2027, 2, 26, 12, 0, tzinfo=UTC))
    task("told on friday", opened_at=datetime(2027, 2, 26, 6, 0, tzinfo=UTC))
    task("of Bas", due_at=NOW - DAY, assignee=BAS.reference)
    task("mine", due_at=NOW - 2 * DAY, assignee=ANNA.reference)
    task("later", due_at=NOW - DAY, follow_up_at=NOW + DAY)
    task("of another page", due_at=NOW - DAY, form_key="offer")

    digest = digest_of(session, ANNA, MONDAY, hidden_forms={"offer"})

    lists = [[task.name for task in tasks] for tasks in (digest.late, digest.due, digest.new)]
    assert lists == [["mine", "late"], ["due on wednesday"], ["new on friday"]]


def test_a_case_that_stands_still_is_not_told(session: Session, case: ProcessInstance) -> None:
    add_task(session, case, "registrar", due_at=NOW - DAY)
    case.status = InstanceStatus.SUSPENDED
    session.flush()
    assert not digest_of(session, ANNA, MONDAY)


def test_a_company_hears_of_its_own_tasks(session: Session, case: ProcessInstance) -> None:
    add_task(session, case, "provider", name="ours")
    add_task(session, case, "provider", name="theirs", tenant="90004760")
    assert [task.name for task in digest_of(session, EMPLOYEE, MONDAY).new] == ["ours"]

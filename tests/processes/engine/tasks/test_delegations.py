"""Delegation during absence: whose tasks are on whose list, on which days, and no rights more."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.store.models import ProcessInstance
from processes.engine.tasks.delegations import (
    DelegationError,
    delegate_to,
    delegations_of,
    end_delegation,
    stands_in,
)
from processes.engine.tasks.digest import digest_of
from processes.engine.tasks.rights import Person
from processes.engine.tasks.wanted_tasks import Tab, Wanted
from processes.engine.tasks.worklist import worklist
from tests.processes.engine.tasks.people import ANNA, BAS, OPERATOR, add_case, add_task

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TODAY = date(2027, 3, 1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _standing_clock() -> None:
    set_clock(lambda: NOW)


@pytest.fixture
def case(session: Session) -> ProcessInstance:
    return add_case(session)


def away(
    session: Session,
    person: Person,
    to: Person,
    days: tuple[date, date] = (TODAY, TODAY),
    process_key: str | None = None,
) -> None:
    delegate_to(
        session,
        person,
        to,
        from_date=days[0],
        until_date=days[1],
        process_key=process_key,
        reason="vakantie",
    )


def mine(session: Session, person: Person) -> list[str]:
    return [task.name for task in worklist(session, person, Wanted(Tab.MINE)).tasks]


def test_who_stands_in_has_the_tasks_of_who_is_absent(
    session: Session, case: ProcessInstance
) -> None:
    add_task(session, case, "registrar", name="of Anna", assignee=ANNA.reference)
    add_task(session, case, "registrar", name="free")
    assert mine(session, BAS) == []
    away(session, ANNA, BAS)
    assert mine(session, BAS) == ["of Anna"]
    assert mine(session, ANNA) == ["of Anna"]
    found = worklist(session, BAS, Wanted(Tab.GROUP))
    assert [task.name for task in found.tasks] == ["free"]
    assert found.counts[Tab.MINE] == found.counts[Tab.GROUP] == 1
    assert {task.name for task in digest_of(session, BAS, TODAY).new} == {"of Anna", "free"}


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (TODAY, TODAY, True),
        (TODAY - DAY, TODAY + DAY, True),
        (TODAY + DAY, TODAY + DAY, False),
    ],
)
def test_only_in_those_days(
    session: Session, case: ProcessInstance, first: date, last: date, *, holds: bool
) -> None:
    add_task(session, case, "registrar", name="of Anna", assignee=ANNA.reference)
    away(session, ANNA, BAS, (first, last))
    assert bool(mine(session, BAS)) is holds
    assert stands_in(session, BAS, ANNA.reference, "p") is holds
    set_clock(lambda: NOW + 3 * DAY)
    assert not mine(session, BAS)


def test_only_for_that_process(session: Session, case: ProcessInstance) -> None:
    add_task(session, case, "registrar", name="of p", assignee=ANNA.reference)
    other = add_case(session, "klacht")
    add_task(session, other, "registrar", name="of klacht", assignee=ANNA.reference)
    away(session, ANNA, BAS, process_key="klacht")
    assert mine(session, BAS) == ["of klacht"]
    assert stands_in(session, BAS, ANNA.reference, "klacht")
    assert not stands_in(session, BAS, ANNA.reference, "p")


def test_it_is_one_level_deep(session: Session, case: ProcessInstance) -> None:
    add_task(session, case, "registrar", "operator", name="of Anna", assignee=ANNA.reference)
    away(session, ANNA, BAS)
    away(session, BAS, OPERATOR)
    assert mine(session, OPERATOR) == []
    assert not stands_in(session, OPERATOR, ANNA.reference, "p")


def test_it_gives_no_rights(session: Session, case: ProcessInstance) -> None:
    add_task(session, case, "registrar", name="of Anna", assignee=ANNA.reference)
    away(session, ANNA, OPERATOR)
    assert mine(session, OPERATOR) == []


def test_it_ends_by_who_made_it(session: Session, case: ProcessInstance) -> None:
    add_task(session, case, "registrar", name="of Anna", assignee=ANNA.reference)
    away(session, ANNA, BAS)
    (made,) = delegations_of(session, BAS)
    with pytest.raises(LookupError):
        end_delegation(session, made.id, BAS)
    end_delegation(session, made.id, ANNA)
    assert not mine(session, BAS)
    assert not delegations_of(session, ANNA)
    with pytest.raises(LookupError):
        end_delegation(session, made.id, ANNA)


@pytest.mark.parametrize(
    ("to", "first", "last"),
    [
        (ANNA, TODAY, TODAY),
        (BAS, TODAY, TODAY - DAY),
        (BAS, TODAY - 9 * DAY, TODAY - DAY),
        (BAS, TODAY, TODAY + 400 * DAY),
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    session: Session, to: Person, first: date, last: date
) -> None:
    with pytest.raises(DelegationError):
        away(session, ANNA, to, (first, last))

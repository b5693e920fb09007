"""Tasks that nobody can do, and claims of people who can do theirs no more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.store.models import InstanceStatus, TaskStatus, UserTask
from processes.engine.store.work_models import KnownPerson, UserTaskGroup
from processes.engine.tasks.claims import MayNotError, TaskClosedError
from processes.engine.tasks.directory import GONE, remember
from processes.engine.tasks.orphans import (
    Reason,
    give_to_group,
    groups_for,
    is_orphan,
    lapsed_claims,
    number_of_orphans,
    orphans,
    reason_of,
    release,
)
from processes.engine.tasks.rights import Person
from tests.processes.engine.tasks.people import (
    ANNA,
    BAS,
    EMPLOYEE,
    KVK,
    OF_ANOTHER,
    TEACHER,
    add_case,
    add_task,
)

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LONG_AGO = NOW - GONE - timedelta(days=1)


@pytest.fixture(autouse=True)
def _standing_clock() -> Iterator[None]:
    set_clock(lambda: NOW)
    yield
    set_clock(None)


def task_for(
    session: Session,
    group: str | None,
    *further: str,
    tenant: str | None = None,
    assignee: str | None = None,
) -> UserTask:
    case = add_case(session, f"p{uuid4().hex}", tenant=tenant)
    return add_task(session, case, group, *further, assignee=assignee, tenant=tenant)


def gone(session: Session, person: Person) -> None:
    remember(session, person)
    session.get_one(KnownPerson, person.reference).seen_at = LONG_AGO
    session.flush()


@pytest.mark.parametrize(
    ("group", "tenant", "reason"),
    [
        (None, None, Reason.NO_GROUP),
        ("provider", None, Reason.NO_COMPANY),
        ("afdeling", KVK, Reason.UNKNOWN_GROUP),
        (TEACHER.reference, None, Reason.PERSON_GONE),
    ],
)
def test_a_task_that_nobody_can_do_is_found_with_why(
    session: Session, group: str | None, tenant: str | None, reason: Reason
) -> None:
    task = task_for(session, group, tenant=tenant)
    assert orphans(session) == [task]
    assert number_of_orphans(session) == 1
    assert is_orphan(session, task.id)
    assert reason_of(task) is reason


@pytest.mark.parametrize(
    ("group", "further", "tenant", "assignee"),
    [
        ("registrar", (), None, None),  # whoever has the role, or gets it
        (None, (), KVK, None),  # the people of the company
        ("provider", (), KVK, None),
        ("afdeling", ("operator",), None, None),
        ("afdeling", (BAS.reference,), None, None),
        (ANNA.reference, (BAS.reference,), None, None),
        (None, (), None, BAS.reference),
    ],
)
def test_a_task_that_somebody_can_do_is_not(
    session: Session,
    group: str | None,
    further: tuple[str, ...],
    tenant: str | None,
    assignee: str | None,
) -> None:
    remember(session, BAS)
    gone(session, ANNA)
    task = task_for(session, group, *further, tenant=tenant, assignee=assignee)
    assert orphans(session) == []
    assert not is_orphan(session, task.id)


def test_who_has_not_signed_in_for_half_a_year_is_taken_to_have_left(session: Session) -> None:
    gone(session, TEACHER)
    task = task_for(session, TEACHER.reference)
    assert orphans(session) == [task]
    remember(session, TEACHER)  # signs in again
    session.expire_all()
    assert orphans(session) == []


def test_what_is_done_stands_still_or_is_hidden_is_left_out(session: Session) -> None:
    closed = task_for(session, "afdeling")
    closed.status = TaskStatus.COMPLETED
    suspended = add_case(session, "q")
    suspended.status = InstanceStatus.SUSPENDED
    add_task(session, suspended, "afdeling", tenant=None)
    other = add_task(session, add_case(session, "r"), "afdeling", tenant=None)
    session.flush()
    assert orphans(session) == [other]
    assert orphans(session, {"r"}) == []


def test_an_orphan_is_given_to_a_group(session: Session) -> None:
    task = task_for(session, "afdeling", "ook-weg", assignee=ANNA.reference)
    assert "provider" not in groups_for(task)
    with pytest.raises(MayNotError):
        give_to_group(session, task.id, "provider")
    given, before = give_to_group(session, task.id, "registrar")
    assert (given.candidate_group, given.assignee, before) == ("registrar", None, "afdeling")
    assert session.query(UserTaskGroup).count() == 0
    assert not given.has_further_candidates
    assert orphans(session) == []
    task.status = TaskStatus.COMPLETED
    session.flush()
    with pytest.raises(TaskClosedError):
        give_to_group(session, task.id, "operator")


def claimed(session: Session, person: Person, group: str | None, **given: str | None) -> UserTask:
    task = task_for(session, group, assignee=person.reference, **given)
    task.claimed_at = NOW
    session.flush()
    return task


def test_a_claim_lapses_with_the_role(session: Session) -> None:
    remember(session, ANNA)
    task = claimed(session, ANNA, "registrar")
    assert lapsed_claims(session) == []
    remember(session, Person(ANNA.reference, ANNA.name, frozenset({"operator"})))
    session.expire_all()
    assert lapsed_claims(session) == [task]
    release(session, task)
    assert (task.assignee, task.claimed_at, task.candidate_group) == (None, None, "registrar")
    assert lapsed_claims(session) == []


def test_a_claim_lapses_when_somebody_stays_away(session: Session) -> None:
    gone(session, ANNA)
    away, unknown = (claimed(session, person, "registrar") for person in (ANNA, BAS))
    assert {each.id for each in lapsed_claims(session)} == {away.id, unknown.id}


def test_a_claim_of_another_company_lapses(session: Session) -> None:
    remember(session, EMPLOYEE)
    remember(session, OF_ANOTHER)
    kept = claimed(session, EMPLOYEE, None, tenant=KVK)
    lapsed = claimed(session, OF_ANOTHER, "provider", tenant=KVK)
    assert lapsed_claims(session) == [lapsed]
    assert kept.assignee == EMPLOYEE.reference


def test_a_further_candidate_keeps_the_claim(session: Session) -> None:
    remember(session, ANNA)
    case = add_case(session)
    by_group = add_task(session, case, "operator", "registrar", assignee=ANNA.reference)
    by_name = add_task(session, case, "operator", ANNA.reference, assignee=ANNA.reference)
    by_group.claimed_at = by_name.claimed_at = NOW
    session.flush()
    assert lapsed_claims(session) == []


def test_what_is_drawn_for_one_person_is_no_claim(session: Session) -> None:
    """The diagram holds it for them; the group may take it over as ever."""
    remember(session, TEACHER)
    task_for(session, "registrar", assignee=TEACHER.reference)
    assert lapsed_claims(session) == []

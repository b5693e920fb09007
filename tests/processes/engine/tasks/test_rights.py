"""Who may see and do what: the list and the page give the same answer, for everybody."""

from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.engine.tasks.rights import Person, Verb, may, visible_cases, visible_tasks
from tests.processes.engine.tasks.people import (
    ANNA,
    BAS,
    EMPLOYEE,
    EVERYBODY,
    KVK,
    OF_ANOTHER,
    OPERATOR,
    OTHER_TEACHER,
    TEACHER,
    add_case,
    add_task,
)

GROUPS = (None, "provider", "registrar", "teacher", TEACHER.reference, "process_owner")
FURTHER = ((), ("operator",), ("provider",), (BAS.reference,), ("registrar%", "%"))
ASSIGNEES = (None, ANNA.reference, TEACHER.reference, EMPLOYEE.reference)
TENANTS = (None, KVK, "")


@pytest.fixture
def case(session: Session) -> ProcessInstance:
    return add_case(session, tenant=KVK, initiator=TEACHER.reference)


def listed(session: Session, person: Person) -> set[UUID]:
    return set(session.scalars(select(UserTask.id).where(visible_tasks(person))))


def test_the_list_shows_exactly_what_the_page_opens(
    session: Session, case: ProcessInstance
) -> None:
    tasks = [
        add_task(session, case, group, *further, assignee=assignee, tenant=tenant)
        for group, further, assignee, tenant in product(GROUPS, FURTHER, ASSIGNEES, TENANTS)
    ]
    for person in EVERYBODY:
        opens = {task.id for task in tasks if may(session, person, Verb.SEE, task)}
        assert listed(session, person) == opens, person


@pytest.mark.parametrize(
    ("group", "further", "who"),
    [
        ("registrar", (), {ANNA, BAS}),
        ("registrar", ("operator",), {ANNA, BAS, OPERATOR}),
        ("provider", (), {EMPLOYEE}),
        (None, (), {EMPLOYEE}),
        ("teacher", (), {TEACHER, OTHER_TEACHER}),
        (TEACHER.reference, (), {TEACHER}),
        (TEACHER.reference, ("registrar",), {TEACHER, ANNA, BAS}),
        ("process_owner", (OPERATOR.reference,), {OPERATOR}),
    ],
)
def test_a_task_is_seen_by_its_candidates_alone(
    session: Session,
    case: ProcessInstance,
    group: str | None,
    further: tuple[str, ...],
    who: set[Person],
) -> None:
    task = add_task(session, case, group, *further)
    assert {person for person in EVERYBODY if may(session, person, Verb.SEE, task)} == who


def test_who_has_a_task_sees_it_without_its_group(session: Session, case: ProcessInstance) -> None:
    task = add_task(session, case, "registrar", assignee=OPERATOR.reference)
    assert task.id in listed(session, OPERATOR)


def test_a_task_of_another_company_stays_theirs_whoever_has_it(
    session: Session, case: ProcessInstance
) -> None:
    task = add_task(session, case, "provider", assignee=OF_ANOTHER.reference)
    assert not may(session, OF_ANOTHER, Verb.SEE, task)
    assert not listed(session, OF_ANOTHER)


def test_a_closed_task_is_on_no_list(session: Session, case: ProcessInstance) -> None:
    for status in (TaskStatus.COMPLETED, TaskStatus.CANCELLED):
        add_task(session, case, "registrar", "operator", assignee=ANNA.reference, status=status)
    assert not listed(session, ANNA)
    assert not listed(session, OPERATOR)


FREE, HERS, HIS = None, ANNA.reference, BAS.reference


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        (Verb.CLAIM, {FREE}),
        (Verb.RELEASE, {HERS}),
        (Verb.TAKE_OVER, {HIS}),
        (Verb.HAND_OVER, {FREE, HERS}),
        (Verb.COMPLETE, {FREE, HERS, HIS}),
        (Verb.POSTPONE, {FREE, HERS, HIS}),
        (Verb.RESCHEDULE, {FREE, HERS, HIS}),
    ],
)
def test_each_verb_asks_who_has_the_task(
    session: Session, case: ProcessInstance, verb: Verb, allowed: set[str | None]
) -> None:
    tasks = [add_task(session, case, "registrar", assignee=held) for held in (FREE, HERS, HIS)]
    assert {task.assignee for task in tasks if may(session, ANNA, verb, task)} == allowed


@pytest.mark.parametrize("person", [EMPLOYEE, TEACHER])
def test_a_term_of_the_register_is_changed_by_the_register(
    session: Session, case: ProcessInstance, person: Person
) -> None:
    task = add_task(session, case, "provider", "teacher", "registrar")
    assert may(session, person, Verb.POSTPONE, task)
    assert not may(session, person, Verb.RESCHEDULE, task)
    assert may(session, ANNA, Verb.RESCHEDULE, task)


def test_who_may_not_see_a_task_may_nothing(session: Session, case: ProcessInstance) -> None:
    task = add_task(session, case, "registrar")
    assert not [verb for verb in Verb if may(session, OPERATOR, verb, task)]


def test_a_case_is_seen_by_who_began_it_and_by_its_company(
    session: Session, case: ProcessInstance
) -> None:
    assert case.status is InstanceStatus.ACTIVE
    who = {person for person in EVERYBODY if may(session, person, Verb.SEE, case)}
    assert who == {TEACHER, EMPLOYEE}
    in_sql = {
        person
        for person in EVERYBODY
        if session.scalar(select(ProcessInstance.id).where(visible_cases(person)))
    }
    assert in_sql == who
    assert not may(session, TEACHER, Verb.COMPLETE, case)

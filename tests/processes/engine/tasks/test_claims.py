"""Claim, release, hand over, take over, and other dates: one has the task, under a lock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.engine.tasks import claims
from processes.engine.tasks.claims import HeldError, MayNotError, TaskClosedError
from processes.engine.tasks.directory import others_for, remember
from processes.engine.tasks.rights import Person
from tests.processes.engine.tasks.people import (
    ANNA,
    BAS,
    EMPLOYEE,
    OF_ANOTHER,
    OPERATOR,
    OTHER_TEACHER,
    TEACHER,
    add_case,
    add_task,
)

MOMENT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
Change = Callable[[Session, UUID, Person], object]


def postpone(session: Session, task_id: UUID, person: Person) -> object:
    return claims.postpone(session, task_id, person, MOMENT)


def reschedule(session: Session, task_id: UUID, person: Person) -> object:
    return claims.reschedule(session, task_id, person, MOMENT)


def to_bas(session: Session, task_id: UUID, person: Person) -> object:
    return claims.hand_over(session, task_id, person, BAS)


CHANGES = (claims.claim, claims.release, claims.take_over, to_bas, postpone, reschedule)


@pytest.fixture
def case(session: Session) -> ProcessInstance:
    return add_case(session)


@pytest.fixture
def task(session: Session, case: ProcessInstance) -> UserTask:
    return add_task(session, case, "registrar")


def holder(task: UserTask) -> tuple[str | None, str | None, bool]:
    return task.assignee, task.assignee_name, task.claimed_at is not None


def test_a_task_is_claimed_by_one_and_given_back(session: Session, task: UserTask) -> None:
    claims.claim(session, task.id, ANNA)
    assert holder(task) == (ANNA.reference, "Anna", True)
    with pytest.raises(HeldError, match="Anna"):
        claims.claim(session, task.id, BAS)
    with pytest.raises(HeldError):
        claims.release(session, task.id, BAS)
    claims.release(session, task.id, ANNA)
    assert holder(task) == (None, None, False)


def test_claiming_twice_is_claiming_once(session: Session, task: UserTask) -> None:
    claims.claim(session, task.id, ANNA)
    since = task.claimed_at
    claims.claim(session, task.id, ANNA)
    assert task.claimed_at == since


def test_who_takes_over_is_told_from_whom(session: Session, task: UserTask) -> None:
    claims.claim(session, task.id, ANNA)
    _task, before = claims.take_over(session, task.id, BAS)
    assert (before, task.assignee) == ("Anna", BAS.reference)
    with pytest.raises(MayNotError):
        claims.take_over(session, task.id, BAS)


def test_a_task_is_handed_over_to_who_may_do_it(session: Session, task: UserTask) -> None:
    claims.claim(session, task.id, ANNA)
    with pytest.raises(MayNotError):
        claims.hand_over(session, task.id, ANNA, OPERATOR)
    claims.hand_over(session, task.id, ANNA, BAS)
    assert task.assignee == BAS.reference
    with pytest.raises(HeldError):
        claims.hand_over(session, task.id, ANNA, ANNA)


def test_dates_change_and_say_what_they_were(session: Session, task: UserTask) -> None:
    assert claims.reschedule(session, task.id, ANNA, MOMENT) == (task, None)
    assert claims.reschedule(session, task.id, ANNA, None) == (task, MOMENT)
    assert claims.postpone(session, task.id, ANNA, MOMENT) == (task, None)
    assert (task.due_at, task.follow_up_at) == (None, MOMENT)


def test_a_provider_does_not_change_the_term(session: Session, case: ProcessInstance) -> None:
    task = add_task(session, case, "provider", "registrar")
    with pytest.raises(MayNotError):
        reschedule(session, task.id, EMPLOYEE)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("person", [OPERATOR, TEACHER, EMPLOYEE, OF_ANOTHER])
def test_a_task_of_others_is_not_there(
    session: Session, task: UserTask, change: Change, person: Person
) -> None:
    with pytest.raises(LookupError):
        change(session, task.id, person)


@pytest.mark.parametrize("change", CHANGES)
def test_a_task_that_never_was_is_not_there(session: Session, change: Change) -> None:
    with pytest.raises(LookupError):
        change(session, uuid4(), ANNA)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("how", ["completed", "cancelled", "suspended"])
def test_a_closed_task_does_not_change(
    session: Session, task: UserTask, change: Change, how: str
) -> None:
    if how == "suspended":
        session.get_one(ProcessInstance, task.instance_id).status = InstanceStatus.SUSPENDED
    else:
        task.status = TaskStatus(how)
    session.flush()
    with pytest.raises(TaskClosedError):
        change(session, task.id, ANNA)


def test_of_two_who_claim_at_once_one_has_it(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        task_id = add_task(session, add_case(session), "registrar").id
        session.commit()
    together = Barrier(2)

    def attempt(person: Person) -> str:
        with Session(own_engine) as session:
            together.wait()
            try:
                claims.claim(session, task_id, person)
            except HeldError as error:
                return f"refused: {error.holder}"
            session.commit()
            return person.name

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, (ANNA, BAS)))

    with Session(own_engine) as session:
        winner = session.get_one(UserTask, task_id).assignee_name
    assert winner in {"Anna", "Bas"}
    assert outcomes == sorted([str(winner), f"refused: {winner}"])


def known(session: Session, *people: Person) -> None:
    for person in people:
        remember(session, person)


@pytest.mark.parametrize(
    ("asker", "group", "further", "expected"),
    [
        (ANNA, "registrar", (), {BAS}),
        (ANNA, "registrar", ("operator",), {BAS, OPERATOR}),
        (BAS, "registrar", (), {ANNA}),
        (EMPLOYEE, "provider", (), set()),
        (TEACHER, "teacher", (), set()),
        (ANNA, "registrar", ("teacher",), {BAS}),
        (ANNA, "registrar", (OPERATOR.reference,), {BAS, OPERATOR}),
    ],
)
def test_a_task_can_go_to_who_may_do_it_too(
    session: Session,
    case: ProcessInstance,
    asker: Person,
    group: str,
    further: tuple[str, ...],
    expected: set[Person],
) -> None:
    known(session, ANNA, BAS, OPERATOR, TEACHER, OTHER_TEACHER, EMPLOYEE, OF_ANOTHER)
    task = add_task(session, case, group, *further)
    assert set(others_for(session, asker, task)) == expected


def test_who_signs_in_again_is_known_as_they_are_now(session: Session) -> None:
    known(session, ANNA)
    now_operator: Any = Person(ANNA.reference, "Anna de Boer", frozenset({"operator"}))
    remember(session, now_operator, "anna@register.example")
    session.expire_all()
    task = add_task(session, add_case(session), "operator")
    assert others_for(session, OPERATOR, task) == [now_operator]

"""Many at once in one transaction: each has its own result, and keeps nobody else from theirs."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from processes.engine import registry
from processes.engine.execution.bulk import (
    InstanceStart,
    TaskCompletion,
    chunks,
    complete_user_tasks,
    start_processes,
)
from processes.engine.execution.instances import (
    AlreadyRunningError,
    TaskNotOpenError,
    UnknownTaskError,
    complete_user_task,
    open_user_tasks,
)
from processes.engine.execution.steps import StepFailedError
from processes.engine.store.models import (
    ActivityInstance,
    Incident,
    InstanceStatus,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.engine.store.rows import ADD_TASK
from processes.register.changes import AuditEvent, record_event
from processes.statements import Rows, Statement
from processes.unit_of_work import unit_of_work
from processes.writing import write
from tests.processes.engine.diagrams import define, delegate, straight, user
from tests.processes.engine.diagrams import process as diagram


class RefusedError(Exception):
    """A rule of the test says no."""


def ask_and_check(session: Session) -> None:
    """A process in which a person answers, and a delegate does not like the answer 13."""

    @registry.delegate("judge", title="Beoordelen")
    def judge(session: Session, answer: int) -> dict[str, Any]:
        assert session.is_active
        if answer == 13:
            raise RefusedError
        return {"judged": True}

    body = straight(user("ask"), delegate("judge"), user("after"), ids=("ask", "judge", "after"))
    define(session, diagram(body))


def begin(session: Session, *keys: str) -> list[UserTask]:
    start_processes(session, "p", [InstanceStart("test", key) for key in keys])
    by_key = {task.instance.business_key: task for task in open_user_tasks(session)}
    return [by_key[key] for key in keys]


def incidents(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Incident)) or 0


def test_each_instance_is_started_but_for_those_that_run(session: Session) -> None:
    ask_and_check(session)
    begin(session, "b")
    results = start_processes(session, "p", [InstanceStart("test", key) for key in ("a", "b", "c")])
    assert [result.made is not None for result in results] == [True, False, True]
    assert isinstance(results[1].error, AlreadyRunningError)
    keys = session.scalars(select(ProcessInstance.business_key).order_by("business_key"))
    assert list(keys) == ["a", "b", "c"]


def test_instances_with_new_keys_are_written_together_after_what_came_before(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_and_check(session)
    (first,) = begin(session, "a")  # seen now, so that the next are replayed
    written: list[list[Statement]] = []

    def remember(connection: Connection, writes: Sequence[tuple[Statement, Rows]]) -> None:
        written.append([statement for statement, _ in writes])
        write(connection, writes)

    monkeypatch.setattr("processes.unit_of_work.write", remember)
    keys = [str(uuid4()) for _ in range(5)]
    with unit_of_work(session).gathering():
        complete_user_task(session, first.id, completed_by="anna", variables={"answer": 1})
        new = [InstanceStart("test", key, has_new_key=True) for key in keys]
        results = start_processes(session, "p", new)
    assert len([each for each in written if ADD_TASK in each]) == 2
    monkeypatch.undo()
    found = session.scalars(select(ProcessInstance).where(ProcessInstance.business_key.in_(keys)))
    instances = {instance.id: instance for instance in found}
    assert [instances[result.made].business_key for result in results if result.made] == keys
    tasks = [task for task in open_user_tasks(session) if task.instance_id in instances]
    assert {task.element_id for task in tasks} == {"ask"}
    assert len(tasks) == len(keys)
    assert {instance.row_version for instance in instances.values()} == {1}


def test_each_task_is_completed_and_what_is_not_open_is_told(session: Session) -> None:
    ask_and_check(session)
    one, two = begin(session, "a", "b")
    items = [
        TaskCompletion(one.id, "anna", {"answer": 1}),
        TaskCompletion(one.id, "anna", {"answer": 2}),
        TaskCompletion(uuid4(), "anna"),
        TaskCompletion(two.id, "anna", {"answer": 3}),
    ]
    results = complete_user_tasks(session, items)
    assert [type(result.error) for result in results] == [
        type(None),
        TaskNotOpenError,
        UnknownTaskError,
        type(None),
    ]
    session.expire_all()
    assert {one.status, two.status} == {TaskStatus.COMPLETED}


def test_a_step_that_fails_leaves_its_incident_and_the_others_go_on(session: Session) -> None:
    ask_and_check(session)
    one, two, three = begin(session, "a", "b", "c")
    answers = ((one, 1), (two, 13), (three, 3))
    items = [TaskCompletion(task.id, "anna", {"answer": answer}) for task, answer in answers]
    results = complete_user_tasks(session, items)
    assert isinstance(results[1].error, StepFailedError)
    session.expire_all()
    assert [task.status for task in (one, two, three)] == [
        TaskStatus.COMPLETED,
        TaskStatus.OPEN,
        TaskStatus.COMPLETED,
    ]
    instance = session.get_one(ProcessInstance, two.instance_id)
    assert instance.status is InstanceStatus.ACTIVE
    assert incidents(session) == 1


def test_a_refusal_that_is_expected_is_no_incident(session: Session) -> None:
    ask_and_check(session)
    one, two = begin(session, "a", "b")
    items = [TaskCompletion(task.id, "anna", {"answer": 13}) for task in (one, two)]
    results = complete_user_tasks(session, items, expected=(RefusedError,))
    assert [type(result.error) for result in results] == [StepFailedError, StepFailedError]
    assert incidents(session) == 0


def test_the_same_submission_again_is_answered_like_the_first(session: Session) -> None:
    ask_and_check(session)
    (task,) = begin(session, "a")
    item = TaskCompletion(task.id, "anna", {"answer": 1}, submission_id=uuid4())
    first, again = complete_user_tasks(session, [item, item])
    assert first.error is None
    assert again.error is None
    assert first.made == again.made == task.id


def test_what_a_step_wrote_before_the_chunk_failed_is_written_once(session: Session) -> None:
    ask_and_check(session)
    one, two = begin(session, "a", "b")
    items = [
        TaskCompletion(one.id, "anna", {"answer": 1}),
        TaskCompletion(two.id, "anna", {"answer": 13}),
    ]
    complete_user_tasks(session, items)
    passed = select(ActivityInstance.element_id).where(ActivityInstance.left_at.is_not(None))
    of_one = session.scalars(passed.where(ActivityInstance.instance_id == one.instance_id)).all()
    assert sorted(of_one) == sorted(set(of_one))
    assert {"ask", "judge"} <= set(of_one)


def test_two_tasks_of_one_instance_are_completed_in_one_chunk(session: Session) -> None:
    ask_and_check(session)
    (task,) = begin(session, "a")
    items = [
        TaskCompletion(task.id, "anna", {"answer": 1}),
        TaskCompletion(task.id, "bob", {"answer": 2}),
    ]
    first, second = complete_user_tasks(session, items)
    assert first.made == task.id
    assert isinstance(second.error, TaskNotOpenError)


def test_rows_of_a_chunk_are_written_before_anything_is_read(session: Session) -> None:
    with unit_of_work(session).gathering():
        record_event(session, "seen", actor="anna")
        assert session.scalars(select(AuditEvent.action)).all() == ["seen"]


def test_rows_of_a_chunk_from_before_a_savepoint_survive_its_undoing(session: Session) -> None:
    with unit_of_work(session).gathering():
        record_event(session, "kept", actor="anna")
        savepoint = session.begin_nested()
        record_event(session, "undone", actor="anna")
        savepoint.rollback()
    assert session.scalars(select(AuditEvent.action)).all() == ["kept"]


def test_what_all_need_is_prepared_under_the_locks_once(session: Session) -> None:
    ask_and_check(session)
    tasks = begin(session, "a", "b")
    prepared: list[TaskStatus] = []
    items = [TaskCompletion(task.id, "anna", {"answer": 1}) for task in tasks]
    complete_user_tasks(session, items, prepare=lambda: prepared.append(tasks[0].status))
    assert prepared == [TaskStatus.OPEN]


def test_chunks_are_small() -> None:
    assert [len(chunk) for chunk in chunks(range(60))] == [25, 25, 10]
    assert list(chunks([])) == []

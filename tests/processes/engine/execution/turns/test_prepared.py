"""Rows that are prepared with a trace are those of the interpreter, whatever the case."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import effects, instances
from processes.engine.execution.turns import prepared
from processes.engine.execution.turns.verifying import verifying
from processes.engine.store.models import ActivityInstance, ProcessInstance, UserTask
from processes.engine.store.work_models import UserTaskGroup
from tests.processes.engine.diagrams import define, job, process, straight, user
from tests.processes.engine.interpreter.test_walks import rolled_back, walked

__all__ = ["walked"]

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
TEACHERS = (
    "teacher:0b9c1d0e-3f52-4a7e-9f0e-0d7c5a3b1e11",
    "teacher:1c9c1d0e-3f52-4a7e-9f0e-0d7c5a3b1e12",
)


@pytest.fixture
def session(walked: sa.Engine) -> Iterator[Session]:
    set_clock(lambda: NOON)
    with rolled_back(walked) as session:
        yield session


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The business keys of the cases whose rows were worked out; nothing is verified."""
    keys: list[str] = []
    plan = effects.plan

    def counted(step: effects.Step) -> effects.Plan:
        keys.append(step.instance.business_key or "")
        return plan(step)

    monkeypatch.setattr(effects, "plan", counted)
    monkeypatch.setattr(verifying, "share", 0.0)
    return keys


def begin(session: Session, number: int, **given: Any) -> ProcessInstance:
    variables = {"name": f"name {number}", "group": "registrar" if number % 2 else "operator"}
    who = {"tenant": f"6875011{number}", "started_by": "anna", **given}
    return instances.start_process(
        session, "p", business_key=str(number), variables=variables, **who
    )


def open_task(session: Session, instance: ProcessInstance) -> UserTask:
    query = select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status == "open")
    return session.scalars(query).one()


def answer(session: Session, instance: ProcessInstance, by: str) -> UserTask:
    """Complete the open task; the next one."""
    task = open_task(session, instance)
    instances.complete_user_task(session, task.id, completed_by=by, variables={})
    return open_task(session, instance)


def columns(row: Any, *left_out: str) -> dict[str, Any]:
    names = [each.key for each in sa.inspect(type(row)).column_attrs if each.key not in left_out]
    return {name: getattr(row, name) for name in names}


def taken(session: Session, instance_id: UUID) -> list[dict[str, Any]]:
    query = select(ActivityInstance).where(ActivityInstance.instance_id == instance_id)
    rows = session.scalars(query.order_by(ActivityInstance.place))
    return [columns(each, "id", "instance_id") for each in rows]


def test_the_rows_of_a_step_seen_before_are_not_worked_out_again(
    session: Session, planned: list[str]
) -> None:
    one = user("one", camunda_candidateGroups="provider,registrar")
    define(session, process(straight(user("ask"), one, ids=("ask", "one"))))
    first, second = begin(session, 1), begin(session, 2)
    tasks = [answer(session, first, "anna"), answer(session, second, "bert")]
    assert planned.count("2") == 0 < planned.count("1")
    its_own = [{"instance_id", "id", "tenant"}] * 2
    assert [columns(each, *own) for each, own in zip(tasks, its_own, strict=True)] == [
        columns(tasks[0], *its_own[0])
    ] * 2
    assert [each.instance_id for each in tasks] == [first.id, second.id]
    assert [each.tenant for each in tasks] == ["68750111", "68750112"]
    further = session.execute(select(UserTaskGroup.task_id, UserTaskGroup.group)).all()
    assert sorted(further) == sorted((each.id, "registrar") for each in tasks)
    of_first, of_second = taken(session, first.id), taken(session, second.id)
    assert [each["actor"] for each in of_first] == [None, "anna"]
    assert of_second == [{**each, "actor": each["actor"] and "bert"} for each in of_first]


@pytest.mark.parametrize(
    ("drawn", "column", "wanted"),
    [
        ({"camunda_candidateGroups": "${group}"}, "candidate_group", ["registrar", "operator"]),
        ({"camunda_candidateGroups": "teacher"}, "candidate_group", list(TEACHERS)),
        ({"camunda_priority": "${len(name)}"}, "priority", [6, 6]),
        (
            {"camunda_dueDate": "${today()}"},
            "due_at",
            [NOON.replace(hour=21, minute=59, second=59)] * 2,
        ),
    ],
)
def test_what_is_worked_out_for_a_case_is_never_prepared(
    session: Session, planned: list[str], drawn: dict[str, str], column: str, wanted: list[Any]
) -> None:
    define(session, process(straight(user("ask"), user("one", **drawn), ids=("ask", "one"))))
    found = []
    for number, teacher in enumerate(TEACHERS, start=1):
        instance = begin(session, number, initiator=teacher)
        found.append(getattr(answer(session, instance, "anna"), column))
    assert found == wanted
    assert planned.count("2") == 1  # the start is prepared


def test_a_wrong_row_is_told_and_never_written(
    session: Session, monkeypatch: pytest.MonkeyPatch, replays_differ: list[bool]
) -> None:
    define(session, process(straight(user("ask"), user("one"), job("j"), ids=("ask", "one", "j"))))
    answer(session, begin(session, 1), "anna")
    plan = prepared.plan

    def wrong(*given: Any) -> effects.Plan | None:
        made = plan(*given)
        for each in () if made is None else made.tasks:
            each["priority"] = 99
        return made

    monkeypatch.setattr(prepared, "plan", wrong)
    assert answer(session, begin(session, 2), "anna").priority == 50
    assert True in replays_differ
    replays_differ.clear()

"""Figures of cases that run are exact, folded or not, whatever goes on meanwhile."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import instances
from processes.engine.insight import case_figures, case_rows, running_figures, statistics
from processes.engine.insight.case_rows import Period
from processes.engine.insight.figures import Figures, Passage, Run
from processes.engine.repair import modification, snapshots
from processes.engine.store.figure_models import (
    CaseFigures,
    KeptFigure,
    RunningCase,
    RunningFigures,
)
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from tests.processes.engine.diagrams import define, process, straight, user

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PERIODS = (
    Period(),
    Period(first=date(2026, 11, 25)),
    Period(last=date(2026, 12, 2)),
    Period(date(2026, 11, 24), date(2026, 12, 10)),
)
TERM = timedelta(days=2)
STEPS = ("a", "b", "c")


class Work:
    """Cases that somebody begins, goes on with, stops and undoes, while the clock goes on."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.random = session, Random(seed)  # noqa: S311 - the same each time
        self.moment, self.number = MONDAY, 0
        self.pass_time(0)
        self.version = define(session, process(straight(*(user(id_) for id_ in STEPS), ids=STEPS)))

    def pass_time(self, hours: float) -> None:
        self.moment += timedelta(hours=hours)
        moment = self.moment
        set_clock(lambda: moment)

    def do_something(self) -> None:
        self.pass_time(self.random.uniform(0, 9))
        self.random.choice([self.begin, self.begin, self.go_on, self.go_on, self.stop, self.skip])()
        self.session.flush()

    def begin(self) -> None:
        self.number += 1
        instances.start_process(self.session, "p", business_key=str(self.number), started_by="test")

    def go_on(self) -> None:
        if task := self._task():
            instances.complete_user_task(self.session, task.id, completed_by="anna", variables={})

    def stop(self) -> None:
        if (task := self._task()) and self.random.random() < 0.5:
            instances.cancel(self.session, task.instance_id, by="anna")

    def skip(self) -> None:
        """Skip a task by hand; half of these are undone."""
        task = self._task()
        if task is None:
            return
        modification.skip(self.session, task.instance_id, task.id, by="olga", reason="hoeft niet")
        if self.random.random() < 0.5:
            taken = snapshots.snapshots_of(self.session, task.instance_id)
            snapshot = max(taken, key=lambda one: one.taken_at)
            modification.undo(self.session, snapshot.id, by="olga")
        self.session.expire_all()

    def _task(self) -> UserTask | None:
        is_open = UserTask.status == TaskStatus.OPEN
        query = select(UserTask).where(is_open).order_by(UserTask.opened_at, UserTask.instance_id)
        tasks = self.session.scalars(query).all()
        return self.random.choice(tasks) if tasks else None


def told(session: Session, version: UUID, period: Period) -> Any:
    """All that the page tells of these cases."""
    found = case_figures.figures(session, [version], period, TERM).of([version])
    return (
        statistics.summary(found, TERM),
        statistics.frequencies(found),
        statistics.stages(found, STEPS),
        statistics.cancellations(found),
        statistics.waiting_per_element(found),
    )


def exactly(session: Session, version: UUID, period: Period) -> Any:
    """The same with nothing kept: every case is looked at."""
    with session.begin_nested() as point:
        for model in (KeptFigure, CaseFigures):
            session.execute(delete(model))
        right = told(session, version, period)
        point.rollback()
    session.expire_all()
    return right


def assert_exact(session: Session, version: UUID) -> None:
    for period in PERIODS:
        assert told(session, version, period) == exactly(session, version, period)


def fold_all(session: Session) -> None:
    while running_figures.fold(session):
        pass


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_are_exact_whatever_happens_between_folds(
    session: Session, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(running_figures, "BATCH", 5)
    work = Work(session, seed)
    for number in range(60):
        work.do_something()
        if number % 7 == 6:
            running_figures.fold(session)  # some stay for the next
        if number % 20 == 19:
            case_figures.fold(session)
        if number % 4 == 3:
            assert_exact(session, work.version.id)
    fold_all(session)
    assert_exact(session, work.version.id)
    assert list(running_figures.differences(session)) == []
    status = set(session.scalars(select(ProcessInstance.status)))
    assert status == {InstanceStatus.ACTIVE, InstanceStatus.COMPLETED, InstanceStatus.CANCELLED}
    assert told(session, work.version.id, Period())[0].too_late > 0


def test_what_was_counted_is_not_looked_at_again(session: Session) -> None:
    work = Work(session, 1)
    for _ in range(10):
        work.begin()
    fold_all(session)
    work.go_on()
    moment = running_figures.as_of(session)

    changed = running_figures.changed(session, [work.version.id], Period(), moment)

    assert (len(changed.runs), len(changed.counted)) == (1, 1)


def test_a_step_that_is_taken_while_its_case_is_counted_is_seen(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on PostgreSQL: the row version was read, the passages are those after the step."""
    work = Work(session, 1)
    for _ in range(6):
        work.begin()
    passages_of, taken = case_rows.passages_of, list[int]()

    def meanwhile(of: Session, runs: Sequence[Run]) -> list[Passage]:
        if not taken:
            taken.append(1)
            for _ in range(3):
                work.go_on()
        return passages_of(of, runs)

    monkeypatch.setattr(case_rows, "passages_of", meanwhile)
    running_figures.fold(session)
    assert taken

    assert_exact(session, work.version.id)
    work.pass_time(2)
    fold_all(session)
    assert_exact(session, work.version.id)
    assert list(running_figures.differences(session)) == []


def test_a_fold_that_is_committed_while_a_page_is_made_is_not_counted_twice(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(session, 1)
    for _ in range(6):
        work.begin()
    fold_all(session)
    work.go_on()
    right = told(session, work.version.id, Period())
    changed, folded = running_figures.changed, list[int]()

    def meanwhile(*of: Any) -> running_figures.Changed:
        found = changed(*of)
        if not folded:
            folded.append(1)
            running_figures.fold(session)
        return found

    monkeypatch.setattr(running_figures, "changed", meanwhile)
    assert told(session, work.version.id, Period()) == right
    assert folded


def test_a_case_that_moves_to_another_version_counts_there(session: Session) -> None:
    work = Work(session, 1)
    for _ in range(3):
        work.begin()
    fold_all(session)
    newer = define(session, process(straight(user("a"), user("b"), ids=("a", "b"))))
    case = session.query(ProcessInstance).order_by(ProcessInstance.id).first()
    assert case is not None
    case.definition_id = newer.id
    case.row_version += 1  # as each step, a migration too
    session.flush()
    versions = [work.version.id, newer.id]

    for _ in range(2):
        found = case_figures.figures(session, versions, Period(), TERM)
        running = [statistics.summary(found.of([id_]), TERM).running for id_ in versions]
        assert running == [2, 1]
        work.pass_time(2)
        fold_all(session)


def test_what_is_kept_wrong_is_told_and_made_right(session: Session) -> None:
    work = Work(session, 1)
    for _ in range(3):
        work.begin()
    fold_all(session)
    one = session.query(RunningCase).order_by(RunningCase.instance_id).first()
    assert one is not None
    one.value = Figures().to_json()
    session.flush()

    lines = [line.replace("-", "") for line in running_figures.differences(session)]
    assert any(one.instance_id.hex in line for line in lines)
    assert len(lines) == 4  # the case, and the sums of all, its month and its day

    running_figures.rebuild(session)
    assert list(running_figures.differences(session)) == []
    assert session.query(RunningFigures).count() == 3
    assert_exact(session, work.version.id)


def test_a_case_that_was_stopped_since_it_was_counted_is_not_told_to_be_wrong(
    session: Session,
) -> None:
    work = Work(session, 1)
    work.begin()
    work.pass_time(2)
    fold_all(session)
    instances.cancel(session, session.scalars(select(ProcessInstance.id)).one(), by="anna")
    session.flush()

    assert list(running_figures.differences(session)) == []
    assert_exact(session, work.version.id)

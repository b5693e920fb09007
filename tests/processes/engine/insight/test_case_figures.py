"""Figures of cases are exact, whether or not those that ended were folded before."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from processes.base import local, new_id, now, set_clock
from processes.dutch import length_in_words, shown
from processes.engine.insight import case_figures, case_rows, counts, statistics
from processes.engine.insight.case_rows import Period
from processes.engine.insight.figures import Figures, Passage, Run
from processes.engine.repair import modification, snapshots
from processes.engine.store.figure_models import CaseFigures, KeptFigure, forget_figures
from processes.engine.store.models import (
    ActivityInstance,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
)
from tests.processes.engine.diagrams import define, process, straight, user
from tests.processes.engine.repair.migration.migrating import begin, task_at

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
A_YEAR_AGO = MONDAY - timedelta(days=365)
ELEMENTS = ("a", "b", "c")
PERIODS = (
    Period(),
    Period(first=date(2026, 2, 10)),
    Period(last=date(2026, 6, 30)),
    Period(date(2026, 1, 1), date(2026, 1, 31)),
    Period(date(2026, 3, 20), date(2026, 7, 5)),
    Period(date(2026, 5, 4), date(2026, 5, 4)),
)
TERM = timedelta(days=14)
RUN = [getattr(ProcessInstance, name) for name in Run._fields]
PASSAGE = [getattr(ActivityInstance, name) for name in Passage._fields]


def at(**later: float) -> None:
    set_clock(lambda: MONDAY + timedelta(**later))


def history(
    session: Session,
    definition: ProcessDefinition,
    seed: int,
    number: int,
    ended: tuple[datetime, datetime] = (A_YEAR_AGO, MONDAY),
) -> None:
    """Cases of a year as they may be: in each state, with loops, errors and nothing at all."""
    random = Random(seed)  # noqa: S311 - the same cases each time
    for _ in range(number):
        began = A_YEAR_AGO + timedelta(seconds=random.uniform(0, 365 * 86_400))
        status = random.choice([InstanceStatus.COMPLETED] * 6 + list(InstanceStatus))
        is_open = status in counts.LIVE
        case = ProcessInstance(
            definition_id=definition.id,
            process_key=definition.key,
            business_key=str(new_id()),
            tenant=None,
            started_by="test",
            status=status,
            started_at=began,
        )
        session.add(case)
        session.flush()
        moment = began
        for _ in range(random.randint(0, 4)):
            left = moment + timedelta(seconds=10 ** random.uniform(-3, 6))
            session.add(
                ActivityInstance(
                    id=new_id(),
                    instance_id=case.id,
                    element_id=(element := random.choice(ELEMENTS)),
                    element_type="userTask",
                    name=f"Stap {element}",
                    entered_at=moment,
                    left_at=left,
                    result=random.choice(["completed", "completed", "error", "cancelled"]),
                    actor=None,
                )
            )
            moment = left
        case.ended_at = None if is_open else min(max(moment, ended[0]), ended[1])
    session.flush()


def exactly(session: Session, version: UUID, period: Period) -> tuple[list[Run], list[Passage]]:
    """Every case of the period and its passages, as they are."""
    first, last = period.first or date.min, period.last or date.max
    cases = session.execute(select(*RUN).where(ProcessInstance.definition_id == version))
    runs = [Run(*row) for row in cases]
    runs = [run for run in runs if first <= local(run.started_at).date() <= last]
    ids = {run.id for run in runs}
    passages = [Passage(*row) for row in session.execute(select(*PASSAGE))]
    return runs, [passage for passage in passages if passage.instance_id in ids]


def nearest_rank(lengths: list[timedelta], tenths: int) -> timedelta:
    found = statistics.quantile(sorted(lengths), tenths)
    assert found is not None
    return shown(found)


def assert_exact(session: Session, version: UUID) -> None:
    for period in PERIODS:
        runs, passages = exactly(session, version, period)
        figures = case_figures.figures(session, [version], period).of([version])
        told = statistics.summary(figures, TERM)
        of_status = [run.status for run in runs]
        lengths = [
            run.ended_at - run.started_at
            for run in runs
            if run.status is InstanceStatus.COMPLETED and run.ended_at
        ]
        assert (told.started, told.completed, told.cancelled) == (
            len(runs),
            of_status.count(InstanceStatus.COMPLETED),
            of_status.count(InstanceStatus.CANCELLED),
        )
        assert told.in_time == sum(length <= TERM for length in lengths)
        if lengths:
            assert told.median == nearest_rank(lengths, 5)
            assert told.p90 == nearest_rank(lengths, 9)
        for each in statistics.frequencies(figures):
            of_element = [one for one in passages if one.element_id == each.element_id]
            taken = [one.left_at - one.entered_at for one in of_element if one.left_at]
            assert (each.count, each.name) == (len(taken), f"Stap {each.element_id}")
            assert (each.median, each.p90) == (nearest_rank(taken, 5), nearest_rank(taken, 9))
            failed = sum(one.result == "error" for one in of_element)
            assert each.error_rate == failed / len(taken)
        for id_, stage in statistics.stages(figures, ELEMENTS).items():
            of_element = [one for one in passages if one.element_id == id_]
            done = {one.instance_id for one in of_element if one.result == "completed"}
            assert stage.reached == len({one.instance_id for one in of_element})
            assert stage.passed == len(done)
        assert sum(each.count for each in statistics.cancellations(figures)) == len(
            {one.instance_id for one in passages}
            & {run.id for run in runs if run.status is InstanceStatus.CANCELLED}
        )


def fold_all(session: Session) -> int:
    times = 1
    while case_figures.fold(session):
        times += 1
    return times


def test_figures_are_exact_before_between_and_after_folds(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_figures, "BATCH", 8)
    definition = define(session, process(straight(user("a"), ids=("a",))))
    at()
    history(session, definition, 7, 40)

    assert_exact(session, definition.id)
    assert case_figures.fold(session)  # there is more
    assert_exact(session, definition.id)
    assert fold_all(session) > 2
    assert_exact(session, definition.id)
    assert list(case_figures.differences(session)) == []

    at(days=40)  # who was stopped is settled too
    history(session, definition, 8, 15, (MONDAY, MONDAY + timedelta(days=5)))
    assert case_figures.DUE.ask(session, now())
    fold_all(session)
    assert_exact(session, definition.id)
    assert list(case_figures.differences(session)) == []
    assert not case_figures.DUE.ask(session, now())
    monkeypatch.setattr(case_figures, "MOST", 0)  # only what runs is looked at one by one
    assert case_figures.figures(session, [definition.id], Period()).is_part


def test_very_many_that_ended_at_one_moment_are_folded(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_figures, "BATCH", 2)
    definition = define(session, process(straight(user("a"), ids=("a",))))
    at()
    history(session, definition, 3, 30)
    for case in session.query(ProcessInstance).filter_by(status="completed"):
        case.ended_at = MONDAY - timedelta(days=1)
    session.flush()

    fold_all(session)

    assert list(case_figures.differences(session)) == []
    assert_exact(session, definition.id)


def test_what_is_kept_wrong_is_told_and_made_right(session: Session) -> None:
    definition = define(session, process(straight(user("a"), ids=("a",))))
    at()
    history(session, definition, 5, 20)
    fold_all(session)
    row, other = session.query(CaseFigures).limit(2)
    row.value = Figures().to_json()
    session.delete(other)
    session.flush()

    assert len(list(case_figures.differences(session))) == 2

    case_figures.rebuild(session)
    assert list(case_figures.differences(session)) == []
    assert_exact(session, definition.id)


def test_a_completed_case_that_is_undone_is_counted_as_it_is_now(session: Session) -> None:
    at()
    definition, case = begin(session, straight(user("a"), ids=("a",)))
    modification.skip(session, case.id, task_at(session, "a").id, by="olga", reason="niet nodig")
    at(hours=3)
    fold_all(session)
    for name in counts.due(session):
        counts.fold(session, name)
    (snapshot,) = snapshots.snapshots_of(session, case.id)

    modification.undo(session, snapshot.id, by="olga")
    session.expire_all()

    for _ in range(2):
        figures = case_figures.figures(session, [definition.id], Period()).of([definition.id])
        told = statistics.summary(figures, TERM)
        assert (told.started, told.completed, told.running) == (1, 0, 1)
        assert counts.cases(session) == {definition.id: {InstanceStatus.ACTIVE: 1}}
        fold_all(session)


def test_a_case_undone_before_it_was_counted_leaves_what_is_kept(session: Session) -> None:
    at()
    definition, case = begin(session, straight(user("a"), ids=("a",)))
    history(session, definition, 5, 20, (A_YEAR_AGO, MONDAY - timedelta(hours=3)))
    fold_all(session)
    for name in counts.due(session):
        counts.fold(session, name)
    rows = session.query(CaseFigures).count()
    modification.skip(session, case.id, task_at(session, "a").id, by="olga", reason="niet nodig")
    (snapshot,) = snapshots.snapshots_of(session, case.id)
    at(minutes=5)

    modification.undo(session, snapshot.id, by="olga")
    session.expire_all()

    assert (session.query(CaseFigures).count(), session.query(KeptFigure).count()) == (rows, 3)
    at(hours=3)
    fold_all(session)
    assert list(case_figures.differences(session)) == []
    assert session.get_one(ProcessInstance, case.id).status is InstanceStatus.ACTIVE


def test_a_fold_that_is_being_made_does_not_keep_a_case_that_is_undone(session: Session) -> None:
    at()
    _, case = begin(session, straight(user("a"), ids=("a",)))
    fold_all(session)
    modification.skip(session, case.id, task_at(session, "a").id, by="olga", reason="niet nodig")
    (snapshot,) = snapshots.snapshots_of(session, case.id)
    at(minutes=59)  # not counted yet, but by a fold in a minute it may be

    modification.undo(session, snapshot.id, by="olga")

    assert session.query(KeptFigure).count() == 0


def test_what_a_fold_commits_meanwhile_is_not_counted_twice(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = define(session, process(straight(user("a"), ids=("a",))))
    at()
    history(session, definition, 5, 20)
    at(hours=3)
    monkeypatch.setattr(case_figures, "BATCH", 8)
    case_figures.fold(session)
    right = statistics.summary(
        case_figures.figures(session, [definition.id], Period()).of([definition.id]), TERM
    )
    runs = case_rows.runs

    def meanwhile(*of: Any) -> list[Run]:
        """As on PostgreSQL: the next statement sees what another process committed."""
        found = runs(*of)
        case_figures.fold(session)
        return found

    monkeypatch.setattr(case_rows, "runs", meanwhile)

    found = case_figures.figures(session, [definition.id], Period()).of([definition.id])

    assert statistics.summary(found, TERM) == right


def test_what_tells_until_when_is_counted_goes_before_the_sums(session: Session) -> None:
    at()
    fold_all(session)
    engine, deleted = session.get_bind(), list[str]()

    def note(_c: Any, _d: Any, statement: str, *_: Any) -> None:
        deleted.extend(statement.split()[2:3] if statement.startswith("DELETE") else ())

    event.listen(engine, "before_cursor_execute", note)
    case_figures.rebuild(session)
    forget_figures(session, MONDAY - timedelta(days=1))
    event.remove(engine, "before_cursor_execute", note)

    assert deleted == ["kept_figure", "case_figures"] * 2  # a fold locks in this order


def test_a_length_is_rounded_as_a_page_tells_it() -> None:
    lengths = [timedelta(seconds=1.07**step / 50) for step in range(300)]
    rounded = [shown(length) for length in lengths]

    assert rounded == sorted(rounded)
    assert [shown(each) for each in rounded] == rounded
    told = [
        (length_in_words(one), length_in_words(other))
        for one, other in zip(lengths, rounded, strict=True)
    ]
    assert [one for one, other in told if one != other] == []

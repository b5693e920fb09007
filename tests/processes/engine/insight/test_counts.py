"""Counts of cases and jobs are exact, whether or not what ended was folded before."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.engine.execution import instances
from processes.engine.insight import counts, kept_figures, stuck
from processes.engine.store.figure_models import KeptFigure
from processes.engine.store.models import Job, JobStatus, ProcessInstance, TaskStatus, UserTask
from tests.planning import as_never_used
from tests.processes.engine.diagrams import define, process, straight, user

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def at(**later: float) -> None:
    set_clock(lambda: MONDAY + timedelta(**later))


def a_case(session: Session, key: str) -> ProcessInstance:
    return instances.start_process(session, "p", business_key=key, started_by="test")


def end(session: Session, one: ProcessInstance) -> None:
    task = session.query(UserTask).filter_by(instance_id=one.id, status="open").one()
    instances.complete_user_task(session, task.id, completed_by="anna", variables={})


def counted(session: Session) -> Counter[Any]:
    """Every case, looked at one by one."""
    rows = session.execute(select(ProcessInstance.definition_id, ProcessInstance.status))
    return Counter((definition, status) for definition, status in rows)


def told(session: Session) -> Counter[Any]:
    return Counter(
        {
            (definition, status): number
            for definition, statuses in counts.cases(session).items()
            for status, number in statuses.items()
        }
    )


def fold(session: Session) -> None:
    for name in counts.due(session):
        counts.fold(session, name)
    session.flush()


def after_each(session: Session, *steps: Callable[[], object]) -> None:
    for step in steps:
        step()
        session.flush()
        assert told(session) == counted(session)
        fold(session)
        assert told(session) == counted(session)


def test_cases_are_counted_exactly_before_and_after_they_are_folded(session: Session) -> None:
    define(session, process(straight(user("a"), ids=("a",))))
    at()
    cases = [a_case(session, str(number)) for number in range(4)]
    after_each(
        session,
        lambda: end(session, cases[0]),
        lambda: at(hours=3),  # the first is folded now
        lambda: end(session, cases[1]),
        lambda: at(hours=3, minutes=30),  # the second is too young
        lambda: instances.cancel(session, cases[2].id, by="anna"),
        lambda: at(hours=9),
        lambda: a_case(session, "another"),
    )
    kept = kept_figures.read(session, counts.COMPLETED_CASES.name)
    assert kept is not None
    assert kept.value == {str(cases[0].definition_id): [2, kept_steps(session)]}


def test_counting_cases_reads_the_indexes_of_those_that_run_and_were_cancelled(
    session: Session,
) -> None:
    as_never_used(session, "process_instance")
    connection, sent = session.connection(), []

    def note(*told: Any) -> None:
        sent.append(told[2:4])

    event.listen(connection, "before_cursor_execute", note)
    counts.cases(session)
    event.remove(connection, "before_cursor_execute", note)
    is_sqlite = connection.dialect.name == "sqlite"
    driver: Any = connection.connection.driver_connection
    for way in () if is_sqlite else ("seqscan", "bitmapscan"):
        driver.execute(f"SET LOCAL enable_{way} = off")
    how = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    plan = "\n".join(
        str(row)
        for statement, given in sent
        if "UNION" in statement
        for row in driver.execute(f"{how} {statement}", given)
    )
    assert "ix_process_instance_live" in plan
    assert "ix_process_instance_cancelled" in plan
    assert "ix_process_instance_definition" not in plan


def kept_steps(session: Session) -> int:
    completed = session.query(ProcessInstance).filter_by(status="completed")
    return sum(one.row_version for one in completed)


def test_the_steps_of_all_cases_are_counted_exactly(session: Session) -> None:
    define(session, process(straight(user("a"), user("b"), ids=("a", "b"))))
    at()
    cases = [a_case(session, str(number)) for number in range(3)]
    for one in cases:
        end(session, one)
    end(session, cases[0])
    at(hours=2)
    fold(session)

    taken = sum(one.row_version for one in session.query(ProcessInstance))
    assert dict(counts.steps(session)) == {cases[0].definition_id: taken}
    assert dict(counts.latest_steps(session)) == {cases[0].definition_id: taken}


def test_the_steps_of_all_cases_are_those_of_the_latest_scan_while_it_is_recent(
    session: Session,
) -> None:
    define(session, process(straight(user("a"), ids=("a",))))
    at()
    counts.STEPS.keep(session)
    assert dict(counts.latest_steps(session)) == {}
    one = a_case(session, "1")
    end(session, one)
    assert dict(counts.latest_steps(session)) == {}
    at(minutes=3)
    assert counts.STEPS.due.ask(session, now())
    counts.STEPS.keep(session)
    assert dict(counts.latest_steps(session)) == {one.definition_id: one.row_version}
    end(session, a_case(session, "2"))
    at(minutes=14)
    assert dict(counts.latest_steps(session)) == dict(counts.steps(session))
    assert counts.steps(session)[one.definition_id] > one.row_version


def test_counting_anew_corrects_the_steps_that_the_latest_scan_kept(session: Session) -> None:
    define(session, process(straight(user("a"), ids=("a",))))
    at()
    end(session, a_case(session, "1"))
    at(days=1)
    fold(session)
    kept = session.query(KeptFigure).filter_by(name="completed cases").one()
    kept.value = {group: [number, 1_000] for group, (number, _) in kept.value.items()}
    session.flush()
    counts.STEPS.keep(session)
    assert list(counts.latest_steps(session).values()) == [1_000]
    counts.rebuild(session)
    assert dict(counts.latest_steps(session)) == dict(counts.steps(session))


def test_jobs_are_counted_exactly_before_and_after_they_are_folded(session: Session) -> None:
    at()
    for number, status in enumerate([*JobStatus, JobStatus.DONE]):
        ended = MONDAY if status is JobStatus.DONE else None
        session.add(
            Job(
                topic="send",
                idempotency_key=str(number),
                arguments={},
                status=status,
                done_at=ended,
            )
        )
    session.flush()
    right = {("send", status): 2 if status is JobStatus.DONE else 1 for status in JobStatus}
    assert counts.jobs(session) == right
    at(hours=2)
    fold(session)
    assert counts.jobs(session) == right


def test_a_figure_that_was_kept_wrong_is_told_and_made_right(session: Session) -> None:
    define(session, process(straight(user("a"), ids=("a",))))
    at()
    one = a_case(session, "1")
    end(session, one)
    at(hours=2)
    fold(session)
    assert list(counts.differences(session)) == []
    kept = session.get_one(KeptFigure, counts.COMPLETED_CASES.name)
    kept.value = {str(one.definition_id): [7, 7]}
    session.flush()

    assert list(counts.differences(session)) == [
        f"completed cases of {one.definition_id}: kept 7, counted 1"
    ]
    counts.rebuild(session)
    assert list(counts.differences(session)) == []


def test_of_two_that_fold_at_once_only_one_counts(session: Session) -> None:
    at()
    assert kept_figures.keep(session, "n", former=None, as_of=MONDAY, value={"a": [1, 1]})
    session.flush()
    assert not kept_figures.keep(session, "n", former=None, as_of=MONDAY, value={"a": [9, 9]})
    later = MONDAY + timedelta(hours=1)
    assert kept_figures.keep(session, "n", former=MONDAY, as_of=later, value={"a": [2, 2]})
    assert not kept_figures.keep(session, "n", former=MONDAY, as_of=later, value={"a": [9, 9]})
    kept = kept_figures.read(session, "n")
    assert kept is not None
    assert kept.value == {"a": [2, 2]}


def test_stuck_cases_that_a_scan_found_are_told_until_they_go_on(session: Session) -> None:
    define(session, process(straight(user("a"), ids=("a",))))
    at()
    one = a_case(session, "1")
    task = session.query(UserTask).one()
    task.status = TaskStatus.CANCELLED
    session.flush()
    assert stuck.SCAN.due.ask(session, now())
    stuck.SCAN.keep(session)
    session.flush()
    assert not stuck.SCAN.due.ask(session, now())
    assert [each.instance_id for each in stuck.found_stuck(session)] == [one.id]

    task.status = TaskStatus.OPEN
    session.flush()
    assert stuck.found_stuck(session) == []


def test_without_a_recent_scan_every_case_is_looked_at(session: Session) -> None:
    define(session, process(straight(user("a"), ids=("a",))))
    at()
    stuck.SCAN.keep(session)
    one = a_case(session, "1")
    session.query(UserTask).one().status = TaskStatus.CANCELLED
    session.flush()
    assert stuck.found_stuck(session) == []
    at(minutes=11)
    assert [each.instance_id for each in stuck.found_stuck(session)] == [one.id]

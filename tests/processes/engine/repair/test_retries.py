"""Many incidents of one cause are tried again, and the run tells the truth about each."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.engine.execution import incidents, instances, jobs
from processes.engine.execution.events import timers
from processes.engine.execution.jobs import create_job
from processes.engine.execution.steps import StepFailedError
from processes.engine.repair import retries, suspension
from processes.engine.repair.retries import (
    Turn,
    advance,
    begin,
    begin_cause,
    counts_of,
    open_runs,
    retried_incidents,
)
from processes.engine.store.models import Incident, IncidentStatus, Job, JobStatus, ProcessInstance
from processes.engine.store.retry_models import RetryMode, RetryOutcome, RetryRun
from tests.processes.engine.diagrams import boundary, chain, define, job, node, process, timer, user
from tests.processes.engine.repair.migration.migrating import ENDS
from tests.sizes import so_many

LEASE = timedelta(minutes=1)


def attempt(session: Session, work: Job, error: Exception | None = None) -> None:
    """One attempt of a worker at this job."""
    claimed = jobs.claim(session, work.id, owner="w", lease=LEASE)
    assert claimed is not None
    if error is None:
        jobs.finish(session, work.id, "w", claimed.attempts)
    else:
        jobs.fail(session, work.id, "w", claimed.attempts, error)


def stopped(session: Session, number: int) -> list[Job]:
    """So many jobs that failed for good."""
    made = [
        create_job(session, "mail", {}, idempotency_key=f"job {each}", max_attempts=3)
        for each in range(number)
    ]
    for each in made:
        each.attempts = 2
        session.flush()
        attempt(session, each, ConnectionError(f"geen antwoord op brief {each.id}"))
    return made


def begun(session: Session, mode: RetryMode) -> RetryRun:
    found = session.scalars(select(Incident).order_by(Incident.created_at)).all()
    run = begin(session, found, mode=mode, by="olga")
    advance(session, run.id)
    return run


def outcomes(session: Session, run: RetryRun) -> list[RetryOutcome]:
    advance(session, run.id)
    return [each.item.outcome for each in retried_incidents(session, run.id)]


def test_incidents_of_many_jobs_share_a_cause_whatever_their_message(session: Session) -> None:
    stopped(session, 3)
    found = session.scalars(select(Incident)).all()
    assert len({incident.cause for incident in found}) == 1
    assert len({incident.fingerprint for incident in found}) == 3


def test_another_exception_is_another_cause(session: Session) -> None:
    first, second = stopped(session, 2)
    assert first.id != second.id
    other = create_job(session, "mail", {}, idempotency_key="other", max_attempts=1)
    attempt(session, other, ValueError("iets anders"))
    assert len(set(session.scalars(select(Incident.cause)))) == 2


def two_that_cannot_start(session: Session) -> None:
    """Two instances that stop at the same condition."""
    drawn = node("exclusiveGateway", "which") + user("a")
    flows = chain("start", "which") + (
        '<bpmn:sequenceFlow id="f" sourceRef="which" targetRef="a">'
        "<bpmn:conditionExpression>${missing &gt; 1}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    define(session, process(ENDS + drawn + flows + chain("a", "end")))
    for each in ("1", "2"):
        with pytest.raises(StepFailedError):
            instances.start_process(session, "p", business_key=each, started_by="t")


def test_the_same_element_of_two_instances_is_one_cause(session: Session) -> None:
    two_that_cannot_start(session)
    causes = session.scalars(select(Incident.cause)).all()
    said = set(session.scalars(select(Incident.message)))
    told = 'De expressie "missing > 1" gebruikt "missing", en die variabele bestaat niet.'
    assert said == {f"Bij “which”: {told}"}
    assert len(causes) == 2
    assert len(set(causes)) == 1


def test_only_the_first_is_tried_until_it_has_truly_succeeded(session: Session) -> None:
    first, *others = stopped(session, 3)
    run = begun(session, RetryMode.ONE_FIRST)
    waiting = RetryOutcome.WAITING
    assert outcomes(session, run) == [RetryOutcome.TRYING, waiting, waiting]
    assert [other.status for other in others] == [JobStatus.FAILED] * 2
    attempt(session, first)
    assert outcomes(session, run) == [RetryOutcome.SUCCEEDED] + [RetryOutcome.TRYING] * 2
    for other in others:
        attempt(session, other)
    assert outcomes(session, run) == [RetryOutcome.SUCCEEDED] * 3
    assert open_runs(session) == []


def test_the_first_is_not_said_to_have_failed_before_it_is_tried(session: Session) -> None:
    stopped(session, 2)
    run = begun(session, RetryMode.ONE_FIRST)
    assert [each.remark for each in retried_incidents(session, run.id)] == ["", ""]


def test_when_the_first_fails_the_others_are_left_as_they_were(session: Session) -> None:
    first, *others = stopped(session, 3)
    run = begun(session, RetryMode.ONE_FIRST)
    attempt(session, first, ConnectionError("nog steeds niet"))
    left = RetryOutcome.LEFT
    assert outcomes(session, run) == [RetryOutcome.FAILED, left, left]
    assert (
        "kreeg geen antwoord van een ander systeem" in retried_incidents(session, run.id)[0].remark
    )
    assert [other.status for other in others] == [JobStatus.FAILED] * 2
    still_open = select(Incident).where(Incident.status == IncidentStatus.OPEN)
    assert len(session.scalars(still_open).all()) == 3


def test_all_are_tried_at_once_and_each_has_its_own_outcome(session: Session) -> None:
    first, second = stopped(session, 2)
    run = begun(session, RetryMode.ALL)
    attempt(session, first)
    attempt(session, second, ConnectionError("weer niet"))
    assert outcomes(session, run) == [RetryOutcome.SUCCEEDED, RetryOutcome.TRYING]
    assert "nog een poging" in retried_incidents(session, run.id)[1].remark
    assert open_runs(session) == [run.id]


def test_what_was_resolved_meanwhile_is_not_tried_again(session: Session) -> None:
    (only,) = stopped(session, 1)
    begun(session, RetryMode.ALL)
    attempt(session, only)
    again = begun(session, RetryMode.ALL)
    assert outcomes(session, again) == [RetryOutcome.UNPROVEN]


def test_a_timer_that_fails_again_has_failed(session: Session) -> None:
    drawn = user("a") + boundary("t", "a", timer("timeDuration", "PT1M")) + user("late")
    drawn += node("exclusiveGateway", "which") + chain("start", "a", "end") + chain("t", "which")
    drawn += (
        '<bpmn:sequenceFlow id="f" sourceRef="which" targetRef="late">'
        "<bpmn:conditionExpression>${ok == 1}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    ) + chain("late", "end")
    define(session, process(ENDS + drawn))
    instances.start_process(session, "p", variables={"ok": 2}, started_by="t")
    moment = now() + timedelta(minutes=2)
    set_clock(lambda: moment)
    assert timers.fire_due_timers(session, 10) == 0
    run = begun(session, RetryMode.ALL)
    assert outcomes(session, run) == [RetryOutcome.TRYING]
    assert timers.fire_due_timers(session, 10) == 0
    assert outcomes(session, run) == [RetryOutcome.FAILED]


def test_an_instance_that_stands_still_keeps_its_jobs_and_goes_on_later(session: Session) -> None:
    define(session, process(ENDS + job("mail") + user("b") + chain("start", "mail", "b", "end")))
    instance = instances.start_process(session, "p", started_by="t")
    work = session.scalars(select(Job)).one()
    suspension.suspend(session, instance.id)
    assert jobs.due_jobs(session, 10) == []
    assert jobs.claim(session, work.id, owner="w", lease=LEASE) is None
    suspension.resume(session, instance.id)
    attempt(session, work)
    assert session.get_one(Job, work.id).status is JobStatus.DONE


def test_only_what_runs_can_be_suspended_and_only_that_resumed(session: Session) -> None:
    define(session, process(ENDS + user("a") + chain("start", "a", "end")))
    instance = instances.start_process(session, "p", started_by="t")
    with pytest.raises(instances.InstanceNotActiveError):
        suspension.resume(session, instance.id)
    suspension.suspend(session, instance.id)
    with pytest.raises(instances.InstanceNotActiveError):
        suspension.suspend(session, instance.id)


def test_a_job_of_a_suspended_instance_says_why_it_is_not_tried(session: Session) -> None:
    define(session, process(ENDS + job("mail") + user("b") + chain("start", "mail", "b", "end")))
    instance: ProcessInstance = instances.start_process(session, "p", started_by="t")
    work = session.scalars(select(Job)).one()
    work.attempts = work.max_attempts - 1
    session.flush()
    attempt(session, work, ConnectionError("weg"))
    suspension.suspend(session, instance.id)
    run = begun(session, RetryMode.ALL)
    [only] = retried_incidents(session, run.id)
    assert (only.item.outcome, only.remark) == (
        RetryOutcome.TRYING,
        "De zaak staat stil: hervat hem eerst.",
    )


def many_stopped(session: Session, number: int) -> str:
    """So many incidents of one cause, each of a job that failed; says the cause."""
    [pattern] = stopped(session, 1)
    incident = session.scalars(select(Incident)).one()
    jobs_made = [copy_of(pattern, each) for each in range(1, number)]
    session.execute(insert(Job), jobs_made)
    made = [
        columns_of(incident) | {"id": uuid4(), "job_id": each["id"], "fingerprint": str(each["id"])}
        for each in jobs_made
    ]
    session.execute(insert(Incident), made)
    return incident.cause


def columns_of(row: Job | Incident) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def copy_of(pattern: Job, number: int) -> dict[str, Any]:
    return columns_of(pattern) | {"id": uuid4(), "idempotency_key": f"copy {number}"}


def advanced(session: Session, run: RetryRun) -> list[Turn]:
    """All turns that can be taken now."""
    turns = [advance(session, run.id)]
    while turns[-1] is Turn.AT_ONCE:
        turns.append(advance(session, run.id))
    return turns


def all_succeed(session: Session) -> None:
    """As if workers had done what waits."""
    done = update(Job).where(Job.status == JobStatus.NEW)
    session.execute(done.values(status=JobStatus.DONE, done_at=now()))


@pytest.fixture
def per_turn(monkeypatch: pytest.MonkeyPatch) -> int:
    """So many are tried in one turn, and ten times as many are looked at."""
    tried = so_many(10, when_long=retries.AT_A_TIME)
    monkeypatch.setattr(retries, "AT_A_TIME", tried)
    monkeypatch.setattr(retries, "SETTLED_AT_A_TIME", 10 * tried)
    return tried


def test_more_than_are_looked_at_in_one_turn_are_all_tried_in_turns(
    session: Session, per_turn: int
) -> None:
    number = 12 * per_turn + 3
    cause = many_stopped(session, number)
    run = begin_cause(session, cause, mode=RetryMode.ALL, by="olga")
    assert run is not None
    assert advance(session, run.id) is Turn.AT_ONCE
    assert counts_of(session, run.id)[RetryOutcome.TRYING] == per_turn
    turns = advanced(session, run)
    assert (len(turns), turns[-1]) == (12, Turn.LATER)
    assert counts_of(session, run.id)[RetryOutcome.TRYING] == number
    all_succeed(session)
    assert advanced(session, run) == [Turn.AT_ONCE, Turn.ENDED]
    assert counts_of(session, run.id)[RetryOutcome.SUCCEEDED] == number
    assert incidents.open_incidents(session) == []


def test_the_rest_of_very_many_follows_the_first_one_that_succeeded(
    session: Session, per_turn: int
) -> None:
    rest = 11 * per_turn
    cause = many_stopped(session, rest + 1)
    run = begin_cause(session, cause, mode=RetryMode.ONE_FIRST, by="olga")
    assert run is not None
    assert advanced(session, run) == [Turn.LATER]
    assert counts_of(session, run.id)[RetryOutcome.WAITING] == rest
    all_succeed(session)
    assert len(advanced(session, run)) == 12
    all_succeed(session)
    assert advanced(session, run)[-1] is Turn.ENDED
    assert counts_of(session, run.id)[RetryOutcome.SUCCEEDED] == rest + 1


def test_very_many_are_left_when_the_first_one_fails_again(session: Session) -> None:
    cause = many_stopped(session, 1101)
    run = begin_cause(session, cause, mode=RetryMode.ONE_FIRST, by="olga")
    assert run is not None
    advance(session, run.id)
    [first] = session.scalars(select(Job).where(Job.status == JobStatus.NEW))
    attempt(session, first, ConnectionError("nog weg"))
    assert advanced(session, run) == [Turn.ENDED]
    counted = counts_of(session, run.id)
    assert (counted[RetryOutcome.FAILED], counted[RetryOutcome.LEFT]) == (1, 1100)
    assert len(incidents.open_incidents(session)) == 1101


def test_what_goes_wrong_after_the_order_is_no_part_of_it(session: Session) -> None:
    cause = many_stopped(session, 2)
    run = begin_cause(session, cause, mode=RetryMode.ALL, by="olga")
    assert run is not None
    later = create_job(session, "mail", {}, idempotency_key="later", max_attempts=1)
    attempt(session, later, ConnectionError("geen antwoord"))
    advance(session, run.id)
    assert sum(counts_of(session, run.id).values()) == 2
    assert session.get_one(Job, later.id).status is JobStatus.FAILED


def test_a_cause_without_open_incidents_gives_no_run(session: Session) -> None:
    assert begin_cause(session, "nothing", mode=RetryMode.ALL, by="olga") is None


def test_a_part_of_a_run_is_told_in_its_order(session: Session) -> None:
    stopped(session, 5)
    run = begun(session, RetryMode.ALL)
    part = retried_incidents(session, run.id, first=2, most=2)
    assert [each.item.position for each in part] == [2, 3]


def test_where_nothing_can_show_that_the_first_succeeded_the_rest_is_left_and_told_so(
    session: Session,
) -> None:
    two_that_cannot_start(session)
    run = begun(session, RetryMode.ONE_FIRST)
    assert outcomes(session, run) == [RetryOutcome.UNPROVEN, RetryOutcome.LEFT]
    assert "niet zeker" in retried_incidents(session, run.id)[1].remark

"""Many incidents of one cause are tried again, and the run tells the truth about each."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now, set_clock
from processes.engine import instances, jobs, suspension, timers
from processes.engine.jobs import create_job
from processes.engine.models import Incident, IncidentStatus, Job, JobStatus, ProcessInstance
from processes.engine.retries import (
    RetryItem,
    RetryMode,
    RetryOutcome,
    RetryRun,
    advance,
    begin,
    items_of,
    open_runs,
)
from processes.engine.steps import StepFailedError
from tests.processes.engine.diagrams import boundary, chain, define, job, node, process, timer, user
from tests.processes.engine.migrating import ENDS

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
    return [item.outcome for item in items_of(session, run.id)]


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


def test_the_same_element_of_two_instances_is_one_cause(session: Session) -> None:
    drawn = node("exclusiveGateway", "which") + user("a")
    flows = chain("start", "which") + (
        '<bpmn:sequenceFlow id="f" sourceRef="which" targetRef="a">'
        "<bpmn:conditionExpression>${missing &gt; 1}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    define(session, process(ENDS + drawn + flows + chain("a", "end")))
    for each in ("1", "2"):
        with pytest.raises(StepFailedError):
            instances.start_process(session, "p", business_key=each, started_by="t")
    causes = session.scalars(select(Incident.cause)).all()
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


def test_when_the_first_fails_the_others_are_left_as_they_were(session: Session) -> None:
    first, *others = stopped(session, 3)
    run = begun(session, RetryMode.ONE_FIRST)
    attempt(session, first, ConnectionError("nog steeds niet"))
    left = RetryOutcome.LEFT
    assert outcomes(session, run) == [RetryOutcome.FAILED, left, left]
    assert "nog steeds niet" in items_of(session, run.id)[0].remark
    assert [other.status for other in others] == [JobStatus.FAILED] * 2
    still_open = select(Incident).where(Incident.status == IncidentStatus.OPEN)
    assert len(session.scalars(still_open).all()) == 3


def test_all_are_tried_at_once_and_each_has_its_own_outcome(session: Session) -> None:
    first, second = stopped(session, 2)
    run = begun(session, RetryMode.ALL)
    attempt(session, first)
    attempt(session, second, ConnectionError("weer niet"))
    assert outcomes(session, run) == [RetryOutcome.SUCCEEDED, RetryOutcome.TRYING]
    assert "nog een poging" in items_of(session, run.id)[1].remark
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
    item: RetryItem = items_of(session, run.id)[0]
    assert (item.outcome, item.remark) == (
        RetryOutcome.TRYING,
        "De zaak staat stil: hervat hem eerst.",
    )

"""A job is done once, by whoever holds its lease; what fails is tried again, then told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from processes.base import set_clock
from processes.engine.execution import incidents, instances, jobs
from processes.engine.registry import BpmnError
from processes.engine.store.job_rows import ClaimedJob
from processes.engine.store.models import InstanceStatus, Job, JobStatus, ProcessInstance
from processes.unit_of_work import unit_of_work
from tests.processes.engine.diagrams import define, flow, job, node, process, straight, user

LEASE = timedelta(minutes=2)


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, by: timedelta) -> None:
        self.moment += by


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    set_clock(clock)
    yield clock
    set_clock(None)


@pytest.fixture
def instance(session: Session, clock: Clock) -> ProcessInstance:
    assert clock.moment
    retries = (
        "<bpmn:extensionElements><camunda:failedJobRetryTimeCycle>R3/PT10M"
        "</camunda:failedJobRetryTimeCycle></bpmn:extensionElements>"
    )
    define(session, process(straight(job("mail", inner=retries), user("b"), ids=("mail", "b"))))
    return instances.start_process(session, "p", started_by="test")


def only_job(session: Session) -> Job:
    (made,) = session.query(Job).all()
    return made


def claim(session: Session, owner: str = "w") -> ClaimedJob | None:
    return jobs.claim(session, only_job(session).id, owner=owner, lease=LEASE)


@pytest.mark.usefixtures("instance")
def test_a_new_job_is_due_at_once_and_announced_once(session: Session) -> None:
    made = only_job(session)

    assert jobs.due_jobs(session, 10) == [made.id]
    assert unit_of_work(session).take_jobs() == [(made.id, "mail")]
    assert unit_of_work(session).take_jobs() == []
    assert (made.max_attempts, made.retry_every) == (3, "PT10M")


@pytest.mark.usefixtures("instance")
def test_a_leased_job_is_nobody_elses(session: Session) -> None:
    assert claim(session, "first") is not None

    assert claim(session, "second") is None
    assert jobs.due_jobs(session, 10) == []


@pytest.mark.usefixtures("instance")
def test_a_job_whose_lease_ran_out_can_be_claimed_again(session: Session, clock: Clock) -> None:
    claim(session, "first")
    clock.forward(LEASE + timedelta(seconds=1))

    assert jobs.due_jobs(session, 10) == [only_job(session).id]
    again = claim(session, "second")
    assert again is not None
    assert (again.attempts, again.lease_owner) == (2, "second")


def test_a_late_worker_changes_nothing(
    session: Session, instance: ProcessInstance, clock: Clock
) -> None:
    late = claim(session, "first")
    assert late is not None
    job_id, attempt = late.id, late.attempts
    clock.forward(LEASE + timedelta(seconds=1))
    claim(session, "second")

    assert not jobs.finish(session, job_id, "first", attempt, {"sent": True})
    assert not jobs.fail(session, job_id, "first", attempt, OSError())
    assert only_job(session).status == JobStatus.LEASED
    assert instances.variables(session, instance) == {}


@pytest.mark.usefixtures("instance")
def test_the_same_worker_is_late_for_its_own_earlier_attempt(
    session: Session, clock: Clock
) -> None:
    claim(session, "w")
    clock.forward(LEASE + timedelta(seconds=1))
    claim(session, "w")

    assert not jobs.finish(session, only_job(session).id, "w", 1)
    assert jobs.finish(session, only_job(session).id, "w", 2)


def test_a_job_is_finished_once(session: Session, instance: ProcessInstance) -> None:
    claim(session)

    assert jobs.finish(session, only_job(session).id, "w", 1, {"sent": True})
    assert not jobs.finish(session, only_job(session).id, "w", 1, {"sent": False})
    assert instances.variables(session, instance) == {"sent": True}


@pytest.mark.usefixtures("instance")
def test_a_worker_that_reports_keeps_its_lease(session: Session, clock: Clock) -> None:
    claimed = claim(session)
    assert claimed is not None
    clock.forward(timedelta(minutes=1))

    assert jobs.extend_lease(session, claimed, LEASE)
    clock.forward(timedelta(seconds=90))
    assert jobs.due_jobs(session, 10) == []


@pytest.mark.usefixtures("instance")
def test_a_failed_attempt_waits_longer_each_time(session: Session, clock: Clock) -> None:
    for attempt, minutes in ((1, 10), (2, 20)):
        assert claim(session) is not None
        assert jobs.fail(session, only_job(session).id, "w", attempt, OSError("no route"))
        pause = (only_job(session).due_at - clock.moment) / timedelta(minutes=1)
        assert minutes * 0.8 <= pause <= minutes * 1.2
        assert jobs.due_jobs(session, 10) == []
        clock.forward(timedelta(minutes=minutes * 1.2 + 1))
        assert jobs.due_jobs(session, 10) == [only_job(session).id]


@pytest.mark.usefixtures("instance")
def test_out_of_attempts_is_an_incident_and_can_be_retried(session: Session, clock: Clock) -> None:
    for attempt in (1, 2, 3):
        claim(session)
        jobs.fail(session, only_job(session).id, "w", attempt, OSError("no route"))
        clock.forward(timedelta(hours=1))
    unit_of_work(session).take_jobs()

    (incident,) = incidents.open_incidents(session)
    assert (incident.kind, incident.job_id) == ("job-failed", only_job(session).id)
    assert "no route" not in incident.message
    assert "no route" in incident.details
    assert jobs.due_jobs(session, 10) == []

    incidents.retry_incident(session, incident.id, by="olga")
    assert incidents.open_incidents(session) == []
    assert unit_of_work(session).take_jobs() == [(only_job(session).id, "mail")]
    assert claim(session) is not None
    assert jobs.finish(session, only_job(session).id, "w", 1)
    assert instances.open_user_tasks(session)[0].element_id == "b"


@pytest.mark.usefixtures("instance")
def test_an_incident_is_retried_once(session: Session) -> None:
    for attempt in (1, 2, 3):
        only_job(session).due_at = datetime(2026, 1, 1, tzinfo=UTC)
        claim(session)
        jobs.fail(session, only_job(session).id, "w", attempt, OSError())
    (incident,) = incidents.open_incidents(session)
    incidents.retry_incident(session, incident.id, by="olga")

    with pytest.raises(incidents.IncidentNotOpenError):
        incidents.retry_incident(session, incident.id, by="olga")


@pytest.mark.usefixtures("instance")
def test_a_job_that_kills_its_worker_stops_after_its_attempts(
    session: Session, clock: Clock
) -> None:
    for _ in range(3):
        assert claim(session) is not None
        clock.forward(LEASE + timedelta(seconds=1))

    assert claim(session) is None
    assert only_job(session).status == JobStatus.FAILED
    assert [incident.kind for incident in incidents.open_incidents(session)] == ["job-failed"]


def test_the_job_of_a_cancelled_instance_is_cancelled(
    session: Session, instance: ProcessInstance
) -> None:
    claim(session)
    instances.cancel(session, instance.id, by="olga")

    assert only_job(session).status == JobStatus.CANCELLED
    assert not jobs.finish(session, only_job(session).id, "w", 1)
    assert instance.status == InstanceStatus.CANCELLED


def test_a_job_without_an_instance_is_made_once_for_its_key(session: Session) -> None:
    first = jobs.create_job(session, "publish", {"ids": ["1"]}, idempotency_key="bulk-1")
    second = jobs.create_job(session, "publish", {"ids": ["1"]}, idempotency_key="bulk-1")

    assert first.id == second.id
    assert unit_of_work(session).take_jobs() == [(first.id, "publish")]
    assert jobs.claim(session, first.id, owner="w", lease=LEASE) is not None
    assert jobs.finish(session, first.id, "w", 1)
    assert first.status == JobStatus.DONE


def test_a_result_with_which_the_process_cannot_go_on_is_an_incident_of_the_job(
    session: Session,
) -> None:
    body = (
        straight(job("mail"), node("exclusiveGateway", "g"), ids=("mail", "g")).replace(
            flow("g", "end"), flow("g", "end", "${sent}")
        )
        + node("endEvent", "other")
        + flow("g", "other", "${not sent}")
    )
    define(session, process(body))
    started = instances.start_process(session, "p", started_by="test")
    claim(session)

    assert jobs.finish(session, only_job(session).id, "w", 1, {})
    assert only_job(session).status == JobStatus.FAILED
    (incident,) = incidents.open_incidents(session)
    assert (incident.kind, incident.job_id) == ("expression", only_job(session).id)

    incidents.retry_incident(session, incident.id, by="olga")
    claim(session)
    assert jobs.finish(session, only_job(session).id, "w", 1, {"sent": True})
    assert started.status == InstanceStatus.COMPLETED


def test_a_bpmn_error_that_the_diagram_does_not_know_is_an_incident_of_the_job(
    session: Session,
) -> None:
    define(session, process(straight(job("mail"), ids=("mail",))))
    started = instances.start_process(session, "p", started_by="test")
    claim(session)

    assert jobs.fail(session, only_job(session).id, "w", 1, BpmnError("refused"))
    (incident,) = incidents.open_incidents(session)
    assert (incident.kind, incident.element_id) == ("uncaught-error", "mail")

    incidents.retry_incident(session, incident.id, by="olga")
    claim(session)
    assert jobs.finish(session, only_job(session).id, "w", 1, {})
    assert started.status == InstanceStatus.COMPLETED

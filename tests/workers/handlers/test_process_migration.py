"""Running instances are moved, and put back, by a worker: in chunks, and on from where it was."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.execution.instances import start_process
from processes.engine.execution.jobs import create_job
from processes.engine.repair.migration import runs, undo
from processes.engine.store.models import Job, JobStatus, ProcessDefinition, ProcessInstance
from processes.engine.store.snapshot_models import MigrationItem, MigrationOutcome, MigrationRun
from processes.platform.settings import Settings
from tests.processes.engine.diagrams import define, process, straight, user
from workers.handlers import process_migration
from workers.run_job import run

ReadJob = Callable[[UUID], Job]
ONE = process(straight(user("a"), ids=("a",)))
TWO = process(straight(user("a"), user("b"), ids=("a", "b")))


@pytest.fixture
def session(own_engine: Engine, worker_settings: Settings) -> Iterator[Session]:
    assert worker_settings
    with Session(own_engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def begun(session: Session, monkeypatch: pytest.MonkeyPatch) -> MigrationRun:
    """Five instances that are to move, two in each transaction."""
    monkeypatch.setattr(process_migration, "AT_A_TIME", 2)
    old = define(session, ONE)
    for n in range(5):
        start_process(session, "p", business_key=str(n), started_by="test")
    new = define(session, TWO)
    found = runs.begin_all(session, old.id, new.id, {}, by="pieter")
    session.commit()
    return found


def perform(session: Session, topic: str, run_id: UUID) -> UUID:
    job = create_job(session, topic, {"run_id": str(run_id)}, idempotency_key=f"{topic}:{run_id}")
    session.commit()
    job_id = job.id
    assert run(job_id)
    session.expire_all()
    return job_id


def versions(session: Session) -> set[int]:
    query = select(ProcessDefinition.version).join(
        ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id
    )
    return set(session.scalars(query))


def outcomes(session: Session) -> set[MigrationOutcome]:
    return set(session.scalars(select(MigrationItem.outcome)))


def test_a_worker_moves_all_and_puts_all_back(
    session: Session, begun: MigrationRun, read_job: ReadJob
) -> None:
    run_id = begun.id
    job = read_job(perform(session, "migrate-instances", run_id))
    assert (job.status, job.progress) == (JobStatus.DONE, {"done": 5, "total": 5})
    assert (versions(session), outcomes(session)) == ({2}, {MigrationOutcome.MIGRATED})
    session.commit()
    undo.begin_undo(session, run_id, by="olga")
    session.commit()
    undone = read_job(perform(session, "undo-migration", run_id))
    assert undone.status is JobStatus.DONE
    assert (versions(session), outcomes(session)) == ({1}, {MigrationOutcome.UNDONE})


def test_a_worker_goes_on_where_another_stopped(
    session: Session, begun: MigrationRun, read_job: ReadJob
) -> None:
    run_id = begun.id
    runs.apply_chunk(session, run_id, 3)
    session.commit()
    job = read_job(perform(session, "migrate-instances", run_id))
    assert job.status is JobStatus.DONE
    assert versions(session) == {2}


def test_a_run_without_instances_is_done_at_once(session: Session, read_job: ReadJob) -> None:
    old, new = define(session, ONE), define(session, TWO)
    empty = runs.begin_all(session, old.id, new.id, {}, by="pieter")
    session.commit()
    assert read_job(perform(session, "migrate-instances", empty.id)).status is JobStatus.DONE

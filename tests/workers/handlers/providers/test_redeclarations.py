"""The job that asks providers to declare anew, a few at a time (R40)."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.casework import redeclarations
from processes.engine.deployment.definitions import deploy
from processes.engine.store.models import Job, JobStatus, ProcessInstance
from processes.platform.settings import Settings
from processes.register.declarations import seed_requirements
from tests.app.offers.offer_world import BPMN, a_provider
from workers.run_job import run
from workers.vocabulary import vocabulary

COMPANIES = ("68750110", "90000102", "90000110")


@pytest.mark.rule("R40")
def test_every_provider_is_asked_once_and_the_progress_counts_providers(
    worker_settings: Settings,
    own_engine: Engine,
    read_job: Callable[[UUID], Job],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert worker_settings
    monkeypatch.setattr(redeclarations, "CHUNK", 2)
    with Session(own_engine) as session:
        seed_requirements(session)
        xml = (BPMN / "redeclaration.bpmn").read_bytes()
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="test")
        for kvk in COMPANIES:
            a_provider(session, kvk)
        redeclarations.begin_campaign(session, date(2027, 4, 1), by="Anna")
        session.commit()
        job_id = session.scalars(select(Job.id).filter_by(topic=redeclarations.TOPIC)).one()
    run(job_id)
    job = read_job(job_id)
    assert (job.status, job.progress) == (JobStatus.DONE, {"done": 3, "total": 3})
    with Session(own_engine) as session:
        keys = session.scalars(select(ProcessInstance.business_key)).all()
        assert sorted(key or "" for key in keys) == sorted(COMPANIES)
        again = redeclarations.begin_campaign(session, date(2027, 5, 1), by="Anna")
        assert again.asked == 0  # each was asked before, and keeps its day

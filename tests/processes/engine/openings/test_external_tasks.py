"""Workers outside that fetch at the same moment get different jobs, each once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from processes.engine.execution.instances import start_process
from processes.engine.openings.clients import Rights, make
from processes.engine.openings.external_tasks import Order, TopicRequest, Worker, fetch
from processes.engine.store.models import Job
from processes.engine.store.opening_models import Opening
from tests.processes.engine.diagrams import define, job, process, straight

TOPIC = "bel"
REQUEST = TopicRequest(TOPIC, timedelta(minutes=1))
JOBS, WORKERS = 12, 3


def test_each_job_is_of_one_worker(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        opening, _token = make(session, "w", Rights(topics=[TOPIC]), by="test")
        opening_id = opening.id
        define(session, process(straight(job("call", TOPIC), ids=("call",))))
        for _ in range(JOBS):
            start_process(session, "p", started_by="test")
        session.commit()
    together = Barrier(WORKERS)

    def work(name: str) -> Sequence[UUID]:
        found: list[UUID] = []
        together.wait()
        while True:
            with Session(own_engine) as session:
                worker = Worker(session.get_one(Opening, opening_id), name)
                some = [each.job.id for each in fetch(session, worker, [REQUEST], 2, Order())]
                session.commit()
            found += some
            if not some:
                return found

    with ThreadPoolExecutor(WORKERS) as pool:
        fetched = list(pool.map(work, "abc"))
    all_of_them = [id_ for ids in fetched for id_ in ids]
    with Session(own_engine) as session:
        assert sorted(all_of_them) == sorted(session.scalars(select(Job.id)))
        attempts = set(session.scalars(select(Job.attempts)))
    assert attempts == {1}

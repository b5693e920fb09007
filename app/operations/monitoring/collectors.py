"""Prometheus collectors: counters of the process, and gauges from the database."""

import os
from collections import Counter as Counted
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from app.operations.monitoring.outside import outside_topics
from processes.base import now
from processes.casework.orphaned_tasks import number_found
from processes.engine.insight import counts
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    Job,
    JobStatus,
    ProcessDefinition,
)
from processes.platform.observed import ALIVE_FOR, HealthCheck, WorkerHeartbeat

LATELY = timedelta(minutes=15)
PER_MILLE = (500, 950, 990)

OWN = CollectorRegistry()
requests_total = Counter(
    "loket_requests", "Requests answered", ["endpoint", "method", "status"], registry=OWN
)
request_seconds = Histogram(
    "loket_request_seconds",
    "Seconds to answer a request",
    ["endpoint"],
    registry=OWN,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

replays_verified = Counter(
    "loket_replays_verified",
    "Steps taken by replay that the interpreter took too; different: the replay was wrong",
    ["outcome"],
    registry=OWN,
)


def exposition(session: Session, engine: Engine) -> bytes:
    """All metrics in Prometheus' text format."""
    everything = CollectorRegistry()
    everything.register(FromDatabase(session, engine))
    return own_metrics() + generate_latest(everything)


def own_metrics() -> bytes:
    """The metrics of this process; with PROMETHEUS_MULTIPROC_DIR, of its siblings too."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(OWN)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)


class FromDatabase(Collector):
    """Gauges from the database, the same from every process."""

    def __init__(self, session: Session, engine: Engine) -> None:
        self._session = session
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        """Every metric, each with one query."""
        yield from self._jobs()
        yield self._latency()
        yield from self._outside()
        yield self._incidents()
        yield self._orphans()
        yield from self._instances()
        yield from self._sweeps()
        yield self._health()
        yield from self._pool()

    def _jobs(self) -> Iterable[Metric]:
        number = GaugeMetricFamily("loket_jobs", "Jobs", labels=["topic", "status"])
        age = GaugeMetricFamily(
            "loket_job_oldest_seconds", "Age of the oldest job not finished", labels=["topic"]
        )
        for (topic, status), count in counts.jobs(self._session).items():
            number.add_metric([topic, str(status)], count)
        waits = counts.is_one_of(Job.status, counts.UNFINISHED)
        oldest = select(Job.topic, func.min(Job.created_at)).where(waits)
        for topic, since in self._session.execute(oldest.group_by(Job.topic)):
            age.add_metric([topic], (now() - since).total_seconds())
        return number, age

    def _outside(self) -> Iterable[Metric]:
        waiting = GaugeMetricFamily(
            "loket_outside_jobs_waiting",
            "Jobs that wait for a worker outside",
            labels=["topic"],
        )
        silence = GaugeMetricFamily(
            "loket_outside_fetch_age_seconds",
            "Seconds since a worker outside last asked for a topic",
            labels=["topic"],
        )
        for topic in outside_topics(self._session):
            waiting.add_metric([topic.topic], topic.waiting)
            if topic.silence is not None:
                silence.add_metric([topic.topic], topic.silence.total_seconds())
        return waiting, silence

    def _latency(self) -> Metric:
        """From made to done, of jobs that were done lately."""
        metric = GaugeMetricFamily(
            "loket_job_latency_seconds",
            "Seconds from made to done, over the last 15 minutes",
            labels=["topic", "quantile"],
        )
        query = select(Job.topic, Job.created_at, Job.done_at).where(
            Job.status == JobStatus.DONE, Job.done_at > now() - LATELY
        )
        found: dict[str, list[float]] = {}
        for topic, made, done in self._session.execute(query.limit(10_000)):
            if done is not None:
                found.setdefault(topic, []).append((done - made).total_seconds())
        for topic, seconds in found.items():
            for per_mille in PER_MILLE:
                place = (len(seconds) - 1) * per_mille // 1000
                metric.add_metric([topic, str(per_mille / 1000)], sorted(seconds)[place])
        return metric

    def _incidents(self) -> Metric:
        metric = GaugeMetricFamily("loket_incidents_open", "Open incidents", labels=["kind"])
        query = select(Incident.kind, func.count()).where(Incident.status == IncidentStatus.OPEN)
        for kind, count in self._session.execute(query.group_by(Incident.kind)):
            metric.add_metric([kind], count)
        return metric

    def _orphans(self) -> Metric:
        about = "Open user tasks that nobody can do, by the latest scan"
        metric = GaugeMetricFamily("loket_orphaned_tasks", about)
        metric.add_metric([], number_found(self._session))
        return metric

    def _instances(self) -> Iterable[Metric]:
        number = GaugeMetricFamily("loket_instances", "Instances", labels=["process", "status"])
        steps = CounterMetricFamily(
            "loket_steps", "Steps taken by instances, by the latest scan", labels=["process"]
        )
        cases, steps_taken = counts.cases(self._session), counts.latest_steps(self._session)
        # Read last: a version that came into use meanwhile has its key among them.
        of = select(ProcessDefinition.id, ProcessDefinition.key)
        keys: dict[UUID, str] = dict(self._session.execute(of).all())
        found, taken = Counted[tuple[str, str]](), Counted[str]()
        for id_, statuses in cases.items():
            found.update({(keys[id_], str(status)): count for status, count in statuses.items()})
        for id_, number_of_steps in steps_taken.items():
            taken.update({keys[id_]: number_of_steps})
        for labels, count in found.items():
            number.add_metric(labels, count)
        for process, count in taken.items():
            steps.add_metric([process], count)
        return number, steps

    def _sweeps(self) -> Iterable[Metric]:
        alive = GaugeMetricFamily("loket_workers_alive", "Processes of workers that were heard of")
        sweeps = CounterMetricFamily("loket_sweeps", "Sweeps", labels=["worker", "result"])
        query = select(WorkerHeartbeat).where(WorkerHeartbeat.seen_at > now() - ALIVE_FOR)
        workers = self._session.scalars(query).all()
        alive.add_metric([], len(workers))
        for worker in workers:
            sweeps.add_metric([worker.id, "ok"], worker.sweeps - worker.failed_sweeps)
            sweeps.add_metric([worker.id, "failed"], worker.failed_sweeps)
        return alive, sweeps

    def _health(self) -> Metric:
        metric = GaugeMetricFamily(
            "loket_system_up", "A system around Loket is well (1), away (0)", labels=["system"]
        )
        for check in self._session.scalars(select(HealthCheck)):
            if check.is_fresh:
                metric.add_metric([check.name], float(check.is_well))
        return metric

    def _pool(self) -> Iterable[Metric]:
        pool = self._engine.pool
        if isinstance(pool, QueuePool):
            metric = GaugeMetricFamily("loket_pool_connections", "Connections", labels=["state"])
            metric.add_metric(["in use"], pool.checkedout())
            metric.add_metric(["idle"], pool.checkedin())
            yield metric

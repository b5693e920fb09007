"""Topics of workers outside, for dashboard and metrics: what waits, and whether it is fetched."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.insight import counts
from processes.engine.openings.clients import openings
from processes.engine.store.models import Job, JobStatus
from processes.engine.store.opening_models import TopicFetch
from workers.registry import SERVICE_TASKS

SILENT = timedelta(minutes=5)  # without a fetch; then what waits is told to be unattended


@dataclass
class OutsideTopic:
    """One topic: its jobs that wait or are held, who last asked for them, and who may."""

    topic: str
    openings: tuple[str, ...] = ()  # names of those that are enabled
    waiting: int = 0
    held: int = 0
    oldest: datetime | None = None
    fetch: TopicFetch | None = None

    @property
    def age(self) -> timedelta | None:
        """For how long the oldest that is not done waits."""
        return now() - self.oldest if self.oldest else None

    @property
    def silence(self) -> timedelta | None:
        """For how long nobody asked for it; None where nobody ever did."""
        return now() - self.fetch.at if self.fetch else None

    @property
    def is_unattended(self) -> bool:
        """Whether something waits, and nobody has come for it lately."""
        silence = self.silence or self.age
        return self.waiting > 0 and silence is not None and silence > SILENT


def outside_topics(session: Session) -> list[OutsideTopic]:
    """Every topic of workers outside that has jobs to do or an opening, by name."""
    found: dict[str, OutsideTopic] = {}
    for opening in openings(session):
        for topic in opening.topics if opening.enabled else ():
            of = found.setdefault(topic, OutsideTopic(topic))
            of.openings = (*of.openings, opening.name)
    query = (
        select(Job.topic, Job.status, func.count(), func.min(Job.created_at))
        .where(counts.is_one_of(Job.status, counts.UNFINISHED))
        .where(Job.topic.not_in(SERVICE_TASKS))
        .group_by(Job.topic, Job.status)
    )
    for topic, status, number, oldest in session.execute(query):
        of = found.setdefault(topic, OutsideTopic(topic))
        of.oldest = min(of.oldest or oldest, oldest)
        if status is JobStatus.NEW:
            of.waiting = number
        else:
            of.held = number
    for fetch in session.scalars(select(TopicFetch).where(TopicFetch.topic.in_(found))):
        found[fetch.topic].fetch = fetch
    return [found[topic] for topic in sorted(found)]

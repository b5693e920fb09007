"""Checks the invariants after a chaos run, from the tables and received mail."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from email import message_from_bytes
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demo.mailbox import mailbox_folder
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    InstanceStatus,
    Job,
    JobStatus,
    ProcessInstance,
    TaskStatus,
    UserTask,
)
from processes.register.offers.rules import Offer
from processes.register.providers.providers import Provider as Registered
from tests.reliability.faults import CUT, KILL, LONG, PAUSE, Fault
from tests.reliability.outside import LOSSES
from tests.reliability.provider import Provider
from tests.reliability.victims import Victims

ONBOARDING, PUBLICATION = "provider_onboarding", "offer_publication"


@dataclass(frozen=True)
class Outcome:
    """One set-up's line in the report: what was done to it, and what must be 0 (`faults`)."""

    name: str
    onboardings: int
    kills: int
    pauses: int
    long_pauses: int
    cuts: int
    answers_lost: dict[str, int]
    took_s: float
    lost: int
    stuck: int
    mails_missing: int
    mails_doubled: int
    offers_wrong: int
    mails_repeated: int
    resumed: int
    resume_p95_s: float

    def faults(self) -> dict[str, int]:
        """What must not be: by name, what is not 0."""
        names = ("lost", "stuck", "mails_missing", "mails_doubled", "offers_wrong")
        return {name: count for name in names if (count := getattr(self, name))}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def is_quiet(victims: Victims) -> bool:
    """No job has anything left to do."""
    live = select(func.count()).where(Job.status.in_((JobStatus.NEW, JobStatus.LEASED)))
    with victims.database.reading() as session:
        return session.scalar(live) == 0


def outcome(
    victims: Victims,
    providers: list[Provider],
    *,
    setup: str,
    faults: Sequence[Fault],
    resumed: list[float],
    took: float,
) -> Outcome:
    """Count."""
    messages = _messages(victims)
    kinds = Counter(fault.kind for fault in faults)
    with victims.database.reading() as session:
        return Outcome(
            name=setup,
            onboardings=len(providers),
            kills=kinds[KILL],
            pauses=kinds[PAUSE],
            long_pauses=kinds[LONG],
            cuts=kinds[CUT],
            answers_lost=_answers_lost(victims),
            took_s=round(took, 1),
            lost=sum(_lost(session, provider) for provider in providers),
            stuck=_stuck(session),
            mails_missing=sum(not messages[each.email] for each in providers),
            mails_doubled=sum(len(messages[each.email]) > 1 for each in providers),
            offers_wrong=sum(_wrong_offers(session, victims, each.kvk) for each in providers),
            mails_repeated=sum(sum(found.values()) - 1 for found in messages.values() if found),
            resumed=len(resumed),
            resume_p95_s=_p95(resumed),
        )


def _answers_lost(victims: Victims) -> dict[str, int]:
    """How often the world outside let go of an answer."""
    file = mailbox_folder(victims.settings) / LOSSES
    return dict(Counter(file.read_text("utf-8").splitlines())) if file.exists() else {}


def _messages(victims: Victims) -> defaultdict[str, Counter[str]]:
    """The Message-IDs that each address received, and how often."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for file in mailbox_folder(victims.settings).glob("*.eml"):
        mail = message_from_bytes(file.read_bytes())
        found[mail["X-Rcpt-To"]][mail["Message-ID"]] += 1
    return found


def _lost(session: Session, provider: Provider) -> int:
    """Submissions that the portal acknowledged, and that are not there; and who never got done."""
    registered = session.scalar(select(Registered.id).where(Registered.kvk == provider.kvk))
    if provider.is_confirmed is not (registered is not None):
        return 1
    return int(not provider.is_confirmed) + sum(
        not _is_kept(session, UUID(task), UUID(submission))
        for task, submission in provider.acknowledged
    )


def _is_kept(session: Session, task_id: UUID, submission: UUID) -> bool:
    task = session.get(UserTask, task_id)
    return (
        task is not None
        and task.status is TaskStatus.COMPLETED
        and task.submission_id == submission
    )


def _stuck(session: Session) -> int:
    """Onboardings that did not end, jobs that did not, and what waits for an operator."""
    open_ones = select(func.count()).where(
        ProcessInstance.process_key == ONBOARDING,
        ProcessInstance.status != InstanceStatus.COMPLETED,
    )
    jobs = select(func.count()).where(Job.status != JobStatus.DONE)
    incidents = select(func.count()).where(Incident.status == IncidentStatus.OPEN)
    return sum(session.scalar(query) or 0 for query in (open_ones, jobs, incidents))


def _wrong_offers(session: Session, victims: Victims, kvk: str) -> int:
    """Offers doubled or missing, and offers without exactly one process of their own."""
    query = select(Offer.id, Offer.legacy_id).join(Registered).where(Registered.kvk == kvk)
    offers = session.execute(query).all()
    found = Counter(legacy_id for _, legacy_id in offers)
    wrong = sum(found[each] != 1 for each in victims.older_register.ids_of(kvk) | set(found))
    return wrong + sum(_processes(session, str(offer_id)) != 1 for offer_id, _ in offers)


def _processes(session: Session, offer_id: str) -> int:
    query = select(func.count()).where(
        ProcessInstance.process_key == PUBLICATION, ProcessInstance.business_key == offer_id
    )
    return session.scalar(query) or 0


def _p95(seconds: Iterable[float]) -> float:
    found = sorted(seconds)
    return round(found[min(len(found) - 1, int(len(found) * 0.95))], 1) if found else 0.0

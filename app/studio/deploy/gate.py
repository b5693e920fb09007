"""Deployment gate of a draft: its scenarios; a pass on the same content is reused."""

from hashlib import sha256

from sqlalchemy.orm import Session

from processes.engine.deployment import reviews
from processes.engine.deployment.definitions import DECISION
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.reviews import Person
from processes.engine.diagram import elements
from processes.tryout.gate import Failing, failing
from processes.tryout.kept import scenarios_of
from processes.tryout.models import KeptScenario
from processes.tryout.play import beside


def scenarios_for(session: Session, draft: ProcessDraft) -> list[KeptScenario]:
    """The scenarios that a draft must pass; a decision table has none."""
    if draft.key.startswith(DECISION) or not draft.is_deployable:
        return []
    keys = elements.read(draft.xml.encode()).processes
    return [kept for key in sorted(keys) for kept in scenarios_of(session, key)]


def is_open(session: Session, draft: ProcessDraft) -> bool:
    """Whether there is nothing left to run."""
    if not scenarios_for(session, draft):
        return True
    return reviews.has_passed(session, draft, all_that_counts(session, draft))


def judge(session: Session, draft: ProcessDraft) -> list[Failing]:
    """The scenarios that fail on a deployable draft; takes seconds, in subprocesses."""
    return [] if is_open(session, draft) else failing(session, draft.xml)


def remember(session: Session, draft: ProcessDraft, person: Person, judged: str) -> None:
    """Record that every scenario passed on the content with this checksum."""
    if judged == all_that_counts(session, draft) and not is_open(session, draft):
        reviews.note_passed(session, draft, person, judged)


def all_that_counts(session: Session, draft: ProcessDraft) -> str:
    """The checksum of the file, the files beside it, and every scenario."""
    told = [draft.xml]
    told += [f"{key}\n{file}" for key, file in sorted(beside(session, draft.xml).items())]
    told += [f"{kept.id}\n{kept.yaml}" for kept in scenarios_for(session, draft)]
    return sha256("\0".join(told).encode()).hexdigest()

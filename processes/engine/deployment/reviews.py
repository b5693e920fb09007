"""Review log of drafts (four-eyes principle): saved, submitted, approved, sent back, deployed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from processes.base import Record, new_id, now
from processes.engine.deployment.drafts import ProcessDraft


class DraftAction(StrEnum):
    SAVED = "saved"  # once for each person: whose work it is
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    DEPLOYED = "deployed"
    PASSED = "passed"  # every scenario; its checksum is of all that counted


class ReviewState(StrEnum):
    """The state of a draft; any change makes it a draft again."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    RETURNED = "returned"


class DraftEvent(Record):
    """One entry of the review log; it stays when the draft is deleted."""

    __tablename__ = "draft_event"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    draft_id: Mapped[UUID] = mapped_column(index=True)
    process_key: Mapped[str] = mapped_column(index=True)
    action: Mapped[DraftAction]
    sha256: Mapped[str]  # of the diagram as it was then
    by: Mapped[str]  # label; who it is, the next two say
    issuer: Mapped[str]
    subject: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int | None] = mapped_column(default=None)  # of the process, once deployed
    at: Mapped[datetime] = mapped_column(default_factory=now)


@dataclass(frozen=True)
class Person:
    """Who did it, identified by issuer and subject, never by name."""

    label: str
    issuer: str
    subject: str

    def did(self, event: DraftEvent) -> bool:
        """Whether it was this person who did this."""
        return (self.issuer, self.subject) == (event.issuer, event.subject)


class OwnWorkError(Exception):
    """Nobody may approve a draft that they made or submitted themselves."""


class NotInReviewError(Exception):
    """The draft was not offered for review, or was changed since."""


def note_saved(session: Session, draft: ProcessDraft, person: Person) -> None:
    """Log that this person edited the draft; once is enough."""
    known = events_of(session, draft.id)
    if not any(event.action is DraftAction.SAVED and person.did(event) for event in known):
        _add(session, draft, DraftAction.SAVED, person)


def note_passed(session: Session, draft: ProcessDraft, person: Person, checksum: str) -> None:
    """Log that every scenario passed, with a checksum of the diagram and all else."""
    _add(session, draft, DraftAction.PASSED, person, checksum=checksum)


def has_passed(session: Session, draft: ProcessDraft, checksum: str) -> bool:
    """Whether every scenario passed on exactly this."""
    return any(
        event.action is DraftAction.PASSED and event.sha256 == checksum
        for event in events_of(session, draft.id)
    )


def submit(session: Session, draft: ProcessDraft, person: Person, note: str = "") -> None:
    """Submit the draft for review as it is now."""
    _add(session, draft, DraftAction.SUBMITTED, person, note)


def approve(session: Session, draft: ProcessDraft, person: Person, note: str = "") -> None:
    """Approve the draft as it is now. Raises NotInReviewError, OwnWorkError."""
    _require_review(session, draft, person)
    _add(session, draft, DraftAction.APPROVED, person, note)


def send_back(session: Session, draft: ProcessDraft, person: Person, note: str) -> None:
    """Reject the draft with a note. Raises NotInReviewError, OwnWorkError."""
    _require_review(session, draft, person)
    _add(session, draft, DraftAction.RETURNED, person, note)


def note_deployed(
    session: Session, draft: ProcessDraft, person: Person, version: int, note: str
) -> None:
    """Log that the draft was deployed as this version."""
    _add(session, draft, DraftAction.DEPLOYED, person, note, version)


def state_of(session: Session, draft: ProcessDraft) -> ReviewState:
    """Where the draft stands as it is now: what was said of another content does not count."""
    return state_after(events_of(session, draft.id), draft)


def state_after(events: Sequence[DraftEvent], draft: ProcessDraft) -> ReviewState:
    """The same, by all that was done to the draft."""
    words = {
        DraftAction.SUBMITTED: ReviewState.IN_REVIEW,
        DraftAction.APPROVED: ReviewState.APPROVED,
        DraftAction.RETURNED: ReviewState.RETURNED,
    }
    for event in reversed(events):
        if event.action in words:
            is_same = event.sha256 == content_of(draft)
            return words[event.action] if is_same else ReviewState.DRAFT
    return ReviewState.DRAFT


def is_own_work(session: Session, draft: ProcessDraft, person: Person) -> bool:
    """Whether this person saved or offered the draft, at any time."""
    return worked_on(events_of(session, draft.id), draft, person)


def worked_on(events: Sequence[DraftEvent], draft: ProcessDraft, person: Person) -> bool:
    """The same, by all that was done to the draft."""
    mine = (DraftAction.SAVED, DraftAction.SUBMITTED)
    # By name too: a draft may have been saved where only the name was kept.
    return draft.saved_by == person.label or any(
        event.action in mine and person.did(event) for event in events
    )


def events_of(session: Session, draft_id: UUID) -> list[DraftEvent]:
    """What was done to this draft, in order."""
    return events_of_each(session, [draft_id])[draft_id]


def events_of_each(session: Session, draft_ids: Sequence[UUID]) -> dict[UUID, list[DraftEvent]]:
    """What was done to each of these drafts, in order."""
    found: dict[UUID, list[DraftEvent]] = {draft_id: [] for draft_id in draft_ids}
    query = select(DraftEvent).where(DraftEvent.draft_id.in_(draft_ids))
    for event in session.scalars(query.order_by(DraftEvent.at, DraftEvent.id)):
        found[event.draft_id].append(event)
    return found


def events_of_process(session: Session, key: str, limit: int = 200) -> list[DraftEvent]:
    """What was done to the drafts of this process, the last first."""
    query = select(DraftEvent).where(DraftEvent.process_key == key)
    latest = query.order_by(DraftEvent.at.desc(), DraftEvent.id.desc()).limit(limit)
    return list(session.scalars(latest))


def content_of(draft: ProcessDraft) -> str:
    """The checksum of the draft's content."""
    return sha256(draft.xml.encode()).hexdigest()


def _require_review(session: Session, draft: ProcessDraft, person: Person) -> None:
    if state_of(session, draft) is not ReviewState.IN_REVIEW:
        raise NotInReviewError(draft.id)
    if is_own_work(session, draft, person):
        raise OwnWorkError(person.label)


def _add(  # noqa: PLR0913, PLR0917 - each is a column
    session: Session,
    draft: ProcessDraft,
    action: DraftAction,
    person: Person,
    note: str = "",
    version: int | None = None,
    checksum: str | None = None,
) -> None:
    event = DraftEvent(
        draft_id=draft.id,
        process_key=draft.key,
        action=action,
        sha256=checksum or content_of(draft),
        by=person.label,
        issuer=person.issuer,
        subject=person.subject,
        note=note,
        version=version,
    )
    session.add(event)
    session.flush()

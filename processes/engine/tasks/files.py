"""Uploaded files: kept, sent with a form, who may read them, and when they are deleted."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus, UserTask
from processes.engine.store.snapshot_models import CANCEL_UNDOABLE_FOR
from processes.engine.tasks.rights import Person, Verb, may
from processes.questions import Question, ago
from processes.reading.file_kinds import MEGABYTE

DAY = timedelta(days=1)
MOST_OF_PERSON = 200 * MEGABYTE  # a day
MOST_OF_CASE = 200 * MEGABYTE
MOST_FILES = 200  # of one person a day, of one case
MOST_OF_VISITOR = 25 * MEGABYTE  # a day, of who did not log in
MOST_OF_VISITORS = 1000 * MEGABYTE  # of all of them together, until their forms are confirmed
VISITOR = "visitor:"
"""Begins the reference of an uploader who did not log in."""


class FileGoneError(Exception):
    """A form names a file that was deleted meanwhile, or that belongs to another case."""


class Limit(StrEnum):
    """Whose files are counted: of one person today, of a case, kept outside, of all visitors."""

    PERSON = "person"
    CASE = "case"
    QUOTA = "quota"
    VISITORS = "visitors"


class TooManyFilesError(Exception):
    """There are so many files or bytes already: `limit` says of what."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True)
class Place:
    """The form that a file is added to: of a task, with which a case begins, or of no case."""

    uploader: str  # a user reference
    instance_id: UUID | None = None
    task_id: UUID | None = None
    quota: int | None = None  # bytes that this person may keep outside cases
    label: str = ""  # how the audit trail calls an uploader who did not log in

    @property
    def is_of_visitor(self) -> bool:
        """Whether nobody logged in to add the file."""
        return self.uploader.startswith(VISITOR)


@dataclass(frozen=True)
class NewFile:
    """A file that was judged: its kind fits, and no virus was found in it."""

    name: str
    media_type: str
    content: bytes
    scanned_at: datetime | None


def refuse_many(session: Session, place: Place, size: int) -> None:
    """Count before a file is looked at. Raises TooManyFilesError."""
    today = UploadedFile.uploaded_at > now() - DAY
    most = MOST_OF_VISITOR if place.is_of_visitor else MOST_OF_PERSON
    limits: list[tuple[ColumnElement[bool], int, Limit]] = [
        ((UploadedFile.uploader == place.uploader) & today, most, Limit.PERSON)
    ]
    if place.is_of_visitor:
        waiting = UploadedFile.sent_at.is_(None) & UploadedFile.uploader.startswith(VISITOR)
        limits.append((waiting, MOST_OF_VISITORS, Limit.VISITORS))
    if place.instance_id is not None:
        limits.append((UploadedFile.instance_id == place.instance_id, MOST_OF_CASE, Limit.CASE))
    if place.quota is not None:
        limits.append((_usable(place), place.quota, Limit.QUOTA))
    for condition, bytes_, limit in limits:
        counted = select(func.count(), func.sum(UploadedFile.size)).where(condition)
        number, before = session.execute(counted).one()
        is_full = number >= MOST_FILES and limit is not Limit.VISITORS
        if is_full or (before or 0) + size > bytes_:
            raise TooManyFilesError(limit)


def keep(session: Session, place: Place, new: NewFile) -> UploadedFile:
    """Keep a file; the same one added to the same form again is the one that is there."""
    digest = sha256(new.content).hexdigest()
    same = select(UploadedFile).where(
        _usable(place),
        UploadedFile.sha256 == digest,
        UploadedFile.name == new.name,
        UploadedFile.sent_at.is_(None),
    )
    kept = session.scalars(same).first()
    if kept is None:
        kept = UploadedFile(
            uploader=place.uploader,
            name=new.name,
            media_type=new.media_type,
            size=len(new.content),
            sha256=digest,
            content=new.content,
            scanned_at=new.scanned_at,
            instance_id=place.instance_id,
            task_id=place.task_id,
        )
        session.add(kept)
        session.flush()
    return kept


def usable(session: Session, place: Place, ids: Collection[UUID]) -> set[UUID]:
    """Which of these files may be sent with this form."""
    query = select(UploadedFile.id).where(UploadedFile.id.in_(ids), _usable(place))
    return set(session.scalars(query))


def usable_files(session: Session, place: Place, ids: Collection[UUID]) -> list[UploadedFile]:
    """Those of these files that may be sent with this form."""
    query = select(UploadedFile).where(UploadedFile.id.in_(ids), _usable(place))
    return list(session.scalars(query))


def of_submission(submission_id: UUID) -> Place:
    """Where the files of a visitor's form wait until the e-mail address is confirmed."""
    return Place(f"{VISITOR}{submission_id}")


def set_aside(session: Session, place: Place, submission_id: UUID, ids: Collection[UUID]) -> None:
    """They wait as long as the form that a visitor sent. Raises FileGoneError."""
    if not ids:
        return
    if usable(session, place, ids) != set(ids):
        raise FileGoneError(submission_id)
    session.execute(
        update(UploadedFile)
        .where(UploadedFile.id.in_(ids))
        .values(uploader=of_submission(submission_id).uploader, uploaded_at=now())
        .execution_options(synchronize_session=False)
    )


def _usable(place: Place) -> ColumnElement[bool]:
    """Of the case itself, or added by this very person before a case began."""
    if place.instance_id is not None:
        return UploadedFile.instance_id == place.instance_id
    own = UploadedFile.uploader == place.uploader
    return own & UploadedFile.instance_id.is_(None)


def send(session: Session, place: Place, instance_id: UUID, ids: Collection[UUID]) -> None:
    """The files belong to this case from now on. Raises FileGoneError."""
    if not ids:
        return
    if usable(session, place, ids) != set(ids):
        raise FileGoneError(instance_id)
    session.execute(
        update(UploadedFile)
        .where(UploadedFile.id.in_(ids))
        .values(instance_id=instance_id, sent_at=func.coalesce(UploadedFile.sent_at, now()))
        .execution_options(synchronize_session=False)
    )


def keep_outside_cases(session: Session, place: Place, ids: Collection[UUID]) -> None:
    """The files stay with who added them, until they delete them. Raises FileGoneError."""
    if not ids:
        return
    if usable(session, place, ids) != set(ids):
        raise FileGoneError(place.uploader)
    session.execute(
        update(UploadedFile)
        .where(UploadedFile.id.in_(ids))
        .values(sent_at=func.coalesce(UploadedFile.sent_at, now()))
        .execution_options(synchronize_session=False)
    )


def delete_outside_cases(session: Session, uploader: str, ids: Collection[UUID]) -> None:
    """Delete what this person kept; what was sent in a case since stays with it."""
    if ids:
        own = _usable(Place(uploader))
        session.execute(delete(UploadedFile).where(UploadedFile.id.in_(ids), own))


def take_away(session: Session, place: Place, ids: Collection[UUID]) -> None:
    """Delete what was added to this form and never sent; what was sent stays with its case."""
    if ids:
        unsent = UploadedFile.sent_at.is_(None)
        session.execute(
            delete(UploadedFile).where(UploadedFile.id.in_(ids), _usable(place), unsent)
        )


def files_of(session: Session, instance_id: UUID) -> Sequence[UploadedFile]:
    """The files that were sent in a case, the oldest first."""
    query = (
        select(UploadedFile)
        .where(UploadedFile.instance_id == instance_id, UploadedFile.sent_at.is_not(None))
        .order_by(UploadedFile.sent_at, UploadedFile.uploaded_at, UploadedFile.id)
    )
    return session.scalars(query).all()


def may_read(session: Session, person: Person, file: UploadedFile) -> bool:
    """Who added it, and whoever may see the task or the case that shows it (R62).

    The answers to a task are shown in the other tasks of its case; those to a start form also to
    whoever follows the case.
    """
    if file.uploader == person.reference:
        return True
    if file.instance_id is None:
        return False
    if file.sent_at is None:
        task = session.get(UserTask, file.task_id) if file.task_id else None
        return task is not None and may(session, person, Verb.SEE, task)
    case = session.get(ProcessInstance, file.instance_id)
    is_of_start = file.task_id is None
    if is_of_start and case is not None and may(session, person, Verb.SEE, case):
        return True
    tasks = session.scalars(select(UserTask).where(UserTask.instance_id == file.instance_id))
    return any(may(session, person, Verb.SEE, task) for task in tasks)


def was_scanned(session: Session, file_id: UUID, moment: datetime) -> None:
    """The scanner found nothing."""
    session.execute(
        update(UploadedFile).where(UploadedFile.id == file_id).values(scanned_at=moment)
    )


def drop(session: Session, file_id: UUID) -> None:
    """Delete a file in which the scanner found something."""
    session.execute(delete(UploadedFile).where(UploadedFile.id == file_id))


def drop_expired(session: Session, moment: datetime) -> None:
    """Delete what was added and not sent: to a start form within a day, to a task that is over.

    A case that was stopped may be taken back for a while, with its half-filled forms.
    """
    session.execute(
        delete(UploadedFile)
        .where(_expired(lambda time: moment - time))
        .execution_options(synchronize_session=False)
    )


def _expired(before: Callable[[timedelta], Any]) -> Any:
    may_come_back = and_(
        ProcessInstance.status == InstanceStatus.CANCELLED,
        ProcessInstance.ended_at > before(CANCEL_UNDOABLE_FOR),
    )
    is_open = exists().where(
        UserTask.id == UploadedFile.task_id,
        ProcessInstance.id == UserTask.instance_id,
        or_(UserTask.status == TaskStatus.OPEN, may_come_back),
    )
    return (
        UploadedFile.sent_at.is_(None)
        & (UploadedFile.uploaded_at <= before(DAY))
        & or_(UploadedFile.task_id.is_(None), ~is_open)
    )


EXPIRED = Question(exists().where(_expired(ago)))
"""Whether a file was added to a form that nobody sent."""

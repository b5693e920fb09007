"""Asks for an export of personal data, has it made by a job, and drops it when it expires."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from processes.base import new_id, now
from processes.casework.exports.archive import zip_of
from processes.casework.exports.contents import contents_of
from processes.casework.exports.tables import DataExport, ExportKind
from processes.engine.execution.jobs import create_job
from processes.engine.tasks.rights import Person
from processes.questions import Question, ago
from processes.register.changes import record_event

TOPIC = "make-data-export"
LASTS = timedelta(days=7)
WORDS = {ExportKind.PROVIDER: "aanbieder", ExportKind.PERSON: "persoon"}


def ask(
    session: Session, kind: ExportKind, subject: str, *, by: Person, export_id: UUID | None = None
) -> DataExport:
    """Have an export made in the background; the same id asks once.

    `subject` is the KvK number of a provider, or the user reference of a person.
    Raises LookupError when the id is of an export that somebody else asked for.
    """
    known = session.get(DataExport, export_id) if export_id else None
    if known is not None:
        if known.asked_by != by.reference:
            raise LookupError(export_id)
        return known
    export = DataExport(
        id=export_id or new_id(),
        kind=kind,
        subject=subject,
        asked_by=by.reference,
        asked_by_name=by.name,
        expires_at=now() + LASTS,
    )
    session.add(export)
    session.flush()
    kvk = subject if kind is ExportKind.PROVIDER else None
    create_job(
        session,
        TOPIC,
        {"export_id": str(export.id)},
        idempotency_key=f"{TOPIC}:{export.id}",
        tenant=kvk,
    )
    record_event(session, "data-exported", actor=by.name, kvk=kvk, kind=WORDS[kind])
    return export


def make(session: Session, export_id: UUID) -> None:
    """Make the file; nothing where it is there, or was dropped since. The caller commits."""
    export = session.get(DataExport, export_id)
    if export is None or export.is_ready:
        return
    content = zip_of(contents_of(session, export.kind, export.subject))
    export.content, export.size = content, len(content)
    export.made_at = now()
    export.expires_at = export.made_at + LASTS
    session.flush()


def exports_of(session: Session, person: Person) -> Sequence[DataExport]:
    """What this person asked for and did not expire, the newest first."""
    query = (
        select(DataExport)
        .where(DataExport.asked_by == person.reference, DataExport.expires_at > now())
        .order_by(DataExport.asked_at.desc())
    )
    return session.scalars(query).all()


def export_for(session: Session, export_id: UUID, person: Person) -> DataExport | None:
    """An export that this person asked for; None when it is another's, or expired."""
    export = session.get(DataExport, export_id)
    if export is None or export.asked_by != person.reference or export.expires_at <= now():
        return None
    return export


EXPIRED = Question(exists().where(DataExport.expires_at <= ago()))
"""Whether an export expired."""


def drop_expired(session: Session, moment: datetime) -> None:
    """Delete exports that expired, with their files."""
    session.execute(
        delete(DataExport)
        .where(DataExport.expires_at <= moment)
        .execution_options(synchronize_session=False)
    )


def drop_exports_of(session: Session, person: Person) -> None:
    """What a person asked for about themselves goes with what it holds."""
    about = (DataExport.kind == ExportKind.PERSON, DataExport.subject == person.reference)
    session.execute(delete(DataExport).where(*about))

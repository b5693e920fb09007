"""The parts of an export that are of cases: what runs or ran, tasks, answers and files."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, undefer

from processes.casework.exports.parts import File, Part, part, record_of, text_of
from processes.engine.execution.instances import variables
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance, UserTask
from processes.engine.store.start_models import BegunCase

STATUS = {
    "active": "loopt",
    "suspended": "stilgezet",
    "completed": "afgerond",
    "cancelled": "gestopt",
}
TASK_COLUMNS = {
    "name": "Taak",
    "opened_at": "Begonnen",
    "completed_at": "Afgerond",
    "completed_by": "Door",
}
FILE_COLUMNS = {
    "name": "Bestand",
    "size": "Grootte (bytes)",
    "uploaded_at": "Toegevoegd",
    "sent_at": "Verstuurd",
}
OF_COLLEAGUES = frozenset({"assignee", "completed_by_user", "draft", "draft_by", "uploader"})
"""User references, and drafts that nobody sent."""


def cases_part(session: Session, which: ColumnElement[bool]) -> Part:
    """The cases, each with its variables; of an ended case what is kept of them."""
    query = select(ProcessInstance).where(which).order_by(ProcessInstance.started_at)
    begun = _begun(session, which)
    cells, records = [], []
    for case in session.scalars(query.options(undefer(ProcessInstance.state))):
        start = begun.get(case.id)
        known: dict[str, Any] = variables(session, case) if case.state else {}
        record = record_of(case, frozenset({"initiator", "row_version"}))
        records.append(record | {"variables": known, "answers": _answers(start)})
        status = STATUS[case.status]
        reference = start.reference if start else ""
        moments = [text_of(case.started_at), text_of(case.ended_at)]
        cells.append([case.process_key, reference, status, *moments, text_of(_answers(start))])
    headings = ["Proces", "Kenmerk", "Stand", "Begonnen", "Geëindigd", "Wat u invulde"]
    return Part("zaken", "Zaken", headings, cells, records)


def _begun(session: Session, which: ColumnElement[bool]) -> dict[UUID, BegunCase]:
    query = select(BegunCase).join(ProcessInstance, ProcessInstance.id == BegunCase.instance_id)
    return {each.instance_id: each for each in session.scalars(query.where(which))}


def _answers(start: BegunCase | None) -> dict[str, Any]:
    return dict(start.answers) if start else {}


def tasks_part(session: Session, which: ColumnElement[bool]) -> Part:
    """The tasks, without who else had them."""
    tasks = session.scalars(select(UserTask).where(which).order_by(UserTask.opened_at))
    return part("taken", "Taken", TASK_COLUMNS, tasks, without=OF_COLLEAGUES)


def files_part(session: Session, which: ColumnElement[bool]) -> tuple[Part, Sequence[File]]:
    """The uploaded files: a list, and the files themselves."""
    query = select(UploadedFile).where(which).order_by(UploadedFile.uploaded_at, UploadedFile.id)
    found = session.scalars(query.options(undefer(UploadedFile.content))).all()
    listed = part("bestanden", "Bestanden", FILE_COLUMNS, found, without=OF_COLLEAGUES)
    return listed, list(_files(found))


def _files(found: Sequence[UploadedFile]) -> Iterator[File]:
    return (File(each.name, each.content) for each in found)

"""Composes the mails about tasks: names, dates and links, and nothing of what a case is about."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import local
from processes.casework.mail.notices import OWN_LISTS, recipient_of
from processes.engine.store.models import ProcessDefinition, ProcessInstance, TaskStatus, UserTask
from processes.engine.tasks.digest import Digest, digest_of
from processes.letters.layout import Filling
from processes.platform.settings import current_settings
from workers.handlers.mail.letters import About, Letter, composed

MOST_NAMED = 20
"""So many tasks of a kind are named; of more only the number is told."""


def task_digest(session: Session, reference: str, day: date) -> Letter | None:
    """The digest of one person, or of a company for its contact person; None without tasks."""
    found = recipient_of(session, reference)
    if found is None:
        return None
    person, name, address = found
    digest = digest_of(session, person, day, hidden_forms=OWN_LISTS)
    if not digest:
        return None
    number = len(digest.late) + len(digest.due) + len(digest.new)
    values = {
        "naam": name,
        "aantal": "1 taak" if number == 1 else f"{number} taken",
        "website": current_settings().public_url.rstrip("/"),
    }
    about = About(address, kvk=person.tenant)
    return composed(session, "task-digest", about, Filling(values, {"taken": _rows(digest)}))


def task_handed_over(session: Session, reference: str, task_id: UUID) -> Letter | None:
    """To whom a task was handed over; None where it is not theirs any more."""
    found = recipient_of(session, reference)
    task = session.get(UserTask, task_id)
    if found is None or task is None:
        return None
    if task.status is not TaskStatus.OPEN or task.assignee != reference:
        return None
    person, name, address = found
    website = current_settings().public_url.rstrip("/")
    values = {
        "naam": name,
        "taak": task.title,
        "pagina": f"{website}/taken/{task.id}",
        "website": website,
    }
    about = About(address, kvk=person.tenant)
    return composed(session, "task-handed-over", about, Filling(values, {}))


def late_tasks(session: Session, task_ids: Collection[UUID]) -> Letter | None:
    """To who leads the work: those of these tasks that are still open; None without any.

    None too where nobody is to be told (any more): `late_tasks_to`.
    """
    address = current_settings().late_tasks_to
    query = (
        select(UserTask, ProcessDefinition.name)
        .join(UserTask.instance)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(UserTask.id.in_(task_ids), UserTask.status == TaskStatus.OPEN)
        .order_by(UserTask.due_at, UserTask.id)
    )
    found = session.execute(query).all()
    if not found or address is None:
        return None
    values = {
        "aantal": "1 taak" if len(found) == 1 else f"{len(found)} taken",
        "website": current_settings().public_url.rstrip("/"),
    }
    named = [(name, line) for task, name in found for line in _lines([task])]
    rows = named[:MOST_NAMED]
    if len(named) > MOST_NAMED:
        rows.append(("En nog", f"{len(named) - MOST_NAMED} taken"))
    return composed(session, "late-tasks", About(address), Filling(values, {"taken": rows}))


def _rows(digest: Digest) -> list[tuple[str, str]]:
    kinds = (
        ("Te laat", digest.late),
        ("Bijna af te ronden", digest.due),
        ("Nieuw", digest.new),
    )
    return [
        (kind, line)
        for kind, tasks in kinds
        for line in (_lines(tasks) if len(tasks) <= MOST_NAMED else [f"{len(tasks)} taken"])
    ]


def _lines(tasks: list[UserTask]) -> list[str]:
    return [
        f"{task.title}, uiterlijk {local(task.due_at):%d-%m-%Y}" if task.due_at else task.title
        for task in tasks
    ]

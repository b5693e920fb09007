"""Service tasks that mail people about their tasks, if there is anything to tell."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from workers.handlers.mail import task_letters
from workers.handlers.mail.letters import Letter
from workers.handlers.mail.sending import mail_task, send_alone
from workers.job_arguments import id_from
from workers.job_context import JobContext


@mail_task("send-task-digest", title="Taken van vandaag")
def send_task_digest(person: str, day: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tell somebody of their tasks, if there is anything to tell."""
    on_day = date.fromisoformat(day)
    return send_if_any(job, lambda session: task_letters.task_digest(session, person, on_day))


@mail_task(
    "send-handed-over",
    title="Bericht over een overgedragen taak",
)
def send_handed_over(person: str, task_id: str, *, job: JobContext) -> dict[str, Any] | None:
    """Tell somebody that they got a task."""
    return send_if_any(
        job, lambda session: task_letters.task_handed_over(session, person, id_from(task_id))
    )


@mail_task("send-late-tasks", title="Taken die lang te laat zijn")
def send_late_tasks(tasks: list[str], *, job: JobContext) -> dict[str, Any] | None:
    """Tell who leads the work of tasks that are five working days late."""
    ids = [id_from(each) for each in tasks]
    return send_if_any(job, lambda session: task_letters.late_tasks(session, ids))


class _NothingToTellError(Exception):
    """There is nothing to write by now."""


def send_if_any(
    job: JobContext, write: Callable[[Session], Letter | None]
) -> dict[str, Any] | None:
    """Send a mail, unless there is nothing to tell when it is written."""

    def written(session: Session) -> Letter:
        letter = write(session)
        if letter is None:
            raise _NothingToTellError
        return letter

    try:
        return send_alone(job, written)
    except _NothingToTellError:
        return {"sent": False}

"""Starts a part of Loket without one of its safeguards, to show that the chaos run would notice.

python -m tests.reliability.unsafe SAFEGUARD worker --concurrency 2
"""

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.cli import main
from processes.engine import jobs
from processes.engine.models import Job, JobStatus
from workers import schedule
from workers.clients.mail import Message
from workers.handlers import mail

FORGOTTEN = 0.3


def without_sweeps() -> None:
    """Only the bell brings work: what the broker forgets, nobody finds."""
    schedule.sweep = lambda: None


def without_leases() -> None:
    """A job that a worker took is that worker's for ever."""
    claimable = jobs._claimable  # noqa: SLF001 - this is what is taken away
    new = Job.status == JobStatus.NEW
    jobs._claimable = lambda moment: new & claimable(moment)  # noqa: SLF001


def without_fixed_message_ids() -> None:
    """Each attempt writes a message of its own."""
    handler: Any = mail
    make = handler._message  # noqa: SLF001
    handler._message = lambda row: _renamed(make(row))  # noqa: SLF001


def _renamed(message: Message) -> Message:
    return replace(message, message_id=f"<{uuid4()}@loket.example>")


def without_commits() -> None:
    """The portal says that it has kept something, and now and then forgot to commit."""
    from app.tasks import task_page

    view: Any = task_page
    commit = view.commit_and_enqueue

    def forget(session: Session) -> None:
        if random.random() < FORGOTTEN:  # noqa: S311 - no secret
            session.rollback()
        commit(session)

    view.commit_and_enqueue = forget


SAFEGUARDS: dict[str, Callable[[], None]] = {
    "sweeps": without_sweeps,
    "leases": without_leases,
    "fixed message ids": without_fixed_message_ids,
    "commits": without_commits,
}

if __name__ == "__main__":
    SAFEGUARDS[sys.argv.pop(1)]()
    main()

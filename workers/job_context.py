"""The context of a service task: idempotency key, session, progress, giving way."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session


class LeaseLostError(Exception):
    """Another worker has taken over the job: this attempt must not commit."""


class TurnOverError(Exception):
    """The job has used its turn: it continues later, where it was."""


class ReportProgress(Protocol):
    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True)
class JobContext:
    """Passed to every service task as `job`."""

    id: UUID
    idempotency_key: str
    attempt: int
    tenant: str | None
    transaction: Callable[[], AbstractContextManager[Session]]
    """Opens a session in a transaction of its own, committed at its end, and only while the lease
    on the job is still ours: otherwise it raises LeaseLostError."""
    progress: ReportProgress
    """Says how far the job is, which also extends its lease: in the transaction that is open, so
    that both are committed at once, or in one of its own."""
    give_way: Callable[[], None]
    """For a job that resumes where it was: ends this turn when others have waited long enough."""

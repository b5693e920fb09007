"""Service tasks: migrate running instances to another version, or undo that, with progress."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from processes.engine.repair.migration import runs, undo
from processes.engine.repair.migration.runs import Progress
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task

LEASE = timedelta(minutes=1)  # of one chunk: each one done extends it
AT_A_TIME = 25

Chunk = Callable[[Session, UUID, int], Progress]


@service_task("migrate-instances", title="Lopende zaken omzetten", lease=LEASE)
def migrate_instances(run_id: str, *, job: JobContext) -> None:
    """Migrate every instance of a migration run; resumes where it was."""
    _in_chunks(job, id_from(run_id), runs.apply_chunk)


@service_task("undo-migration", title="Omgezette zaken terugzetten", lease=LEASE)
def undo_migration(run_id: str, *, job: JobContext) -> None:
    """Restore every instance of a migration run that has not moved on since."""
    _in_chunks(job, id_from(run_id), undo.undo_chunk)


def _in_chunks(job: JobContext, run_id: UUID, take: Chunk) -> None:
    while True:
        with job.transaction() as session:
            progress = take(session, run_id, AT_A_TIME)
            job.progress(progress.done, progress.total)
        if progress.done >= progress.total:
            return
        job.give_way()

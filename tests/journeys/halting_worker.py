"""Starts a worker that stands still once it has moved some older offers over, until it is killed.

python -m tests.journeys.halting_worker worker --concurrency 2
"""

import threading
from uuid import UUID

from app.cli.main import main
from processes.register.legacy.migration import Progress
from workers.handlers import migration
from workers.job_context import JobContext

AFTER = 50  # offers


def _halt_halfway() -> None:
    migrate = migration._migrate  # noqa: SLF001 - what is committed is its end

    def and_halt(
        job: JobContext, kvk: str, legacy_offer_ids: list[UUID], progress: Progress
    ) -> Progress:
        progress = migrate(job, kvk, legacy_offer_ids, progress)
        if progress.done >= AFTER:
            threading.Event().wait()
        return progress

    migration._migrate = and_halt  # noqa: SLF001


if __name__ == "__main__":
    _halt_halfway()
    main()

"""Service tasks: the dry run of a file with offers, and applying it, with progress."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from processes.casework.offers.imports import apply_rows, read_import
from processes.casework.offers.publication import Worker
from processes.engine.execution.bulk import CHUNK
from processes.register.changes import record_event
from processes.register.sheets.imports import OfferImport, counts_of, rows_to_apply
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task


@service_task(
    "read-offer-import", title="Bestand met activiteiten lezen", lease=timedelta(minutes=5)
)
def read_file(import_id: str, *, job: JobContext) -> None:
    """Read the file and say what each row will do; nothing of the offers changes."""
    with job.transaction() as session:
        found = session.get_one(OfferImport, id_from(import_id))
        read_import(session, found, _worker(found, job.tenant))


@service_task(
    "apply-offer-import", title="Bestand met activiteiten toepassen", lease=timedelta(minutes=1)
)
def apply_file(import_id: str, *, job: JobContext) -> None:
    """Apply the rows, a few per transaction; a new attempt does what is left."""
    id_, to_apply, handled, last = id_from(import_id), 0, 0, 0
    while True:
        with job.transaction() as session:
            if not (numbers := next_rows(session, id_, job.tenant or "", after=last)):
                return
            if not last:  # whoever counted for each chunk would read the whole file each time
                counts = counts_of(session, id_)
                to_apply, handled = counts.to_apply, counts.done + counts.refused
            else:
                handled += len(numbers)
            last = numbers[-1]
            job.progress(handled, to_apply)


def next_rows(session: Session, import_id: UUID, kvk: str, *, after: int = 0) -> list[int]:
    """Apply the next rows of the import, after that number; the numbers of those that it did."""
    found_rows = rows_to_apply(session, import_id, CHUNK + 1, after=after)
    rows, are_last = found_rows[:CHUNK], len(found_rows) <= CHUNK
    if not rows:
        return []
    found = session.get_one(OfferImport, import_id)
    apply_rows(session, found, rows, _worker(found, kvk))
    session.flush()
    if are_last:
        about = f"import:{import_id}"
        record_event(session, "import-applied", actor=found.by, kvk=kvk, subject=about)
    return [row.number for row in rows]


def _worker(found: OfferImport, kvk: str | None) -> Worker:
    return Worker(kvk or "", found.branch, found.by)

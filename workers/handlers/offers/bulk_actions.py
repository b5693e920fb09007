"""Service task: a bulk action on offers, with progress and a result per offer (R25)."""

from datetime import timedelta

from sqlalchemy.orm import Session

from processes.casework.offers.bulk_actions import perform
from processes.casework.offers.publication import Worker
from processes.engine.execution.bulk import CHUNK
from processes.register.offers.bulk_actions import BulkAction, open_items, progress_of_action
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task

LEASE = timedelta(minutes=1)  # of one chunk: each one done extends it


@service_task("bulk-offers", title="Meer activiteiten in één keer", lease=LEASE)
def do_in_bulk(action_id: str, *, job: JobContext) -> None:
    """Do what the action asks, a few offers per transaction; a new attempt does what is left."""
    while True:
        with job.transaction() as session:
            action = session.get_one(BulkAction, id_from(action_id))
            if not next_chunk(session, action, job.tenant or ""):
                return
            progress = progress_of_action(session, action.id)
            job.progress(progress.handled, progress.total)


def next_chunk(session: Session, action: BulkAction, kvk: str) -> bool:
    """Handle the next offers of the action; False when there were none."""
    items = open_items(session, action.id, CHUNK)
    if items:
        perform(session, action, items, Worker(kvk, action.branch, action.by))
        session.flush()
    return bool(items)

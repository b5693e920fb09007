"""Service task: keys offers anew after staff changed a list of words for search, with progress."""

from datetime import timedelta

from processes.register.offers.search.indexing import write_anew
from processes.register.search.rekeying import affected_by
from workers.job_context import JobContext
from workers.registry import service_task

AT_ONCE = 50  # offers in one transaction


@service_task("search-words", title="Zoekwoorden verwerken", lease=timedelta(minutes=1))
def key_anew(key: str, version: int, *, job: JobContext) -> None:
    """Write the search entries of what the change touches; a new attempt does all of them again."""
    with job.transaction() as session:
        offer_ids = affected_by(session, key, int(version))
    for first in range(0, len(offer_ids), AT_ONCE):
        with job.transaction() as session:
            write_anew(session, offer_ids[first : first + AT_ONCE])
            job.progress(min(first + AT_ONCE, len(offer_ids)), len(offer_ids))

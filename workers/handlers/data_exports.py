"""Service task: makes an export of personal data that somebody asked for."""

from datetime import timedelta

from processes.casework.exports.asking import TOPIC, make
from workers.job_arguments import id_from
from workers.job_context import JobContext
from workers.registry import service_task


@service_task(TOPIC, title="Export van gegevens maken", lease=timedelta(minutes=5))
def make_data_export(export_id: str, *, job: JobContext) -> None:
    """Gather everything and keep it as a ZIP file; a second attempt finds it there."""
    with job.transaction() as session:
        make(session, id_from(export_id))

"""The worker with one extra service task that does nothing.

python -m tests.benchmarks.idle_topic worker
"""

from app.cli.main import main
from workers.job_context import JobContext
from workers.registry import service_task

TOPIC = "bench-nothing"


@service_task(TOPIC, title="Niets doen", queue="default")
def nothing(*, job: JobContext) -> None:
    """What is left of a job when there is no work in it."""
    assert job


if __name__ == "__main__":
    main()

"""Polling fallback for jobs whose wake-up message was lost: a thread per queue performs them."""

import logging
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

from workers.registry import SERVICE_TASKS

log = logging.getLogger(__name__)

DEFAULT = "default"


def queue_of(topic: str) -> str:
    """The queue of a topic; the default for a topic that this version does not know."""
    service_task = SERVICE_TASKS.get(topic)
    return service_task.queue if service_task else DEFAULT


class Lanes:
    """Performs jobs, one at a time per queue; a busy lane accepts nothing."""

    def __init__(self, perform: Callable[[UUID], object]) -> None:
        self._perform = perform
        self._lanes: dict[str, threading.Thread] = {}

    def take(self, jobs: Iterable[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
        """Start these jobs (id, topic); returns those whose lane is busy."""
        left: list[tuple[UUID, str]] = []
        by_queue: defaultdict[str, list[UUID]] = defaultdict(list)
        for job_id, topic in jobs:
            queue = queue_of(topic)
            if self._is_busy(queue):
                left.append((job_id, topic))
            else:
                by_queue[queue].append(job_id)
        for queue, ids in by_queue.items():
            random.shuffle(ids)  # another process goes through the same ones
            lane = threading.Thread(target=self._drive, args=(ids,), name=queue, daemon=True)
            self._lanes[queue] = lane
            lane.start()
        return left

    def wait(self) -> None:
        """Wait until all started jobs have ended."""
        for lane in self._lanes.values():
            lane.join()

    def _is_busy(self, queue: str) -> bool:
        lane = self._lanes.get(queue)
        return lane is not None and lane.is_alive()

    def _drive(self, ids: list[UUID]) -> None:
        for job_id in ids:
            try:
                self._perform(job_id)
            except Exception:
                log.exception("a job was not performed", extra={"job_id": job_id})

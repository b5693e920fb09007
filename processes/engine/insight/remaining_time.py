"""Estimates the remaining time of an instance from finished ones that were at the same element."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.engine.insight.statistics import quantile
from processes.engine.store.models import ActivityInstance, InstanceStatus, ProcessInstance

ENOUGH = 20  # finished instances; fewer promise nothing
MOST = 1000  # of the newest instances


@dataclass(frozen=True)
class Expectation:
    """The moments by which half, and nine out of ten, were ready."""

    half: datetime
    most: datetime
    of: int  # how many finished instances say so


def remaining(session: Session, process_key: str, element_id: str) -> list[timedelta]:
    """Time from the last arrival at the element until the end, of recent finished instances."""
    newest = (
        select(ProcessInstance.id, ProcessInstance.status, ProcessInstance.ended_at)
        .where(ProcessInstance.process_key == process_key)
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc())
        .limit(MOST)
        .subquery()
    )
    is_ready = newest.c.status == InstanceStatus.COMPLETED
    ended: Any = select(newest.c.id, newest.c.ended_at).where(is_ready).subquery()
    query = (
        select(ended.c.ended_at, func.max(ActivityInstance.entered_at))
        .join(ended, ended.c.id == ActivityInstance.instance_id)
        .where(ActivityInstance.element_id == element_id)
        .group_by(ended.c.id, ended.c.ended_at)
    )
    return sorted(ended_at - entered for ended_at, entered in session.execute(query))


def expected(lengths: Sequence[timedelta], since: datetime, at: datetime) -> Expectation | None:
    """When an instance that came here at `since` and is still here at `at` will be ready.

    Only instances that were here at least as long count; None when those are too few.
    """
    longer = sorted(length for length in lengths if length > at - since)
    half, most = quantile(longer, 5), quantile(longer, 9)
    if len(longer) < ENOUGH or half is None or most is None:
        return None
    return Expectation(since + half, since + most, len(longer))

"""How long it will still take: what the history says of instances that stood at the same place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.engine.models import (
    ActivityInstance,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
)
from processes.engine.statistics import quantile

ENOUGH = 20  # finished instances; fewer promise nothing
MOST = 1000  # of the newest finished instances


@dataclass(frozen=True)
class Expectation:
    """When half of those who stood here were ready, and when nine out of ten were."""

    half: datetime
    most: datetime
    of: int  # how many finished instances say so


def remaining(session: Session, process_key: str, element_id: str) -> list[timedelta]:
    """From coming to this element for the last time until the end, of newest finished instances."""
    newest = (
        select(ProcessInstance.id, ProcessInstance.ended_at)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessDefinition.key == process_key)
        .where(ProcessInstance.status == InstanceStatus.COMPLETED)
        .order_by(ProcessInstance.started_at.desc())
        .limit(MOST)
        .subquery()
    )
    query = (
        select(newest.c.ended_at, func.max(ActivityInstance.entered_at))
        .join(newest, newest.c.id == ActivityInstance.instance_id)
        .where(ActivityInstance.element_id == element_id)
        .group_by(newest.c.id, newest.c.ended_at)
    )
    return sorted(ended - entered for ended, entered in session.execute(query))


def expected(lengths: Sequence[timedelta], since: datetime, at: datetime) -> Expectation | None:
    """When an instance that came here at `since` and stands here at `at` will be ready.

    Only who stood here at least as long says anything of it; None when those are too few.
    """
    longer = sorted(length for length in lengths if length > at - since)
    half, most = quantile(longer, 5), quantile(longer, 9)
    if len(longer) < ENOUGH or half is None or most is None:
        return None
    return Expectation(since + half, since + most, len(longer))

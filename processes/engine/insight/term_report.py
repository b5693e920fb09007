"""The share of cases that ended within the legal term, by month (B03); and what is late now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.base import AMSTERDAM, today
from processes.engine.deployment.legal_terms import legal_term_of
from processes.engine.execution.events.delivery import OPEN
from processes.engine.language.iso8601 import Duration
from processes.engine.language.working_days import end_of_term
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.store.term_models import CaseTerm

MONTHS = 24
"""So many months, this one included, are shown."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Month:
    """The cases that ended in one month: completed within their term, completed late, stopped."""

    first_day: date
    in_time: int
    late: int
    stopped: int

    @property
    def completed(self) -> int:
        return self.in_time + self.late

    @property
    def share(self) -> float | None:
        """Of what was completed, the part that was in time (0 to 1); None of nothing."""
        return self.in_time / self.completed if self.completed else None


def months(session: Session, key: str, most: int = MONTHS) -> list[Month]:
    """The months in which cases of this process ended, the newest first."""
    since = _months_before(today(), most - 1)
    in_time = (CaseTerm.ended_on <= CaseTerm.due_on).label("in_time")
    query = (
        select(CaseTerm.ended_on, in_time, CaseTerm.is_completed, func.count())
        .where(CaseTerm.process_key == key, CaseTerm.ended_on >= since)
        .group_by(CaseTerm.ended_on, in_time, CaseTerm.is_completed)
    )
    counts: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for ended_on, was_in_time, is_completed, number in session.execute(query):
        place = 2 if not is_completed else 0 if was_in_time else 1
        counts[ended_on.replace(day=1)][place] += number
    return [Month(month, *counts[month]) for month in sorted(counts, reverse=True)]


def total(found: Sequence[Month]) -> Month | None:
    """All of these months together; None of nothing."""
    if not found:
        return None
    return Month(
        found[-1].first_day,
        sum(each.in_time for each in found),
        sum(each.late for each in found),
        sum(each.stopped for each in found),
    )


def late_now(session: Session, key: str) -> int:
    """How many cases of this process run on although their term has passed."""
    query = select(ProcessDefinition.id).where(ProcessDefinition.key == key)
    return sum(_late_on(session, each) for each in session.scalars(query).all())


def _late_on(session: Session, definition_id: object) -> int:
    definition = session.get_one(ProcessDefinition, definition_id)
    term = legal_term_of(session, definition.id)
    if term is None:
        return 0
    after = datetime.combine(_last_late(term) + A_DAY, time(), AMSTERDAM).astimezone(UTC)
    query = select(func.count()).where(
        ProcessInstance.definition_id == definition.id,
        ProcessInstance.status.in_(OPEN),
        ProcessInstance.started_at < after,
    )
    return session.scalar(query) or 0


def _last_late(term: Duration) -> date:
    """The last day of which the term has passed: a later begin gives no earlier end."""
    now = today()
    day = now - timedelta(days=term.approximate.days)
    while end_of_term(day, term) < now:
        day += A_DAY
    while end_of_term(day, term) >= now:
        day -= A_DAY
    return day


def _months_before(day: date, number: int) -> date:
    """The first day of the month so many months before."""
    year, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return date(year, month + 1, 1)

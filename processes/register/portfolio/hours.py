"""Hours of a portfolio against what four years ask, and which four years those are (A4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from processes.register.offers.terms import Area
from processes.register.portfolio.entries import PortfolioEntry

GOAL_TOTAL, GOAL_PRIMARY, GOAL_SUBJECT = Decimal(160), Decimal(100), Decimal(40)
YEARS = 4  # in which the hours are to be reached (A4)
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Period:
    """Four years, both days included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Hours:
    """The hours of a portfolio against what four years ask (A4)."""

    total: Decimal
    primary: Decimal
    subject: Decimal
    counted: Decimal  # other areas fill up to 160, and to 60 at most
    goal_total: Decimal = GOAL_TOTAL
    goal_primary: Decimal = GOAL_PRIMARY
    goal_subject: Decimal = GOAL_SUBJECT

    @property
    def missing_total(self) -> Decimal:
        """What is to come yet, the hours of the primary process among it."""
        return max(NOTHING, self.goal_total - self.counted)

    @property
    def missing_primary(self) -> Decimal:
        return max(NOTHING, self.goal_primary - self.primary)

    @property
    def missing_subject(self) -> Decimal:
        return max(NOTHING, self.goal_subject - self.subject)


def years_later(day: date, years: int) -> date:
    """The same day of another year; of 29 February the day before, where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def up_to(day: date) -> Period:
    """The four years up to and with this day."""
    return Period(years_later(day, -YEARS) + timedelta(days=1), day)


def periods(start: date | None, *, on: date) -> list[Period]:
    """The periods of a teacher, the current one first; without a start those up to this day."""
    if start is None or start > on:
        return [up_to(on)]
    found: list[Period] = []
    while not found or found[-1].last < on:
        first, after = (years_later(start, YEARS * (len(found) + more)) for more in (0, 1))
        found.append(Period(first, after - timedelta(days=1)))
    return found[::-1]


def hours(entries: Iterable[PortfolioEntry], period: Period) -> Hours:
    """Add up the snapshots of a period; other areas get less room as primary hours grow (A4)."""
    entries = [entry for entry in entries if entry.followed_on in period]
    total = sum((entry.hours for entry in entries), NOTHING)
    primary = sum((entry.hours for entry in entries if entry.is_primary), NOTHING)
    subject = sum((entry.hours for entry in entries if Area.SUBJECT in entry.areas), NOTHING)
    room = max(NOTHING, GOAL_TOTAL - max(primary, GOAL_PRIMARY))
    return Hours(total, primary, subject, primary + min(total - primary, room))

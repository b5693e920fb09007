"""Statistics over many cases: frequencies, durations, stages, how they end.

Made of `Figures`: of the cases of some versions that began in a period.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from processes.base import now
from processes.engine.insight.figures import Figures


@dataclass(frozen=True)
class Frequency:
    """How many tokens left one element, their durations, and how many left in an error."""

    element_id: str
    name: str
    element_type: str
    count: int
    median: timedelta
    p90: timedelta
    error_rate: float


@dataclass(frozen=True)
class Stage:
    """How many instances reached an element, and how many completed it."""

    reached: int = 0
    passed: int = 0


@dataclass(frozen=True)
class Cancellation:
    """How many instances were cancelled after this element, the last that they visited."""

    element_id: str
    name: str
    count: int


@dataclass(frozen=True)
class Summary:
    """The totals of cases; durations are of completed ones only, as pages tell them."""

    started: int = 0
    completed: int = 0
    cancelled: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    in_time: int = 0  # completed within the term
    too_late: int = 0  # completed after it, or still running after it
    lengths: Mapping[timedelta, int] = field(default_factory=dict, repr=False)
    """How many took how long, up to the next whole minute, hour or day."""

    @property
    def running(self) -> int:
        """How many have not ended."""
        return self.started - self.completed - self.cancelled

    @property
    def share_in_time(self) -> float | None:
        """The share that was ready within the term; None without any."""
        known = self.in_time + self.too_late
        return self.in_time / known if known else None


def summary(found: Figures, term: timedelta) -> Summary:
    """Totals: how cases ended, their durations, and how many were within the term (whole days)."""
    exact, lengths = Counter[float](), Counter[timedelta]()
    for (shown, whole), number in found.by("length"):
        exact[float(shown)] += number
        lengths[timedelta(seconds=float(whole))] += number
    completed, cancelled = found.counts["completed",], found.counts["cancelled",]
    in_time = sum(number for length, number in lengths.items() if length <= term)
    moment = now()
    late = sum(moment - since > term for since in found.open_since)
    return Summary(
        started=completed + cancelled + found.running + len(found.open_since),
        completed=completed,
        cancelled=cancelled,
        median=_quantile(exact, 5) if exact else None,
        p90=_quantile(exact, 9) if exact else None,
        in_time=in_time,
        too_late=completed - in_time + found.late + late,
        lengths=lengths,
    )


def quantile(ordered: Sequence[timedelta], tenths: int) -> timedelta | None:
    """The measured length below which so many tenths lie (nearest rank); None of nothing."""
    rank = -(-len(ordered) * tenths // 10)
    return ordered[max(rank, 1) - 1] if ordered else None


def frequencies(found: Figures) -> list[Frequency]:
    """The frequency of each element that a token left, by id.

    Median and 90th percentile are measured durations (nearest rank): of four, the median is the
    second.
    """
    by_element: dict[str, Counter[float]] = defaultdict(Counter)
    for (element_id, seconds), number in found.by("passed"):
        by_element[str(element_id)][float(seconds)] += number
    by_element = {id_: lengths for id_, lengths in by_element.items() if lengths.total()}
    return [
        Frequency(
            id_,
            *found.elements[id_],
            count := lengths.total(),
            _quantile(lengths, 5),
            _quantile(lengths, 9),
            found.counts["failed", id_] / count,
        )
        for id_, lengths in sorted(by_element.items())
    ]


def stages(found: Figures, element_ids: Iterable[str]) -> Mapping[str, Stage]:
    """How many cases came to each of these user tasks, and how many completed it."""
    counts = found.counts
    return {id_: Stage(counts["reached", id_], counts["done", id_]) for id_ in element_ids}


def cancellations(found: Figures) -> list[Cancellation]:
    """Where cases were when cancelled, the most frequent element first, then by its id."""
    stopped = [(str(id_), number) for (id_,), number in found.by("stopped") if number]
    return [
        Cancellation(id_, found.elements.get(id_, (id_, ""))[0], number)
        for id_, number in sorted(stopped, key=lambda each: (-each[1], each[0]))
    ]


def waiting_per_element(found: Figures) -> dict[str, int]:
    """How many cases now wait at each element, at a user task or a job."""
    return {str(id_): number for (id_,), number in found.by("waits") if number}


def _quantile(lengths: Counter[float], tenths: int) -> timedelta:
    """As `quantile`, of so many of each length in seconds."""
    rank, seconds = -(-lengths.total() * tenths // 10), 0.0
    for seconds, number in sorted(lengths.items()):  # noqa: B007 - the one where it stops
        rank -= number
        if rank <= 0:
            break
    return timedelta(seconds=seconds)

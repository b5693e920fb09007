"""Figures of cases as counters that add up: how they ended, and how long they and steps took.

Lengths are kept as pages tell them (`shown`): a median of these is the median of the exact lengths
as a page tells it, because what is longer is never told shorter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from processes.dutch import shown
from processes.engine.store.models import InstanceStatus

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Key = tuple[str | float, ...]


class Run(NamedTuple):
    """One case, from its start to its end if it has one."""

    id: str
    definition_id: str
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None


class Passage(NamedTuple):
    """One token's visit to an element."""

    instance_id: str
    element_id: str
    element_type: str
    name: str
    entered_at: datetime
    left_at: datetime | None
    result: str | None


@dataclass
class Figures:
    """Counts by what is counted; of cases that run, since when they do.

    The keys: `completed`, `cancelled`; `length` with its length and the next whole minute, hour or
    day (seconds); `passed` with element and length; and with an element `failed`, `reached`, `done`
    (cases that were there, and that completed it), `stopped` (cases that were there last) and
    `waits` (that wait there now, for a person or for a job).
    """

    counts: Counter[Key] = field(default_factory=Counter)
    elements: dict[str, tuple[str, str]] = field(default_factory=dict)  # name and type by id
    open_since: list[datetime] = field(default_factory=list)
    running: int = 0  # beside those of `open_since`
    late: int = 0  # of `running`, that began before the term that was asked

    def add(self, other: "Figures") -> Self:
        """Count the other's cases too."""
        self.counts.update(other.counts)
        for id_, named in other.elements.items():
            self.elements[id_] = max(named, self.elements.get(id_, named))
        self.open_since += other.open_since
        self.running += other.running
        self.late += other.late
        return self

    def take_away(self, other: "Figures") -> Self:
        """Do not count the other's cases any more, which were added."""
        self.counts.subtract(other.counts)
        return self

    def counts_as(self, other: "Figures") -> bool:
        """Whether both count the same; names of elements that are counted no more may stay."""
        return self.counts == other.counts  # a Counter takes what is not there as zero

    def by(self, kind: str) -> Iterator[tuple[Key, int]]:
        """What is counted under this key, without it, and how many."""
        return ((key[1:], number) for key, number in self.counts.items() if key[0] == kind)

    def to_json(self) -> dict[str, Any]:
        """What is kept: cases that run are not."""
        counts = sorted(([*key], number) for key, number in self.counts.items() if number)
        return {"counts": counts, "elements": dict(sorted(self.elements.items()))}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_json` made."""
        counts = Counter({tuple(key): number for key, number in kept["counts"]})
        elements = {id_: (name, kind) for id_, (name, kind) in kept["elements"].items()}
        return cls(counts, elements)


def figures_of(runs: Sequence[Run], passages: Iterable[Passage]) -> Figures:
    """Count these cases, whose passages these are."""
    found = Figures()
    for run in runs:
        _count_run(found, run)
    stopped = {run.id for run in runs if run.status is InstanceStatus.CANCELLED}
    last: dict[str, Passage] = {}
    there, done = set[tuple[str, str]](), set[tuple[str, str]]()
    for passage in passages:
        place = (passage.instance_id, passage.element_id)
        there.add(place)
        if passage.result == "completed":
            done.add(place)
        _count_passage(found, passage)
        if passage.instance_id in stopped:
            other = last.get(passage.instance_id, passage)
            last[passage.instance_id] = max(passage, other, key=_lateness)
    found.counts.update(("reached", element) for _id, element in there)
    found.counts.update(("done", element) for _id, element in done)
    found.counts.update(("stopped", passage.element_id) for passage in last.values())
    return found


def _count_run(found: Figures, run: Run) -> None:
    if run.ended_at is None:
        found.open_since.append(run.started_at)
        return
    found.counts[str(run.status),] += 1
    if run.status is InstanceStatus.COMPLETED:
        length = run.ended_at - run.started_at
        found.counts["length", _seconds(length), _whole(length).total_seconds()] += 1


def _count_passage(found: Figures, passage: Passage) -> None:
    if passage.left_at is None:
        return
    id_, named = passage.element_id, (passage.name, passage.element_type)
    found.elements[id_] = max(named, found.elements.get(id_, named))
    found.counts["passed", id_, _seconds(passage.left_at - passage.entered_at)] += 1
    if passage.result == "error":
        found.counts["failed", id_] += 1


def _lateness(passage: Passage) -> tuple[bool, datetime, datetime, str]:
    """What is greater for the passage that was there last, of any two: none is arbitrary."""
    left_at, entered_at = passage.left_at, passage.entered_at
    return left_at is None, left_at or entered_at, entered_at, passage.element_id


def _seconds(length: timedelta) -> float:
    return shown(max(length, timedelta(0))).total_seconds()


def _whole(length: timedelta) -> timedelta:
    """The next whole minute up to an hour, the next hour up to a day, else the next day."""
    unit = MINUTE if length <= HOUR else HOUR if length <= DAY else DAY
    return -(-length // unit) * unit

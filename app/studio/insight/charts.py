"""Charts from statistics: heat map levels, histogram bars, funnel."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from processes.dutch import length_in_words, percent_text
from processes.engine.insight.statistics import Frequency, Stage, Summary

LEVELS = 5
BINS: Sequence[tuple[str, timedelta]] = (
    ("1 min", timedelta(minutes=1)),
    ("10 min", timedelta(minutes=10)),
    ("1 uur", timedelta(hours=1)),
    ("4 uur", timedelta(hours=4)),
    ("1 dag", timedelta(days=1)),
    ("3 dgn", timedelta(days=3)),
    ("1 wk", timedelta(weeks=1)),
    ("2 wk", timedelta(weeks=2)),
    ("4 wk", timedelta(weeks=4)),
)
MANY_ERRORS = (0.05, 0.1, 0.2, 0.4)

Heat = Mapping[str, Mapping[str, tuple[str, int]]]


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram: counts, and shares of the total."""

    label: str  # up to how long
    words: str  # the same for people who do not see the axis
    count: int
    height: float  # of the highest, in percent
    share: float  # of all, from 0 to 1


@dataclass(frozen=True)
class FunnelStep:
    """One step of the funnel: how many reached it, of all and of the step before."""

    name: str
    element_id: str | None
    count: int
    share: float
    lost: int  # since the step before


def histogram(lengths: Mapping[timedelta, int]) -> list[Bar]:
    """How many cases took how long as bars, without empty bars at the ends."""
    counts, limits = [0] * (len(BINS) + 1), [limit for _, limit in BINS]
    for length, number in lengths.items():
        counts[sum(length > limit for limit in limits)] += number
    filled = [number for number, count in enumerate(counts) if count]
    if not filled:
        return []
    shown = range(max(filled[0] - 1, 0), min(filled[-1] + 2, len(counts)))
    highest = max(counts)
    return [
        Bar(
            *_words(number),
            counts[number],
            100 * counts[number] / highest,
            counts[number] / sum(counts),
        )
        for number in shown
    ]


def _words(number: int) -> tuple[str, str]:
    if number == len(BINS):
        return "meer", f"langer dan {length_in_words(BINS[-1][1])}"
    label, limit = BINS[number]
    if number == 0:
        return label, f"hoogstens {length_in_words(limit)}"
    return label, f"{length_in_words(BINS[number - 1][1])} tot {length_in_words(limit)}"


def funnel(
    names: Mapping[str, str], stages: Mapping[str, Stage], whole: Summary
) -> list[FunnelStep]:
    """The funnel past each required task; counts never rise."""
    counts: list[tuple[str, str | None, int]] = [("Begonnen", None, whole.started)]
    counts += [(names.get(id_, id_), id_, stage.reached) for id_, stage in stages.items()]
    counts.append(("Klaar", None, whole.completed))
    steps: list[FunnelStep] = []
    for name, element_id, count in counts:
        before = steps[-1].count if steps else count
        share = count / whole.started if whole.started else 0.0
        steps.append(FunnelStep(name, element_id, count, share, max(before - count, 0)))
    return steps


def heat(frequencies: Sequence[Frequency]) -> Heat:
    """Text and colour level (0 to 5) for each element and measure."""
    most = max((each.count for each in frequencies), default=0)
    longest = max((each.median.total_seconds() for each in frequencies), default=0.0)
    return {
        each.element_id: {
            "aantal": (f"{each.count}x", _level(each.count, most)),
            "duur": _duration(each, longest),
            "fouten": (percent_text(each.error_rate), _errors(each.error_rate)),
        }
        for each in frequencies
    }


def _duration(each: Frequency, longest: float) -> tuple[str, int]:
    seconds = each.median.total_seconds()
    return (length_in_words(each.median), _level(seconds, longest)) if seconds else ("", 0)


def _level(value: float, most: float) -> int:
    """On a scale of powers: of durations the longest would leave all others white."""
    return max(1, math.ceil(LEVELS * math.log1p(value) / math.log1p(most))) if value else 0


def _errors(rate: float) -> int:
    return 1 + sum(rate > limit for limit in MANY_ERRORS) if rate else 0

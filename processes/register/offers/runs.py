"""Runs of an offer: when and where it is given, at what price, with how many places left.

A run is a value of its offer, without an identity of its own: it is read, kept in versions and
written together with the offer. What it leaves empty (place, language) is as the offer says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from processes.dutch import amount_text, date_in_words
from processes.register.offers.run_values import READ, Language, as_json, read

MOST_RUNS = 60  # of one offer


class RunError(ValueError):
    """A field of a run that does not fit the others."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message  # Dutch


@dataclass(frozen=True, kw_only=True)
class Run:
    """One time that an activity is given; days and times on the clock of Amsterdam.

    Raises RunError when its days or times do not fit one another.
    """

    start: date | None = None
    start_time: time | None = None
    end: date | None = None  # empty: the same day, or unknown
    end_time: time | None = None
    place: str = ""
    online: bool = False
    price: Decimal | None = None  # in euros, for one participant
    vat_excluded: bool = False
    places_free: int | None = None
    language: Language | None = None

    def __post_init__(self) -> None:
        if problem := self._problem():
            raise RunError(*problem)

    def _problem(self) -> tuple[str, str] | None:
        if self.start is None and (self.end or self.start_time or self.end_time):
            return "start", "Vul ook in op welke dag het begint."
        if self.start and self.end and self.end < self.start:
            return "end", "De laatste dag ligt voor de eerste dag."
        times = self.start_time and self.end_time and (self.start_time, self.end_time)
        if times and self.end in (None, self.start) and times[1] <= times[0]:
            return "end_time", "De eindtijd ligt niet na de begintijd."
        return None

    @property
    def last_day(self) -> date | None:
        """The last day on which it is given, as far as known."""
        return self.end or self.start

    @property
    def is_empty(self) -> bool:
        return self == NOTHING

    def as_json(self) -> dict[str, Any]:
        """Every field in JSON types."""
        return {name: as_json(value) for name, value in vars(self).items()}

    def where(self, place: str, online: bool) -> list[str]:  # noqa: FBT001 - as the offer has it
        """Its place and "online"; what it leaves open is as the offer says."""
        own = self.place or ("" if self.online else place)
        is_online = self.online or (online and not self.place)
        return [*([own] if own else []), *(["online"] if is_online else [])]

    @property
    def when(self) -> str:
        """As 1 september 2026, 9.30 tot 16.00 uur; "In overleg" without a date."""
        if self.start is None:
            return "In overleg"
        first = _moment(self.start, self.start_time)
        if self.end in (None, self.start):
            until = f" tot {self.end_time:%H.%M}" if self.end_time else ""
            return f"{first}{until}{' uur' if self.start_time or self.end_time else ''}"
        last = _moment(self.end, self.end_time)
        unit = (" uur" if self.start_time else "", " uur" if self.end_time else "")
        return f"{first}{unit[0]} tot en met {last}{unit[1]}"

    @property
    def price_text(self) -> str:
        """As € 250 exclusief btw; "" when it is unknown."""
        if self.price is None:
            return ""
        if not self.price:
            return "Gratis"
        return (
            f"€ {amount_text(self.price)} {'exclusief' if self.vat_excluded else 'inclusief'} btw"
        )

    @property
    def in_words(self) -> str:
        """On one line."""
        free = "" if self.places_free is None else f"{self.places_free} plaatsen vrij"
        where = [self.place, "online" if self.online else ""]
        language = self.language.label if self.language else ""
        return ", ".join(filter(None, [self.when, *where, self.price_text, free, language]))


NOTHING = Run()


def run_of(given: Run | Mapping[str, Any]) -> Run:
    """A run from JSON; what is not mentioned is empty. Raises ValueError with a Dutch message."""
    if isinstance(given, Run):
        return given
    if not isinstance(given, Mapping) or set(given) - READ.keys():
        known = ", ".join(READ)
        message = f"Een uitvoering bestaat uit: {known}."
        raise ValueError(message) from None
    return Run(**{name: read(name, value) for name, value in given.items()})


def runs_of(given: Any) -> tuple[Run, ...]:
    """Runs from JSON, in order of their days; empty ones do not count.

    Raises ValueError with a Dutch message that names the run.
    """
    if not isinstance(given, list | tuple | None):
        message = "Geef de uitvoeringen als lijst."
        raise ValueError(message)  # noqa: TRY004 - for a person, as every other
    if len(given or ()) > MOST_RUNS:
        message = f"Een activiteit heeft hooguit {MOST_RUNS} uitvoeringen."
        raise ValueError(message)
    found = []
    for number, each in enumerate(given or (), start=1):
        try:
            found.append(run_of(each))
        except ValueError as error:
            message = f"Uitvoering {number}: {error}"
            raise ValueError(message) from None
    return in_order(run for run in found if not run.is_empty)


def in_order(runs: Iterable[Run]) -> tuple[Run, ...]:
    """By day and time; those without a day last."""
    return tuple(sorted(runs, key=lambda run: (run.start or date.max, run.start_time or time.min)))


def first_day(runs: Iterable[Run]) -> date | None:
    """The day on which the first run begins: the begin date of the offer (R22, R36)."""
    return min((run.start for run in runs if run.start), default=None)


def led_by(runs: tuple[Run, ...], begin: date | None) -> tuple[Run, ...]:
    """The runs of an offer that begins on this day.

    Code of before there were runs writes the begin date alone: it is the first run then, or
    moves it. A begin date that such code took away takes no run away.
    """
    if begin is None or first_day(runs) == begin:
        return runs
    first = next((run for run in runs if run.start), None)
    kept = [run for run in runs if run is not first]
    moved = replace(first, start=begin, end=None) if first else Run(start=begin)
    return in_order([moved, *kept])


def places_of(runs: Iterable[Run]) -> list[str]:
    """The places of the runs, each once."""
    return list(dict.fromkeys(run.place for run in runs if run.place))


def next_run(runs: Iterable[Run], on: date) -> Run | None:
    """The first run that has yet to begin on this day, or begins on it."""
    return next((run for run in runs if run.start and run.start >= on), None)


def still_to_come(runs: Iterable[Run], on: date) -> list[Run]:
    """The runs that are not over on this day; one without a day never is."""
    return [run for run in runs if run.last_day is None or run.last_day >= on]


def over(runs: Iterable[Run], on: date) -> list[Run]:
    """The runs of which the last day is before this day, the latest first."""
    past = [run for run in runs if run.last_day and run.last_day < on]
    return sorted(past, key=lambda run: run.last_day or on, reverse=True)


def undated(runs: Iterable[Run]) -> tuple[Run, ...]:
    """What is left of the runs without their days: places, prices, languages; each once."""
    kept = (
        Run(
            place=run.place,
            online=run.online,
            price=run.price,
            vat_excluded=run.vat_excluded,
            language=run.language,
        )
        for run in runs
    )
    return tuple(run for run in dict.fromkeys(kept) if not run.is_empty)


class RunList(TypeDecorator[tuple[Run, ...]]):
    """Runs in one column, as JSON."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> list[dict[str, Any]]:  # noqa: ARG002 - its signature
        return [run.as_json() for run in value or ()]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Run, ...]:  # noqa: ARG002 - its signature
        return tuple(map(run_of, value or ()))


def _moment(day: date, at: time | None) -> str:
    return date_in_words(day) + (f", {at:%H.%M}" if at else "")

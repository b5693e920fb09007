"""A step that was seen before, as a straight line of what the interpreter did."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.outcomes import Passage
from processes.engine.interpreter.replay.meeting import Merge
from processes.engine.interpreter.waits import Wait
from processes.engine.language.expressions import Expression

SINCE = -1  # the stamp of what waits: since when it does


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that was looked at, on the variables of this source, and what came of it."""

    condition: Expression
    source: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A delegate or decision that was called, and where the variables with its result go."""

    element: Element
    source: int
    target: int


Op: TypeAlias = Guard | Call | Merge


@dataclass(frozen=True, slots=True)
class Passed:
    """A passage, with the guards (by their place) that led the token on."""

    element: Element
    result: str
    onward: tuple[str, ...]
    is_completed_token: bool
    guards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the new state; of `old`, a place in the state before, what did not change."""

    place: tuple[int, int, str]  # its parent, its state and its task spec
    is_expected: bool = False  # only its place is stored
    old: int | None = None  # the row that it was
    stamp: int | None = None  # SINCE, or its number among the changes; None is as it was
    has_token: bool = False
    source: int = 0
    above: int = 0  # the source of its parent
    internal: dict[str, Any] | None = None  # of what changed, what is kept beside its variables


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait after the step: one of the state before, or that of a new row."""

    kind: str
    element: Element
    row: int
    is_old: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """What the interpreter did in a step from one shape, as a straight line."""

    ops: tuple[Op, ...]
    passages: tuple[Passed, ...]
    completed: Waiting | None  # what waited at the token that is completed; None of a start
    waits: tuple[Waiting, ...]
    rows: tuple[Row, ...]
    changes: int  # how many rows have a stamp of their own
    end: int | None  # the source of the variables that the process ended with
    prepared: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What who follows it works out once: it follows from the trace."""


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Followed:
    """What a step came to."""

    blob: bytes
    before: list[Wait]  # what it waited for
    waits: list[Wait]
    passages: list[Passage]
    since: datetime
    has_ended: bool

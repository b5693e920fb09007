"""A step that was seen before, as a straight line; follows it on a stored state."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from processes.base import new_id, new_id_bytes, now
from processes.engine.diagram.elements import Element
from processes.engine.interpreter import codec, workflow
from processes.engine.interpreter.outcomes import BudgetExceededError, Passage
from processes.engine.interpreter.replay.meeting import Merge, met
from processes.engine.interpreter.replay.shapes import (
    CHANGED,
    INTERNAL,
    TOKEN,
    Data,
    Shape,
    column,
)
from processes.engine.interpreter.turns import choices
from processes.engine.interpreter.waits import Wait
from processes.engine.language.expressions import Expression
from processes.engine.language.values import variables_of

SINCE = -1  # the stamp of what waits: since when it does
TICK = 1e-6  # seconds between two changes of state, as `workflow_classes.Ticking`

Perform: TypeAlias = Callable[[Element, Mapping[str, Any]], Mapping[str, Any] | None]


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


@dataclass(slots=True)  # not frozen, which would take four times as long to make
class Followed:
    """What a step came to."""

    blob: bytes
    before: list[Wait]  # what it waited for
    waits: list[Wait]
    passages: list[Passage]
    since: datetime
    has_ended: bool


def follow(
    trace: Trace, shape: Shape, given: Mapping[str, Any], perform: Perform
) -> Followed | None:
    """Take the step by its trace; None where a condition leads another way.

    Raises BudgetExceededError, whatever a condition or a delegate raises, StateTooLargeError.
    """
    at, count = shape.key[0], len(shape.rows)
    data = Data(shape.rows)
    data.put(count, {**data.of(at), **given})
    reasons = _followed(trace.ops, data, shape.rows, perform)
    if reasons is None:
        return None
    since = now()
    old = shape.rows
    tokens = [_token(row, old) for row in trace.rows]
    stamp = _stamps(old, trace.changes, since.timestamp())
    rows = [
        _row(row, old, data, (stamp, token)) for row, token in zip(trace.rows, tokens, strict=True)
    ]
    has_ended = trace.end is not None
    ended_with = data.of(trace.end) if trace.end is not None else {}
    blob = codec.packed((codec.VERSION, has_ended, True, ended_with, rows, [], []))
    token_id = UUID(bytes=old[at][TOKEN])
    waits = [_wait(wait, old, tokens, (trace.rows, data, since)) for wait in trace.waits]
    still = [each for each, wait in zip(waits, trace.waits, strict=True) if wait.is_old]
    if trace.completed is not None:
        still = [_old_wait(trace.completed, old, data.of(count)), *still]
    return Followed(
        blob,
        still,
        waits,
        [_passage(each, token_id, (trace.ops, reasons, data)) for each in trace.passages],
        since,
        has_ended,
    )


def _followed(
    ops: Sequence[Op], data: Data, rows: list[list[Any]], perform: Perform
) -> list[str | None] | None:
    """By op, why a condition of FEEL is neither true nor false; None where one came out other.

    As in the interpreter, the budget is looked at before an op, and not after the last one.
    """
    reasons: list[str | None] = []
    if not ops:
        return reasons
    deadline = time.thread_time() + workflow.MAX_SECONDS
    for op in ops:
        if time.thread_time() > deadline:
            raise BudgetExceededError
        reason = None
        if isinstance(op, Guard):
            holds, reason = op.condition.judged(data.of(op.source))
            if holds is not op.holds:
                return None
        elif isinstance(op, Merge):
            data.put(op.target, met(op, rows, data))
        else:
            known = data.of(op.source)
            data.put(op.target, {**known, **variables_of(perform(op.element, known))})
        reasons.append(reason)
    return reasons


def _stamps(old: list[list[Any]], changes: int, since: float) -> list[float]:
    """The moment of each change in its order, after all before it; the last one is `since`."""
    latest = max([row[CHANGED] for row in old if len(row) > CHANGED], default=0.0)
    first = max(latest + TICK, time.time() - changes * TICK)
    return [*(first + number * TICK for number in range(changes)), since]


def _token(row: Row, old: list[list[Any]]) -> bytes | None:
    if not row.has_token:
        return None
    token: bytes = new_id_bytes() if row.old is None else old[row.old][TOKEN]
    return token


def _row(
    row: Row, old: list[list[Any]], data: Data, own: tuple[list[float], bytes | None]
) -> list[Any]:
    if row.is_expected:
        return [*row.place]
    stamps, token = own
    changed, internal = None, row.internal
    if row.stamp is not None:
        changed = stamps[row.stamp]
    elif row.old is not None:
        changed, internal = old[row.old][CHANGED], column(old[row.old], INTERNAL)
    its, above = data.of(row.source), data.of(row.above)
    written, dropped = (None, None) if its is above else codec.difference(its, above)
    stored = [*row.place, changed, token, internal, written, dropped]
    while stored[-1] is None:
        stored.pop()
    return stored


def _old_wait(wait: Waiting, old: list[list[Any]], data: Mapping[str, Any]) -> Wait:
    row = old[wait.row]
    since = datetime.fromtimestamp(row[CHANGED], UTC)
    return Wait(wait.kind, UUID(bytes=row[TOKEN]), wait.element, since, data)


def _wait(
    wait: Waiting,
    old: list[list[Any]],
    tokens: list[bytes | None],
    now_: tuple[Sequence[Row], Data, datetime],
) -> Wait:
    rows, data, since = now_
    if wait.is_old:
        return _old_wait(wait, old, data.of(wait.row))
    known = data.of(rows[wait.row].source)
    return Wait(wait.kind, UUID(bytes=tokens[wait.row]), wait.element, since, known)


def _passage(
    passed: Passed,
    token_id: UUID,
    way: tuple[Sequence[Op], list[str | None], Data],
) -> Passage:
    ops, reasons, data = way
    chosen = None
    for place in passed.guards:
        guard = ops[place]
        if isinstance(guard, Guard):
            chosen = chosen or choices.nothing_chosen()
            variables = data.of(guard.source)
            choices.note(
                chosen, guard.condition, variables, holds=guard.holds, reason=reasons[place]
            )
    id_ = token_id if passed.is_completed_token else new_id()
    return Passage(id_, passed.element, passed.result, passed.onward, chosen)

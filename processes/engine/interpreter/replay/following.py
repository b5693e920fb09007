"""Follows a trace on a stored state: its conditions, its delegates, the rows of the new state."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from processes.base import new_id_bytes, now
from processes.engine.diagram.elements import Element
from processes.engine.interpreter import codec, workflow
from processes.engine.interpreter.outcomes import BudgetExceededError
from processes.engine.interpreter.replay.line import Line
from processes.engine.interpreter.replay.meeting import Merge, met
from processes.engine.interpreter.replay.shapes import (
    CHANGED,
    INTERNAL,
    TOKEN,
    Data,
    Shape,
    column,
)
from processes.engine.interpreter.replay.trace import Guard, Op, Row, Trace
from processes.engine.language.values import variables_of

TICK = 1e-6  # seconds between two changes of state, as `workflow_classes.Ticking`

Perform: TypeAlias = Callable[[Element, Mapping[str, Any]], Mapping[str, Any] | None]


def follow(trace: Trace, shape: Shape, given: Mapping[str, Any], perform: Perform) -> Line | None:
    """Take the step by its trace; None where a condition leads another way.

    Raises BudgetExceededError, whatever a condition or a delegate raises, StateTooLargeError.
    """
    at, old = shape.key[0], shape.rows
    data = Data(old)
    data.put(len(old), {**data.of(at), **given})
    reasons = _followed(trace.ops, data, old, perform)
    if reasons is None:
        return None
    since = now()
    stamps = _stamps(old, trace.changes, since.timestamp())
    tokens: list[bytes | None] = []
    rows: list[Sequence[Any]] = []
    for row in trace.rows:
        token = None
        if row.has_token:
            token = new_id_bytes() if row.old is None else old[row.old][TOKEN]
        tokens.append(token)
        rows.append(row.place if row.is_expected else _row(row, old, data, (stamps, token)))
    ended_with = {} if trace.end is None else data.of(trace.end)
    has_ended = trace.end is not None
    blob = codec.packed((codec.VERSION, has_ended, True, ended_with, rows, [], []))
    return Line(trace, blob, since, (old, at), (data, tokens, reasons))


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
    return [*[first + number * TICK for number in range(changes)], since]


def _row(
    row: Row, old: list[list[Any]], data: Data, own: tuple[list[float], bytes | None]
) -> list[Any]:
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

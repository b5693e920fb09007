"""The traces of this process: those that were used last, by version of a process and shape."""

import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from processes.engine.interpreter.replay.shapes import Key
from processes.engine.interpreter.replay.trace import Trace

MOST_SHAPES = 2_000
MOST_TRIES = 8  # steps from one shape that are recorded, to a trace or not


@dataclass
class Known:
    """What is known of the steps from one shape."""

    traces: tuple[Trace, ...] = ()
    tries: int = field(default=MOST_TRIES)  # how many more of them will be recorded


_known: OrderedDict[tuple[int, Key], Known] = OrderedDict()  # by number: a UUID's hash is slow
_lock = Lock()


def known(definition_id: UUID, key: Key) -> Known:
    """What is known of the steps from this shape of this version."""
    with _lock:
        place = (definition_id.int, key)
        found = _known.get(place)
        if found is None:
            found = _known[definition_id.int, _interned(key)] = Known()
            if len(_known) > MOST_SHAPES:
                _known.popitem(last=False)
        else:
            _known.move_to_end(place)
        return found


def _interned(key: Key) -> Key:
    """The same key; the names of task specs, which many shapes have in common, are stored once."""
    at, rows = key
    return at, tuple([(above, state, sys.intern(name)) for above, state, name in rows])


def shapes_of(definition_id: UUID) -> dict[Key, Known]:
    """What is known of the steps of this version, by shape."""
    with _lock:
        wanted = definition_id.int
        return {key: each for (version, key), each in _known.items() if version == wanted}


def number() -> int:
    """From how many shapes steps are known."""
    return len(_known)


def add(of: Known, trace: Trace | None) -> None:
    """Keep the trace of a step that was recorded; None if it was no straight line.

    Nothing is kept any more where enough was recorded, or a trace was wrong, since the step began.
    """
    with _lock:
        if of.tries <= 0:
            return
        of.tries -= 1
        if trace is not None and trace not in of.traces:
            of.traces = (*of.traces, trace)


def drop(of: Known) -> None:
    """Keep no traces of this shape, and record no more steps from it: one was wrong."""
    with _lock:
        of.tries, of.traces = 0, ()


def forget_all() -> None:
    """Drop all traces."""
    with _lock:
        _known.clear()

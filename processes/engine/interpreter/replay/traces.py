"""The traces of this process: those that were used last, by version of a process and shape."""

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


_known: OrderedDict[tuple[UUID, Key], Known] = OrderedDict()
_lock = Lock()


def known(definition_id: UUID, key: Key) -> Known:
    """What is known of the steps from this shape of this version."""
    with _lock:
        place = (definition_id, key)
        found = _known.get(place)
        if found is None:
            found = _known[place] = Known()
            if len(_known) > MOST_SHAPES:
                _known.popitem(last=False)
        else:
            _known.move_to_end(place)
        return found


def shapes_of(definition_id: UUID) -> list[Known]:
    """What is known of the steps of this version, by shape."""
    with _lock:
        return [each for (version, _key), each in _known.items() if version == definition_id]


def number() -> int:
    """From how many shapes steps are known."""
    return len(_known)


def add(of: Known, trace: Trace | None) -> None:
    """Keep the trace of a step that was recorded; None if it was no straight line."""
    with _lock:
        of.tries -= 1
        if trace is not None:
            of.traces = (*of.traces, trace)


def drop(of: Known, trace: Trace) -> None:
    """Keep a trace no longer, and record no more steps from its shape: it was wrong."""
    with _lock:
        of.tries = 0
        of.traces = tuple(each for each in of.traces if each is not trace)


def forget_all() -> None:
    """Drop all traces."""
    with _lock:
        _known.clear()

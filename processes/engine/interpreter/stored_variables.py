"""The variables of a stored state, read without the diagram: to search in very many instances.

As `Workflow.variables`, where the last write of each counts, but that it knows no scopes: what is
local to an activity counts too, while it is stored.
"""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter import codec
from processes.engine.interpreter.data.joins import SEEN

HAS_RUN = TaskState.FINISHED_MASK | TaskState.STARTED
CHANGED, OWN, INTERNAL = 3, 6, 5  # the places in a row of the state
OBJECTS = "data_objects"

Write = tuple[float, dict[str, Any]]


def may_have(blob: bytes, name: str) -> bool:
    """Whether a variable with this name can be in this state: far cheaper than to read it."""
    return name.encode() in codec.inflated(blob)


def stored_variables(blob: bytes) -> dict[str, Any]:
    """The variables in this state. Raises UnknownStateVersionError."""
    completed, _success, data, rows, inner, _completions = codec.content(blob)
    known: dict[str, Any] = {}
    if completed:
        known = dict(data)
    else:
        parts = [part[-1] for part in inner]
        for its_rows in (*parts, rows):
            known |= _at(its_rows[0], OWN) or {}  # what each scope began with
        writes = [write for its_rows in (rows, *parts) for write in _writes(its_rows)]
        for _moment, own in sorted(writes, key=itemgetter(0)):
            known |= own
    known.pop(OBJECTS, None)
    return {**known, **data.get(OBJECTS, {})}


def _writes(rows: list[Any]) -> Iterator[Write]:
    for row in rows:
        internal = _at(row, INTERNAL) or {}
        if abs(row[1]) & HAS_RUN and row is not rows[0]:
            own = (_at(row, OWN) or {}) | internal.get("given", {})
            seen = internal.get(SEEN, ())
            yield row[CHANGED], {name: own[name] for name in own if name not in seen}
        yield from internal.get("set", ())


def _at(row: list[Any], place: int) -> Any:
    return row[place] if len(row) > place else None

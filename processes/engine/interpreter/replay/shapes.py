"""The shape of a stored state: its tree of tokens, without ids, moments and variables."""

from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from processes.base import new_id_bytes
from processes.engine.interpreter import codec

LARGEST = 8_000  # bytes of a state as it is stored: many tokens are not read to find that out
MOST_ROWS = 100  # of a tree of tokens whose shape is kept

Key: TypeAlias = tuple[int, tuple[tuple[int, int, str], ...]]
"""The place of the token that is completed; of each task its parent, state and task spec."""

CHANGED, TOKEN, INTERNAL, OWN, DROPPED = 3, 4, 5, 6, 7
DONE = TaskState.COMPLETED | TaskState.CANCELLED
NOTHING = -1  # the source of the data of a task that has none


@dataclass(frozen=True, slots=True)
class Shape:
    """The rows of a state in which one token is completed, and what they look like."""

    rows: list[list[Any]]
    key: Key

    @property
    def is_of_a_start(self) -> bool:
        """Whether the token is that of an instance which has yet to begin."""
        return bool(self.key[1][0][1] == TaskState.READY)


def shape_of_a_start(root: str) -> Shape:
    """The shape of an instance that has yet to begin: its root, with this task spec, and no more.

    It is stored nowhere: what is stored has begun.
    """
    place = (-1, int(TaskState.READY), root)
    return Shape([[*place, 0.0, new_id_bytes()]], (0, (place,)))


def shape_of(blob: bytes, token_id: UUID) -> Shape | None:
    """The shape of this state; None where it has more in it than tasks with variables.

    Raises UnknownStateVersionError.
    """
    if not blob or len(blob) > LARGEST:
        return None
    version, (completed, success, data, rows, inner, completions) = codec.read(blob)
    if version != codec.VERSION or completed or not success or data or inner or completions:
        return None
    if len(rows) > MOST_ROWS:
        return None
    wanted, at = token_id.bytes, None
    for index, row in enumerate(rows):
        if len(row) > INTERNAL and row[INTERNAL] is not None and not abs(row[1]) & DONE:
            return None
        if len(row) > TOKEN and row[TOKEN] == wanted:
            at = index
    if at is None:
        return None
    return Shape(rows, (at, tuple([(row[0], row[1], row[2]) for row in rows])))


def column(row: list[Any], place: int) -> Any:
    """What a row has at this place; what is empty at its end is not stored."""
    return row[place] if len(row) > place else None


class Data:
    """The variables of a step by their source: a row of the state before it, or a later change.

    Sources below the number of rows are rows; those from there on are given by `put`.
    """

    def __init__(self, rows: list[list[Any]]) -> None:
        self._rows = rows
        self._known: dict[int, dict[str, Any]] = {NOTHING: {}}

    def put(self, source: int, data: dict[str, Any]) -> None:
        """Set the variables of a source; they are not changed any more."""
        self._known[source] = data

    def of(self, source: int) -> dict[str, Any]:
        """The variables of this source: do not change them."""
        found = self._known.get(source)
        if found is None:
            found = self._known[source] = self._stored(self._rows[source])
        return found

    def _stored(self, row: list[Any]) -> dict[str, Any]:
        size = len(row)
        own = row[OWN] if size > OWN else None
        dropped = row[DROPPED] if size > DROPPED else None
        if row[0] < 0 or dropped is True or size <= CHANGED:
            return own or {}
        above = self.of(row[0])
        if own is None and dropped is None:
            return above
        data = {**above, **(own or {})}
        for name in dropped or ():
            data.pop(name, None)
        return data

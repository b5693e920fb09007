"""The rows of a thousand rounds: encoded and deflated some fifty at a time, where they changed.

A step of one round changes one row of many that stand still. The rows of the rounds of a loop are
kept as bytes in chunks, and each chunk with what it deflates to: a block of DEFLATE of its own
(RFC 1951, after a full flush). What is stored is one stream of zlib as ever (RFC 1950).
"""

import zlib
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from SpiffWorkflow.util.task import TaskState

MANY = 20
"""From so many children on, the rows of a task's children are kept in chunks."""
CHUNK = 50
HEADER = b"\x78\x01"  # zlib, the fastest level
LEVEL = 1

Encode: TypeAlias = Callable[[Any, Any, int], bytes]
"""The row of a task, its parent and the place of that, as bytes."""


class Chunks:
    """The rows of the children of one task that have no children themselves."""

    def __init__(self, mark: tuple[Any, ...], children: list[Any]) -> None:
        self.mark = mark
        self._children = children
        self._encoded: list[bytes | None] = [None] * -(-len(children) // CHUNK)
        for number, child in enumerate(children):
            child.number = number

    def touch(self, child: Any) -> None:
        """The row of this child is another now."""
        self._encoded[child.number // CHUNK] = None

    def encoded(self, parent: Any, place: int, encode: Encode) -> list[bytes]:
        """The rows in chunks; only those that were touched are encoded.

        And those of events that wait: what happened of what they wait for changes no state.
        """
        found = []
        for number, kept in enumerate(self._encoded):
            chunk = kept
            if chunk is None:
                children = self._children[number * CHUNK : (number + 1) * CHUNK]
                chunk = b"".join(encode(each, parent, place) for each in children)
                if all(each._state != TaskState.WAITING for each in children):
                    self._encoded[number] = chunk
            found.append(chunk)
        return found


def chunks_of(parent: Any, place: int) -> Chunks | None:
    """The chunks of the children of this task at this place; None where one has children."""
    mark = (place, parent.last_state_change, len(parent._children))
    kept: Chunks | None = parent.__dict__.get("chunks")
    if kept is None or kept.mark != mark:
        tasks = parent.workflow.tasks
        children = [tasks[child] for child in parent._children]
        if any(child._children for child in children):
            return None
        kept = parent.chunks = Chunks(mark, children)
    return kept


class Kept:
    """What is kept of the state that was stored last, for the next time."""

    def __init__(self) -> None:
        self.changed: list[Any] = []
        """The tasks that came since, or whose state or data changed."""
        self.blocks: dict[bytes, bytes] = {}
        """What each part of the state was deflated to."""

    def note_changed(self) -> None:
        """Let the chunks know what changed; from here on it is as it was stored."""
        changed, self.changed = self.changed, []
        for task in changed:
            parent = task.workflow.tasks.get(task._parent)
            chunks = None if parent is None else parent.__dict__.get("chunks")
            if chunks is None:
                continue
            if task._children or not hasattr(task, "number"):
                del parent.chunks
            else:
                chunks.touch(task)

    def deflated(self, blob: bytes, parts: Iterable[bytes]) -> bytes:
        """The blob as a stream of zlib; `parts` stand in it in this order.

        Each part, and what stands between them, is a block of its own.
        """
        before, self.blocks = self.blocks, {}
        blocks = [HEADER]
        for part in _cut(blob, parts):
            block = self.blocks[part] = before.get(part) or _block(part)
            blocks.append(block)
        return b"".join([*blocks, LAST, zlib.adler32(blob).to_bytes(4)])


def joined(
    rows: list[Any],
    before: list[tuple[int, list[bytes]]],
    count: int,
    encode: Callable[[Any], bytes],
) -> bytes:
    """So many rows as one array, with rows that are encoded before the rows of these numbers."""
    found = [b"\xdd", count.to_bytes(4)]  # array 32 of MessagePack
    at = 0
    for number, encoded in before:
        found += [*map(encode, rows[at:number]), *encoded]
        at = number
    return b"".join([*found, *map(encode, rows[at:])])


def _cut(blob: bytes, parts: Iterable[bytes]) -> Iterable[bytes]:
    at = 0
    for part in parts:
        begin = at if blob.startswith(part, at) else blob.index(part, at)
        if begin > at:
            yield blob[at:begin]
        yield part
        at = begin + len(part)
    if at < len(blob):
        yield blob[at:]


def _block(part: bytes) -> bytes:
    deflating = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflating.compress(part) + deflating.flush(zlib.Z_FULL_FLUSH)


LAST = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
"""The block that ends a stream."""

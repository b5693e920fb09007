"""The state codec: of an instance only its tokens and data are stored, never the diagram.

Format 5, in MessagePack: [5, completed, success, data, tasks, subprocesses, completions];
deflated where that helps, the rows of many rounds in blocks of their own (`wide`). A task is
[index of its parent, state, task spec, changed at, id, internal data, own data, names dropped],
without what is empty at its end; parents come before children, and a task stores only what differs
from its parent's data. The id is stored while the task is not finished: rows refer to it. Of a task
that is only expected the first three are stored.
A subprocess is [id of its task, completed, success, data, tasks], outer ones first; a completion is
the `Completion` of an activity that can be undone. Bytes, never JSONB: a database that reorders
keys would lose data.

In formats below 5 an event subprocess stood around all rounds of its scope, and not in each of
them: what runs so goes on so (`Specification.earlier`), and is stored in format 4.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.lean_tasks import LiveTask
from processes.engine.interpreter.parser import Specification
from processes.engine.interpreter.undoing.completions import Completion
from processes.engine.interpreter.undoing.task_specs import inner_specification
from processes.engine.interpreter.wide import MANY, Kept, chunks_of, joined
from processes.engine.interpreter.workflow import Perform, Workflow
from processes.engine.interpreter.workflow_classes import UNFINISHED, Subworkflow
from processes.engine.language.values import same

VERSION = 5
ROUNDS_INSIDE = 4  # the last format of `Specification.earlier`
MAX_BYTES = 1_000_000
DEFLATE_FROM = 1024
DEFLATED = 0x78  # how zlib begins, and no array of MessagePack that we write

KEPT_ROWS = TaskState.READY | TaskState.COMPLETED | TaskState.CANCELLED
Row = tuple[Any, ...] | msgspec.Raw

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder()


class UnknownStateVersionError(Exception):
    """The state was written in a format that this version of Loket cannot read."""


class StateTooLargeError(Exception):
    """The state of the instance has grown beyond a megabyte."""


def dump(workflow: Workflow) -> bytes:
    """The state of a live instance as bytes. Raises StateTooLargeError."""
    workflow.kept.note_changed()
    parts: list[bytes] = []
    outer = (workflow.completed, workflow.success, workflow.data, _rows(workflow, parts))
    inner = [
        (token_id.bytes, sub.completed, sub.success, sub.data, _rows(sub, parts))
        for token_id, sub in sorted(workflow.subprocesses.items(), key=lambda pair: pair[1].depth)
    ]
    version = ROUNDS_INSIDE if workflow.is_of_earlier_format else VERSION
    return packed((version, *outer, inner, workflow.completions), parts, workflow.kept)


def packed(
    content: tuple[Any, ...], parts: Sequence[bytes] = (), kept: Kept | None = None
) -> bytes:
    """A state with its version as bytes; of `parts` that stand in it, each is deflated once.

    Raises StateTooLargeError.
    """
    blob = _encoder.encode(content)
    if len(blob) > MAX_BYTES:
        raise StateTooLargeError
    if len(blob) < DEFLATE_FROM:
        return blob
    return kept.deflated(blob, parts) if parts and kept else zlib.compress(blob, 1)


def load(blob: bytes, specification: Specification, perform: Perform) -> Workflow:
    """The live instance with this state. Raises UnknownStateVersionError."""
    stored, (*outer, inner, completions) = read(blob)
    earlier = specification.earlier if stored <= ROUNDS_INSIDE else None
    workflow = Workflow(earlier or specification, perform, deserializing=True)
    workflow.is_of_earlier_format = earlier is not None
    workflow.completions = [Completion(*each) for each in completions]
    _restore(workflow, outer)
    for token, *part in inner:
        _restore_inner(workflow, UUID(bytes=token), part)
    return workflow


def content(blob: bytes) -> list[Any]:
    """What was stored, in the newest format. Raises UnknownStateVersionError."""
    return read(blob)[1]


def read(blob: bytes) -> tuple[int, list[Any]]:
    """The format in which it was stored, and what was, in the newest format.

    Raises UnknownStateVersionError.
    """
    content: list[Any]
    stored, *content = _decoder.decode(inflated(blob))
    version = stored
    while version in UPGRADES:
        content, version = UPGRADES[version](content), version + 1
    if version != VERSION:
        raise UnknownStateVersionError(version)
    return stored, content


def inflated(blob: bytes) -> bytes:
    """What was stored as MessagePack: a name in it stands there as its bytes."""
    return zlib.decompressobj().decompress(blob, MAX_BYTES) if blob[0] == DEFLATED else blob


def _from_1(content: list[Any]) -> list[Any]:
    """Format 1 had the id of every task that was more than expected, before the moment."""

    def changed(rows: list[list[Any]]) -> list[list[Any]]:
        return [[*place, *more[1::-1], *more[2:]] for *place, more in map(_placed, rows)]

    completed, success, data, rows, inner = content
    inner = [[*part, changed(its_rows)] for *part, its_rows in inner]
    return [completed, success, data, changed(rows), inner]


def _placed(row: list[Any]) -> tuple[Any, Any, Any, list[Any]]:
    parent, state, spec, *more = row
    return parent, state, spec, more


def _from_2(content: list[Any]) -> list[Any]:
    """Format 2 had all tasks that might come, and code of then goes nowhere without them."""
    return content


def _from_3(content: list[Any]) -> list[Any]:
    """Format 3 had no record of what can be undone: nothing could."""
    return [*content, []]


def _from_4(content: list[Any]) -> list[Any]:
    """Format 4 is the same, of another arrangement of some diagrams."""
    return content


UPGRADES: dict[int, Callable[[list[Any]], list[Any]]] = {
    1: _from_1,
    2: _from_2,
    3: _from_3,
    4: _from_4,
}


EMPTY = [0, None, None, None, None]
EXPECTED = (0, None, None, None, True)


def _rows(workflow: Any, parts: list[bytes]) -> list[Row] | msgspec.Raw:
    """The rows of all tasks; those of many children as bytes, which are added to `parts`."""
    tasks = workflow.tasks
    stack: list[tuple[Any, Any, int]] = [(workflow.task_tree, None, -1)]
    rows: list[Row] = []
    before: list[tuple[int, list[bytes]]] = []
    place = 0
    while stack:
        task, parent, above = stack.pop()
        children = task._children
        chunks = chunks_of(task, place) if len(children) >= MANY else None
        if chunks is None:
            rows.append(_kept_row(task, parent, above))
            stack.extend([(tasks[child], task, place) for child in reversed(children)])
        else:
            wide = [_encoder.encode(_row(task, parent, above))]
            wide += chunks.encoded(task, place, _encoded_row)
            before.append((len(rows), wide))
            parts += wide
            place += len(children)
        place += 1
    return msgspec.Raw(joined(rows, before, place, _encoder.encode)) if before else rows


def in_order(workflow: Any) -> Iterator[tuple[Any, Any, int]]:
    """Each task in the order of the rows, with its parent and the place of that."""
    tasks = workflow.tasks
    stack: list[tuple[Any, Any, int]] = [(workflow.task_tree, None, -1)]
    place = 0
    while stack:
        placed = task, _parent, _above = stack.pop()
        yield placed
        if task._children:
            stack.extend([(tasks[child], task, place) for child in reversed(task._children)])
        place += 1


def _kept_row(task: Any, parent: Any, above: int) -> Row:
    """The row of a task among many that stand still is encoded once, not in every step."""
    if parent is None or len(parent._children) < MANY or not task._state & KEPT_ROWS:
        return _row(task, parent, above)
    return msgspec.Raw(_encoded_row(task, parent, above))


def _encoded_row(task: Any, parent: Any, above: int) -> bytes:
    if not task._state & KEPT_ROWS:
        return _encoder.encode(_row(task, parent, above))
    mark = (task._state, task.last_state_change, parent.last_state_change, above)
    kept = task.__dict__.get("encoded")
    if kept is None or kept[0] != mark:
        kept = task.encoded = (mark, _encoder.encode(_row(task, parent, above)))
    row: bytes = kept[1]
    return row


def _row(task: Any, parent: Any, above: int) -> tuple[Any, ...]:
    place = (above, -task._state if task.triggered else task._state, task.task_spec.name)
    if task._state <= TaskState.FUTURE and not task.data and not task.internal_data:
        return place
    own, dropped = difference(task.data, parent.data if parent is not None else {})
    token = task.id.bytes if task._state & UNFINISHED else None
    row = [*place, task.last_state_change, token, task.internal_data or None, own, dropped]
    while row[-1] is None:
        row.pop()
    return tuple(row)


def difference(data: Any, above: Any) -> tuple[Any, Any]:
    """What this data has of its own, and which names of above it dropped; True: all of them."""
    if not data:
        return None, True if above else None
    own = {k: v for k, v in data.items() if k not in above or not same(above[k], v)}
    return own or None, [k for k in above if k not in data] or None


def _restore_inner(top: Workflow, token_id: UUID, part: list[Any]) -> None:
    task = top._task(token_id)
    spec = top.subprocess_specs[inner_specification(task)]
    inner = Subworkflow(spec, token_id, top, deserializing=True)
    _restore(inner, part)
    top.subprocesses[token_id] = inner
    inner.completed_event.connect(task.task_spec._on_subworkflow_completed, task)


def _restore(workflow: Any, part: list[Any]) -> None:
    workflow.completed, workflow.success, workflow.data, rows = part
    specs = workflow.spec.task_specs
    events = workflow.top_workflow.event_manager
    restored: list[Any] = []
    for row in rows:
        task = _task(row, restored, workflow, specs)
        restored.append(task)
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            events.add_task(task)
    workflow.task_tree = restored[0]
    top = workflow.top_workflow
    top.latest = max(top.latest, *(task.last_state_change for task in restored))
    finished = [task for task in restored if task._state == TaskState.COMPLETED]
    workflow.last_task = max(finished, key=lambda task: task.last_state_change, default=None)


def _task(row: Any, restored: list[Any], workflow: Any, specs: Any) -> Any:
    parent_index, state, spec_name, *more = row
    if more:
        changed, token, internal, own, dropped = more + EMPTY[len(more) :]
    else:
        changed, token, internal, own, dropped = EXPECTED
    parent = restored[parent_index] if parent_index >= 0 else None
    id_ = UUID(bytes=token) if token else None
    task = LiveTask(workflow, specs[spec_name], parent, abs(state), id_)
    task.triggered = state < 0
    task.internal_data = internal or {}
    task.last_state_change = changed
    task.data = _data(parent, own, dropped)
    return task


def _data(parent: Any, own: Any, dropped: Any) -> dict[str, Any]:
    if parent is None or dropped is True:
        return own or {}
    data = {**parent.data, **(own or {})}
    for name in dropped or ():
        data.pop(name, None)
    return data

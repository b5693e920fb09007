"""The state codec: of an instance only its tokens and data are stored, never the diagram.

Format 1, in MessagePack: [1, completed, success, data, tasks, subprocesses]. A task is [index of
its parent, state, task spec, id, changed at, internal data, own data, names dropped]; parents come
before children, and a task stores only what differs from its parent's data. Of a task that is only
expected, the first three are stored. A subprocess is [id of its task, completed, success, data,
tasks], outer ones first. Bytes, never JSONB: a database
that reorders keys would lose data.
"""

from typing import Any
from uuid import UUID, uuid4

import msgspec
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.engine.spiff import Perform, Workflow
from processes.engine.spiff_flat import Subworkflow
from processes.engine.spiff_parser import Specification

VERSION = 1
MAX_BYTES = 1_000_000

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder()


class UnknownStateVersionError(Exception):
    """The state was written by another version of Loket than this one can read."""


class StateTooLargeError(Exception):
    """The variables and tokens of the instance have grown beyond a megabyte."""


def dump(workflow: Workflow) -> bytes:
    """The state of a live instance as bytes."""
    inner = [
        (token_id.bytes, sub.completed, sub.success, sub.data, _rows(sub))
        for token_id, sub in sorted(workflow.subprocesses.items(), key=lambda pair: pair[1].depth)
    ]
    blob = _encoder.encode(
        (VERSION, workflow.completed, workflow.success, workflow.data, _rows(workflow), inner)
    )
    if len(blob) > MAX_BYTES:
        raise StateTooLargeError
    return blob


def load(blob: bytes, specification: Specification, perform: Perform) -> Workflow:
    """The live instance that this state describes; raises UnknownStateVersionError."""
    version, *content = _decoder.decode(blob)
    if version != VERSION:
        raise UnknownStateVersionError(version)
    *outer, inner = content
    workflow = Workflow(specification, perform, deserializing=True)
    _restore(workflow, outer)
    for token, *part in inner:
        _restore_inner(workflow, UUID(bytes=token), part)
    return workflow


def _rows(workflow: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    index: dict[UUID, int] = {}
    stack = [workflow.task_tree]
    while stack:
        task = stack.pop()
        index[task.id] = len(rows)
        rows.append(_row(task, workflow.tasks.get(task._parent), index))
        stack.extend(workflow.tasks[child] for child in reversed(task._children))
    return rows


def _row(task: Any, parent: Any, index: dict[UUID, int]) -> tuple[Any, ...]:
    place = (
        index[parent.id] if parent is not None else -1,
        -task._state if task.triggered else task._state,
        task.task_spec.name,
    )
    if task._state <= TaskState.FUTURE and not task.data and not task.internal_data:
        return place
    own: Any = task.data or None
    dropped: Any = None
    if parent is not None:
        if not task.data and parent.data:
            own, dropped = None, True
        else:
            above = parent.data
            own = {k: v for k, v in task.data.items() if k not in above or above[k] != v} or None
            dropped = [k for k in above if k not in task.data] or None
    internal = task.internal_data or None
    return (*place, task.id.bytes, task.last_state_change, internal, own, dropped)


def _restore_inner(top: Workflow, token_id: UUID, part: list[Any]) -> None:
    task = top._task(token_id)
    spec = top.subprocess_specs[task.task_spec.spec]
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
        workflow.tasks[task.id] = task
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            events.add_task(task)
    workflow.task_tree = restored[0]
    top = workflow.top_workflow
    top.latest = max(top.latest, *(task.last_state_change for task in restored))
    finished = [task for task in restored if task._state == TaskState.COMPLETED]
    workflow.last_task = max(finished, key=lambda task: task.last_state_change, default=None)


def _task(row: Any, restored: list[Any], workflow: Any, specs: Any) -> Any:
    parent_index, state, spec_name, *more = row
    token, changed, internal, own, dropped = more or (uuid4().bytes, 0, None, None, True)
    parent = restored[parent_index] if parent_index >= 0 else None
    # Task.__init__ would search and notify the parent, and read the clock, for every task.
    task = Task.__new__(Task)
    task.id = UUID(bytes=token)
    task.workflow = workflow
    task._parent = parent.id if parent is not None else None
    task._children = []
    task._state = abs(state)
    task.triggered = state < 0
    task.task_spec = specs[spec_name]
    task.thread_id = 0
    task.internal_data = internal or {}
    task.last_state_change = changed
    task.data = _data(parent, own, dropped)
    if parent is not None:
        parent._children.append(task.id)
    return task


def _data(parent: Any, own: Any, dropped: Any) -> dict[str, Any]:
    if parent is None or dropped is True:
        return own or {}
    data = {**parent.data, **(own or {})}
    for name in dropped or ():
        data.pop(name, None)
    return data

"""Prunes finished tasks, so that iteration 1,000 of a loop costs what the first did."""

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.data.joins import last_common
from processes.engine.interpreter.undoing.completions import forget

UNFINISHED = TaskState.NOT_FINISHED_MASK


def prune(top: Any) -> None:
    """Drop what no token needs any more, from the process and each running subprocess."""
    _drop_ended_subprocesses(top)
    forget(top)
    if top.completed:
        _keep_only_the_end(top)
        return
    for workflow in (top, *top.subprocesses.values()):
        _prune(workflow)


def _drop_ended_subprocesses(top: Any) -> None:
    """Outer ones first: with a subprocess, all that ran inside it goes."""
    for token_id in list(top.subprocesses):
        task = _task_of(top, token_id)
        if task is None or task.has_state(TaskState.FINISHED_MASK):
            _drop(top, token_id)


def _task_of(top: Any, token_id: Any) -> Any:
    for workflow in (top, *top.subprocesses.values()):
        if token_id in workflow.tasks:
            return workflow.tasks[token_id]
    return None


def _drop(top: Any, token_id: Any) -> None:
    ended = top.subprocesses.pop(token_id, None)
    if ended is not None:
        for inner in [id_ for id_ in top.subprocesses if id_ in ended.tasks]:
            _drop(top, inner)


def _keep_only_the_end(top: Any) -> None:
    root = top.task_tree
    root._children = []
    root.data = {}
    top.tasks = {root.id: root}
    top.last_task = None


def _prune(workflow: Any) -> None:
    """Make the deepest finished task from which all that is needed descends the new root."""
    needed = _needed(workflow)
    if not needed:
        return
    root = _root_of(needed, workflow)
    if root is workflow.task_tree:
        return
    _forget_what_it_was(root, workflow)
    root._parent = None
    workflow.task_tree = root
    kept = {}
    stack = [root]
    while stack:
        task = stack.pop()
        kept[task.id] = task
        stack.extend(workflow.tasks[child] for child in reversed(task._children))
    workflow.tasks = kept
    if workflow.last_task is not None and workflow.last_task.id not in kept:
        workflow.last_task = root


def _fired_joins(workflow: Any) -> dict[str, float]:
    """When each join last let its branches through."""
    fired: dict[str, float] = {}
    for task in workflow.tasks.values():
        if task._state == TaskState.COMPLETED and isinstance(task.task_spec, UnstructuredJoin):
            name = task.task_spec.name
            fired[name] = max(fired.get(name, 0.0), task.last_state_change)
    return fired


def _needed(workflow: Any) -> list[Any]:
    """The tokens, and the branches that wait for others at a join."""
    needed = []
    above, parent = None, None
    fired: dict[str, float] | None = None
    for task in workflow.tasks.values():
        if task._state & UNFINISHED:
            if task._parent is not above:  # of a thousand rounds it is looked up once
                above = task._parent
                parent = workflow.tasks.get(above)
            if parent is None or not parent._state & UNFINISHED:
                needed.append(task)
        elif task._state == TaskState.CANCELLED and isinstance(task.task_spec, UnstructuredJoin):
            # A branch that has arrived at a join is cancelled there, and counts until it fires.
            fired = _fired_joins(workflow) if fired is None else fired
            if task.last_state_change > fired.get(task.task_spec.name, 0.0):
                needed.append(task)
    return needed


def _root_of(needed: list[Any], workflow: Any) -> Any:
    """The lowest common parent of these tasks."""
    paths = []
    for task in needed:
        path = []
        parent = workflow.tasks.get(task._parent)
        while parent is not None:
            path.append(parent)
            parent = workflow.tasks.get(parent._parent)
        if not path:
            return workflow.task_tree
        paths.append(path[::-1])
    return last_common(paths)


def _forget_what_it_was(root: Any, workflow: Any) -> None:
    # A join that looks back for its branches must not find itself, without a parent, at the root.
    children = [workflow.tasks[child].task_spec for child in root._children]
    if isinstance(root.task_spec, UnstructuredJoin | EventBasedGateway) and not any(
        isinstance(spec, UnstructuredJoin) for spec in children
    ):
        root.task_spec = workflow.spec.start

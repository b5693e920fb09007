"""Delivers within an instance, at once: a signal when it is thrown, a condition when it holds.

BPMN 2.0 §10.5.1: a signal reaches every token that waits for it at the moment of the throw, and
is not kept; a condition is looked at when its scope is entered and after each change of variables.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.data.data_objects import objects_in_reach
from processes.engine.interpreter.data.variables import variables_in
from processes.engine.interpreter.errors import catch
from processes.engine.interpreter.events import Conditional, Signal
from processes.engine.interpreter.waits import awaited


def deliver_signal(top: Any, name: str, variables: Mapping[str, Any]) -> None:
    """Let every token of this instance that waits for the signal catch it, inner ones first."""
    waiting = [each for each in _listening(top, Signal) if each[1].name == name]
    for task, definition in sorted(waiting, key=_depth, reverse=True):
        if _listens(task, top):  # unless one before it ended its scope
            catch(task, definition, variables)


def deliver_conditions(top: Any) -> None:
    """Let every conditional event whose condition holds, and did not before, catch it.

    What it read is a variable from then on, but for data objects, which stay what they are.
    """
    waiting = _listening(top, Conditional)
    if not waiting:
        return
    scopes = {task.workflow for task, _its in waiting}
    seen = {workflow: variables_in(top, workflow) for workflow in scopes}
    true = [(task, its) for task, its in waiting if its.comes_true(task, seen[task.workflow])]
    for task, definition in sorted(true, key=_depth):
        if _listens(task, top):
            known = definition.read(seen[task.workflow])
            objects = objects_in_reach(task.workflow)
            catch(task, definition, {k: v for k, v in known.items() if k not in objects})


def _listening(top: Any, kind: type) -> list[tuple[Any, Any]]:
    return [
        (task, definition)
        for task in top.event_manager.tasks.values()
        for definition in awaited(task)
        if isinstance(definition, kind) and _listens(task, top)
    ]


def _listens(task: Any, top: Any) -> bool:
    """Whether this token waits and still can: its scope runs, and so does its activity."""
    workflow = task.workflow
    runs = workflow is top or top.subprocesses.get(workflow.parent_task_id) is workflow
    waits = task._state == TaskState.WAITING and task.id in workflow.tasks
    if not (runs and waits) or isinstance(task.task_spec, StartEvent):
        return False
    return not isinstance(task.task_spec, BoundaryEvent) or any(
        not isinstance(sibling.task_spec, BoundaryEvent)
        and not sibling.has_state(TaskState.FINISHED_MASK)
        for sibling in task.parent.children
    )


def _depth(waiting: tuple[Any, Any]) -> int:
    return getattr(waiting[0].workflow, "depth", 0)

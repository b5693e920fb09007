"""Finds the boundary event that catches a BPMN error or escalation, from the inside out."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.data.joins import KNOWN, OWN, SEEN
from processes.engine.interpreter.data.variables import written_before, written_inside
from processes.engine.interpreter.events import Conditional, CycleTimer, Error, Escalation, Timer
from processes.engine.interpreter.rewriting import EVENT
from processes.engine.interpreter.waits import awaited, definitions_of
from processes.engine.language.values import same


def scopes_of(task: Any) -> Iterator[Any]:
    """The tasks of the subprocesses around this task, from the inside out."""
    workflow = task.workflow
    while workflow.parent_workflow is not None:
        parent = workflow.parent_workflow.tasks[workflow.parent_task_id]
        yield parent
        workflow = parent.workflow


def boundary_for(task: Any, kind: type, code: str | None) -> tuple[Any, Any] | None:
    """The waiting boundary event that catches this code, and its definition; by code goes first."""
    anywhere = None
    for event in _boundaries(task):
        for definition in awaited(event):
            if isinstance(definition, kind):
                if definition.code is not None and definition.code == code:  # type: ignore[attr-defined]
                    return event, definition
                if definition.code is None:  # type: ignore[attr-defined]
                    anywhere = event, definition
    return anywhere


def catch(task: Any, definition: Any, variables: Mapping[str, Any]) -> None:
    """Complete this event, or a copy of it where it is non-interrupting and may happen again.

    An event for which more has to happen goes on waiting.
    """
    gathered = _gathered(task, definition, variables)
    if gathered is not None:
        _complete(task, definition, gathered)


def _gathered(task: Any, definition: Any, variables: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What all that had to happen brought; None while there is more to come."""
    if not getattr(task.task_spec.event_definition, "parallel", False):
        return variables
    internal = task.internal_data
    if isinstance(definition, Conditional):
        variables = {}  # it may hold no more when the rest has come
    internal.setdefault("caught", []).append(definition.key)
    internal["gathered"] = {**internal.get("gathered", {}), **variables}
    if awaited(task):
        return None
    del internal["caught"]
    gathered: Mapping[str, Any] = internal.pop("gathered")
    return gathered


def _complete(task: Any, definition: Any, variables: Mapping[str, Any]) -> None:
    spec = task.task_spec
    if isinstance(spec, BoundaryEvent) and not spec.cancel_activity and _goes_on(task, definition):
        again = task.parent._add_child(spec, TaskState.WAITING)
        again.triggered = True
        task = again
    written = deepcopy(written_before(task)) if isinstance(spec, BoundaryEvent) else {}
    if written and isinstance(definition, Error | Escalation):
        variables = {}  # all that the thrower knows is written, or is older than what is
    spec.catch(task, BpmnEvent(definition, payload=dict(variables)))
    spec._update(task)
    # What people filled in is known behind the event, whether their subprocess ends by it or not.
    task.data |= written
    if isinstance(definition, Conditional):
        known = {k: v for k, v in variables.items() if k not in written}
        _mark_what_was_known(task, known)
        variables = {}
    if isinstance(spec, BoundaryEvent):
        _mark_what_was_seen(task, {k: v for k, v in written.items() if k not in variables})
        if spec.cancel_activity:
            _end_activity(task)


def _mark_what_was_known(event: Any, known: Mapping[str, Any]) -> None:
    """Of what a condition was about, what its branch did not know; see `data.joins`."""
    data = event.data
    new = [k for k, v in known.items() if k not in data or not same(data[k], v)]
    if new:
        event.internal_data[KNOWN] = sorted(new)


def _mark_what_was_seen(event: Any, seen: Mapping[str, Any]) -> None:
    """At a join it is no write of what follows the event; see `data.joins`."""
    spec = event.task_spec
    if seen and (not spec.cancel_activity or spec.name.endswith(EVENT)):
        event.internal_data[SEEN] = sorted(seen)
        written = written_inside(event)
        own = {k: v for k, v in written.items() if k in seen and not same(v, seen[k])}
        if own:
            event.internal_data[OWN] = deepcopy(own)


def _goes_on(task: Any, happened: Any) -> bool:
    """Count what happened, and whether this event can happen again."""
    whole = task.task_spec.event_definition
    is_parallel = getattr(whole, "parallel", False)
    for each in definitions_of(task.task_spec) if is_parallel else [happened]:
        if isinstance(each, Timer | CycleTimer) and each.due_at(task) is not None:
            each.count_down(task)
    possible = (
        not isinstance(each, Timer | CycleTimer) or each.due_at(task) is not None
        for each in definitions_of(task.task_spec)
    )
    return all(possible) if is_parallel else any(possible)


def _end_activity(boundary: Any) -> None:
    """Cancel the activity of this boundary event at once, before anything else in it runs.

    Stock does so when the event itself runs: until then rounds and subprocesses would go on. An
    event subprocess also ends those that run beside its scope.
    """
    for sibling in boundary.parent.children:
        if not isinstance(sibling.task_spec, BoundaryEvent):
            end(sibling)
        elif sibling is not boundary and boundary.task_spec.name.endswith(EVENT):
            for begun in [task for child in sibling.children for task in child]:
                if begun.id in boundary.workflow.tasks and not _has_arrived(begun):
                    end(begun)


def _has_arrived(task: Any) -> bool:
    """Whether this is the end of what ran beside a scope: it waits there for the others."""
    return isinstance(task.task_spec, UnstructuredJoin)


def end(task: Any) -> None:
    """Cancel a task with all that runs in it, the rounds of a loop too."""
    if isinstance(task.task_spec, LoopTask):
        for round_ in task.children:
            end(round_)
    if not task.has_state(TaskState.FINISHED_MASK):
        task._set_state(TaskState.CANCELLED)
        task._drop_children()
        task.task_spec._on_cancel(task)


def _boundaries(task: Any) -> Iterator[Any]:
    parent = task.parent
    while parent is not None and isinstance(parent.task_spec, LoopTask):
        parent = parent.parent
    begun_by = None
    if parent is not None and parent.task_spec.name.endswith(EVENT):
        begun_by, parent = parent.task_spec, parent.parent  # to the others of its scope
    if parent is None or not isinstance(parent.task_spec, BoundaryEventSplit):
        return
    for sibling in parent.children:
        if (
            isinstance(sibling.task_spec, BoundaryEvent)
            and sibling.task_spec is not begun_by
            and sibling._state == TaskState.WAITING
        ):
            yield sibling

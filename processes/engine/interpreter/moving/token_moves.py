"""Moves, skips or repeats a token within an instance, where the result is still sound."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import (
    BoundaryEvent,
    IntermediateCatchEvent,
)
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.data.variables import set_at, was_set_at
from processes.engine.interpreter.errors import catch
from processes.engine.interpreter.lean_tasks import LiveTask
from processes.engine.interpreter.moving.compatibility import CannotMoveError, is_round, words_of
from processes.engine.interpreter.moving.soundness import require_sound, soundness_faults
from processes.engine.interpreter.moving.tokens import tokens_of
from processes.engine.interpreter.moving.transplant import SPLIT
from processes.engine.interpreter.outcomes import Passage
from processes.engine.interpreter.waits import awaited
from processes.engine.interpreter.workflow import Workflow
from processes.engine.sentences.catalogue import say

OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def waiting_at(top: Workflow, token_id: UUID) -> Any:
    """The task at which this token waits. Raises CannotMoveError where it cannot be moved."""
    if not any(each.token_id == token_id and each.is_awaiting for each in tokens_of(top)):
        raise CannotMoveError(say("interpreter.waits-no-longer"))
    task = top._task(token_id)
    id_, name = words_of(task.task_spec)
    if isinstance(task.task_spec, BoundaryEvent):
        raise CannotMoveError(say("interpreter.boundary-moves-with-task", name=name), id_)
    return task


def move(
    top: Workflow,
    token_id: UUID,
    element_id: str,
    result: str,
    given: Mapping[str, Any] | None = None,
) -> None:
    """Move the token to another element of its scope, or restart it. Raises CannotMoveError.

    It goes on with the variables that are given, and with those that were set where it waited.
    """
    task = waiting_at(top, token_id)
    source = task.task_spec.element
    _require_no_round(task)
    scope = task.workflow
    entry = _entry(top, scope, element_id)
    was_wrong = soundness_faults(top)
    anchor = _take_away(task)
    if isinstance(entry, UnstructuredJoin):
        anchor = _as_if_from(entry.inputs[0], anchor)
    _begin(anchor, entry, was_set_at(task) | dict(given or {}))
    require_sound(was_wrong, soundness_faults(top))
    top.passages.append(Passage(token_id, source, result))


def skip(top: Workflow, token_id: UUID) -> None:
    """Continue as if what the token waits for had been done. Raises CannotMoveError.

    Of an event that waits for the first of several things one counts, of one that needs all each;
    a gateway of events goes another way with each, so there somebody has to choose.
    """
    task = waiting_at(top, token_id)
    if not isinstance(task.task_spec, CatchingEvent):
        top.complete(token_id, {})
        return
    to_come = awaited(task)
    if len({each.element.id for each in to_come}) > 1:
        id_, name = words_of(task.task_spec)
        raise CannotMoveError(say("interpreter.waits-for-several", name=name), id_)
    needs_all = getattr(task.task_spec.event_definition, "parallel", False)
    for definition in to_come if needs_all else to_come[:1]:
        catch(task, definition, {})


def _begin(anchor: Any, entry: Any, given: Mapping[str, Any]) -> None:
    """A new token below a finished task, which begins as if that had given these variables."""
    child, known = anchor._add_child(entry, TaskState.FUTURE), anchor.data
    anchor.data = {**known, **given}
    try:
        child.task_spec._update(child)
    finally:
        anchor.data = known
    set_at(child, given)


def _as_if_from(spec: Any, anchor: Any) -> Any:
    """A gateway counts the flows by which tokens come: it gets one that came by its only flow."""
    before = LiveTask(anchor.workflow, spec, anchor, state=TaskState.COMPLETED)
    before.data = dict(anchor.data)
    return before


def _require_no_round(task: Any) -> None:
    if is_round(task):
        id_, name = words_of(task.task_spec)
        raise CannotMoveError(say("interpreter.round-alone", name=name), id_)


def _entry(top: Workflow, scope: Any, element_id: str) -> Any:
    """The task spec at which a token enters this element."""
    spec = scope.spec.task_specs.get(element_id)
    element = top.specification.elements.get(element_id)
    if spec is None or getattr(spec, "element", None) is None:
        name = element.name if element is not None else element_id
        raise CannotMoveError(say("interpreter.no-place-to-wait", name=name), element_id)
    refusal = _why_not_into(spec)
    if refusal is not None:
        raise CannotMoveError(refusal, element_id)
    return scope.spec.task_specs.get(f"{element_id}{SPLIT}") or spec


def _why_not_into(spec: Any) -> str | None:
    name = words_of(spec)[1]
    match spec:
        case StartEvent():
            return say("interpreter.into-start", name=name)
        case BoundaryEvent():
            return say("interpreter.into-boundary", name=name)
        case UnstructuredJoin() if len(spec.inputs) > 1:
            return say("interpreter.into-join", name=name)
        case IntermediateCatchEvent() if isinstance(spec.event_definition, NoneEventDefinition):
            return say("interpreter.into-event-choice", name=name)
    return None


def _take_away(task: Any) -> Any:
    """End the token with the events on its edge; the finished task below which a new one comes."""
    above = task.parent
    if not isinstance(above.task_spec, BoundaryEventSplit):
        task.cancel()
        return above
    for event in list(above.children):
        if isinstance(event.task_spec, BoundaryEvent) and event._state == TaskState.WAITING:
            event.cancel()
    for join in list(_joins_below(above)):
        join.cancel()
    task.cancel()
    if above.parent is not None:
        return above.parent
    above.task_spec = task.workflow.spec.start
    return above


def _joins_below(split: Any) -> Iterator[Any]:
    """What waits for the task to end because a reminder went out before."""
    for task in split.workflow.tasks.values():
        spec = task.task_spec
        if (
            isinstance(spec, BoundaryEventJoin)
            and task._state & OPEN
            and spec.split_task == split.task_spec.name
            and task.is_descendant_of(split)
        ):
            yield task

"""The record of completed activities that can be undone, and what to run to undo them.

BPMN 2.0 §10.5.6 and §13.5.5: only what was completed is undone, the last one first. Whatever undoes
an activity sees the variables as they are, but those that the activity itself wrote as they were
when it was completed; of a subprocess, those that were written in it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from processes.engine.diagram.elements import Undoing
from processes.engine.interpreter.compensation_rewriting import BODY, UNDO
from processes.engine.interpreter.errors import scopes_of
from processes.engine.interpreter.rewriting import is_generated
from processes.engine.language.values import same

UNDOING = f"{UNDO}{BODY}"


class Completion(NamedTuple):
    """An activity, or one round of it, that was completed and can be undone."""

    token: bytes
    scope: bytes | None  # the token of the subprocess in which it ran; None is the process
    where: str  # the name of the specification in which it is drawn
    element_id: str
    written: dict[str, Any]  # the variables that it wrote, as they were then
    loop: bytes | None  # the token of the loop of which it was a round


class Undo(NamedTuple):
    """A completed activity that is to be undone, with the variables to begin with."""

    where: str
    element_id: str
    given: dict[str, Any]
    token: bytes


def note_completions(task_spec: Any) -> None:
    """Let the tasks of this activity be recorded when they are completed."""
    activity = isinstance(task_spec, SubWorkflowTask) and not is_generated(task_spec.name)
    can_be_undone = task_spec.element is not None and task_spec.element.undoing is not None
    if (activity or can_be_undone) and not isinstance(task_spec, LoopTask):
        task_spec.completed_event.connect(_record)


def _record(workflow: Any, task: Any) -> None:
    if workflow.spec.name.endswith(UNDOING):
        return  # what undoes another is not undone itself
    top, token = workflow.top_workflow, task.id.bytes
    where, element_id = workflow.spec.name, task.task_spec.element.id
    inner = [each for each in top.completions if each.scope == token]
    undoing = undoing_of(top, where, element_id)
    if undoing is None and not inner:
        return
    if undoing is not None and undoing.at is not None:
        top.completions = [each for each in top.completions if each.scope != token]
    scope, loop = scope_token(workflow), loop_token(task)
    top.completions.append(Completion(token, scope, where, element_id, _written(task), loop))


def _written(task: Any) -> dict[str, Any]:
    before = task.parent.data
    own = {k: v for k, v in task.data.items() if k not in before or not same(before[k], v)}
    item = getattr(task.parent.task_spec, "input_item", None)
    if item is not None and item.bpmn_id in task.data:
        own[item.bpmn_id] = task.data[item.bpmn_id]
    return deepcopy(own)


def loop_token(task: Any) -> bytes | None:
    """The token of the loop or multi-instance that this task is a round of."""
    above = task.parent
    spec = above.task_spec
    is_round = isinstance(spec, LoopTask) and spec.task_spec == task.task_spec.name
    return above.id.bytes if is_round else None


def scope_token(workflow: Any) -> bytes | None:
    """The token of the subprocess, as drawn, that this is the inside of."""
    while workflow.parent_workflow is not None:
        if not is_generated(workflow.spec.name):
            token: bytes = workflow.parent_task_id.bytes
            return token
        workflow = workflow.parent_workflow
    return None


def undoing_of(top: Any, where: str, element_id: str) -> Undoing | None:
    """How this activity is undone; None where that is by undoing what was done in it."""
    spec = activity_of(top, where, element_id)
    inside = top.subprocess_specs.get(spec.spec) if isinstance(spec, SubWorkflowTask) else None
    drawn = (each.element for each in (spec, inside) if each is not None and each.element)
    return next((each.undoing for each in drawn if each.undoing is not None), None)


def activity_of(top: Any, where: str, element_id: str) -> Any:
    """The task spec of an activity in this specification; raises LookupError."""
    process = top.spec if where == top.spec.name else top.subprocess_specs[where]
    spec = process.task_specs[element_id]
    return process.task_specs[spec.task_spec] if isinstance(spec, LoopTask) else spec


def specification_of(undoing: Undoing) -> str:
    """The name of the specification that does the undoing."""
    return undoing.by.id if undoing.at is None else f"{undoing.by.id}{UNDOING}"


def take(top: Any, wanted: Callable[[Completion], bool]) -> list[Undo]:
    """What is wanted of what was completed, off the record; the last of it first."""
    taken = [each for each in top.completions if wanted(each)]
    top.completions = [each for each in top.completions if each not in taken]
    return list(_undone(top, taken, {}))


def _undone(top: Any, completions: list[Completion], around: Mapping[str, Any]) -> Iterator[Undo]:
    for done in reversed(completions):
        given = {**around, **done.written}
        if undoing_of(top, done.where, done.element_id) is not None:
            yield Undo(done.where, done.element_id, given, done.token)
        else:
            yield from _undone(top, [e for e in top.completions if e.scope == done.token], given)


def within(top: Any, tokens: Iterable[bytes]) -> set[bytes]:
    """These running scopes, and all that run inside them."""
    outer = set(tokens)
    return outer | {
        token_id.bytes
        for token_id, inner in top.subprocesses.items()
        if any(each.id.bytes in outer for each in scopes_of(inner.task_tree))
    }


def forget(top: Any) -> None:
    """Drop the record of what nothing can undo any more: its scope ended without completing."""
    if not top.completions:
        return
    known = {None, *(token.bytes for token in top.subprocesses), *_claimed(top)}
    kept: list[Completion] = []
    for each in reversed(top.completions):  # a scope is recorded after what was done in it
        if each.scope in known:
            known.add(each.token)
            kept.append(each)
    top.completions = [] if top.completed else kept[::-1]


def _claimed(top: Any) -> Iterator[bytes]:
    """The completed scopes that an event subprocess is undoing, or will."""
    for workflow in (top, *top.subprocesses.values()):
        for task in workflow.tasks.values():
            for row in (*task.internal_data.get("undo", ()), task.internal_data.get("undoing")):
                if row is not None:
                    yield Undo(*row).token

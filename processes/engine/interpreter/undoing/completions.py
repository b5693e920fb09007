"""The record of completed activities that can be undone, and what to run to undo them.

BPMN 2.0 §10.5.6 and §13.5.5: only what was completed is undone, the last one first. Whatever undoes
an activity sees the variables as they are, but those that the activity itself wrote as they were
when it was completed; of a subprocess, those that were written in it.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from processes.engine.diagram.elements import Undoing
from processes.engine.interpreter.compensation_rewriting import BODY, UNDO
from processes.engine.interpreter.data.rounds import own_names
from processes.engine.interpreter.data.scopes import LocalScope
from processes.engine.interpreter.errors import scopes_of
from processes.engine.interpreter.rewriting import is_generated
from processes.engine.interpreter.task_specs import LoketEndEvent
from processes.engine.language.values import same

UNDOING = f"{UNDO}{BODY}"


Place: TypeAlias = tuple[str, str]
"""Where an activity is drawn: the name of the specification, and the id of its element."""


class Completion(NamedTuple):
    """An activity, or one round of it, that was completed and can be undone."""

    token: bytes
    scope: bytes | None  # the token of the subprocess in which it ran; None is the process
    place: Place
    written: dict[str, Any]  # the variables that it wrote, as they were then
    objects: dict[str, Any]  # the data objects that were in it
    loop: bytes | None  # the token of the loop of which it was a round


class Undo(NamedTuple):
    """A completed activity that is to be undone, with what was known then."""

    token: bytes
    place: Place
    given: dict[str, Any]  # variables
    objects: dict[str, Any]  # data objects
    within: list[Place]  # the completed subprocesses and calls around it, of which one is undone


def note_completions(task_spec: Any) -> None:
    """Let the tasks of this activity be recorded when they are completed."""
    activity = isinstance(task_spec, SubWorkflowTask) and not is_generated(task_spec.bpmn_id)
    can_be_undone = task_spec.element is not None and task_spec.element.undoing is not None
    if (activity or can_be_undone) and not isinstance(task_spec, LoopTask):
        task_spec.completed_event.connect(_record)


def _record(workflow: Any, task: Any) -> None:
    if workflow.spec.name.endswith(UNDOING):
        return  # what undoes another is not undone itself
    top, token = workflow.top_workflow, task.id.bytes
    place = (workflow.spec.name, task.task_spec.element.id)
    holds_others = any(each.scope == token for each in top.completions)
    undoing = undoing_of(top, place)
    inner = top.subprocesses.get(task.id)
    if (undoing is None and not holds_others) or _was_terminated(inner):
        return  # `forget` drops what is recorded of a scope that has no record itself
    if undoing is not None and undoing.at is not None:
        top.completions = [each for each in top.completions if each.scope != token]
        inner = None  # undone as a whole, from the outside
    written = deepcopy(_written(task, task.data if inner is None else inner.last_task.data))
    objects = deepcopy(dict(inner.data_objects)) if inner is not None else {}
    done = Completion(token, scope_token(workflow), place, written, objects, loop_token(task))
    top.completions.append(done)


def _was_terminated(inner: Any) -> bool:
    """Whether a terminate end event ended this: it is terminated then, not completed (§13.3.2)."""
    last = inner.last_task.task_spec if inner is not None else None
    return isinstance(last, LoketEndEvent) and last.terminates


def _written(task: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Of what was known when an activity was done, what was not known around it."""
    scope = task.task_spec.local_scope
    before = {} if scope is not None and scope.element.call_in else task.parent.data
    own = {k: v for k, v in data.items() if k not in before or not same(before[k], v)}
    names = own_names(task.parent.task_spec)
    return own | {name: data[name] for name in names if name in data}


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


def undoing_of(top: Any, place: Place) -> Undoing | None:
    """How this activity is undone; None where that is by undoing what was done in it."""
    spec = activity_of(top, place)
    inside = top.subprocess_specs.get(spec.spec) if isinstance(spec, SubWorkflowTask) else None
    drawn = (each.element for each in (spec, inside) if each is not None and each.element)
    return next((each.undoing for each in drawn if each.undoing is not None), None)


def activity_of(top: Any, place: Place) -> Any:
    """The task spec of an activity; raises LookupError where there is none."""
    where, element_id = place
    process = top.spec if where == top.spec.name else top.subprocess_specs[where]
    spec = process.task_specs[element_id]
    return process.task_specs[spec.task_spec] if isinstance(spec, LoopTask) else spec


def specification_of(undoing: Undoing) -> str:
    """The name of the specification that does the undoing."""
    return undoing.by.id if undoing.at is None else f"{undoing.by.id}{UNDOING}"


def take(top: Any, wanted: Callable[[Completion], bool]) -> list[Undo]:
    """What is wanted of what was completed, off the record; the last of it first."""
    taken = [each for each in top.completions if wanted(each)]
    top.completions = [each for each in top.completions if not wanted(each)]
    return [each for done in reversed(taken) for each in _undone(top, done, NOTHING)]


NOTHING = Undo(b"", ("", ""), {}, {}, [])


def _undone(top: Any, done: Completion, around: Undo) -> Iterator[Undo]:
    """The activity itself, or all that was completed in it."""
    given, objects = {**around.given, **done.written}, {**around.objects, **done.objects}
    undoing = undoing_of(top, done.place)
    is_inside = undoing is None or undoing.at is None
    within = [*around.within, *([done.place] if is_inside else [])]
    undo = Undo(done.token, done.place, given, objects, within)
    if undoing is not None:
        yield undo
        return
    for each in reversed([each for each in top.completions if each.scope == done.token]):
        yield from _undone(top, each, undo)


def known_outside(top: Any, undo: Undo, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Of the variables as they are, what is seen where this is undone."""
    scopes = _scopes(top, undo)
    hidden = {n for n in variables if any(each.hides_outside(n) for each in scopes)}
    return {name: value for name, value in variables.items() if name not in hidden}


def given_back(top: Any, undo: Undo, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Of the variables that what undoes has written, what is seen around it."""
    scopes = _scopes(top, undo)
    hidden = {n for n in variables if any(each.hides_inside(n) for each in scopes)}
    return {name: value for name, value in variables.items() if name not in hidden}


def _scopes(top: Any, undo: Undo) -> list[LocalScope]:
    specs = (activity_of(top, place) for place in undo.within)
    return [spec.local_scope for spec in specs if spec.local_scope is not None]


def within(top: Any, tokens: Iterable[bytes]) -> set[bytes]:
    """These running scopes, and all that run inside them."""
    outer = set(tokens)
    return outer | {
        token_id.bytes
        for token_id, inner in top.subprocesses.items()
        if any(each.id.bytes in outer for each in scopes_of(inner.task_tree))
    }


def left_undone(top: Any, scopes: Container[bytes]) -> list[Undo]:
    """What compensation events in these scopes are undoing, and still have to."""
    return [
        Undo(*row)
        for token_id, inner in top.subprocesses.items()
        for task in inner.tasks.values()
        if token_id.bytes in scopes and task._state == TaskState.STARTED
        for row in (task.internal_data.get("undoing"), *task.internal_data.get("undo", ()))
        if row is not None
    ]


def is_between(task: Any) -> bool:
    """Whether this only leads from one activity that undoes to the next: it is no step."""
    is_around = task.workflow.spec.name.endswith(UNDOING) and not task.task_spec.is_passed
    return is_around or "undo" in task.internal_data


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

"""Collects the variables of a live instance from its tasks; the last write of each counts."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from operator import itemgetter
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from processes.base import now
from processes.engine.interpreter.data.data_objects import objects_in_reach
from processes.engine.interpreter.data.joins import KNOWN, SEEN
from processes.engine.interpreter.data.rounds import elements_of, is_of, own_names, rounds_around
from processes.engine.interpreter.data.scopes import SCOPE, LocalScope, borders
from processes.engine.interpreter.rewriting import EVENT
from processes.engine.language.values import same

Hides = Callable[[str], bool]
HAS_RUN = TaskState.FINISHED_MASK | TaskState.STARTED
WAITS = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def variables_in(top: Any, seen_from: Any = None) -> dict[str, Any]:
    """All variables, of running subprocesses too; data objects by their own names.

    What is local to an activity is left out, but to who looks from inside it: `seen_from` is the
    workflow of a subprocess or called process. From inside a round its element is seen, and
    nothing that other rounds wrote.
    """
    here = top if seen_from is None else seen_from
    rounds = rounds_around(here)
    if top.completed:
        merged = dict(top.data)
    else:
        begun = _without(top.task_tree.data, _hidden(top, here))
        running = [each for each in (top, *top.subprocesses.values()) if is_of(rounds, each)]
        merged = {**begun, **_written_in(running, here, rounds)}
    merged.pop("data_objects", None)
    reached = objects_in_reach(here).items()
    null = {name for name, value in top.data_objects.items() if value is None}  # and written so
    objects = {name: value for name, value in reached if value is not None or name in null}
    return {**merged, **elements_of(rounds), **objects}


def written_before(event: Any) -> dict[str, Any]:
    """What an event on an edge knows, that was written in its activity until it happened.

    Of an event subprocess that is its whole scope: the event subprocesses that run there too.
    """
    if event.task_spec.name.endswith(EVENT):
        written = written_in_scope(event.workflow)
    else:
        written = written_inside(event)
    known = event.data
    return {k: v for k, v in written.items() if k not in known or not same(known[k], v)}


def written_inside(boundary: Any) -> dict[str, Any]:
    """The variables written in the activity of this boundary event, that are seen outside it."""
    top = boundary.workflow.top_workflow
    inside = [inner for inner in top.subprocesses.values() if _is_guarded(inner, boundary)]
    written = {**_written_by_rounds(boundary), **_written_in(inside, boundary.workflow)}
    written.pop("data_objects", None)
    return written


def written_in_scope(scope: Any) -> dict[str, Any]:
    """The variables written in a process or subprocess, and in all that runs inside it."""
    top = scope.top_workflow
    running = (top, *top.subprocesses.values())
    written = _written_in([each for each in running if _is_within(each, scope)], scope)
    written.pop("data_objects", None)
    return written


def _is_within(workflow: Any, scope: Any) -> bool:
    while workflow is not None and workflow is not scope:
        workflow = workflow.parent_workflow
    return workflow is scope


def _written_by_rounds(boundary: Any) -> dict[str, Any]:
    """What the rounds that are done gave to their loop, which gives it on when it ends."""
    loops = (each for each in boundary.parent.children if isinstance(each.task_spec, LoopTask))
    written: dict[str, Any] = {}
    for loop in loops:
        written |= _without(_own_data(loop), _of_task(loop))
    return written


def seen_outside(task: Any, variables: Mapping[str, Any], workflow: Any) -> Mapping[str, Any]:
    """Of what this task knows, what is seen in a workflow around it; not what is a round's own."""
    scope = task.task_spec.local_scope
    own = [] if scope is None else [scope.hides_inside]
    of_rounds = frozenset(_own_to_rounds(task, workflow)).__contains__
    return _without(variables, [*own, of_rounds, *_hidden(task.workflow, workflow)])


def _own_to_rounds(task: Any, workflow: Any) -> Iterator[str]:
    """The names that are the own of rounds that this task is in, and that workflow is not."""
    around = rounds_around(workflow)
    if task.parent is not None:
        yield from own_names(task.parent.task_spec)
    for loop, carrier in rounds_around(task.workflow).items():
        if loop not in around:
            yield from own_names(carrier.parent.task_spec)


def _is_guarded(inner: Any, boundary: Any) -> bool:
    while inner.parent_workflow is not None:
        task = inner.parent_workflow.tasks[inner.parent_task_id]
        if inner.parent_workflow is boundary.workflow:
            return _is_below(task, boundary.parent)
        inner = inner.parent_workflow
    return False


def _is_below(task: Any, split: Any) -> bool:
    """Whether this is the activity itself, or a round of it; not what follows an event on it."""
    while task.parent is not None and task.parent is not split:
        task = task.parent
    return task.parent is split and not isinstance(task.task_spec, BoundaryEvent)


def _hidden(workflow: Any, here: Any) -> Sequence[Hides]:
    """What hides variables that are written in one workflow from who looks from another."""
    theirs, mine = _scopes_around(workflow), _scopes_around(here)
    between = [scope.hides_inside for token, scope in theirs.items() if token not in mine]
    return between + [scope.hides_outside for token, scope in mine.items() if token not in theirs]


def _scopes_around(workflow: Any) -> dict[int, LocalScope]:
    return {task.id.int: task.task_spec.local_scope for task in borders(workflow)}


def _without(variables: Mapping[str, Any], hidden: Sequence[Hides]) -> Mapping[str, Any]:
    if not hidden:
        return variables
    return {
        name: value for name, value in variables.items() if not any(hides(name) for hides in hidden)
    }


def _written_in(
    workflows: Iterable[Any], here: Any, rounds: Container[UUID] = ()
) -> dict[str, Any]:
    """What the tasks in these changed, as seen from here; of each variable the latest value.

    Of these loops, that run around here, not what other rounds gave them.
    """
    writes = [
        (moment, _without(own, [*hidden, *_of_task(task)]))
        for workflow in workflows
        for hidden in (_hidden(workflow, here),)
        for task in workflow.tasks.values()
        for moment, own in _writes_of(task, gives=task.id not in rounds)
    ]
    written: dict[str, Any] = {}
    for _moment, own in sorted(writes, key=itemgetter(0)):
        written |= own
    return written


def _writes_of(task: Any, *, gives: bool) -> list[tuple[float, dict[str, Any]]]:
    """When this task changed variables, and which."""
    ran = task._state & HAS_RUN
    by_itself = [(_written_at(task), _own_data(task, gives=gives))] if ran else []
    return by_itself + _set_in(task)


def _of_task(task: Any) -> Sequence[Hides]:
    """What hides the local variables of this task itself: when it is done there are none."""
    scope = task.task_spec.local_scope
    if scope is None or task._state == TaskState.COMPLETED:
        return ()
    return (scope.hides_inside,)


def _set_in(task: Any) -> list[tuple[float, dict[str, Any]]]:
    """What an operator set at a token that waits there: when, and which variables."""
    found: list[tuple[float, dict[str, Any]]] = task.internal_data.get("set", [])
    return found


def set_at(task: Any, given: Mapping[str, Any]) -> None:
    """Set variables at a token that waits; those that are not local there go on with it."""
    if not given:
        return
    _change(task, given)
    _note_set(task, given)
    _change_around(task, _without(given, _local_names(task)))


def _local_names(task: Any) -> Sequence[Hides]:
    scope = task.task_spec.local_scope
    return [] if scope is None else [scope.names.__contains__]


def _change_around(task: Any, given: Mapping[str, Any]) -> None:
    """Change what is known around an activity with local variables, for when it is done."""
    outside = task.internal_data.get(SCOPE)
    if outside is not None:
        task.internal_data[SCOPE] = {**outside, **deepcopy(dict(given))}


def _note_set(task: Any, given: Mapping[str, Any]) -> None:
    noted = (now().timestamp(), deepcopy(dict(given)))
    task.internal_data["set"] = [*_set_in(task), noted]


def _change(task: Any, given: Mapping[str, Any]) -> None:
    """Change what a task knows; how it and those below it are stored is worked out anew."""
    task.data |= deepcopy(dict(given))
    for each in (task, *task.children):
        each.__dict__.pop("encoded", None)
        task.workflow.top_workflow.kept.changed.append(each)


def was_set_at(task: Any) -> dict[str, Any]:
    """The variables that were set at this token, the last value of each."""
    return {name: value for _moment, given in _set_in(task) for name, value in given.items()}


def set_everywhere(top: Any, given: Mapping[str, Any]) -> None:
    """Set variables of the instance: wherever a token sees them, so that branches that meet agree.

    What is local to an activity under the same name stays as it is.
    """
    objects = top.data_objects
    objects.update(
        {name: value for name, value in deepcopy(dict(given)).items() if name in objects}
    )
    given = {name: value for name, value in given.items() if name not in objects}
    _note_set(top.task_tree, given)  # also where every token is in an activity that hides it
    for workflow in (top, *top.subprocesses.values()):
        hidden = [scope.hides_outside for scope in _scopes_around(workflow).values()]
        seen = _without(given, hidden)
        for task in [each for each in workflow.tasks.values() if each._state & WAITS]:
            set_at(task, _without(seen, _local_names(task)))
            _change_around(task, seen)
            if isinstance(task.task_spec, UnstructuredJoin) and task.parent is not None:
                _change(task.parent, seen)  # what a join takes of this branch


def _written_at(task: Any) -> float:
    """When the data of this task changed last; of rounds, when the last of them was done."""
    moments = [task.last_state_change]
    if isinstance(task.task_spec, LoopTask):
        moments += [round_.last_state_change for round_ in task.children if _is_done_round(round_)]
    return float(max(moments))


def _own_data(task: Any, *, gives: bool = True) -> dict[str, Any]:
    """What this task changed; the element of a round stays the round's own.

    Of a loop with all that its rounds gave it so far, if it gives that.
    """
    parent = task.parent
    if parent is None:
        return _changed_by_root(task)
    if _is_done_round(task):
        return {}  # the loop has it
    given = parent.data
    changed = {k: v for k, v in task.data.items() if k not in given or not same(given[k], v)}
    for name in own_names(parent.task_spec):
        changed.pop(name, None)
    changed |= task.internal_data.get("given", {}) if gives else {}
    seen = task.internal_data.get(KNOWN, ())
    if not getattr(task.task_spec, "cancel_activity", True):  # else what it saw ended by it
        seen = [*seen, *task.internal_data.get(SEEN, ())]
    return {name: value for name, value in changed.items() if name not in seen}


def _changed_by_root(task: Any) -> dict[str, Any]:
    """Of the first task of a subprocess: what is local, or was changed since it began."""
    outside = task.workflow.parent_workflow
    begun_by = outside.tasks[task.workflow.parent_task_id] if outside is not None else None
    scope = begun_by.task_spec.local_scope if begun_by is not None else None
    if begun_by is None or (scope is not None and scope.element.call_in):
        return dict(task.data)
    given, local = _given_inside(begun_by), scope.names if scope is not None else ()
    return {
        name: value
        for name, value in task.data.items()
        if name in local or name not in given or not same(given[name], value)
    }


def _given_inside(task: Any) -> Mapping[str, Any]:
    """What began inside this task with; what undoes an activity also has what was then (`Undo`)."""
    undo = task.internal_data.get("undoing")
    given: Mapping[str, Any] = task.data if undo is None else {**task.data, **undo[2]}
    return given


def _is_done_round(task: Any) -> bool:
    loop = task.parent.task_spec
    is_round = isinstance(loop, LoopTask) and loop.task_spec == task.task_spec.name
    return is_round and bool(task.has_state(TaskState.COMPLETED))

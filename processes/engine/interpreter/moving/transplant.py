"""Migrates a live instance to another version; tokens keep their ids, data and due dates.

SpiffWorkflow's own helper loses the data of the open task, cannot load an instance whose current
task was removed, breaks on a boundary event that was added there, and leaves the old subprocess
specifications in place. Here a token moves only where that is sound; else CannotMoveError says why.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.events import CycleTimer, Timer
from processes.engine.interpreter.lean_tasks import LiveTask
from processes.engine.interpreter.moving.compatibility import (
    Names,
    begin_anew,
    kinds_of,
    require_fit,
    require_same_arrivals,
)
from processes.engine.interpreter.moving.completed import move_plan, moved
from processes.engine.interpreter.parser import Specification
from processes.engine.interpreter.rewriting import PART
from processes.engine.interpreter.undoing.task_specs import inner_specification
from processes.engine.interpreter.waits import definitions_of
from processes.engine.interpreter.workflow import Perform, Workflow
from processes.engine.interpreter.workflow_classes import Subworkflow

UNFINISHED = TaskState.NOT_FINISHED_MASK
SPLIT = ".BoundaryEventSplit"


def transplant(
    old: Workflow, specification: Specification, perform: Perform, mapping: Mapping[str, str]
) -> Workflow:
    """Move all tokens of this workflow, unusable afterwards, into one of the other version.

    The result is for the codec: dump it, and load it again to go on. Raises CannotMoveError.
    """
    new = Workflow(specification, perform, deserializing=True)
    names = Names(specification, mapping)
    new.completions = [moved(each, (old, new), names) for each in old.completions]
    _Scope(old, new, names).move()
    for token_id, inner in sorted(old.subprocesses.items(), key=lambda pair: pair[1].depth):
        parent = new._task(token_id)
        move_plan(parent, (old, new), names)
        spec = new.subprocess_specs[inner_specification(parent)]
        target = Subworkflow(spec, token_id, new, deserializing=True)
        new.subprocesses[token_id] = target
        _Scope(inner, target, names).move()
    return new


class _Scope:
    """The process itself, or one running subprocess, on its way to the new version."""

    def __init__(self, source: Any, target: Any, names: Names) -> None:
        self.source, self.target, self.names = source, target, names
        self.old_spec, self.specs = source.spec, target.spec.task_specs

    def move(self) -> None:
        self._take_over()
        self._drop_what_is_only_expected()
        self._drop_disarmed_boundaries()
        live = [task for task in self.target.tasks.values() if task._state & UNFINISHED]
        for task in live:
            require_same_arrivals(task, self.names, self.specs)
        were = {task.id: task.task_spec for task in live}
        for task in list(self.target.tasks.values()):
            task.task_spec = self._spec_for(task)
        for task in live:
            self._begin_anew(task, were[task.id])
            self._keep_times(task)
            if not isinstance(task.task_spec, BoundaryEvent):
                self._arm_boundaries(task)
        for task in [task for task in self.target.tasks.values() if task._state & UNFINISHED]:
            task.task_spec._predict(task, mask=UNFINISHED)

    def _take_over(self) -> None:
        source, target = self.source, self.target
        objects = dict.fromkeys(target.spec.data_objects)
        known = source.data.get("data_objects", {})
        target.data = dict(source.data)
        if objects or known:
            target.data["data_objects"] = {**objects, **known}
        target.completed, target.success = source.completed, source.success
        target.tasks, target.task_tree = dict(source.tasks), source.task_tree
        target.last_task = source.last_task
        for task in target.tasks.values():
            task.workflow = target

    def _drop_what_is_only_expected(self) -> None:
        """What comes after a token is the new version's to say."""
        for task in list(self.target.tasks.values()):
            if task.id in self.target.tasks and task._state <= TaskState.FUTURE:
                self._remove(task)

    def _drop_disarmed_boundaries(self) -> None:
        for task in list(self.target.tasks.values()):
            if task._state != TaskState.WAITING or task.id not in self.target.tasks:
                continue
            if isinstance(task.task_spec, BoundaryEvent):
                if not self._stays_armed(task):
                    self._remove(task)
            elif isinstance(task.task_spec, BoundaryEventJoin) and not self._new_spec(
                task.task_spec.name
            ):
                self._remove(task)

    def _stays_armed(self, task: Any) -> bool:
        old = task.task_spec
        split = self._new_spec(task.parent.task_spec.name)
        new = self._new_spec(old.name)
        return (
            split is not None
            and new in split.outputs
            and type(new) is type(old)
            and bool(kinds_of(new) & kinds_of(old))
        )

    def _remove(self, task: Any) -> None:
        for child in list(task.children):
            self._remove(child)
        task.parent._children.remove(task.id)
        del self.target.tasks[task.id]

    def _new_spec(self, old_name: str) -> Any:
        return self.specs.get(self.names.new_name(old_name, self.old_spec, self.target.spec))

    def _spec_for(self, task: Any) -> Any:
        wanted = self._new_spec(task.task_spec.name)
        if task._state & UNFINISHED:
            return require_fit(task.task_spec, wanted, self.names)
        if wanted is None or type(wanted) is not type(task.task_spec):
            # What is past and no longer drawn keeps only its place and its data.
            return self.target.spec.start
        return wanted

    def _begin_anew(self, task: Any, old: Any) -> None:
        if old.local_scope is not None or task.task_spec.local_scope is not None:
            is_around = task.id in self.source.top_workflow.subprocesses
            begin_anew(task, old, task.task_spec, is_around=is_around)

    def _keep_times(self, task: Any) -> None:
        timers = task.internal_data.get("timers")
        if not isinstance(task.task_spec, CatchingEvent) or task._state != TaskState.WAITING:
            return
        definitions = definitions_of(task.task_spec)
        if timers:
            drawn = {its.key for its in definitions if isinstance(its, Timer | CycleTimer)}
            renamed = {self._new_key(key): due for key, due in timers.items()}
            task.internal_data["timers"] = {key: renamed[key] for key in drawn & renamed.keys()}
        if "caught" in task.internal_data:
            task.internal_data["caught"] = [*map(self._new_key, task.internal_data["caught"])]
        for definition in definitions:
            if isinstance(definition, Timer | CycleTimer):
                definition.has_fired(task)  # a timer that the new version adds

    def _new_key(self, key: str) -> str:
        """The key of a definition: the id of its event, and which of several it is."""
        id_, part, number = key.partition(PART)
        return f"{self.names.new_id(id_)}{part}{number}"

    def _arm_boundaries(self, task: Any) -> None:
        """What the new version drew on the edge of the current task begins to listen now."""
        name = task.task_spec.name
        spec = self.specs.get(f"{name}{SPLIT}")
        if spec is None or isinstance(task.task_spec, UnstructuredJoin | BoundaryEventJoin):
            return
        split = self._split_above(task, spec)
        present = {child.task_spec.name for child in split.children}
        for boundary in spec.outputs:
            if boundary.name != name and boundary.name not in present:
                armed = split._add_child(boundary, TaskState.WAITING)
                boundary._update(armed)

    def _split_above(self, task: Any, spec: Any) -> Any:
        parent = task.parent
        if isinstance(parent.task_spec, BoundaryEventSplit) and parent.task_spec is spec:
            return parent
        split = LiveTask(self.target, spec, parent, state=TaskState.COMPLETED)
        split.data = dict(parent.data)
        parent._children.remove(task.id)
        split._children.append(task.id)
        task.parent = split
        return split

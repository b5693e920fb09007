"""Task and task spec classes that predict nothing: children are made when a task runs.

SpiffWorkflow makes tasks for all that may come, drops most of them when it chooses, and checks the
diagram anew at each task; that costs most of a step.
"""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.splits import drop_not_taken

COPIED = frozenset((dict, list, set))


def passed_on(data: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that one task gives another: lists and mappings copied, what is in them shared.

    Nothing changes what is in them; so what nobody wrote is known by its identity.
    """
    return {
        name: value.copy() if value.__class__ in COPIED else value for name, value in data.items()
    }


class LiveTask(Task):
    """A task of a live instance; its timestamps come from the instance's own clock."""

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        parent: Any = None,
        state: int = TaskState.MAYBE,
        id: UUID | None = None,  # noqa: A002 - SpiffWorkflow's name
    ) -> None:
        # As the stock one, which looks its parent up and reads the clock for every task.
        self.id = id or uuid4()
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = None
        self._children: list[UUID] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        expected = state <= TaskState.FUTURE
        self.last_state_change = 0.0 if expected else workflow.top_workflow.tick()
        workflow.tasks[self.id] = self
        workflow.top_workflow.kept.changed.append(self)
        if parent is not None:
            self._parent = parent.id
            parent._children.append(self.id)

    def run(self) -> bool | None:
        # As the stock one, which completes also what was ended by what it threw.
        result: bool | None = self.task_spec._run(self)
        if self._state == TaskState.CANCELLED:
            return result
        if result is None:
            self._set_state(TaskState.STARTED)
        elif result:
            self.complete()
        else:
            self.error()
        return result

    def _set_state(self, value: int) -> None:
        # The stock method gathers facts for a log line, also when nothing logs: a sixth of a step.
        if value != self._state:
            self._state = value
            top = self.workflow.top_workflow
            self.last_state_change = top.tick()
            top.kept.changed.append(self)

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Task:
        child = LiveTask(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _sync_children(self, task_specs: list[Any], state: int = TaskState.MAYBE) -> None:
        if self._children:
            super()._sync_children(task_specs, state)
        else:
            for task_spec in task_specs:
                LiveTask(self.workflow, task_spec, self, state)

    def _inherit_data(self) -> None:
        parent = self.workflow.tasks[self._parent]
        if not self.data:
            self.data = passed_on(parent.data)
        elif isinstance(parent.task_spec, LoopTask):
            # The element of a round hides a variable of its name, where stock merges the two.
            self.data = {**passed_on(parent.data), **self.data}
        else:
            super()._inherit_data()


class _Lean:
    """What each task spec of a live instance does otherwise than the stock one."""

    def _predict(self, my_task: Any, *_: Any, **__: Any) -> None:
        """What has begun to run needs what comes next; the others make it when they run."""
        if my_task._state == TaskState.STARTED:
            self._predict_hook(my_task)  # type: ignore[attr-defined]

    def _run(self, my_task: Any) -> bool | None:
        if not isinstance(self, MultiChoice):  # which chooses first
            self._predict_hook(my_task)  # type: ignore[attr-defined]
        return cast(bool | None, super()._run(my_task))  # type: ignore[misc]

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)  # type: ignore[misc]
        drop_not_taken(my_task)

    def _on_ready(self, my_task: Any) -> None:
        # Deployment has checked the diagram; the stock method does so each time.
        self._on_ready_hook(my_task)  # type: ignore[attr-defined]


_lean: dict[type, type] = {}


def lean(stock: type) -> type:
    """The class of task specs to use in place of this one."""
    if stock not in _lean:
        _lean[stock] = type(f"Lean{stock.__name__}", (_Lean, stock), {})
    return _lean[stock]

"""SpiffWorkflow's workflow classes without script engine, and with limits that raise."""

import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.data.variables import written_in_scope
from processes.engine.interpreter.lean_tasks import LiveTask
from processes.engine.interpreter.outcomes import BudgetExceededError
from processes.engine.interpreter.rewriting import is_generated
from processes.engine.interpreter.turns.choices import ConditionEngine
from processes.engine.language import expressions

UNFINISHED = TaskState.NOT_FINISHED_MASK
MAX_DEPTH = 10


class ForbiddenScriptError(Exception):
    """A diagram wants to run a script; nothing in it is ever run as Python."""


class CallsTooDeepError(BudgetExceededError):
    """Subprocesses and call activities are nested deeper than ten."""


class _SafeEnvironment(TaskDataEnvironment):
    """Conditions, and how often a task is done, in our languages; scripts do not exist."""

    def evaluate(self, expression: Any, context: Any, external_context: Any = None) -> Any:
        """The value; what FEEL cannot tell is null, and a condition that is null does not hold."""
        if external_context:
            context = {**external_context, **context}
        try:
            return expressions.evaluate(expression or "", context)
        except expressions.NoOutcomeError:
            return None

    def execute(self, script: Any, context: Any, external_context: Any = None) -> Any:
        raise ForbiddenScriptError

    def call_service(self, context: Any, **kwargs: Any) -> Any:
        raise ForbiddenScriptError


SCRIPT_ENGINE = ConditionEngine(environment=_SafeEnvironment())


class Ticking:
    """A monotonic clock for tasks, whatever the machine's clock does: joins compare moments."""

    latest = 0.0

    def tick(self) -> float:
        moment = time.time()
        if moment <= self.latest:
            moment = self.latest + 1e-6
        self.latest = moment
        return moment


class Flat:
    """Iterates over all tasks in a flat scan; SpiffWorkflow's iterators stop at depth 1000."""

    tasks: dict[UUID, Any]
    task_tree: Any
    spec: Any
    last_task: Any
    completed_event: Any
    _mark_complete: Callable[[Any], None]
    completed: bool
    success: bool

    def __init__(self, spec: Any, *args: Any, deserializing: bool = False, **kwargs: Any) -> None:
        # Here `Flat` stands before SpiffWorkflow's class, whose own root is a stock task.
        super().__init__(spec, *args, deserializing=True, **kwargs)  # type: ignore[call-arg]
        if not deserializing:
            self.task_tree = LiveTask(self, spec.start, state=TaskState.FUTURE)
            self.task_tree._ready()

    def collect_log_extras(self, dct: Any = None) -> dict[str, Any]:
        return {}

    def get_tasks_iterator(self, first_task: Any = None, **kwargs: Any) -> Any:
        kwargs.setdefault("max_depth", 10**9)
        return BpmnTaskIterator(first_task or self.task_tree, **kwargs)

    def update_waiting_tasks(self) -> None:
        # What waits for an event is told when it happens: `spiff_errors.catch`.
        waiting = [
            task
            for task in self.tasks.values()
            if task._state == TaskState.WAITING and not isinstance(task.task_spec, CatchingEvent)
        ]
        for task in waiting:
            if task._state == TaskState.WAITING:
                task.task_spec._update(task)

    def _task_completed_notify(self, task: Any) -> None:
        # As the stock one, which knows the end by a name that a drawn element may have.
        self.last_task = task
        if task.task_spec.name in self.spec.end._outputs:
            self._mark_complete(task)
        if self.completed:
            self.completed_event(self)
        else:
            self.update_waiting_tasks()

    def terminate(self, by: Any) -> None:
        """End this scope with all that waits in it, event subprocesses too (BPMN 2.0 §13.5.6).

        What people filled in on paths that are ended is not lost.
        """
        scope: Any = self
        while is_generated(scope.spec.name):
            scope = scope.parent_workflow
        by.data = {**by.data, **deepcopy(written_in_scope(scope))}
        _cancel_open_tasks(scope)
        scope._mark_complete(by)
        if scope is not self:
            scope.last_task = by
            scope.completed_event(scope)

    def is_completed(self) -> bool:
        if not any(task._state & UNFINISHED for task in self.tasks.values()):
            self.completed = True
        return self.completed

    def cancel(self, success: bool = False) -> list[Any]:  # noqa: FBT001, FBT002 - its signature
        self.success = success
        self.completed = True
        return _cancel_open_tasks(self)


def _cancel_open_tasks(workflow: Any) -> list[Any]:
    open_tasks = [task for task in workflow.tasks.values() if task._state & UNFINISHED]
    for task in open_tasks:
        if task._state & UNFINISHED:
            task.cancel()
    return open_tasks


class Subworkflow(Flat, BpmnSubWorkflow):
    """A running subprocess or called process."""

    def _calculate_depth(self) -> int:
        depth = int(super()._calculate_depth())
        if depth > MAX_DEPTH:
            raise CallsTooDeepError
        return depth

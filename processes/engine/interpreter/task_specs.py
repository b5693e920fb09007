"""Our task specs in place of SpiffWorkflow's: service tasks, gateways, ends, subprocesses."""

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import (
    CallActivity,
    EndEvent,
    EventBasedGateway,
    InclusiveGateway,
    ParallelGateway,
    ServiceTask,
    SubWorkflowTask,
    TransactionSubprocess,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from processes.engine.interpreter.data.joins import arrived_before, merge
from processes.engine.interpreter.data.scopes import given_to_called, take_from_called
from processes.engine.interpreter.lean_tasks import passed_on
from processes.engine.interpreter.splits import NO_WAY_ON


class LoketServiceTask(ServiceTask):
    """A job waits as STARTED until its worker is done; a delegate runs at once."""

    def _run_hook(self, my_task: Any) -> bool | None:
        result: bool | None = my_task.workflow.top_workflow.perform(my_task)
        return result


class LoketParallelGateway(ParallelGateway):
    """Waits for a token on each incoming flow, with a three-way merge."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        # Stock counts branches of an earlier round of a loop too, and fires too early.
        arrived = [my_task.parent, *(task.parent for task in arrived_before(my_task))]
        return {task.task_spec.name for task in arrived} >= set(self._inputs)

    def _run_hook(self, my_task: Any) -> bool:
        merge(my_task, strict=True)
        return True


class LoketInclusiveGateway(InclusiveGateway):
    """Waits for every token that may still come, with a three-way merge."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        # As BPMN 2.0 says in 13.4.3: wait for a token that can still come to a flow on which none
        # has arrived, unless it can come to one on which a token has. Stock counts the tokens of
        # earlier rounds of a loop too.
        if len(self._inputs) <= 1:
            return True
        arrived = {task.parent.task_spec.name for task in (my_task, *arrived_before(my_task))}
        awaited = self._upstream(set(self._inputs) - arrived) - self._upstream(arrived)
        tasks = my_task.workflow.tasks
        return not any(
            task._state & TaskState.NOT_FINISHED_MASK
            and task.task_spec.name in awaited
            and (parent := tasks.get(task._parent)) is not None
            and parent._state & TaskState.FINISHED_MASK
            for task in tasks.values()
        )

    def _upstream(self, inputs: set[str]) -> set[str]:
        """The task specs from which a token can come to these inputs, not by way of here."""
        found: set[str] = set()
        wanted = list(inputs)
        while wanted:
            name = wanted.pop()
            if name not in found and name != self.name:
                found.add(name)
                wanted += self._wf_spec.task_specs[name]._inputs
        return found

    def _run_hook(self, my_task: Any) -> bool:
        # The stock hook merges two ways before it chooses; its merge is replaced, not its choice.
        merge(my_task, strict=True)
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            message = f"{NO_WAY_ON} on gateway"
            raise WorkflowTaskException(message, task=my_task)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        return True


def is_without_a_way_on(error: BaseException) -> bool:
    """Whether this says that no condition behind a gateway holds, and that it has no default."""
    return isinstance(error, WorkflowException) and str(error).startswith(NO_WAY_ON)


class LoketEndJoin(_EndJoin):
    """The end of a process or subprocess, reached when no token is left."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        # Flat: the stock iterator stops silently at a depth of 1000.
        ends = {self.name, *self._outputs}
        return not any(
            task._state & TaskState.NOT_FINISHED_MASK and task.task_spec.name not in ends
            for task in my_task.workflow.tasks.values()
        )

    def _run_hook(self, my_task: Any) -> bool:
        inside = my_task.workflow.parent_workflow is not None
        merge(my_task, strict=inside)
        my_task.workflow.data.update(my_task.data)
        return True


class LoketEndEvent(EndEvent):
    """An end event; a terminate end event ends its own scope, and nothing around it."""

    def _on_complete_hook(self, my_task: Any) -> None:
        ThrowingEvent._on_complete_hook(self, my_task)
        if self.terminates:
            my_task.workflow.terminate(my_task)

    @property
    def terminates(self) -> bool:
        """Whether one of its definitions ends its scope."""
        drawn = getattr(self.event_definition, "event_definitions", [self.event_definition])
        return any(isinstance(each, TerminateEventDefinition) for each in drawn)


class _Scope:
    """A subprocess that an error has ended stays ended when its own end event completes."""

    spec: str
    get_missing_subworkflow_error: Callable[[Any], str]

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Any) -> None:
        if not my_task.has_state(TaskState.FINISHED_MASK):
            super()._on_subworkflow_completed(subworkflow, my_task)  # type: ignore[misc]

    def start_workflow(self, my_task: Any) -> None:
        # As the stock one, which looks for the first task by a name that a drawn one may have.
        top = my_task.workflow.top_workflow
        if self.spec not in top.subprocess_specs:
            raise WorkflowTaskException(self.get_missing_subworkflow_error(my_task), task=my_task)
        inner = top.create_subprocess(my_task, self.spec)
        inner.completed_event.connect(self._on_subworkflow_completed, my_task)
        self.copy_data(my_task, inner)
        inner.task_tree.run()

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        subworkflow.task_tree.data.update(passed_on(my_task.data))

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        my_task.data = passed_on(subworkflow.last_task.data)


class LoketSubprocess(_Scope, SubWorkflowTask):
    pass


class LoketCallActivity(_Scope, CallActivity):
    """Calls a process with what its mappings say; stock passes everything both ways."""

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        subworkflow.task_tree.data.update(given_to_called(my_task))

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        take_from_called(my_task, subworkflow.last_task.data)


class LoketTransaction(_Scope, TransactionSubprocess):
    pass


class LoketEventBasedGateway(EventBasedGateway):
    """As the stock one; what is behind it may be an event with several definitions."""

    def catch(self, my_task: Any, event: Any) -> None:
        my_task.internal_data["chosen"] = event.event_definition.element.id
        super().catch(my_task, event)

    def _run_hook(self, my_task: Any) -> bool:
        chosen = my_task.internal_data.pop("chosen")
        my_task.internal_data.pop("seen_events", None)  # of a state of an earlier release
        self.event_definition.update_task_data(my_task)
        self.event_definition.reset(my_task)
        way_on = [each for each in self.outputs if each.bpmn_id == chosen]
        my_task._sync_children(way_on, TaskState.FUTURE)
        return True

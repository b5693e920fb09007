"""A live process instance: SpiffWorkflow behind the few moves that the engine makes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from processes.engine import expressions
from processes.engine.diagram import Element
from processes.engine.registry import BpmnError
from processes.engine.spiff_errors import boundary_for, catch, end_scope, scopes_of
from processes.engine.spiff_events import Error, Escalation
from processes.engine.spiff_parser import Specification
from processes.engine.spiff_prune import prune
from processes.engine.spiff_tasks import LoketServiceTask
from processes.engine.spiff_waits import Wait, definitions_of, waits_of
from processes.engine.values import variables_of

MAX_STEPS = 2000
MAX_SECONDS = 2.0
PRUNE_EVERY = 200
UNFINISHED = TaskState.NOT_FINISHED_MASK

Perform = Callable[[Element, Mapping[str, Any]], dict[str, Any] | None]


class BudgetExceededError(Exception):
    """One turn took more steps or more time than a turn may take."""


class UncaughtBpmnError(Exception):
    """A BPMN error for which the diagram has no boundary event."""

    def __init__(self, element_id: str, error: BpmnError) -> None:
        super().__init__(f"nothing at {element_id!r} catches the BPMN error {error.code!r}")
        self.element_id = element_id
        self.error = error


class TokenGoneError(LookupError):
    """The token is no longer there, or no longer waits."""


class ForbiddenScriptError(Exception):
    """Nothing in a diagram is ever run as Python."""


@dataclass(frozen=True)
class Passage:
    """One passage of a token through an element, that has ended."""

    token_id: UUID
    element: Element
    result: str  # completed, cancelled, error


@dataclass(frozen=True)
class Thrown:
    """A message or signal that the instance threw, for the engine to deliver."""

    kind: str
    name: str
    correlation_key: str | None
    variables: dict[str, Any]


class _SafeEnvironment(TaskDataEnvironment):
    """Every expression of a diagram is one of our small language; scripts do not exist."""

    def evaluate(self, expression: Any, context: Any, external_context: Any = None) -> Any:
        return expressions.evaluate(expression or "", {**(external_context or {}), **context})

    def execute(self, script: Any, context: Any, external_context: Any = None) -> Any:
        raise ForbiddenScriptError

    def call_service(self, context: Any, **kwargs: Any) -> Any:
        raise ForbiddenScriptError


_SCRIPT_ENGINE = PythonScriptEngine(environment=_SafeEnvironment())


class _Flat:
    """Scans without SpiffWorkflow's silent end at a depth of 1000."""

    tasks: dict[UUID, Any]

    def get_tasks_iterator(self, first_task: Any = None, **kwargs: Any) -> Any:
        kwargs.setdefault("max_depth", 10**9)
        return BpmnTaskIterator(first_task or self.task_tree, **kwargs)  # type: ignore[attr-defined]

    def update_waiting_tasks(self) -> None:
        for task in [task for task in self.tasks.values() if task._state == TaskState.WAITING]:
            if task._state == TaskState.WAITING:
                task.task_spec._update(task)

    def is_completed(self) -> bool:
        if not any(task._state & UNFINISHED for task in self.tasks.values()):
            self.completed = True
        return self.completed

    def cancel(self, success: bool = False) -> list[Any]:  # noqa: FBT001, FBT002
        self.success = success
        self.completed = True
        open_tasks = [task for task in self.tasks.values() if task._state & UNFINISHED]
        for task in open_tasks:
            if task._state & UNFINISHED:
                task.cancel()
        return open_tasks


class Subworkflow(_Flat, BpmnSubWorkflow):
    """A running subprocess or called process."""


class Workflow(_Flat, BpmnWorkflow):
    """A live instance. Not for two threads at once; its specification is."""

    def __init__(
        self, specification: Specification, perform: Perform, *, deserializing: bool = False
    ) -> None:
        self.specification = specification
        self.elements = specification.elements
        self.run_delegate = perform
        self.passages: list[Passage] = []
        self.thrown: list[Thrown] = []
        self.running: str | None = None  # the element that runs, or that ran when a step failed
        super().__init__(
            specification.spec,
            dict(specification.subprocesses),
            script_engine=_SCRIPT_ENGINE,
            deserializing=deserializing,
        )

    # -- the moves of the engine

    def start(self, variables: Mapping[str, Any]) -> None:
        """Set the variables that the process begins with."""
        self.task_tree.data.update(variables)

    def waits(self) -> list[Wait]:
        """All that this instance waits for now."""
        return waits_of(self)

    def complete(self, token_id: UUID, variables: Mapping[str, Any]) -> None:
        """The user task or job of this token is done: merge what came out, and go on."""
        task = self._waiting(token_id)
        self.running = task.task_spec.bpmn_id
        task.data.update(variables)
        if task._state == TaskState.STARTED:
            task.complete()
        else:
            task.run()
        self._note(task)

    def throw_error(self, token_id: UUID, error: BpmnError) -> None:
        """The job of this token ended in a BPMN error: it goes to its own boundary event."""
        task = self._waiting(token_id)
        if not self._catch_error(task, error.code):
            raise UncaughtBpmnError(task.task_spec.bpmn_id, error)

    def trigger(self, token_id: UUID, element_id: str, variables: Mapping[str, Any]) -> None:
        """The event of this token happened: its timer is due, or its message came."""
        task = self._task(token_id)
        if task._state != TaskState.WAITING:
            raise TokenGoneError(token_id)
        for definition in definitions_of(task.task_spec):
            if getattr(definition, "element_id", None) == element_id:
                catch(task, definition, variables)
                return
        raise TokenGoneError(token_id)

    def advance(self) -> None:
        """Run all that needs no waiting, within the budget of one turn; then drop what is past."""
        deadline = time.monotonic() + MAX_SECONDS
        steps = pruned = 0
        while ready := self._ready_tasks():
            for task in ready:
                if task._state != TaskState.READY:
                    continue
                steps += 1
                if steps > MAX_STEPS or time.monotonic() > deadline:
                    message = f"a turn of more than {MAX_STEPS} steps or {MAX_SECONDS} seconds"
                    raise BudgetExceededError(message)
                self.running = getattr(task.task_spec, "bpmn_id", None) or self.running
                task.run()
                self._note(task)
            if steps - pruned > PRUNE_EVERY:
                prune(self)
                pruned = steps
        self.bpmn_events.clear()
        self.is_completed()
        prune(self)

    def mark_since(self, token_ids: set[UUID], moment: datetime) -> None:
        """These tokens began to wait now, by our clock."""
        for workflow in (self, *self.subprocesses.values()):
            for token_id in token_ids & workflow.tasks.keys():
                workflow.tasks[token_id].last_state_change = moment.timestamp()

    def variables(self) -> dict[str, Any]:
        """The variables of the instance: for each, what was written last."""
        if self.completed:
            return dict(self.data)
        merged = dict(self.task_tree.data)
        finished = [task for task in self.tasks.values() if not task._state & UNFINISHED]
        for task in sorted(finished, key=lambda task: task.last_state_change):
            before = task.parent.data if task.parent is not None else {}
            merged |= DeepMerge.get_updated_keys(before, task.data)
        return merged

    # -- what the task specs and event definitions ask

    def create_subprocess(self, my_task: Any, spec_name: str) -> Any:
        subprocess = Subworkflow(
            self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self
        )
        self.subprocesses[my_task.id] = subprocess
        return subprocess

    def perform(self, my_task: Any) -> bool | None:
        """Run a delegate; a job parks, which is what None means to SpiffWorkflow."""
        element = self.elements[my_task.task_spec.bpmn_id]
        if element.topic:
            return None
        try:
            result = self.run_delegate(element, my_task.data)
        except BpmnError as error:
            if self._catch_error(my_task, error.code):
                return None
            raise UncaughtBpmnError(element.id, error) from error
        my_task.data.update(variables_of(result))
        return True

    def text_of(self, my_task: Any, text: str) -> str:
        """A literal text of the diagram, or the value of its one expression."""
        return str(expressions.evaluate_template(text, my_task.data))

    def throw_out(self, kind: str, name: str, my_task: Any) -> None:
        element = self.elements[my_task.task_spec.bpmn_id]
        key = self.text_of(my_task, element.correlation_key) if element.correlation_key else None
        given = {
            name: expressions.evaluate_template(text, my_task.data)
            for name, text in element.inputs.items()
        }
        self.thrown.append(Thrown(kind, name, key, variables_of(given)))

    def throw_error_from(self, my_task: Any, code: str | None, name: str | None) -> None:
        """An error end event: the enclosing scopes may catch it, from the inside out."""
        for scope in scopes_of(my_task):
            if self._catch_error(scope, code, my_task.data):
                return
        raise UncaughtBpmnError(my_task.task_spec.bpmn_id, BpmnError(code or "", name or ""))

    def throw_escalation_from(self, my_task: Any, code: str | None) -> None:
        for scope in scopes_of(my_task):
            boundary = boundary_for(scope, Escalation, code)
            if boundary is not None:
                self._catch(boundary, scope, my_task.data)
                return

    # -- below

    def _catch_error(
        self, my_task: Any, code: str | None, payload: Mapping[str, Any] | None = None
    ) -> bool:
        for scope in (my_task, *scopes_of(my_task)):
            boundary = boundary_for(scope, Error, code)
            if boundary is not None:
                self._catch(boundary, scope, my_task.data if payload is None else payload)
                return True
        return False

    def _catch(self, boundary: Any, scope: Any, payload: Mapping[str, Any]) -> None:
        catch(boundary, boundary.task_spec.event_definition, payload)
        if boundary.task_spec.cancel_activity and scope.id in self.subprocesses:
            end_scope(scope)

    def _task(self, token_id: UUID) -> Any:
        for workflow in (self, *self.subprocesses.values()):
            if token_id in workflow.tasks:
                return workflow.tasks[token_id]
        raise TokenGoneError(token_id)

    def _waiting(self, token_id: UUID) -> Any:
        # SpiffWorkflow would run a FUTURE or a COMPLETED task without a word.
        task = self._task(token_id)
        is_user_task = task._state == TaskState.READY and task.task_spec.manual
        is_job = task._state == TaskState.STARTED and isinstance(task.task_spec, LoketServiceTask)
        if not is_user_task and not is_job:
            raise TokenGoneError(token_id)
        return task

    def _ready_tasks(self) -> list[Any]:
        inner_first = sorted(self.subprocesses.values(), key=lambda inner: -inner.depth)
        for workflow in (*inner_first, self):
            ready = [
                task
                for task in workflow.tasks.values()
                if task._state == TaskState.READY and not task.task_spec.manual
            ]
            if ready:
                return ready
        return []

    def _note(self, task: Any) -> None:
        element_id = getattr(task.task_spec, "bpmn_id", None)
        if element_id and task._state == TaskState.COMPLETED:
            self.passages.append(Passage(task.id, self.elements[element_id], "completed"))

"""A live process instance: the operations of the engine on a SpiffWorkflow workflow."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from processes.engine.diagram.elements import Element
from processes.engine.interpreter.data import variables as data
from processes.engine.interpreter.errors import boundary_for, catch, scopes_of
from processes.engine.interpreter.events import Error, Escalation
from processes.engine.interpreter.outcomes import (
    BudgetExceededError,
    Passage,
    ThrownEvent,
    TokenGoneError,
    UncaughtBpmnError,
)
from processes.engine.interpreter.parser import Specification
from processes.engine.interpreter.rewriting import drawn_by, drawn_id, is_generated
from processes.engine.interpreter.task_specs import LoketServiceTask
from processes.engine.interpreter.turns.listeners import deliver_conditions, deliver_signal
from processes.engine.interpreter.turns.passages import note
from processes.engine.interpreter.turns.pruning import prune
from processes.engine.interpreter.undoing.completions import Completion, is_between
from processes.engine.interpreter.waits import (
    Awaited,
    Wait,
    definition_for,
    definitions_of,
    may_wait,
    waits_of,
)
from processes.engine.interpreter.wide import Kept
from processes.engine.interpreter.workflow_classes import SCRIPT_ENGINE, Flat, Subworkflow, Ticking
from processes.engine.language import expressions
from processes.engine.language.message_keys import message_key
from processes.engine.language.values import variables_of
from processes.engine.registry import BpmnError

MAX_STEPS = 2000
MAX_SECONDS = 2.0  # of this thread: what others make the machine wait for is not the turn's fault
PRUNE_EVERY = 200
WAITING = TaskState.WAITING | TaskState.READY | TaskState.STARTED

Perform = Callable[[Element, Mapping[str, Any]], dict[str, Any] | None]


class Workflow(Flat, Ticking, BpmnWorkflow):
    """A live instance. Not for two threads at once; its specification is."""

    is_of_earlier_format = False
    recorder: Any = None  # a `replay.recorder.Recorder`, while a step is recorded

    def __init__(
        self, specification: Specification, perform: Perform, *, deserializing: bool = False
    ) -> None:
        self.specification = specification
        self.run_delegate = perform
        self.passages: list[Passage] = []
        self.choices: dict[UUID, dict[str, Any]] = {}  # by token: `choices.ConditionEngine`
        self.thrown: list[ThrownEvent] = []
        self.completions: list[Completion] = []
        self.steps = 0
        self.kept = Kept()
        self._waits: list[Wait] | None = None
        self.running: str | None = None  # the element that runs, or that ran when a step failed
        super().__init__(
            specification.spec,
            dict(specification.subprocesses),
            script_engine=SCRIPT_ENGINE,
            deserializing=deserializing,
        )

    # -- the moves of the engine

    def start(self, variables: Mapping[str, Any], element_id: str | None = None) -> None:
        """Start with these variables, at the named start event or the plain one."""
        begins = None if element_id is None else drawn_id(element_id)
        self.task_tree.data.update(variables)
        self._advance(time.thread_time() + MAX_SECONDS, before=StartEvent if element_id else None)
        for task in self._start_events():
            if begins not in (None, task.task_spec.bpmn_id) and task.workflow is self:
                task.cancel()
        self._advance(time.thread_time() + MAX_SECONDS)
        for task in self._start_events():
            if begins in (None, task.task_spec.bpmn_id):
                catch(task, definitions_of(task.task_spec)[0], {})
                return

    def _start_events(self) -> list[Any]:
        return [
            task
            for workflow in (self, *self.subprocesses.values())
            for task in workflow.tasks.values()
            if task._state & (TaskState.WAITING | TaskState.READY)
            and isinstance(task.task_spec, StartEvent)
            and not is_generated(task.task_spec.bpmn_id)
        ]

    def waits(self) -> list[Wait]:
        """All waits of this instance; only what changed is computed again."""
        if self._waits is None:
            self._waits = waits_of(self)
        return self._waits

    def complete(self, token_id: UUID, variables: Mapping[str, Any]) -> None:
        """Complete the user task or job of this token: merge its output, and go on."""
        self._waits = None
        task = self._waiting(token_id)
        self.running = task.task_spec.bpmn_id
        task.data.update(variables)
        if task._state == TaskState.STARTED:
            task.complete()
        else:
            task.run()
        note(self.passages, task)

    def throw_error(self, token_id: UUID, error: BpmnError) -> None:
        """Throw a BPMN error from the job of this token. Raises UncaughtBpmnError."""
        self._waits = None
        task = self._waiting(token_id)
        task.data.update(variables_of(error.variables))
        if not self._catch(task, (Error, error.code), (task, *scopes_of(task))):
            raise UncaughtBpmnError(task.task_spec.bpmn_id, error)

    def trigger(self, token_id: UUID, awaited: Awaited, variables: Mapping[str, Any]) -> None:
        """Fire the event of this token: timer due or message arrived. Raises TokenGoneError."""
        self._waits = None
        task = self._task(token_id)
        definition = definition_for(task, awaited) if task._state == TaskState.WAITING else None
        if definition is None:
            raise TokenGoneError(token_id)
        catch(task, definition, variables)

    def advance(self) -> None:
        """Run until everything waits, within the budget; then prune.

        Raises BudgetExceededError.
        """
        self._waits = None
        deadline = time.thread_time() + MAX_SECONDS
        self._advance(deadline)
        self.bpmn_events.clear()
        self.is_completed()
        prune(self)

    def begin_turn(self, perform: Perform) -> None:
        """Prepare a cached workflow for another step: with the delegates of its session."""
        self.run_delegate = perform
        self.passages, self.choices, self.thrown, self.steps = [], {}, [], 0

    def mark_since(self, known: set[int], moment: datetime) -> None:
        """Set the moment since which new tokens wait, by our clock."""
        self._waits = None
        since = moment.timestamp()
        for workflow in (self, *self.subprocesses.values()):
            for task in workflow.tasks.values():
                if task._state & WAITING and task.id.int not in known and may_wait(task.task_spec):
                    task.last_state_change = since

    def variables_at(self, token_id: UUID) -> dict[str, Any]:
        """The variables as one token sees them."""
        return dict(self._task(token_id).data)

    def set_variables(self, token_id: UUID | None, given: Mapping[str, Any]) -> None:
        """Set variables as this token sees them, and as whatever follows will; None: everywhere."""
        self._waits = None
        if token_id is None:
            data.set_everywhere(self, given)
        else:
            data.set_at(self._task(token_id), given)

    def element_at(self, token_id: UUID) -> Element | None:
        """The element where a token is. Raises TokenGoneError."""
        drawn: Element | None = self._task(token_id).task_spec.element
        return drawn

    def variables(self) -> dict[str, Any]:
        """The variables of the instance; the last write of each counts."""
        return data.variables_in(self)

    # -- what the task specs and event definitions ask

    def create_subprocess(self, my_task: Any, spec_name: str) -> Any:
        subprocess = Subworkflow(
            self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self
        )
        self.subprocesses[my_task.id] = subprocess
        return subprocess

    def perform(self, my_task: Any) -> bool | None:
        """Run a delegate; a job waits (None to SpiffWorkflow). Raises UncaughtBpmnError."""
        element = my_task.task_spec.element
        if element.topic:
            return None
        try:
            result = self.run_delegate(element, my_task.data)
        except BpmnError as error:
            if self._catch(my_task, (Error, error.code), (my_task, *scopes_of(my_task))):
                return None
            raise UncaughtBpmnError(element.id, error) from error
        my_task.data.update(variables_of(result))
        return True

    def throw_out(self, kind: str, name: str, my_task: Any) -> None:
        element = my_task.task_spec.element
        drawn = element.correlation_key
        key = message_key(drawn, my_task.data) if drawn is not None else None
        given = {
            name: expressions.fill(template, my_task.data)
            for name, template in element.inputs.items()
        }
        has_no_key = drawn is not None and key is None
        self.send(ThrownEvent(kind, name, key, variables_of(given), has_no_key=has_no_key))

    def send(self, thrown: ThrownEvent) -> None:
        """Let the engine deliver a message or signal; what listens here hears the signal now."""
        self.thrown.append(thrown)
        if thrown.kind == "signal":
            deliver_signal(self, thrown.name, thrown.variables)

    def throw_error_from(self, my_task: Any, code: str | None, name: str | None) -> None:
        """Throw the error of an end event, from the inside out. Raises UncaughtBpmnError."""
        if not self._catch(my_task, (Error, code), scopes_of(my_task)):
            raise UncaughtBpmnError(my_task.task_spec.bpmn_id, BpmnError(code or "", name or ""))

    def throw_escalation_from(self, my_task: Any, code: str | None) -> None:
        self._catch(my_task, (Escalation, code), scopes_of(my_task))

    # -- below

    def _catch(self, my_task: Any, thrown: tuple[type, str | None], scopes: Iterable[Any]) -> bool:
        for scope in scopes:
            caught = boundary_for(scope, *thrown)
            if caught is not None:
                event, definition = caught
                catch(event, definition, data.seen_outside(my_task, my_task.data, event.workflow))
                return True
        return False

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

    def _advance(self, deadline: float, before: type | None = None) -> None:
        pruned = self.steps
        self._deliver_conditions()
        while ready := self._ready_tasks(before):
            for task in ready:
                if task._state == TaskState.READY:
                    self._count_step(task, deadline)
                    self.running = drawn_by(task.task_spec) or self.running
                    task.run()
                    note(self.passages, task)
                    self._deliver_conditions()
            if self.steps - pruned > PRUNE_EVERY:
                prune(self)
                pruned = self.steps

    def _deliver_conditions(self) -> None:
        if self.specification.has_conditions:
            deliver_conditions(self)

    def _count_step(self, task: Any, deadline: float) -> None:
        self.steps += not is_between(task)
        if self.steps > MAX_STEPS or time.thread_time() > deadline:
            message = f"a turn of more than {MAX_STEPS} steps or {MAX_SECONDS} seconds"
            raise BudgetExceededError(message)

    def _ready_tasks(self, before: type | None) -> list[Any]:
        inner_first = sorted(self.subprocesses.values(), key=lambda inner: -inner.depth)
        for workflow in (*inner_first, self):
            ready = [
                task
                for task in workflow.tasks.values()
                if task._state == TaskState.READY
                and not task.task_spec.manual
                and not (before and isinstance(task.task_spec, before))
            ]
            if ready:
                return ready
        return []

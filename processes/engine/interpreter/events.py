"""Our event definitions in place of SpiffWorkflow's: events fire on a trigger, never by polling.

A definition fires only when `Workflow.trigger` says so, under the lock of the instance; what it
throws goes to the workflow's list, which the engine delivers.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    TimerEventDefinition,
)

from processes.base import now
from processes.engine.diagram.elements import Element
from processes.engine.interpreter import moments
from processes.engine.interpreter.outcomes import at_element
from processes.engine.language import expressions, iso8601


class Timer(TimerEventDefinition):
    """A timer with a date or a duration; fires once."""

    def __init__(self, element: Element, expression: str) -> None:
        super().__init__(element.id, expression)
        self.element = element

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timer | CycleTimer) and self.element is other.element

    __hash__ = None  # type: ignore[assignment]

    def has_fired(self, my_task: Any) -> bool:
        timers = my_task.internal_data.setdefault("timers", {})
        if self.element.id not in timers:
            timers[self.element.id] = self._due(my_task).isoformat()
        return bool(my_task.internal_data.get("event_fired"))

    def catch(self, my_task: Any, event: Any = None) -> None:
        my_task.internal_data["event_fired"] = True

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop("timers", None)
        my_task.internal_data.pop("event_fired", None)

    def _due(self, my_task: Any) -> datetime:
        return moments.due(self.element, self.expression, my_task.data, now())


class CycleTimer(TimerEventDefinition):
    """A timer with a repeating interval, R3/P7D, on a non-interrupting boundary event."""

    def __init__(self, element: Element, expression: str) -> None:
        super().__init__(element.id, expression)
        self.element = element

    __eq__ = Timer.__eq__
    __hash__ = None  # type: ignore[assignment]

    def has_fired(self, my_task: Any) -> bool:
        internal = my_task.internal_data
        if internal.get("event_fired"):
            return True
        if "timers" not in internal:
            begun = now()
            internal["begun"] = begun.isoformat()
            self._plan(my_task, self._cycle(my_task).first(begun))
        return False

    def catch(self, my_task: Any, event: Any = None) -> None:
        my_task.internal_data["event_fired"] = True

    def count_down(self, my_task: Any) -> None:
        """Count this firing; the next is the first occurrence that is still to come."""
        internal = my_task.internal_data
        due_at = datetime.fromisoformat(internal["timers"][self.element.id])
        # States of earlier releases have no beginning: they go on from where they are.
        begun = datetime.fromisoformat(internal.setdefault("begun", due_at.isoformat()))
        last = iso8601.Occurrence(due_at, internal["left"])
        self._plan(my_task, self._cycle(my_task).following(last, begun, now()))

    def reset(self, my_task: Any) -> None:
        for name in ("timers", "begun", "left", "event_fired"):
            my_task.internal_data.pop(name, None)

    def _plan(self, my_task: Any, due: iso8601.Occurrence | None) -> None:
        internal = my_task.internal_data
        internal["timers"] = {self.element.id: due.due_at.isoformat()} if due else {}
        internal["left"] = due.left if due else 0

    def _cycle(self, my_task: Any) -> iso8601.Cycle:
        return moments.cycle(self.element, self.expression, my_task.data)


class _Caught:
    """What is caught brings variables along; it is caught by exactly the event that was meant."""

    def catches(self, _my_task: Any, event: Any) -> bool:
        return self is event.event_definition

    def catch(self, my_task: Any, event: Any = None) -> None:
        my_task.internal_data["payload"] = event.payload
        my_task.internal_data["event_fired"] = True

    def update_task_data(self, my_task: Any) -> None:
        my_task.data.update(my_task.internal_data.pop("payload", None) or {})

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop("payload", None)
        my_task.internal_data.pop("event_fired", None)


class Message(_Caught, MessageEventDefinition):
    """A message event: thrown messages go to the engine's list, delivered after the step."""

    def __init__(self, element: Element, name: str) -> None:
        super().__init__(name)
        self.element = element

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.throw_out("message", self.name, my_task)


class Signal(_Caught, SignalEventDefinition):
    """A signal event: as a message, for every instance that waits for it."""

    def __init__(self, element: Element, name: str) -> None:
        super().__init__(name)
        self.element = element

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.throw_out("signal", self.name, my_task)


class Error(_Caught, ErrorEventDefinition):
    """A BPMN error event: caught at a boundary of its own scopes, inside out, or nowhere."""

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.throw_error_from(my_task, self.code, self.name)


class Escalation(_Caught, EscalationEventDefinition):
    """As an error, but nobody has to catch it, and the scope may continue."""

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.throw_escalation_from(my_task, self.code)


class Cancel(_Caught, EventDefinition):
    """The event on the edge of a transaction, caught when what was done in it is undone."""

    code = None  # as an error that has none: there is one kind


class Compensate(NoneEventDefinition):
    """A thrown compensation: `undoing` does what it says."""


class Conditional(_Caught, ConditionalEventDefinition):
    """A conditional event: evaluated when nothing else can run."""

    def __init__(self, element: Element, expression: str) -> None:
        super().__init__(expression)
        self.element = element

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get("event_fired"))

    def comes_true(self, my_task: Any, variables: Mapping[str, Any]) -> bool:
        """Whether the condition holds now and did not at the previous evaluation."""
        held = my_task.internal_data.get("held", False)
        with at_element(self.element):
            holds = expressions.holds(self.expression, variables)
        my_task.internal_data["held"] = holds
        return holds and not held


def own_definition(definition: Any, element: Element | None) -> Any:
    """The definition of ours in place of one that SpiffWorkflow parsed."""
    for theirs, make in _OURS:
        if element is not None and isinstance(definition, theirs):
            return make(element, definition)
    return definition


_OURS: tuple[tuple[type, Callable[[Element, Any], Any]], ...] = (
    (CycleTimerEventDefinition, lambda element, its: CycleTimer(element, its.expression or "")),
    (TimerEventDefinition, lambda element, its: Timer(element, its.expression or "")),
    (MessageEventDefinition, lambda element, its: Message(element, its.name)),
    (SignalEventDefinition, lambda element, its: Signal(element, its.name)),
    (ErrorEventDefinition, lambda _element, its: Error(its.name, code=its.code)),
    (EscalationEventDefinition, lambda _element, its: Escalation(its.name, code=its.code)),
    (ConditionalEventDefinition, lambda element, its: Conditional(element, its.expression or "")),
)

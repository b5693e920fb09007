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
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    TimerEventDefinition,
)

from processes.base import now
from processes.engine.diagram.elements import Element
from processes.engine.interpreter import moments
from processes.engine.interpreter.outcomes import at_element
from processes.engine.interpreter.rewriting import PART
from processes.engine.language import expressions, iso8601


class _Timed(TimerEventDefinition):
    """A timer; `key` tells it from the other timers of the same event."""

    def __init__(self, element: Element, key: str, expression: str) -> None:
        super().__init__(element.id, expression)
        self.element = element
        self.key = key

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = None  # type: ignore[assignment]

    def due_at(self, my_task: Any) -> datetime | None:
        """When it fires next; None where it will not fire again."""
        due = my_task.internal_data.get("timers", {}).get(self.key)
        return datetime.fromisoformat(due) if due else None

    def catch(self, my_task: Any, event: Any = None) -> None:
        my_task.internal_data["event_fired"] = True


class Timer(_Timed):
    """A timer with a date or a duration; fires once."""

    def has_fired(self, my_task: Any) -> bool:
        timers = my_task.internal_data.setdefault("timers", {})
        if self.key not in timers:
            timers[self.key] = self._due(my_task).isoformat()
        return bool(my_task.internal_data.get("event_fired"))

    def count_down(self, my_task: Any) -> None:
        """It fires once only, though its event may go on listening."""
        my_task.internal_data["timers"][self.key] = None

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop("timers", None)
        my_task.internal_data.pop("event_fired", None)

    def _due(self, my_task: Any) -> datetime:
        return moments.due(self.element, self.expression, my_task.data, now())


class CycleTimer(_Timed):
    """A timer with a repeating interval, R3/P7D, on a non-interrupting boundary event."""

    def has_fired(self, my_task: Any) -> bool:
        internal = my_task.internal_data
        if internal.get("event_fired"):
            return True
        if "left" not in _kept(self, my_task):
            begun = now()
            _kept(self, my_task)["begun"] = begun.isoformat()
            self._plan(my_task, self._cycle(my_task).first(begun))
        return False

    def count_down(self, my_task: Any) -> None:
        """Count this firing; the next is the first occurrence that is still to come."""
        kept = _kept(self, my_task)
        due_at = datetime.fromisoformat(my_task.internal_data["timers"][self.key])
        # States of earlier releases have no beginning: they go on from where they are.
        begun = datetime.fromisoformat(kept.setdefault("begun", due_at.isoformat()))
        last = iso8601.Occurrence(due_at, kept["left"])
        self._plan(my_task, self._cycle(my_task).following(last, begun, now()))

    def reset(self, my_task: Any) -> None:
        for name in ("timers", "begun", "left", "event_fired"):
            my_task.internal_data.pop(name, None)
        my_task.internal_data.pop(self.key, None)

    def _plan(self, my_task: Any, due: iso8601.Occurrence | None) -> None:
        timers = my_task.internal_data.setdefault("timers", {})
        timers[self.key] = due.due_at.isoformat() if due else None
        _kept(self, my_task)["left"] = due.left if due else 0

    def _cycle(self, my_task: Any) -> iso8601.Cycle:
        return moments.cycle(self.element, self.expression, my_task.data)


def _kept(definition: Any, my_task: Any) -> dict[str, Any]:
    """What a definition remembers at a token: a second one in the same event apart."""
    internal: dict[str, Any] = my_task.internal_data
    is_first = definition.key == definition.element.id
    return internal if is_first else internal.setdefault(definition.key, {})


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

    def __init__(self, element: Element, key: str, name: str) -> None:
        super().__init__(name)
        self.element = element
        self.key = key

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.throw_out("message", self.name, my_task)


class Signal(_Caught, SignalEventDefinition):
    """A signal event: as a message, for every instance that waits for it."""

    def __init__(self, element: Element, key: str, name: str) -> None:
        super().__init__(name)
        self.element = element
        self.key = key

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.throw_out("signal", self.name, my_task)


class Error(_Caught, ErrorEventDefinition):
    """A BPMN error event: caught at a boundary of its own scopes, inside out, or nowhere."""

    def __init__(self, element: Element, key: str, its: Any) -> None:
        super().__init__(its.name, code=its.code)
        self.element = element
        self.key = key

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.throw_error_from(my_task, self.code, self.name)


class Escalation(_Caught, EscalationEventDefinition):
    """As an error, but nobody has to catch it, and the scope may continue."""

    def __init__(self, element: Element, key: str, its: Any) -> None:
        super().__init__(its.name, code=its.code)
        self.element = element
        self.key = key

    def throw(self, my_task: Any) -> None:
        my_task.workflow.top_workflow.throw_escalation_from(my_task, self.code)


class Cancel(_Caught, EventDefinition):
    """The event on the edge of a transaction, caught when what was done in it is undone."""

    code = None  # as an error that has none: there is one kind


class Compensate(NoneEventDefinition):
    """A thrown compensation: `undoing` does what it says."""


class Conditional(_Caught, ConditionalEventDefinition):
    """A conditional event: evaluated when nothing else can run."""

    def __init__(self, element: Element, key: str, expression: str) -> None:
        super().__init__(expression)
        self.element = element
        self.key = key

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get("event_fired"))

    def comes_true(self, my_task: Any, variables: Mapping[str, Any]) -> bool:
        """Whether the condition holds now and did not at the previous evaluation."""
        kept = _kept(self, my_task)
        held = kept.get("held", False)
        with at_element(self.element):
            holds = expressions.holds(self.expression, variables)
        kept["held"] = holds
        return holds and not held

    def read(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Of these variables, those that the condition names: what follows knows them."""
        names = expressions.compile_expression(self.expression).names
        return {name: variables[name] for name in names if name in variables}


class Multiple(MultipleEventDefinition):
    """Several definitions in one event: the first to happen counts, or all where it is parallel.

    A throwing event throws all of them, those that end its scope last (BPMN 2.0 §10.5.1).
    """

    event_definitions: list[Any]

    def has_fired(self, my_task: Any) -> bool:
        for each in self.event_definitions:
            if isinstance(each, _Timed):
                each.has_fired(my_task)  # plans it
        return bool(my_task.internal_data.get("event_fired"))

    def awaited(self, my_task: Any) -> list[Any]:
        """What has still to happen."""
        caught = my_task.internal_data.get("caught", ())
        return [each for each in self.event_definitions if each.key not in caught]

    def catch(self, my_task: Any, event: Any = None) -> None:
        my_task.internal_data.update(payload=event.payload, event_fired=True)

    def update_task_data(self, my_task: Any) -> None:
        my_task.data.update(my_task.internal_data.pop("payload", None) or {})

    def reset(self, my_task: Any) -> None:
        for each in self.event_definitions:
            each.reset(my_task)

    def throw(self, my_task: Any) -> None:
        for each in sorted(self.event_definitions, key=_ends_its_scope):
            each.throw(my_task)


def _ends_its_scope(definition: Any) -> int:
    return 2 if isinstance(definition, Error) else 1 if isinstance(definition, Escalation) else 0


def own_definition(definition: Any, element: Element | None) -> Any:
    """The definition of ours in place of one that SpiffWorkflow parsed."""
    if isinstance(definition, MultipleEventDefinition) and element is not None:
        return Multiple(own_definitions(definition, element), definition.parallel)
    return _own(definition, element, element.id if element is not None else "")


def own_definitions(definition: Any, element: Element) -> list[Any]:
    """Each definition of an event, with a key of its own."""
    parts = getattr(definition, "event_definitions", [definition])
    keys = (element.id, *(f"{element.id}{PART}{n}" for n in range(2, len(parts) + 1)))
    return [_own(part, element, key) for part, key in zip(parts, keys, strict=False)]


def _own(definition: Any, element: Element | None, key: str) -> Any:
    for theirs, make in _OURS:
        if element is not None and isinstance(definition, theirs):
            return make(element, key, definition)
    return definition


_OURS: tuple[tuple[type, Callable[[Element, str, Any], Any]], ...] = (
    (CycleTimerEventDefinition, lambda at, key, its: CycleTimer(at, key, its.expression or "")),
    (TimerEventDefinition, lambda at, key, its: Timer(at, key, its.expression or "")),
    (MessageEventDefinition, lambda at, key, its: Message(at, key, its.name)),
    (SignalEventDefinition, lambda at, key, its: Signal(at, key, its.name)),
    (ErrorEventDefinition, Error),
    (EscalationEventDefinition, Escalation),
    (ConditionalEventDefinition, lambda at, key, its: Conditional(at, key, its.expression or "")),
)

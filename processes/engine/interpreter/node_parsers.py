"""Parsers of single nodes, where SpiffWorkflow's own leave something out or mix something up.

Of an event each definition is read by itself: stock looks for the first time and the first
condition in the whole event, so that of two timers in one event both get the time of the first.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.parser import event_parsers
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    SendTask,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)

from processes.engine.diagram.compensation import is_compensation
from processes.engine.diagram.elements import CAMUNDA
from processes.engine.diagram.graph import definitions_of_event, first, kind, text_of
from processes.engine.interpreter import task_specs as tasks
from processes.engine.interpreter.events import Cancel, Compensate
from processes.engine.interpreter.rewriting import PART
from processes.engine.interpreter.undoing import task_specs

TIMERS = {
    "timeDate": TimeDateEventDefinition,
    "timeDuration": DurationTimerEventDefinition,
    "timeCycle": CycleTimerEventDefinition,
}


class _DefinitionParser(event_parsers.EventDefinitionParser):
    """What SpiffWorkflow's parsers of events ask, for any number of definitions."""

    def get_event_definition(self, _xpaths: list[str]) -> Any:
        self.event_nodes = definitions_of_event(self.node)
        found = [self._parsed(each) for each in self.event_nodes]
        if not found:
            return NoneEventDefinition(description="Default")
        if len(found) == 1:
            return found[0]
        parallel = self.node.get("parallelMultiple") == "true"
        return MultipleEventDefinition(found, parallel, description="Multiple")

    def _parsed(self, definition: Any) -> Any:
        what = kind(definition).removesuffix("EventDefinition")
        return getattr(self, f"parse_{what}_event")(definition)

    def parse_timer_event(self, event: Any) -> Any:
        name = self.node.get("name", self.node.get("id"))
        for part, make in TIMERS.items():
            drawn = first(event, part)
            if drawn is not None:
                return make(name, text_of(drawn), description="Timer")
        message = "a timer without a time"
        raise ValueError(message)

    def parse_conditional_event(self, event: Any) -> Any:
        text = text_of(first(event, "condition"))
        return ConditionalEventDefinition(text, description="Conditional")

    def parse_cancel_event(self, _event: Any) -> Any:
        return Cancel()

    def parse_compensate_event(self, _event: Any) -> Any:
        return Compensate()


class StartEventParser(_DefinitionParser, event_parsers.StartEventParser):
    pass


class CatchEventParser(_DefinitionParser, event_parsers.IntermediateCatchEventParser):
    pass


class BoundaryEventParser(_DefinitionParser, event_parsers.BoundaryEventParser):
    pass


class EndEventParser(_DefinitionParser, event_parsers.EndEventParser):
    """With the end events that undo."""

    def create_task(self) -> Any:
        if is_compensation(self.node):
            self.spec_class = task_specs.LoketCompensationEnd
        elif first(self.node, "cancelEventDefinition") is not None:
            self.spec_class = task_specs.LoketCancelEnd
        return super().create_task()


class ThrowEventParser(_DefinitionParser, event_parsers.IntermediateThrowEventParser):
    """With the event that undoes."""

    def create_task(self) -> Any:
        if is_compensation(self.node):
            self.spec_class = task_specs.LoketCompensation
        return super().create_task()


class ScopeParser(ProcessParser):
    """As the stock one, which parses only what a flow leads to, and not what undoes."""

    def add_tasks(self) -> None:
        super().add_tasks()
        for node in self.xpath("./bpmn:subProcess[@isForCompensation='true']"):
            self.parse_node(node)

    def create_spec(self) -> Any:
        """Make way for an element that is called as SpiffWorkflow calls tasks of its own."""
        spec = super().create_spec()
        drawn = {each.get("id") for each in self.node}
        if drawn & {"Start", "End"}:
            end = spec.task_specs["End"]
            for own in (spec.start, end):
                del spec.task_specs[own.name]
                own.name = f"{PART}{own.name}"  # no id may have it
                spec.task_specs[own.name] = own
            spec.end.outputs = [end]
        return spec


class SendTaskParser(event_parsers.SendTaskParser):
    """A send task with a topic or a delegate is a service task."""

    def create_task(self) -> Any:
        named = (f"{CAMUNDA}topic", f"{CAMUNDA}delegateExpression")
        if any(self.node.get(name) for name in named):
            return tasks.LoketServiceTask(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return super().create_task()


EVENT_PARSERS: Mapping[str, tuple[type, type]] = {
    full_tag("startEvent"): (StartEventParser, StartEvent),
    full_tag("endEvent"): (EndEventParser, tasks.LoketEndEvent),
    full_tag("intermediateCatchEvent"): (CatchEventParser, IntermediateCatchEvent),
    full_tag("intermediateThrowEvent"): (ThrowEventParser, IntermediateThrowEvent),
    full_tag("boundaryEvent"): (BoundaryEventParser, BoundaryEvent),
    full_tag("sendTask"): (SendTaskParser, SendTask),
}
"""The parser and the task spec of each element that catches or throws."""

"""Parsers of single nodes, where SpiffWorkflow's own leave something out."""

from typing import Any

from SpiffWorkflow.bpmn.parser import event_parsers
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser

from processes.engine.diagram.compensation import is_compensation
from processes.engine.diagram.elements import BPMN, CAMUNDA
from processes.engine.interpreter import task_specs as tasks
from processes.engine.interpreter.events import Cancel, Compensate
from processes.engine.interpreter.undoing import task_specs


class EndEventParser(event_parsers.EventDefinitionParser):
    """As the stock one, which makes nothing of a signal, a compensation or a cancellation."""

    def create_task(self) -> Any:
        if is_compensation(self.node):
            self.spec_class = task_specs.LoketCompensationEnd
            task = self._create_task(Compensate())
        elif self.node.find(f"{BPMN}cancelEventDefinition") is not None:
            self.spec_class = task_specs.LoketCancelEnd
            task = self._create_task(Cancel())
        else:
            task = self._plain_task()
        task.connect(self.spec.end)
        return task

    def _plain_task(self) -> Any:
        paths = [
            event_parsers.MESSAGE_EVENT_XPATH,
            event_parsers.SIGNAL_EVENT_XPATH,
            event_parsers.ERROR_EVENT_XPATH,
            event_parsers.ESCALATION_EVENT_XPATH,
            event_parsers.TERMINATION_EVENT_XPATH,
            event_parsers.TIMER_EVENT_XPATH,
            event_parsers.CONDITIONAL_EVENT_XPATH,
        ]
        return self._create_task(self.get_event_definition(paths))


class ThrowEventParser(event_parsers.IntermediateThrowEventParser):
    """As the stock one, which makes nothing of a compensation."""

    def create_task(self) -> Any:
        if is_compensation(self.node):
            self.spec_class = task_specs.LoketCompensation
            return self._create_task(Compensate())
        return super().create_task()


class BoundaryEventParser(event_parsers.BoundaryEventParser):
    """As the stock one, with our event on the edge of a transaction."""

    def parse_cancel_event(self, _event: Any) -> Any:
        return Cancel()


class ScopeParser(ProcessParser):
    """As the stock one, which parses only what a flow leads to, and not what undoes."""

    def add_tasks(self) -> None:
        super().add_tasks()
        for node in self.xpath("./bpmn:subProcess[@isForCompensation='true']"):
            self.parse_node(node)


class SendTaskParser(event_parsers.SendTaskParser):
    """A send task with a topic or a delegate is a service task."""

    def create_task(self) -> Any:
        named = (f"{CAMUNDA}topic", f"{CAMUNDA}delegateExpression")
        if any(self.node.get(name) for name in named):
            return tasks.LoketServiceTask(self.spec, self.bpmn_id, **self.bpmn_attributes)
        return super().create_task()

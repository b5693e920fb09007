"""Stock SpiffWorkflow as in its own examples: the whole instance to JSON and back."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.benchmarks import onboarding

# A plain service task has no converter in the stock configuration.
CONFIG = {**DEFAULT_CONFIG, ServiceTask: BpmnTaskSpecConverter}


class Stock:
    """One process, parsed once, and the stock serializer."""

    def __init__(self, xml: bytes, key: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.parse(BytesIO(_in_python(xml))))
        self._spec = parser.get_spec(key)
        self._subprocesses = parser.get_subprocess_specs(key)
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(CONFIG))

    def start(self, variables: Mapping[str, Any]) -> bytes:
        """A new instance at its first user task, as JSON."""
        workflow = BpmnWorkflow(self._spec, self._subprocesses)
        workflow.task_tree.data.update(variables)
        self._go_on(workflow)
        return self._text_of(workflow)

    def complete(self, blob: bytes, element_id: str, answers: Mapping[str, Any]) -> bytes:
        """The instance of this JSON, after this user task was completed."""
        workflow = self._serializer.deserialize_json(bytes(blob).decode())
        task = workflow.get_next_task(state=TaskState.READY, spec_name=element_id)
        task.data.update(answers)
        task.run()
        self._go_on(workflow)
        return self._text_of(workflow)

    def _go_on(self, workflow: Any) -> None:
        workflow.do_engine_steps()
        for task in workflow.get_tasks(state=TaskState.STARTED, spec_name="register_provider"):
            task.data.update(onboarding.REGISTERED)
            task.complete()
            workflow.do_engine_steps()

    def _text_of(self, workflow: Any) -> bytes:
        text: str = self._serializer.serialize_json(workflow)
        return text.encode()


def _in_python(xml: bytes) -> bytes:
    """The diagram with its conditions in the language that the stock engine evaluates."""
    tree = etree.parse(BytesIO(xml))
    for condition in tree.iter("{*}conditionExpression"):
        condition.text = (condition.text or "").strip().removeprefix("${").removesuffix("}")
    return etree.tostring(tree)

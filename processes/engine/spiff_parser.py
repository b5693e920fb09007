"""From a diagram to the specification that SpiffWorkflow interprets, with our task specs in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EventBasedGatewayParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.exceptions import SpiffWorkflowException

from processes.engine import diagram, spiff_tasks
from processes.engine.diagram import BPMN, CAMUNDA, Element
from processes.engine.links import translate_links
from processes.engine.spiff_events import ours


class UnparsableDiagramError(ValueError):
    """The interpreter cannot make a specification of this diagram."""


class _SubprocessParser(SubWorkflowParser):
    EVENT_SUBPROCESS_CLASS = spiff_tasks.LoketEventSubprocess


class _Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - SpiffWorkflow reads it from the class
        full_tag("serviceTask"): (TaskParser, spiff_tasks.LoketServiceTask),
        full_tag("businessRuleTask"): (TaskParser, spiff_tasks.LoketServiceTask),
        full_tag("parallelGateway"): (GatewayParser, spiff_tasks.LoketParallelGateway),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, spiff_tasks.LoketInclusiveGateway),
        full_tag("eventBasedGateway"): (
            EventBasedGatewayParser,
            spiff_tasks.LoketEventBasedGateway,
        ),
        full_tag("subProcess"): (_SubprocessParser, spiff_tasks.LoketSubprocess),
        full_tag("transaction"): (SubWorkflowParser, spiff_tasks.LoketTransaction),
        full_tag("callActivity"): (CallActivityParser, spiff_tasks.LoketCallActivity),
        full_tag("scriptTask"): (None, None),
        full_tag("adHocSubProcess"): (None, None),
    }


@dataclass(frozen=True)
class Specification:
    """A parsed process: shared by threads and instances, and never changed by running."""

    key: str
    spec: Any
    subprocesses: Mapping[str, Any]
    elements: Mapping[str, Element]


def parse(xml: bytes, key: str, called: Mapping[str, bytes] | None = None) -> Specification:
    """The specification of one process of this file; `called` has the files that it calls."""
    drawn = diagram.read(xml)
    elements = dict(drawn.elements)
    parser = _Parser()
    try:
        _add(parser, drawn.tree)
        for other in (called or {}).values():
            callee = diagram.read(other)
            elements = {**callee.elements, **elements}
            _add(parser, callee.tree)
        spec = parser.get_spec(key)
        subprocesses = parser.get_subprocess_specs(key)
    except diagram.UnreadableDiagramError:
        raise
    except (SpiffWorkflowException, LookupError, TypeError, ValueError, AttributeError) as error:
        raise UnparsableDiagramError(str(error)) from error
    except (NotImplementedError, RecursionError) as error:
        raise UnparsableDiagramError(str(error)) from error
    for each in (spec, *subprocesses.values()):
        _adapt(each)
    return Specification(key, spec, subprocesses, elements)


def _add(parser: _Parser, tree: etree._Element) -> None:
    _translate_loops(tree)
    translate_links(tree)
    parser.add_bpmn_xml(tree)


def _translate_loops(tree: etree._Element) -> None:
    """Write Camunda's collection and element variable as the BPMN that SpiffWorkflow reads."""
    for loop in tree.iter(f"{BPMN}multiInstanceLoopCharacteristics"):
        collection = loop.get(f"{CAMUNDA}collection")
        variable = loop.get(f"{CAMUNDA}elementVariable")
        if collection and loop.find(f"{BPMN}loopDataInputRef") is None:
            name = collection.strip().removeprefix("${").removesuffix("}").strip()
            etree.SubElement(loop, f"{BPMN}loopDataInputRef").text = name
        if variable and loop.find(f"{BPMN}inputDataItem") is None:
            item = etree.SubElement(loop, f"{BPMN}inputDataItem")
            item.set("id", variable)
            item.set("name", variable)


def _adapt(spec: Any) -> None:
    """Put our event definitions, our end and our loops in a freshly parsed specification."""
    spec.end.__class__ = spiff_tasks.LoketEndJoin
    for task_spec in list(spec.task_specs.values()):
        if isinstance(task_spec, spiff_tasks.LoketEventBasedGateway):
            task_spec.event_definition.event_definitions = [
                ours(definition, child.bpmn_id)
                for definition, child in zip(
                    task_spec.event_definition.event_definitions, task_spec.outputs, strict=True
                )
            ]
        elif hasattr(task_spec, "event_definition"):
            task_spec.event_definition = ours(task_spec.event_definition, task_spec.bpmn_id)
        if isinstance(task_spec, LoopTask):
            # SpiffWorkflow connects on first use: too late after a reload, twice in two threads.
            inner = spec.task_specs[task_spec.task_spec]
            inner.completed_event.connect(task_spec.merge_child)

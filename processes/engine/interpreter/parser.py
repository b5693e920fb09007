"""Parses a diagram into a specification for SpiffWorkflow, with our own task specs in it."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

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
from SpiffWorkflow.bpmn.specs.defaults import NoneTask
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.exceptions import SpiffWorkflowException

from processes.engine.diagram import elements as diagram
from processes.engine.diagram.beginning import persons_in
from processes.engine.diagram.elements import Element
from processes.engine.diagram.form_fields import FormField
from processes.engine.diagram.graph import ACTIVITIES
from processes.engine.interpreter import node_parsers
from processes.engine.interpreter import task_specs as spiff_tasks
from processes.engine.interpreter.compensation_rewriting import BODY
from processes.engine.interpreter.data.data_objects import associate
from processes.engine.interpreter.data.rounds import counted_in
from processes.engine.interpreter.data.scopes import scope_for
from processes.engine.interpreter.events import (
    Conditional,
    CycleTimer,
    Message,
    Multiple,
    Signal,
    Timer,
    own_definition,
    own_definitions,
)
from processes.engine.interpreter.lean_tasks import lean
from processes.engine.interpreter.multi_instance.loops import become_ours
from processes.engine.interpreter.rewriting import (
    EVENT,
    drawn_id,
    handles_in_rounds,
    is_generated,
    rewrite,
)
from processes.engine.interpreter.splits import splitting
from processes.engine.interpreter.undoing.completions import note_completions
from processes.engine.interpreter.waits import definitions_of
from processes.engine.language.declared_dates import Dates

# SpiffWorkflow's parser goes four frames deeper for each node of a chain; 700 nodes are allowed.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))


Fields: TypeAlias = tuple[FormField, ...]


UNPARSABLE = (
    SpiffWorkflowException,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    NotImplementedError,
    RecursionError,
)
"""What SpiffWorkflow raises at a diagram that it cannot read."""


class UnparsableDiagramError(ValueError):
    """The interpreter cannot make a specification of this diagram.

    The message is SpiffWorkflow's, in English; `element_id` is where it stopped, if it says so.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.element_id: str | None = getattr(error, "id", None) or None


_PARSERS = {
    **node_parsers.EVENT_PARSERS,
    full_tag("serviceTask"): (TaskParser, spiff_tasks.LoketServiceTask),
    full_tag("businessRuleTask"): (TaskParser, spiff_tasks.LoketServiceTask),
    full_tag("parallelGateway"): (GatewayParser, spiff_tasks.LoketParallelGateway),
    full_tag("inclusiveGateway"): (ConditionalGatewayParser, spiff_tasks.LoketInclusiveGateway),
    full_tag("eventBasedGateway"): (
        EventBasedGatewayParser,
        spiff_tasks.LoketEventBasedGateway,
    ),
    full_tag("subProcess"): (SubWorkflowParser, spiff_tasks.LoketSubprocess),
    full_tag("transaction"): (SubWorkflowParser, spiff_tasks.LoketTransaction),
    full_tag("callActivity"): (CallActivityParser, spiff_tasks.LoketCallActivity),
    full_tag("scriptTask"): (None, None),
    full_tag("adHocSubProcess"): (None, None),
}


class _Parser(BpmnParser):
    PROCESS_PARSER_CLASS = node_parsers.ScopeParser
    OVERRIDE_PARSER_CLASSES = splitting(BpmnParser.PARSER_CLASSES | _PARSERS)


@dataclass(frozen=True)
class Specification:
    """A parsed process: immutable, shared by threads and instances."""

    key: str
    spec: Any
    subprocesses: Mapping[str, Any]
    elements: Mapping[str, Element]
    names: Mapping[str, str]  # of the elements in every file; in one of two with an id: its own
    starts: Mapping[tuple[str, str], str]  # (message or signal, its name) → start event
    start_timers: Mapping[str, str]  # start event, or a part of it → its ISO text
    start_conditions: Mapping[str, str]  # start event, or a part of it → its expression
    has_conditions: bool  # whether any event waits for a condition
    forms: Mapping[str, tuple[Fields, ...]]  # user task → its own fields, in each of the files
    persons: frozenset[str]  # the variables that say who may do a task, in any of the files
    dates: Dates = field(default_factory=dict)  # what its forms declare, in each of the files
    earlier: "Specification | None" = None  # for states of a format below 5, where it differs

    def task_specs(self, scope_id: str) -> dict[str, Any]:
        """The task specs of what was drawn in this scope, by id."""
        names = (scope_id, f"{scope_id}{BODY}")
        specs = [self.spec if name == self.key else self.subprocesses.get(name) for name in names]
        return {
            id_: task_spec
            for spec in specs
            if spec is not None
            for id_, task_spec in spec.task_specs.items()
            if not is_generated(id_)
        }


def parse(xml: bytes, key: str, called: Mapping[str, bytes] | None = None) -> Specification:
    """The specification of one process of this file; `called` has the files that it calls.

    Raises UnparsableDiagramError.
    """
    files = _files(xml, called)
    differs = any(handles_in_rounds(file.tree) for file in files)
    made = _specification(files, key, rounds_inside=False)
    if not differs:
        return made
    return replace(made, earlier=_specification(_files(xml, called), key, rounds_inside=True))


def _files(xml: bytes, called: Mapping[str, bytes] | None) -> list[diagram.DiagramElements]:
    return [diagram.read(xml), *(_one_of(file, name) for name, file in (called or {}).items())]


def _specification(
    files: Sequence[diagram.DiagramElements], key: str, *, rounds_inside: bool
) -> Specification:
    parser = _Parser()
    counted = counted_in([file.tree for file in files])
    persons = frozenset().union(*(persons_in(file.tree) for file in files))
    spec, subprocesses = _parsed(parser, files, key, rounds_inside=rounds_inside)
    every = (spec, *subprocesses.values())
    on_an_edge = {
        drawn_id(name) for each in every for name in each.task_specs if name.endswith(EVENT)
    }
    for each in every:
        root = parser.process_parsers[each.name].document_root
        _adapt(each, next(file.elements for file in files if file.tree is root), counted)
        for id_ in on_an_edge & each.task_specs.keys():
            each.task_specs[id_].is_passed = False  # the event on the edge is, in its place
    begins = {
        getattr(definition, "key", event.name): definition
        for event in subprocesses.get(f"{key}{BODY}", spec).bpmn_start_events
        for definition in definitions_of(event)
    }
    return Specification(
        key,
        spec,
        subprocesses,
        files[0].elements,
        {id_: each.name for file in reversed(files) for id_, each in file.elements.items()},
        starts=_named_starts(begins),
        start_timers=_expressions(begins, (Timer, CycleTimer)),
        start_conditions=_expressions(begins, (Conditional,)),
        has_conditions=any(
            _is_conditional(spec) for each in every for spec in each.task_specs.values()
        ),
        forms=_forms(files),
        persons=persons,
        dates={k: v for file in files for k, v in file.dates().items()},
    )


def _one_of(xml: bytes, key: str) -> diagram.DiagramElements:
    """A called file without the other processes in it: they may stand in other files as well."""
    file = diagram.read(xml)
    for process in file.tree.findall(full_tag("process")):
        if process.get("id") != key:
            file.tree.remove(process)
    return file


def _parsed(
    parser: _Parser, files: Sequence[diagram.DiagramElements], key: str, *, rounds_inside: bool
) -> tuple[Any, Mapping[str, Any]]:
    """What SpiffWorkflow makes of the process, and of the subprocesses in it."""
    try:
        for file in files:
            rewrite(file.tree, rounds_inside=rounds_inside)
            parser.add_bpmn_xml(file.tree)
        return parser.get_spec(key), parser.get_subprocess_specs(key)
    except UNPARSABLE as error:
        raise UnparsableDiagramError(error) from error


def _named_starts(begins: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The start events of messages and signals, by kind and name."""
    return {
        (type(definition).__name__.lower(), definition.name): drawn_id(name)
        for name, definition in begins.items()
        if isinstance(definition, Message | Signal)
    }


def _expressions(begins: Mapping[str, Any], kinds: tuple[Any, ...]) -> dict[str, str]:
    """The expression of each start event of these kinds."""
    return {
        name: definition.expression
        for name, definition in begins.items()
        if isinstance(definition, kinds)
    }


def _is_conditional(task_spec: Any) -> bool:
    return isinstance(task_spec, CatchingEvent) and any(
        isinstance(each, Conditional) for each in definitions_of(task_spec)
    )


def _forms(files: Sequence[diagram.DiagramElements]) -> dict[str, tuple[Fields, ...]]:
    found: dict[str, dict[Fields, None]] = {}
    for element in (each for file in files for each in file.elements.values()):
        if element.type == "userTask":
            found.setdefault(element.id, {})[element.form_fields] = None
    return {id_: tuple(fields) for id_, fields in found.items() if any(fields)}


def _adapt(spec: Any, elements: Mapping[str, Element], counted: tuple[str, ...]) -> None:
    """Put our words, event definitions, end and loops in a freshly parsed specification."""
    spec.end.__class__ = spiff_tasks.LoketEndJoin
    spec.element = elements.get(drawn_id(spec.name))
    for task_spec in list(spec.task_specs.values()):
        _adapt_task(task_spec, elements)
    for task_spec in list(spec.task_specs.values()):
        if isinstance(task_spec, LoopTask):
            task_spec.is_passed = False  # its rounds are
            become_ours(task_spec, counted)
            # SpiffWorkflow connects on first use: too late after a reload, twice in two threads.
            inner = spec.task_specs[task_spec.task_spec]
            inner.completed_event.connect(task_spec.merge_child)
    for task_spec in spec.task_specs.values():
        task_spec.__class__ = lean(type(task_spec))


def _adapt_task(task_spec: Any, elements: Mapping[str, Element]) -> None:
    id_ = getattr(task_spec, "bpmn_id", None) or ""
    element = task_spec.element = elements.get(drawn_id(id_))
    task_spec.is_passed = element is not None and not is_generated(id_)
    _give_data(task_spec, element)
    note_completions(task_spec)
    if isinstance(task_spec, NoneTask):
        task_spec.manual = False  # a plain task passes; what waits is a manual task
    if isinstance(task_spec, spiff_tasks.LoketEventBasedGateway):
        _adapt_gateway(task_spec, elements)
    elif hasattr(task_spec, "event_definition"):
        task_spec.event_definition = own_definition(task_spec.event_definition, element)


def _give_data(task_spec: Any, element: Element | None) -> None:
    """Tie the task to its data objects; each round of an activity has a local scope of its own."""
    task_spec.local_scope = None
    if element is None or is_generated(task_spec.bpmn_id):
        return
    if task_spec.name == element.id:
        associate(task_spec, element)
    if element.type in ACTIVITIES and not isinstance(task_spec, LoopTask):
        task_spec.local_scope = scope_for(element)
    if task_spec.local_scope is not None:
        task_spec.data_input_associations.append(task_spec.local_scope)
        task_spec.data_output_associations.append(task_spec.local_scope)


def _adapt_gateway(gateway: Any, elements: Mapping[str, Element]) -> None:
    behind = zip(gateway.event_definition.event_definitions, gateway.outputs, strict=True)
    gateway.event_definition = Multiple(
        [
            own
            for definition, child in behind
            for own in own_definitions(definition, elements[drawn_id(child.bpmn_id)])
        ]
    )

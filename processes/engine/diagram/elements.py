"""The elements of a diagram as the interpreter needs them: kind, parameters, form, assignment."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from lxml import etree

from processes.engine.diagram import compensation, graph
from processes.engine.diagram.data_objects import associations
from processes.engine.diagram.form_fields import FormField, dates_in, fields_in
from processes.engine.diagram.graph import BPMN, CAMUNDA, UnreadableDiagramError
from processes.engine.diagram.pools import take_out_documentation
from processes.engine.diagram.rounds import Behaviour, behaviours_of
from processes.engine.diagram.scopes import INPUT, OUTPUT, Passing, Template, passings, templates_of
from processes.engine.diagram.task_errors import TaskError, errors_of
from processes.engine.diagram.xml import KEPT, LARGEST_KEPT
from processes.engine.language.declared_dates import Dates
from processes.engine.language.expressions import is_expression
from processes.engine.sentences.catalogue import word_list

__all__ = [
    "BPMN",
    "CAMUNDA",
    "DiagramElements",
    "Element",
    "UnreadableDiagramError",
    "called_keys",
    "parse_xml",
    "read",
]

ASKING = frozenset({"userTask", "startEvent"})
"""The elements that ask people to fill in fields."""
NEVER_IDENTIFIED = frozenset({"incoming", "outgoing", "documentation", "extensionElements"})
parse_xml = graph.read_xml


@dataclass(frozen=True)
class Element:
    """What the engine has to know of one element of a diagram."""

    id: str
    type: str
    name: str
    form_key: str | None = None
    candidate_groups: tuple[str, ...] = ()  # as drawn: names, or one expression
    candidate_users: str | None = None
    assignee: str | None = None
    due_date: str | None = None
    follow_up_date: str | None = None
    priority: str | None = None
    label: str | None = None  # of a user task: what tells it from others, beside its name
    lane: str | None = None
    topic: str | None = None
    delegate: str | None = None
    decision: str | None = None
    result_variable: str | None = None
    correlation_key: str | None = None
    retry_every: str | None = None
    max_attempts: int | None = None
    task_priority: str | None = None  # of a job for a worker outside; of its process by default
    properties: Mapping[str, str] = field(default_factory=dict)  # of a job: its worker gets them
    inputs: Mapping[str, Template] = field(default_factory=dict)
    outputs: Mapping[str, Template] = field(default_factory=dict)
    call_in: tuple[Passing, ...] = ()
    call_out: tuple[Passing, ...] = ()
    form_fields: tuple[FormField, ...] = ()
    documentation: str = ""
    reads: tuple[str, ...] = ()  # data objects
    writes: tuple[str, ...] = ()
    undoing: "Undoing | None" = None  # of an activity, or of a process that can be called
    undoes: str | None = None  # of a compensation throw: the one activity; None is all of its scope
    is_event_subprocess: bool = False
    task_errors: tuple[TaskError, ...] = ()  # of a job: what it throws by condition
    behaviours: tuple[Behaviour, ...] = ()  # what its multi-instance throws
    tenant: str | None = None  # of a process that begins by a message: whose it is
    is_named: bool = True  # False: no name is drawn but its id; without any `name` tells its kind

    @property
    def choice(self) -> str:
        """Its name where one is chosen from others, which may all be without a name."""
        is_told = self.is_named or self.name == self.id
        return self.name if is_told else apart(self.type, self.id)

    @property
    def candidate_group(self) -> str | None:
        """The first group that is drawn; None where there is none, or an expression."""
        first = next(iter(self.candidate_groups), None)
        return None if first is None or is_expression(first) else first


@dataclass(frozen=True)
class Undoing:
    """How an activity is undone: at a compensation boundary event, or by what stands in it."""

    at: Element | None  # the boundary event; None where an event subprocess inside does it
    by: Element  # the activity for compensation, or that event subprocess


@dataclass(frozen=True)
class DiagramElements:
    """A file: its tree, its elements by id, and the names of its executable processes by key."""

    tree: etree._Element
    elements: Mapping[str, Element]
    processes: Mapping[str, str]

    def dates(self) -> Dates:
        """What the forms of its tasks and start events declare as dates."""
        fields = [each for one in self.elements.values() for each in one.form_fields]
        return dates_in(fields)


def read(xml: bytes) -> DiagramElements:
    """Read what runs of a file; an element without an id gets a stable one.

    Raises UnreadableDiagramError.
    """
    if len(xml) > LARGEST_KEPT:
        return _read(xml)
    kept = _kept(xml)
    return replace(kept, tree=deepcopy(kept.tree))  # the interpreter changes it


@lru_cache(KEPT)
def _kept(xml: bytes) -> DiagramElements:
    return _read(xml)


def _read(xml: bytes) -> DiagramElements:
    tree = parse_xml(xml)
    # SpiffWorkflow reads a text up to the first comment in it: half a condition, or none.
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
    _give_ids(tree)
    take_out_documentation(tree)
    lanes = {
        (reference.text or "").strip(): reference.getparent().get("name")
        for reference in tree.iter(f"{BPMN}flowNodeRef")
    }
    drawn = [each for each in tree.iter(f"{BPMN}*") if each.get("id")]
    elements = {each.get("id"): _element(each, lanes) for each in drawn}
    elements |= _undone(tree, elements)
    return DiagramElements(tree, MappingProxyType(elements), MappingProxyType(_names(tree)))


def process_names(tree: graph.Element) -> dict[str, str]:
    """The names by key of the processes of a file that run; the tree loses what documents."""
    _give_ids(tree)
    take_out_documentation(tree)
    return _names(tree)


def _names(tree: graph.Element) -> dict[str, str]:
    return {
        process.get("id"): graph.label(process) or process.get("id")
        for process in tree.iter(f"{BPMN}process")
        if graph.is_executable(process)
    }


def _undone(tree: etree._Element, elements: Mapping[str, Element]) -> dict[str, Element]:
    """The elements that can be undone, with what does so; a boundary event goes first."""
    undoing = {
        scope: Undoing(None, elements[inner])
        for scope, inner in compensation.event_subprocesses(tree).items()
    }
    associated = compensation.associated(tree)
    for event in tree.iter(f"{BPMN}boundaryEvent"):
        for id_ in associated.get(event.get("id", ""), ())[:1]:
            at = elements[event.get("id", "")]
            undoing[event.get("attachedToRef", "")] = Undoing(at, elements[id_])
    return {
        id_: replace(elements[id_], undoing=how) for id_, how in undoing.items() if id_ in elements
    }


def unnamed(kind: str) -> str | None:
    """What people read where an element of this kind has no name: an id says nothing to them."""
    return word_list("diagram.unnamed").get(kind)


def apart(kind: str, id_: str) -> str:
    """An element without a name, told from the others of its kind."""
    words = unnamed(kind)
    return f"{words} ({id_})" if words else id_


def called_keys(xml: bytes) -> set[str]:
    """The keys of the processes that the call activities of this file name."""
    tree = parse_xml(xml)
    take_out_documentation(tree)
    calls = tree.iter(f"{BPMN}callActivity")
    return {key for call in calls if (key := call.get("calledElement"))}


def _give_ids(tree: graph.Element) -> None:
    """SpiffWorkflow drops a flow, boundary event or data object without id, and says nothing."""
    for number, element in enumerate(tree.iter(f"{BPMN}*")):
        if not element.get("id") and graph.kind(element) not in NEVER_IDENTIFIED:
            element.set("id", f"{graph.kind(element)}_without_id_{number}")


TEXTS = {  # of an element, each an attribute of Camunda
    "form_key": "formKey",
    "candidate_users": "candidateUsers",
    "assignee": "assignee",
    "due_date": "dueDate",
    "follow_up_date": "followUpDate",
    "priority": "priority",
    "topic": "topic",
    "decision": "decisionRef",
    "result_variable": "resultVariable",
}


def _element(element: graph.Element, lanes: Mapping[str, str | None]) -> Element:
    parts = list(graph.extensions(element))
    kind = graph.kind(element)
    texts: dict[str, Any] = {name: _camunda(element, drawn) for name, drawn in TEXTS.items()}
    return Element(
        id=element.get("id"),
        type=kind,
        name=graph.label(element) or unnamed(kind) or element.get("id"),
        is_named=graph.label(element) not in {None, element.get("id")},
        candidate_groups=_groups(_camunda(element, "candidateGroups")),
        label=_property(parts, "label") if kind == "userTask" else None,
        lane=lanes.get(element.get("id")),
        delegate=_delegate(element),
        correlation_key=_property(parts, "correlationKey"),
        task_priority=_task_priority(element),
        properties=_properties(parts) if texts["topic"] else {},
        inputs=templates_of(element, INPUT),
        outputs=templates_of(element, OUTPUT),
        call_in=passings(element, "in") if kind == "callActivity" else (),
        call_out=passings(element, "out") if kind == "callActivity" else (),
        form_fields=fields_in(parts) if kind in ASKING else (),
        tenant=_property(parts, "tenant") if kind == "process" else None,
        documentation=graph.text_of(graph.first(element, "documentation")),
        undoes=_undoes(element),
        is_event_subprocess=element.get("triggeredByEvent") == "true",
        task_errors=errors_of(element),
        behaviours=behaviours_of(element),
        **texts,
        **_retries(parts),
        **_data_objects(element),
    )


def _delegate(element: graph.Element) -> str | None:
    drawn = _camunda(element, "delegateExpression") or ""
    return drawn.strip().removeprefix("${").removesuffix("}").strip() or None


def _retries(parts: list[graph.Element]) -> dict[str, Any]:
    """How often a job is tried and after which pause, as drawn: R5/PT1M."""
    cycle = next((p for p in parts if p.tag == f"{CAMUNDA}failedJobRetryTimeCycle"), None)
    times, _, every = graph.text_of(cycle).removeprefix("R").partition("/")
    return {
        "retry_every": every or None,
        "max_attempts": int(times) if times.isdigit() else None,
    }


def _data_objects(element: graph.Element) -> dict[str, Any]:
    drawn = [each for each in associations(element) if each.data_object]
    return {
        "reads": tuple(each.data_object or "" for each in drawn if each.is_input),
        "writes": tuple(each.data_object or "" for each in drawn if not each.is_input),
    }


def _undoes(element: graph.Element) -> str | None:
    """The activity that a compensation event names; its own scope is the same as none."""
    definition = graph.first(element, "compensateEventDefinition")
    named = None if definition is None else definition.get("activityRef")
    around = {each.get("id") for each in element.iterancestors()}
    return None if named in around else named


def _camunda(element: graph.Element, name: str) -> str | None:
    return (element.get(f"{CAMUNDA}{name}") or "").strip() or None


def _task_priority(element: graph.Element) -> str | None:
    """The priority of an external task; where none is drawn, that of its process."""
    if not _camunda(element, "topic"):
        return None
    around = (_camunda(each, "taskPriority") for each in (element, *element.iterancestors()))
    return next(filter(None, around), None)


def _properties(parts: list[graph.Element]) -> dict[str, str]:
    drawn = (part for part in parts if part.tag == f"{CAMUNDA}property")
    return {part.get("name") or "": part.get("value") or "" for part in drawn}


def _groups(text: str | None) -> tuple[str, ...]:
    """The names in a list with commas; an expression is one."""
    parts = [text] if text and is_expression(text) else (text or "").split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _property(parts: list[graph.Element], name: str) -> str | None:
    """The value of an extension property of an event or task."""
    for part in parts:
        if part.tag == f"{CAMUNDA}property" and part.get("name") == name:
            return part.get("value") or None
    return None

"""Registers deployment rules by decorator, with their severity; helpers that rules share."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from processes.engine.checks.findings import Finding, Severity, Vocabulary
from processes.engine.diagram.graph import (
    FLOW_NODES,
    Diagram,
    Element,
    Flow,
    Node,
    Scope,
    children,
    identity,
    kind,
    label,
)
from processes.engine.sentences.catalogue import say

MAX_NAME = 100
IDENTIFIED = FLOW_NODES | {"process", "sequenceFlow"}

Subject: TypeAlias = Node | Flow | Scope | Element | None
Complaint: TypeAlias = tuple[Subject, str]


@dataclass(frozen=True)
class Surroundings:
    """What is known outside the diagram: the registries, and the deployed files."""

    vocabulary: Vocabulary
    files: Sequence[Diagram] = ()

    @cached_property
    def processes(self) -> dict[str, tuple[Diagram, Scope]]:
        """Every process that is deployed, with its file, by key."""
        drawn = ((file, process) for file in self.files for process in file.processes)
        return {process.id: (file, process) for file, process in drawn if process.id}


Judge: TypeAlias = Callable[[Diagram, Surroundings], Iterator[Complaint]]


@dataclass(frozen=True)
class Rule:
    """One condition that a diagram must satisfy."""

    id: str
    severity: Severity
    judge: Judge

    def findings(self, diagram: Diagram, surroundings: Surroundings) -> Iterator[Finding]:
        for subject, message in self.judge(diagram, surroundings):
            identity, name = _told(subject)
            yield Finding(self.id, self.severity, identity, name, message)


FILE_RULES: dict[str, Rule] = {}  # of the whole file, with the pools that only document
BPMN_RULES: dict[str, Rule] = {}  # of what runs
DMN_RULES: dict[str, Rule] = {}
SPECIFICATION_RULES: dict[str, Rule] = {}


def error(rule: str, *, of: dict[str, Rule] = BPMN_RULES) -> Callable[[Judge], Judge]:
    """Register a rule that forbids deployment, also of a draft."""
    return _registrar(rule, Severity.ERROR, of)


def todo(rule: str, *, of: dict[str, Rule] = BPMN_RULES) -> Callable[[Judge], Judge]:
    """Register a rule about what the owner still has to fill in."""
    return _registrar(rule, Severity.TODO, of)


def warning(rule: str, *, of: dict[str, Rule] = BPMN_RULES) -> Callable[[Judge], Judge]:
    """Register a rule about what is allowed, but may not be meant."""
    return _registrar(rule, Severity.WARNING, of)


def info(rule: str, *, of: dict[str, Rule] = BPMN_RULES) -> Callable[[Judge], Judge]:
    """Register a rule that tells how something works of which more may be expected."""
    return _registrar(rule, Severity.INFO, of)


def _registrar(rule: str, severity: Severity, of: dict[str, Rule]) -> Callable[[Judge], Judge]:
    def register(judge: Judge) -> Judge:
        of[rule] = Rule(rule, severity, judge)
        return judge

    return register


def _told(subject: Subject) -> tuple[str | None, str | None]:
    if subject is None:
        return None, None
    element = subject.element if isinstance(subject, (Node, Flow, Scope)) else subject
    return identity(element), _rule_of_table(element) or label(element)


def _rule_of_table(element: Element) -> str:
    """A rule of a decision table as people count it; "" for anything else."""
    table = element.getparent()
    if kind(element) != "rule" or table is None:
        return ""
    number = children(table, "rule").index(element) + 1
    decision = next(table.iterancestors(), table)
    return say("checks.rule-number", number=number, decision=called_element(decision))


def scopes_of(scope: Scope) -> Iterator[Scope]:
    """A process or subprocess, and every subprocess in it, however deep."""
    yield scope
    for node in scope.nodes:
        if node.inner:
            yield from scopes_of(node.inner)


def called(subject: Node | Flow | Scope | None) -> str:
    """How a message names an element: its name, else its id."""
    if subject is None:
        return say("checks.unknown-element")
    return f'"{(subject.name or subject.id or say("checks.no-name"))[:MAX_NAME]}"'


def called_element(element: Element) -> str:
    """How a message names an element of the file: its name, else its id, else its kind."""
    return f'"{(label(element) or identity(element) or kind(element))[:MAX_NAME]}"'


def owner(element: Element) -> Element:
    """The flow node, flow, process or other element with an id in which this one stands."""
    drawn = (each for each in (element, *element.iterancestors()) if kind(each) in IDENTIFIED)
    return next(drawn, element)

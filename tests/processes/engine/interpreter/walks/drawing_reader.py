"""Reads a diagram for the token player: nodes, flows and scopes, with nothing of our engine."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from lxml import etree

NODE = re.compile(r".*(Task|task|Event|Gateway|subProcess|transaction|callActivity)$")
COMPARED = re.compile(r"(\w+) ([<>]) (-?\d+)")
CATCHES = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"})
NAMED = ("message", "signal")
TIMER = " timer"  # ends the name of a trigger that has none of its own


class Drawn:
    """What is drawn stays as it is: copies of a state share it."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self


@dataclass(eq=False)
class Flow(Drawn):
    """A sequence flow; its condition compares variables with numbers."""

    id: str
    source: "Node"
    target: "Node"
    condition: str
    is_default: bool


def holds(condition: str, values: dict[str, int]) -> bool:
    """Whether one of the parts between “or” holds whole."""
    return any(
        all(_compares(part, values) for part in each.split(" and "))
        for each in condition.split(" or ")
    )


def _compares(part: str, values: dict[str, int]) -> bool:
    name, sign, number = COMPARED.fullmatch(part.strip()).groups()  # type: ignore[union-attr]
    value = values.get(name)
    if value is None:
        return False
    return value < int(number) if sign == "<" else value > int(number)


@dataclass(eq=False)
class Node(Drawn):
    """A flow node, with what its attributes and parts say."""

    element: etree._Element
    kind: str
    inner: "Process | None" = None
    host: "Node | None" = None
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list["Node"] = field(default_factory=list)
    undo: "Node | None" = None  # the activity that undoes this one

    @cached_property
    def id(self) -> str:
        return str(self.element.get("id"))

    @cached_property
    def event(self) -> str:
        """timer, error, …; "" for a plain event or an activity."""
        names = (etree.QName(each).localname for each in self.element)
        found = next((name for name in names if name.endswith("EventDefinition")), "")
        return found.removesuffix("EventDefinition")

    @cached_property
    def code(self) -> str:
        """Of an error or escalation the element that it refers to; "" for any."""
        refs = (each.get(f"{self.event}Ref") for each in self.element)
        return next(filter(None, refs), "")

    @property
    def undoes(self) -> str:
        """Of a thrown compensation the one activity; "" for all."""
        return next(filter(None, (each.get("activityRef") for each in self.element)), "")

    @property
    def waits(self) -> bool:
        """Whether a thrown compensation goes on only when all is undone."""
        return all(each.get("waitForCompletion") != "false" for each in self.element)

    @property
    def is_for_compensation(self) -> bool:
        return bool(self.element.get("isForCompensation") == "true")

    @cached_property
    def names(self) -> list[str]:
        """The messages and signals that it refers to, by their names."""
        refs = [part.get(f"{kind}Ref") for part in (self.element, *self.element) for kind in NAMED]
        return [str(ref).partition("_")[2] for ref in refs if ref]

    @cached_property
    def triggers(self) -> frozenset[str]:
        """What may come from outside to make it happen: one name for each definition."""
        if self.kind not in CATCHES:
            return frozenset()
        timers = self.element.findall("{*}timerEventDefinition")
        return frozenset([*self.names, *(f"{self.id}{TIMER}" for _ in timers)])

    @cached_property
    def condition(self) -> str:
        """Of a conditional event what has to come true; "" for any other."""
        return (self.element.findtext("{*}conditionalEventDefinition/{*}condition") or "").strip()

    def parameters(self, kind: str) -> dict[str, str]:
        """The input or output parameters, each with the variable of which it has the value."""
        found = self.element.iterfind(f"{{*}}extensionElements/*/{{*}}{kind}Parameter")
        return {str(each.get("name")): (each.text or "").strip("${}") for each in found}

    @cached_property
    def needs_all(self) -> bool:
        return bool(self.element.get("parallelMultiple") == "true")

    @cached_property
    def interrupts(self) -> bool:
        named = "isInterrupting" if self.kind == "startEvent" else "cancelActivity"
        return bool(self.element.get(named) != "false")

    @cached_property
    def is_event_subprocess(self) -> bool:
        return bool(self.element.get("triggeredByEvent") == "true")

    @property
    def start(self) -> "Node":
        """Of an event subprocess the event that begins it."""
        assert self.inner is not None
        return next(node for node in self.inner.nodes if node.kind == "startEvent")

    def begins_with(self, event: "Node") -> bool:
        """Whether this is the event subprocess that this event begins."""
        return self.is_event_subprocess and self.start is event

    @cached_property
    def calls(self) -> str:
        return self.element.get("calledElement") or ""

    @cached_property
    def _rounds(self) -> etree._Element | None:
        return self.element.find("{*}multiInstanceLoopCharacteristics")

    @cached_property
    def rounds(self) -> int:
        """Of a multi-instance how many rounds; 0 for what has none."""
        drawn = None if self._rounds is None else self._rounds.find("{*}loopCardinality")
        return 0 if drawn is None else int(drawn.text or 0)

    def goes_round(self, values: dict[str, int]) -> bool:
        """Of a standard loop whether another round comes."""
        drawn = self.element.find("{*}standardLoopCharacteristics/{*}loopCondition")
        return drawn is not None and holds(drawn.text or "", values)

    @cached_property
    def is_sequential(self) -> bool:
        return self._rounds is not None and self._rounds.get("isSequential") == "true"


@dataclass(eq=False)
class Process(Drawn):
    """The nodes of one process or subprocess, without those of the subprocesses in it."""

    nodes: list[Node]

    @property
    def starts(self) -> list[Node]:
        """The start event that nobody triggers, else all to which nothing leads (13.2)."""
        events = [node for node in self.nodes if node.kind == "startEvent"]
        alone = [n for n in self.nodes if not (n.incoming or n.host or n.is_event_subprocess)]
        return events or [n for n in alone if not n.is_for_compensation]


def read(root: etree._Element) -> dict[str, Process]:
    """Every process of a file, by id."""
    return {str(each.get("id")): _process(each) for each in root.findall("{*}process")}


def _process(scope: etree._Element) -> Process:
    nodes: dict[str, Node] = {}
    for element in scope:
        kind = etree.QName(element).localname
        if NODE.fullmatch(kind):
            inner = _process(element) if kind in ("subProcess", "transaction") else None
            nodes[str(element.get("id"))] = Node(element, kind, inner)
    for node in nodes.values():
        node.host = nodes.get(node.element.get("attachedToRef") or "")
        if node.host is not None:
            node.host.boundaries.append(node)
    for element in scope.findall("{*}association"):
        event, undo = (nodes[element.get(each) or ""] for each in ("sourceRef", "targetRef"))
        assert event.host is not None
        event.host.undo = undo
    for element in scope.findall("{*}sequenceFlow"):
        ends = (str(element.get(each)) for each in ("sourceRef", "targetRef"))
        source, target = (nodes[each] for each in ends)
        text = element.findtext("{*}conditionExpression") or ""
        is_default = source.element.get("default") == element.get("id")
        flow = Flow(str(element.get("id")), source, target, text.strip(), is_default)
        source.outgoing.append(flow)
        target.incoming.append(flow)
    return Process(list(nodes.values()))

"""Extracts comparable facts (attributes, parameters, position) per element, for diffs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from processes.engine.diagram import graph
from processes.engine.diagram.graph import CAMUNDA, FLOW_NODES, SCOPES, Element, text_of
from processes.engine.sentences.catalogue import say, word_list
from processes.engine.words import part_facts
from processes.engine.words.element_words import kind_in_words, part_in_words, yes_no
from processes.engine.words.part_facts import Fact, fact

# What is an element of its own; all else is part of the element that it stands in.
ALONE = FLOW_NODES | frozenset(
    ["definitions", "process", "collaboration", "participant", "lane", "sequenceFlow",
     "messageFlow", "association", "textAnnotation", "group", "dataObject",
     "dataObjectReference", "dataStore", "dataStoreReference", "message", "signal", "error",
     "escalation", "decision", "inputData", "input", "output", "rule", "knowledgeSource",
     "businessKnowledgeModel"]
)  # fmt: skip
REFERENCES = frozenset(
    ["sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "signalRef", "errorRef",
     "escalationRef", "processRef", "dataObjectRef", "dataStoreRef", "activityRef"]
)  # fmt: skip
# What a modeller may write or leave out, as it likes.
DEFAULTS = frozenset(
    [("cancelActivity", "true"), ("isInterrupting", "true"), ("isSequential", "false"),
     ("triggeredByEvent", "false"), ("isForCompensation", "false"), ("parallelMultiple", "false"),
     ("isCollection", "false"), ("testBefore", "false"), ("startQuantity", "1"),
     ("completionQuantity", "1"), ("processType", "None"), ("isClosed", "false"),
     ("gatewayDirection", "Unspecified"), ("associationDirection", "None"),
     ("hitPolicy", "UNIQUE"), ("waitForCompletion", "true")]
)  # fmt: skip
OF_THE_FILE = frozenset(["name", "targetNamespace", "exporter", "exporterVersion", "namespace"])
TOLD_ELSEWHERE = frozenset(["incoming", "outgoing", "flowNodeRef", "BPMNDiagram", "DMNDI"])
FLOWS = frozenset(["sequenceFlow", "messageFlow", "association"])
EVENT = "EventDefinition"
UNSAID = frozenset(["id", "bpmnElement"])
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@dataclass(frozen=True)
class DrawnElement:
    """An element with its kind, its facts and its position."""

    id: str
    kind: str
    name: str
    what: str  # in Dutch: kind and name, of a flow also from what to what
    facts: Mapping[str, Fact] = field(default_factory=dict)
    place: str = ""
    label: str = ""  # where its name stands, if that was drawn apart
    ends: tuple[str, ...] = ()  # the ids that a flow goes from and to
    sequence: tuple[str, ...] = ()  # the ids of what is tried in this order: ways, rules


def drawn_elements(xml: bytes) -> dict[str, DrawnElement]:
    """Every element of a file, by id. Raises UnreadableDiagramError."""
    root = graph.read_xml(xml)
    found = dict(_elements(root))
    names = {id_: _name(element) for id_, element in found.items()}
    reading = _Reading(names, _lanes(root), _places(root, _place), _places(root, _label))
    return {id_: reading.drawn(id_, element) for id_, element in found.items()}


def _elements(root: Element) -> Iterator[tuple[str, Element]]:
    """Each element with its id; what has none, or one that was given before, gets its own."""
    seen: Counter[str] = Counter()
    for element in root.iter():
        kind = graph.kind(element)
        if kind not in ALONE:
            continue
        id_ = (
            kind
            if kind == "definitions"
            else graph.identity(element) or say("words.without-id", kind=kind)
        )
        seen[id_] += 1
        yield (id_ if seen[id_] == 1 else f"{id_} ({seen[id_]})"), element


def _sequence(element: Element, kind: str) -> Iterator[str]:
    """The ids of what the engine tries one after the other: the first that holds is taken.

    Conditions behind an exclusive gateway (BPMN 2.0 §13.4.2), rules of a decision table.
    """
    if kind == "decision":
        found = (each for each in element.iter() if graph.kind(each) == "rule")
    elif kind == "exclusiveGateway":
        found = (
            each
            for each in element.getparent()
            if graph.kind(each) == "sequenceFlow"
            and each.get("sourceRef") == element.get("id")
            and each.get("id") != element.get("default")
            and graph.first(each, "conditionExpression") is not None
        )
    else:
        return
    yield from (each.get("id") for each in found if each.get("id"))


def _name(element: Element) -> str:
    if graph.kind(element) == "textAnnotation":
        return " ".join(text_of(graph.first(element, "text")).split())[: graph.MAX_LABEL]
    return graph.label(element) or ""


def _lanes(root: Element) -> dict[str, str]:
    """Of each flow node, the id of the innermost lane that names it."""
    references = (each for each in root.iter() if graph.kind(each) == "flowNodeRef")
    return {text_of(each): each.getparent().get("id") or "" for each in references}


def _places(root: Element, place_of: Callable[[Element], str]) -> dict[str, str]:
    """Where each element was drawn, as one text; an element may be drawn more than once."""
    places: dict[str, str] = {}
    for shape in root.iter():
        drawn = shape.get("bpmnElement") if isinstance(shape.tag, str) else None
        if drawn and etree.QName(shape).localname in {"BPMNShape", "BPMNEdge"}:
            places[drawn] = places.get(drawn, "") + place_of(shape)
    return places


def _place(shape: Element) -> str:
    """Spots, sizes and colours; without its label, which a modeller moves with every new name."""
    inner = (part for part in shape if isinstance(part.tag, str) and not _is_label(part))
    return "".join(map(_spot, [shape, *(each for part in inner for each in part.iter("*"))]))


def _label(shape: Element) -> str:
    """The spot and size of the name; empty where the modeller chose them."""
    return "".join(
        _spot(part) for label in filter(_is_label, shape) for part in label.iter("{*}Bounds")
    )


def _is_label(part: Element) -> bool:
    return isinstance(part.tag, str) and etree.QName(part).localname == "BPMNLabel"


def _spot(part: Element) -> str:
    said = (f"{name}={_rounded(part, name)}" for name in sorted(part.attrib) if name not in UNSAID)
    return f"{etree.QName(part).localname}({','.join(said)})"


def _rounded(part: Element, name: str) -> str:
    """A coordinate in whole points: modellers write 100, 100.0 and 99.9999 for the same spot."""
    try:
        return f"{float(part.get(name)):.0f}"
    except ValueError:
        return str(part.get(name))


@dataclass(frozen=True)
class _Reading:
    names: Mapping[str, str]
    lanes: Mapping[str, str]
    places: Mapping[str, str]
    labels: Mapping[str, str]

    def drawn(self, id_: str, element: Element) -> DrawnElement:
        kind = graph.kind(element)
        ends = tuple(element.get(end) or "" for end in ("sourceRef", "targetRef"))
        facts: dict[str, Fact] = {}
        times: Counter[str] = Counter()
        for each in (*self._own(element, kind), *self._parts(element, kind)):
            times[each.part] += 1
            number = times[each.part]
            facts[each.part if number == 1 else f"{each.part}#{number}"] = each
        return DrawnElement(
            id_,
            kind,
            self.names[id_],
            self._what(id_, kind, ends),
            facts,
            self.places.get(id_, ""),
            self.labels.get(id_, ""),
            ends if kind in FLOWS else (),
            tuple(dict.fromkeys(_sequence(element, kind))),
        )

    def _what(self, id_: str, kind: str, ends: tuple[str, ...]) -> str:
        name = self.names[id_] or ("" if kind in FLOWS else id_)
        said = [kind_in_words(kind)] + [say("words.quoted", text=name)] * bool(name)
        if kind in FLOWS:
            start, end = (self._shown(each) or "?" for each in ends)
            said.append(say("words.flow-ends", source=start, target=end))
        return " ".join(said)

    def _shown(self, id_: str) -> str:
        return self.names.get(id_) or id_

    def _own(self, element: Element, kind: str) -> Iterator[Fact]:
        """What follows from where the element stands, and from what kind it is."""
        yield fact("kind", kind, kind_in_words(kind))
        lane = self.lanes.get(element.get("id") or "")
        if kind in FLOW_NODES and lane:
            yield fact("lane", lane, self._shown(lane))
        scope = element.getparent()
        if kind in FLOW_NODES | {"sequenceFlow"} and graph.kind(scope) in SCOPES:
            inside = scope.get("id") or ""
            yield fact("scope", inside, self._shown(inside))
        events = [
            name.removesuffix(EVENT)
            for name in map(graph.kind, graph.definitions_of_event(element))
        ]
        if events:
            known = word_list("words.events")
            words = ", ".join(known.get(event, event) for event in events)
            yield fact("event", " ".join(events), words)

    def _parts(self, element: Element, kind: str) -> Iterator[Fact]:
        skipped = OF_THE_FILE if kind == "definitions" else frozenset()
        yield from self._attributes(element, "", skipped)
        for child in element:
            if isinstance(child.tag, str) and graph.kind(child) not in ALONE:
                yield from self._part(child, "")

    def _attributes(
        self, element: Element, path: str, skipped: frozenset[str] = frozenset()
    ) -> Iterator[Fact]:
        for attribute, value in element.attrib.items():
            name = etree.QName(attribute).localname
            if attribute in {"id", XSI_TYPE} or name in skipped or (name, value) in DEFAULTS:
                continue
            shown = self._shown(value) if name in REFERENCES else yes_no(value)
            yield Fact(f"{path}{name}", part_in_words(name), value, shown)

    def _part(self, part: Element, path: str) -> Iterator[Fact]:
        """The facts of a part of an element, and of whatever stands in it."""
        name = etree.QName(part).localname
        if name in TOLD_ELSEWHERE or graph.kind(part) in ALONE:
            return
        if name == "formData":
            yield from part_facts.fields(part)
        elif part.tag.startswith(CAMUNDA) and name in part_facts.NAMED:
            yield part_facts.named(part, name)
        elif part.tag in part_facts.MAPPINGS:
            yield part_facts.mapping(part, name)
        else:
            yield from self._other(part, name, path)

    def _other(self, part: Element, name: str, path: str) -> Iterator[Fact]:
        inside = path if name in PLAIN else f"{path}{name}."
        loops = word_list("words.loops")
        if name in loops:
            yield fact("loop", name, loops[name])
        yield from self._attributes(part, inside)
        children = [child for child in part if isinstance(child.tag, str)]
        said = (text_of(part) if not children else (part.text or "")).strip()
        if said:
            yield Fact(f"{path}{name}", part_in_words(name), said, said)
        elif not children and not part.attrib and not name.endswith(EVENT) and name not in PLAIN:
            yield Fact(f"{path}{name}", part_in_words(name), "", say("words.present"))
        for child in children:
            yield from self._part(child, inside)


# Wrappers that say nothing themselves.
PLAIN = frozenset(
    ["extensionElements", "inputOutput", "properties", "laneSet", "text", "decisionTable",
     "conditionExpression"]
)  # fmt: skip

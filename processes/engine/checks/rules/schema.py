"""Rules over every element and attribute of a file: what does nothing, is refused or is unknown.

Nothing that is drawn is ignored in silence: what `checks/schema` does not call "runs" is a finding,
here or by the rule that the schema names.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from processes.engine.checks.rules.rule import (
    BPMN_RULES,
    DMN_RULES,
    IDENTIFIED,
    Complaint,
    Surroundings,
    called_element,
    error,
    owner,
    todo,
    warning,
)
from processes.engine.checks.schema.table import Judgement, Schema, Verdict, schema
from processes.engine.diagram.beginning import BUSINESS_KEY, LEGAL_TERM, REVIEW
from processes.engine.diagram.graph import (
    BPMN,
    CAMUNDA,
    SPIFF,
    Diagram,
    Element,
    definitions_of_event,
    kind,
    label,
)
from processes.engine.diagram.namespaces import DMN_NAMESPACES
from processes.engine.sentences.catalogue import say, word_list

CAMUNDA_DMN = "http://camunda.org/schema/1.0/dmn"
SAYS_NOTHING = frozenset(
    {
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
        "http://camunda.org/schema/modeler/1.0",  # for which engine a modeller drew
        SPIFF.strip("{}"),  # refused as code
    }
)
DRAWING = frozenset({"BPMNDiagram", "DMNDI"})
ENGINES = {
    "http://camunda.org/schema/zeebe/1.0": "zeebe",
    "http://flowable.org/bpmn": "flowable",
    "http://activiti.org/bpmn": "activiti",
}
"""Engines whose words change what a process does, and can be taken over."""
OF_A_TEMPLATE = frozenset({"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"})
"""Attributes that tell by which element template something was drawn; they do nothing."""
MOST_NAMES = 12
PROPERTY = "camunda:Property"
PERFORMING = frozenset({"serviceTask", "sendTask", "businessRuleTask"})
_READ_ELSEWHERE = {
    "process": (BUSINESS_KEY, LEGAL_TERM, "tenant"),
    "startEvent": (REVIEW,),
    "userTask": ("label",),
}
DRAWN = IDENTIFIED | {
    "lane",
    "participant",
    "messageFlow",
    "message",
    "signal",
    "error",
    "decision",
}


@dataclass
class Reading:
    """What stands in a file and does not run, by the element in which it is drawn."""

    ignored: dict[Element, list[str]] = field(default_factory=dict)
    refused: dict[Element, list[str]] = field(default_factory=dict)
    unknown: dict[Element, list[str]] = field(default_factory=dict)
    foreign: dict[str, dict[Element, None]] = field(default_factory=dict)


@lru_cache(maxsize=4)
def reading(diagram: Diagram) -> Reading:
    """Everything in a file that does not run; drawing (DI) aside."""
    reader = _Reader("dmn" if diagram.is_dmn else "bpmn")
    reader.element(diagram.root, None)
    return reader.found


class _Reader:
    def __init__(self, language: str) -> None:
        self.language = language
        self.schema: Schema = schema(language)
        self.found = Reading()

    def element(self, element: Element, parent: str | None) -> None:
        """Judge an element, its attributes and whatever stands in it."""
        name = etree.QName(element)
        prefix = self._prefix(name.namespace)
        if prefix is None:
            self._foreign(name.namespace, element)
            return
        type_ = self.schema.type_of(prefix, name.localname, parent)
        judgement = (
            Judgement(Verdict.RUNS)
            if parent is None
            else self.schema.of_element(type_ or "", name.localname, parent)
        )
        if not self._goes_on(judgement, element, name.localname):
            return
        if type_ == PROPERTY and not _is_read(element):
            self._note(self.found.ignored, element, name.localname)
        for attribute, value in element.attrib.items():
            self._attribute(element, (prefix, type_ or ""), attribute, value)
        within = parent if name.localname == "extensionElements" else type_
        for child in element:
            if isinstance(child.tag, str) and etree.QName(child).localname not in DRAWING:
                self.element(child, within)

    def _goes_on(self, judgement: Judgement | None, element: Element, tag: str) -> bool:
        """Tell what becomes of an element; whether what stands in it has to be looked at."""
        if judgement is None:
            self._note(self.found.unknown, element, tag)
        elif judgement.verdict is Verdict.WARNING and not judgement.rule:
            self._note(self.found.ignored, element, tag)
        elif judgement.verdict is Verdict.REFUSED and not (
            judgement.rule or tag in word_list("checks.refused-elements")
        ):
            self._note(self.found.refused, element, tag)
        return judgement is not None and judgement.verdict is Verdict.RUNS

    def _attribute(self, element: Element, of: tuple[str, str], attribute: str, value: str) -> None:
        prefix, type_ = of
        name = etree.QName(attribute)
        if name.namespace:
            found = self._prefix(name.namespace)
            if found is None:
                if name.namespace not in ENGINES or name.localname not in OF_A_TEMPLATE:
                    self._foreign(name.namespace, element)
                return
            prefix = found
        judgement = self.schema.of_attribute(type_, prefix, name.localname)
        if judgement and (judgement.rule or judgement.verdict is Verdict.RUNS):
            return
        if self.schema.says_nothing(type_, name.localname, value) and judgement:
            return
        kinds = {Verdict.WARNING: self.found.ignored, Verdict.REFUSED: self.found.refused}
        where = kinds[judgement.verdict] if judgement else self.found.unknown
        self._note(where, element, name.localname)

    def _note(self, where: dict[Element, list[str]], element: Element, name: str) -> None:
        """Add a name to what is told of the element in which it is drawn."""
        tag, whole = etree.QName(element).localname, etree.QName(element).localname == name
        at_root = whole and element.getparent() is element.getroottree().getroot()
        subject = element.getparent() if at_root else owner(element)
        told = name
        if whole and label(element):
            told = f"{name} {called_element(element)}"
        elif subject is not element and not whole:
            told = say("checks.part-of", name=name, part=tag)
        names = where.setdefault(subject, [])
        if told not in names:
            names.append(told)

    def _foreign(self, namespace: str | None, element: Element) -> None:
        if namespace not in SAYS_NOTHING:
            drawn = (each for each in (element, *element.iterancestors()) if kind(each) in DRAWN)
            subject = next(drawn, element.getroottree().getroot())
            self.found.foreign.setdefault(namespace or "", {})[subject] = None

    def _prefix(self, namespace: str | None) -> str | None:
        if namespace == CAMUNDA.strip("{}") or namespace == CAMUNDA_DMN:
            return "camunda"
        ours = namespace in DMN_NAMESPACES if self.language == "dmn" else namespace == BPMN[1:-1]
        return self.language if ours else None


def _is_read(drawn: Element) -> bool:
    """Whether a property of Camunda is one that Loket reads at the element where it stands."""
    if any(etree.QName(each).localname == "formField" for each in drawn.iterancestors()):
        return True  # a rule of its own looks at those
    subject = owner(drawn)
    if _is_left_over(drawn.get("name") or ""):
        return True  # told as a to-do
    of_message = "messageEventDefinition" in map(kind, definitions_of_event(subject))
    if drawn.get("name") in _READ_ELSEWHERE.get(kind(subject), ()):
        return not of_message
    if kind(subject) in PERFORMING and subject.get(f"{CAMUNDA}topic"):
        return True  # its worker gets them; of a task that Loket does a rule of its own tells
    waits = kind(subject) in {"receiveTask", "sendTask"} or of_message
    return waits and drawn.get("name") == "correlationKey"


Judge = Callable[[Diagram, Surroundings], Iterator[Complaint]]


def _of_both(make: Callable[..., Callable[[Judge], Judge]], rule: str) -> Callable[[Judge], Judge]:
    """Register a rule for diagrams and for tables."""

    def register(judge: Judge) -> Judge:
        return make(rule, of=DMN_RULES)(make(rule, of=BPMN_RULES)(judge))

    return register


@_of_both(warning, "attribute-ignored")
def _what_does_nothing_is_told(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element, names in reading(diagram).ignored.items():
        yield (
            element,
            say("checks.attribute-ignored", element=called_element(element), names=_listed(names)),
        )


@_of_both(error, "attribute-refused")
def _what_changes_the_meaning_is_refused(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element, names in reading(diagram).refused.items():
        yield (
            element,
            say("checks.attribute-refused", element=called_element(element), names=_listed(names)),
        )


@_of_both(warning, "attribute-unknown")
def _what_nobody_knows_is_told(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element, names in reading(diagram).unknown.items():
        yield (
            element,
            say("checks.attribute-unknown", element=called_element(element), names=_listed(names)),
        )


@_of_both(warning, "namespace-foreign")
def _words_of_other_tools_are_told(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for namespace, elements in reading(diagram).foreign.items():
        if namespace not in ENGINES:
            names = _listed(map(called_element, elements))
            yield None, say("checks.namespace-foreign", namespace=namespace[:100], elements=names)


@todo("namespace-engine")
def _words_of_other_engines_are_told(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for namespace, elements in reading(diagram).foreign.items():
        if namespace in ENGINES:
            names = _listed(map(called_element, elements))
            yield None, say("checks.namespace-engine", engine=ENGINES[namespace], elements=names)


@todo("taken-over")
def _what_was_not_taken_over_is_told(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """What another engine did and ours does not: kept as a property until the owner decides."""
    for drawn in diagram.root.iter(f"{CAMUNDA}property"):
        name = drawn.get("name") or ""
        if _is_left_over(name):
            element = owner(drawn)
            value = (drawn.get("value") or "")[:80]
            called = called_element(element)
            yield element, say("checks.taken-over", element=called, name=name[:80], value=value)


def _is_left_over(name: str) -> bool:
    return name.partition(":")[0] in ENGINES.values() and ":" in name


def _listed(names: Iterable[str]) -> str:
    names = list(dict.fromkeys(names))
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return say("checks.and-more", names=shown, count=more) if more > 0 else shown

"""Facts of the parts of an element: parameters, mappings of a call, properties, form fields."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from processes.engine.diagram.graph import CAMUNDA, Element
from processes.engine.sentences.catalogue import say, word_list
from processes.engine.words.element_words import part_in_words, yes_no


@dataclass(frozen=True)
class Fact:
    """One attribute of an element; two facts are equal when their values are."""

    part: str  # "name", "input:to", "field:member", or an attribute by its own name
    label: str  # the same in Dutch
    value: str
    shown: str  # the value as told: a name for an id, ja for true


NAMED = {"inputParameter": "input", "outputParameter": "output", "property": "property"}


MAPPINGS = frozenset({f"{CAMUNDA}in", f"{CAMUNDA}out"})


def mapping(part: Element, way: str) -> Fact:
    """One mapping of a call: what it passes is told by its target."""
    target = part.get("target") or part.get("variables") or "businessKey"
    given = part.get("source") or part.get("sourceExpression") or part.get("businessKey") or ""
    label = word_list("words.named-parts")[way]
    shown = (
        f"{given or target} ({part_in_words('local')})" if part.get("local") else given or target
    )
    return Fact(f"{way}:{target}", say("words.part-named", part=label, name=target), shown, shown)


def fact(part: str, value: str, shown: str) -> Fact:
    return Fact(part, part_in_words(part), value, shown)


def named(part: Element, tag: str) -> Fact:
    """A parameter or property: its name is part of what it is."""
    kind, label = NAMED[tag], word_list("words.named-parts")[tag]
    name = part.get("name") or ""
    given = part.get("value")
    if given is None:
        inner = [etree.tostring(child, method="c14n").decode() for child in part]
        given = (part.text or "").strip() + "".join(inner)
    return Fact(f"{kind}:{name}", say("words.part-named", part=label, name=name), given, given)


def fields(form: Element) -> Iterator[Fact]:
    """Each field of a form that is drawn in the diagram, in one line."""
    drawn = [child for child in form if child.tag == f"{CAMUNDA}formField"]
    for each in drawn:
        name = each.get("id") or ""
        line = _field(each)
        yield Fact(f"field:{name}", say("words.field-named", name=name), line, line)
    if len(drawn) > 1:
        order = ", ".join(each.get("id") or "" for each in drawn)
        yield fact("fields.order", order, order)


def _field(element: Element) -> str:
    """A field in words: question, kind of answer, and all else that is set for it."""
    kind = element.get("type", "")
    said = [element.get("label") or "", word_list("words.field-types").get(kind, kind)]
    if element.get("defaultValue"):
        said.append(say("words.field-begins-with", value=element.get("defaultValue")))
    rest = sorted(set(element.attrib) - {"id", "label", "type", "defaultValue"})
    said += [f"{etree.QName(name).localname}: {element.get(name)}" for name in rest]
    for part in element.iterdescendants():
        words = [
            str(part.get(name)) for name in ("name", "config", "id", "value") if part.get(name)
        ]
        words = [word_list("words.constraints").get(word) or yes_no(word) for word in words]
        if isinstance(part.tag, str) and words:
            said.append(": ".join(words))
    return " · ".join(word for word in said if word)

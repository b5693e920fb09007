"""Local variables of an element: its input and output parameters, and the mappings of a call.

The vocabulary is Camunda 7's: `camunda:inputOutput` with texts, expressions, lists and maps, and
`camunda:in` and `camunda:out` of a call activity.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from processes.engine.diagram.graph import CAMUNDA, extensions, text_of
from processes.engine.diagram.xml import Element

Template: TypeAlias = "str | tuple[Template, ...] | Mapping[str, Template]"
"""What is drawn as the value of a parameter: a text or expression, a list, or a map of those."""

INPUT = f"{CAMUNDA}inputParameter"
OUTPUT = f"{CAMUNDA}outputParameter"
OWN_KEY = frozenset(
    f"{mark}{{execution.{name}}}" for mark in "#$" for name in ("processBusinessKey", "businessKey")
)
"""What a diagram writes for the business key of the case itself: a call stays in its case."""


@dataclass(frozen=True)
class Passing:
    """One `camunda:in` or `camunda:out`: what goes from one side of a call to the other."""

    source: str = ""
    expression: str = ""
    target: str = ""
    is_all: bool = False
    is_local: bool = False


def parameters_of(element: Element, tag: str = INPUT) -> list[Element]:
    """The input or output parameters drawn at an element."""
    return [part for part in extensions(element) if part.tag == tag]


def templates_of(element: Element, tag: str) -> dict[str, Template]:
    """The parameters of an element by name, with what is drawn as their values."""
    return {part.get("name", ""): template_of(part) for part in parameters_of(element, tag)}


def template_of(part: Element) -> Template:
    """The value of a parameter, entry or list item."""
    for child in _elements(part):
        if child.tag == f"{CAMUNDA}list":
            return tuple(_item(each) for each in _elements(child))
        if child.tag == f"{CAMUNDA}map":
            return {each.get("key") or "": template_of(each) for each in _elements(child)}
    return text_of(part)


def texts_of(template: Template) -> Iterator[str]:
    """Every text in a value, each of which may be an expression."""
    if isinstance(template, str):
        yield template
        return
    for each in template.values() if isinstance(template, Mapping) else template:
        yield from texts_of(each)


def passings(element: Element, direction: str) -> tuple[Passing, ...]:
    """The mappings of a call in this direction ("in" or "out"), those of the business key aside."""
    return tuple(
        Passing(
            _said(part, "source"),
            _said(part, "sourceExpression"),
            _said(part, "target"),
            part.get("variables") == "all",
            part.get("local") == "true",
        )
        for part in mappings(element, direction)
        if not part.get("businessKey")
    )


def mappings(element: Element, direction: str) -> list[Element]:
    """The `camunda:in` or `camunda:out` elements of a call."""
    return [part for part in extensions(element) if part.tag == f"{CAMUNDA}{direction}"]


def _item(drawn: Element) -> Template:
    """A list holds values, or lists and maps themselves."""
    if drawn.tag in (f"{CAMUNDA}list", f"{CAMUNDA}map"):
        holder = etree.Element("holder")
        holder.append(etree.fromstring(etree.tostring(drawn)))
        return template_of(holder)
    return template_of(drawn)


def _said(part: Element, name: str) -> str:
    return (part.get(name) or "").strip()


def _elements(part: Element) -> list[Element]:
    return [child for child in part if isinstance(child.tag, str)]

"""Reads the parts of a DMN file, by local name: versions 1.1 to 1.5 differ in namespace only."""

from typing import Final

from processes.engine.diagram.graph import Element, children, first, kind, text_of

__all__ = [
    "BOXED",
    "Element",
    "boxed",
    "children",
    "entry_text",
    "first",
    "kind",
    "name_of",
    "type_ref",
]

BOXED: Final = frozenset(
    ["literalExpression", "decisionTable", "context", "invocation", "list", "relation",
     "functionDefinition", "conditional", "filter", "for", "some", "every"]
)  # fmt: skip


def name_of(element: Element | None) -> str:
    """The name of a part with single spaces between its words."""
    return " ".join((element.get("name") or "").split()) if element is not None else ""


def entry_text(element: Element | None) -> str:
    """The expression that stands in an element, "" where there is none."""
    return text_of(first(element, "text")).strip() if element is not None else ""


def boxed(element: Element | None) -> Element | None:
    """The boxed expression in an element, if one is drawn."""
    if element is None:
        return None
    return next((each for each in children(element) if kind(each) in BOXED), None)


def type_ref(element: Element | None) -> str:
    """The name of the type that a variable, column or expression is declared to hold."""
    written = (element.get("typeRef") or "") if element is not None else ""
    return " ".join(written.split())

"""Which variables influence the path of a process: those in its expressions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from processes.engine.diagram import graph
from processes.engine.language.expressions import ExpressionError, compile_expression, is_expression

OPERANDS = frozenset({"conditionExpression", "condition", "completionCondition"})
_LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'|(?<![\w.])(\d{1,15}(?:\.\d{1,6})?)")
COLLECTIONS = (f"{graph.CAMUNDA}collection",)


def deciding_names(xml: str) -> frozenset[str]:
    """The names of the variables in all expressions of a file."""
    return frozenset(name for text in _expressions(xml) for name in names_of(text))


def names_of(expression: str) -> frozenset[str]:
    """The names of the variables in one expression; none in one that cannot be read."""
    try:
        return compile_expression(expression).names
    except ExpressionError:  # the checks tell its owner
        return frozenset()


def deciding(variables: Mapping[str, Any], xml: str) -> dict[str, Any]:
    """The plain values among these variables that expressions read."""
    names = deciding_names(xml)
    return {
        name: value
        for name, value in sorted(variables.items())
        if name in names and not isinstance(value, list | dict)
    }


def literals_in(xml: str) -> frozenset[Any]:
    """The texts and numbers that the expressions of a file compare with."""
    return frozenset(each for text in _expressions(xml) for each in literals_of(text))


def literals_of(expression: str) -> frozenset[Any]:
    """The texts and numbers in one expression."""
    found: set[Any] = set()
    for double, single, number in _LITERAL.findall(expression):
        text = double or single
        found.add(text if text or not number else float(number) if "." in number else int(number))
    return frozenset(found)


def _expressions(xml: str) -> Iterator[str]:
    for element in graph.read(xml.encode()).root.iter():
        if not isinstance(element.tag, str):
            continue
        text = (element.text or "").strip()
        if text and (graph.kind(element) in OPERANDS or is_expression(text)):
            yield text
        for name, value in element.attrib.items():
            if name in COLLECTIONS or is_expression(str(value)):
                yield str(value)

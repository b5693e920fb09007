"""What a condition, a timer or an event in a diagram says, in Dutch words."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from processes.engine.diagram.graph import Diagram, Node, first, text_of
from processes.engine.diagram.xml import Element
from processes.engine.language import iso8601
from processes.engine.language.expressions import compile_expression
from processes.engine.language.functions import ExpressionError

COMPARED = {
    ast.Eq: "is",
    ast.NotEq: "is niet",
    ast.Lt: "is kleiner dan",
    ast.LtE: "is hoogstens",
    ast.Gt: "is groter dan",
    ast.GtE: "is minstens",
    ast.In: "is een van",
    ast.NotIn: "is geen van",
}
CONSTANTS = {"true": "ja", "false": "nee", "null": "leeg"}
ROOTS = {"message": "messageRef", "signal": "signalRef", "error": "errorRef"}
ROOTS["escalation"] = "escalationRef"
PARTS = (
    *(("maand", "maanden"), ("dag", "dagen")),
    *(("uur", "uur"), ("minuut", "minuten"), ("seconde", "seconden")),
)


def condition(text: str) -> str:
    """A condition as `${next == "back"}` in words; one that cannot be read stays as it is."""
    try:
        source = compile_expression(text).source
        return _words(ast.parse(source.strip(), mode="eval").body)
    except (ExpressionError, SyntaxError, KeyError, TypeError):
        return f"“{text.strip()}” waar is"


def event(node: Node, diagram: Diagram) -> str:
    """What an event waits for or tells, as “na 14 dagen” or “bij de fout “Adres geweigerd””."""
    if not node.definitions:
        return ""
    tell = EVENTS.get(node.event)
    return tell(node, node.definitions[0], diagram) if tell else ""


def duration(text: str) -> str:
    """P1DT12H as “1 dag en 12 uur”; raises IsoError."""
    length = iso8601.duration(text)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    counts = (length.months, length.days, hours, minutes, seconds)
    told = [
        f"{count} {one if count == 1 else many}"
        for count, (one, many) in zip(counts, PARTS, strict=True)
        if count
    ]
    return " en ".join(told) or "0 seconden"


def _words(node: ast.expr) -> str:
    match node:
        case ast.BoolOp(op=op, values=values):
            return (" en " if isinstance(op, ast.And) else " of ").join(map(_part, values))
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() as name):
            return f"“{_value(name)}” niet ja is"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"niet waar is dat {_words(operand)}"
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"{_value(left)} {COMPARED[type(op)]} {_value(right)}"
    is_name = isinstance(node, ast.Name)
    return f"“{_value(node)}” {'ja' if is_name else 'waar'} is"


def _part(node: ast.expr) -> str:
    return f"({_words(node)})" if isinstance(node, ast.BoolOp) else _words(node)


def _value(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return f"“{text}”"
        case ast.Name(id=name):
            return CONSTANTS.get(name, name.replace("_", " "))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return ", ".join(map(_value, items))
    return ast.unparse(node)


def _timer(_node: Node, definition: Element, _diagram: Diagram) -> str:
    for kind, tell in TIMERS.items():
        text = text_of(first(definition, kind))
        if text:
            return tell(text)
    return "op de klok"


def _after(text: str) -> str:
    return f"na {_length(text)}"


def _at(text: str) -> str:
    return f"op het moment “{text}”"


def _every(text: str) -> str:
    return f"elke {_length(text.rpartition('/')[2])}"


def _length(text: str) -> str:
    try:
        return duration(text)
    except iso8601.IsoError:
        return f"de tijd in “{text}”"


def _conditional(_node: Node, definition: Element, _diagram: Diagram) -> str:
    return f"zodra {condition(text_of(first(definition, 'condition')))}"


def _named(words: str) -> Callable[[Node, Element, Diagram], str]:
    def tell(node: Node, definition: Element, diagram: Diagram) -> str:
        root = diagram.roots(node.event).get(definition.get(ROOTS[node.event], ""))
        name = node.name or (root.get("name") if root is not None else None)
        return f"{words} “{name}”" if name else words

    return tell


def _fixed(words: str) -> Callable[[Node, Element, Diagram], str]:
    return lambda _node, _definition, _diagram: words


TIMERS: Mapping[str, Callable[[str], str]] = {
    "timeDuration": _after,
    "timeDate": _at,
    "timeCycle": _every,
}
EVENTS: Mapping[str, Callable[[Node, Any, Diagram], str]] = {
    "timer": _timer,
    "message": _named("bij het bericht"),
    "signal": _named("bij het signaal"),
    "error": _named("bij de fout"),
    "escalation": _named("bij de melding"),
    "conditional": _conditional,
    "terminate": _fixed("alles stopt"),
    "cancel": _fixed("bij annuleren"),
    "compensate": _fixed("bij terugdraaien"),
    "link": _fixed("verder bij de koppeling"),
}

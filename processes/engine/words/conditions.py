"""Conditions, timers and events of a diagram in Dutch words."""

import ast
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from processes.dutch import date_in_words, time_in_words
from processes.engine.diagram.elements import unnamed
from processes.engine.diagram.graph import Diagram, Node, first, kind, text_of
from processes.engine.diagram.xml import Element
from processes.engine.language import iso8601
from processes.engine.language.expressions import compile_expression
from processes.engine.language.functions import ExpressionError
from processes.engine.sentences.catalogue import say, word_list

ROOTS = {"message": "messageRef", "signal": "signalRef", "error": "errorRef"}
ROOTS["escalation"] = "escalationRef"
THROWING = frozenset({"endEvent", "intermediateThrowEvent"})  # all that they have happens
PARTS = ("month", "day", "hour", "minute", "second")


def condition(text: str) -> str:
    """A condition as `${next == "back"}` in words; one that cannot be read stays as it is."""
    try:
        expression = compile_expression(text)
        if expression.is_feel:
            return say("words.condition-unreadable", text=expression.source.lstrip("= "))
        return _words(ast.parse(expression.source.strip(), mode="eval").body)
    except (ExpressionError, SyntaxError, KeyError, TypeError):
        return say("words.condition-unreadable", text=text.strip())


def event(node: Node, diagram: Diagram) -> str:
    """What an event waits for or throws, as “na 14 dagen” or “bij de fout “Adres geweigerd””."""
    several = [_one(node, definition, diagram) for definition in node.definitions]
    all_happen = node.is_parallel or node.kind in THROWING
    between = say("words.and") if all_happen else say("words.or")
    return between.join(filter(None, several))


def _one(node: Node, definition: Element, diagram: Diagram) -> str:
    tell = EVENTS.get(_kind(definition))
    return tell(node, definition, diagram) if tell else ""


def _kind(definition: Element) -> str:
    return kind(definition).removesuffix("EventDefinition")


def duration(text: str) -> str:
    """P1DT12H as “1 dag en 12 uur”. Raises IsoError."""
    return _of_length(iso8601.duration(text))


def _of_length(length: iso8601.Duration) -> str:
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    counts = (length.months, length.days, hours, minutes, seconds)
    one, many = word_list("words.one"), word_list("words.many")
    told = [
        f"{_number(count)} {one[part] if count == 1 else many[part]}"
        for count, part in zip(counts, PARTS, strict=True)
        if count
    ]
    return say("words.and").join(told) or say("words.zero-seconds")


def _number(count: float) -> str:
    return f"{count:.6f}".rstrip("0").rstrip(".").replace(".", ",")


def _words(node: ast.expr) -> str:
    match node:
        case ast.BoolOp(op=op, values=values):
            return (say("words.and") if isinstance(op, ast.And) else say("words.or")).join(
                map(_part, values)
            )
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() as name):
            return say("words.not-yes", value=_value(name))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return say("words.not-true", words=_words(operand))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            operator = word_list("words.comparisons")[type(op).__name__]
            return f"{_value(left)} {operator} {_value(right)}"
    if isinstance(node, ast.Name):
        return say("words.is-yes", value=_value(node))
    return say("words.is-true", value=_value(node))


def _part(node: ast.expr) -> str:
    return f"({_words(node)})" if isinstance(node, ast.BoolOp) else _words(node)


def _value(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return say("words.quoted", text=text)
        case ast.Name(id=name):
            return word_list("words.constants").get(name, name.replace("_", " "))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return ", ".join(map(_value, items))
    return ast.unparse(node)


def _timer(_node: Node, definition: Element, _diagram: Diagram) -> str:
    for part, tell in TIMERS.items():
        text = text_of(first(definition, part))
        if text:
            return tell(text)
    return say("words.by-the-clock")


def _after(text: str) -> str:
    return say("words.after", length=_length(text))


def _at(text: str) -> str:
    try:
        return say("words.on-moment", moment=_moment(iso8601.moment(text)))
    except iso8601.IsoError:
        return say("words.at-moment", text=text)


def _moment(moment: datetime) -> str:
    day, time = date_in_words(moment), time_in_words(moment)
    return say("words.day-and-time", day=day, time=time)


def _every(text: str) -> str:
    try:
        cycle = iso8601.cycle(text)
    except iso8601.IsoError:
        return say("words.every", length=_length(text.rpartition("/")[2]))
    told = say("words.every", length=_of_length(cycle.every))
    if cycle.start is not None:
        told = say("words.every-from", every=told, moment=_moment(cycle.start))
    return told if cycle.times is None else say("words.every-times", every=told, count=cycle.times)


def _length(text: str) -> str:
    try:
        return duration(text)
    except iso8601.IsoError:
        return say("words.length-in", text=text)


def _conditional(_node: Node, definition: Element, _diagram: Diagram) -> str:
    return say("words.as-soon-as", condition=condition(text_of(first(definition, "condition"))))


def _named(node: Node, definition: Element, diagram: Diagram) -> str:
    event = _kind(definition)
    root = diagram.roots(event).get(definition.get(ROOTS[event], ""))
    own = node.name if len(node.definitions) == 1 else None
    name = own or (root.get("name") if root is not None else None)
    words = word_list("words.event-phrases")[event]
    return say("words.event-named", event=words, name=name) if name else words


def _fixed(_node: Node, definition: Element, _diagram: Diagram) -> str:
    return word_list("words.event-phrases")[_kind(definition)]


def _cancel(node: Node, definition: Element, diagram: Diagram) -> str:
    if node.kind == "endEvent":
        return say("words.cancels")
    return _fixed(node, definition, diagram)


def _compensate(node: Node, definition: Element, diagram: Diagram) -> str:
    if node.kind not in ("intermediateThrowEvent", "endEvent"):
        return _fixed(node, definition, diagram)
    named = diagram.by_id.get(definition.get("activityRef") or "")
    told = say("words.undoes-all")
    if named is not None and named.id != node.scope.id:
        told = say("words.undoes", name=named.name or unnamed(named.kind) or named.id)
    if definition.get("waitForCompletion") == "false":
        told = say("words.undoes-meanwhile", undoes=told)
    return told


TIMERS: Mapping[str, Callable[[str], str]] = {
    "timeDuration": _after,
    "timeDate": _at,
    "timeCycle": _every,
}
EVENTS: Mapping[str, Callable[[Node, Any, Diagram], str]] = {
    "timer": _timer,
    "message": _named,
    "signal": _named,
    "error": _named,
    "escalation": _named,
    "conditional": _conditional,
    "terminate": _fixed,
    "cancel": _cancel,
    "compensate": _compensate,
    "link": _fixed,
}

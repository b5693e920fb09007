"""Rules for expressions: valid syntax, and variables that something sets."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from processes.engine.checks.rules.flow.loops import MULTIPLE, STANDARD, collection_of
from processes.engine.checks.rules.rule import (
    Complaint,
    Surroundings,
    called,
    error,
    owner,
    warning,
)
from processes.engine.diagram.graph import (
    BPMN,
    CAMUNDA,
    Diagram,
    Flow,
    Node,
    children,
    extensions,
    first,
    kind,
    text_of,
)
from processes.engine.diagram.rounds import INPUT_ITEM, drawn_behaviours, variable_of
from processes.engine.diagram.scopes import (
    INPUT,
    OUTPUT,
    mappings,
    parameters_of,
    template_of,
    texts_of,
)
from processes.engine.diagram.task_errors import errors_of
from processes.engine.language.expressions import (
    ExpressionError,
    compile_expression,
    is_expression,
    is_feel,
)
from processes.engine.sentences.catalogue import say

TEMPLATES = ("candidateGroups", "dueDate", "followUpDate", "priority", "taskPriority")
LOOP = (STANDARD, ("loopCondition",))
ALIKE = 0.85
MARKED = re.compile(r"[$#]\{")
MAX_NAMES = 150  # comparing each with each takes its time


def _bare(diagram: Diagram) -> Iterator[tuple[Node | Flow, str]]:
    """Every text that is an expression, whether or not in ${…}."""
    for flow in diagram.flows:
        if text_of(flow.condition):
            yield flow, text_of(flow.condition)
    for node in diagram.nodes:
        yield from ((node, each.condition) for each in errors_of(node.element))
        for definition in node.definitions:
            yield from ((node, text_of(c)) for c in children(definition, "condition"))
        for marker, parts in ((MULTIPLE, ("loopCardinality", "completionCondition")), LOOP):
            for loop in children(node.element, marker):
                yield from ((node, text_of(first(loop, part))) for part in parts)
        for loop in children(node.element, MULTIPLE):
            yield node, collection_of(loop)
            yield from ((node, condition) for condition, _events in drawn_behaviours(loop))


def templates_in(diagram: Diagram) -> Iterator[tuple[Node, str]]:
    """Every text that may hold one ${…}."""
    for node in diagram.nodes:
        yield from ((node, node.element.get(f"{CAMUNDA}{name}") or "") for name in TEMPLATES)
        yield from ((node, text) for text in _parameter_texts(node))
        for definition in node.definitions:
            timer = kind(definition) == "timerEventDefinition"
            yield from ((node, text_of(part)) for part in children(definition) if timer)


def _parameter_texts(node: Node) -> Iterator[str]:
    """The texts of parameters, and the expressions of the mappings of a call."""
    for tag in (INPUT, OUTPUT):
        for part in parameters_of(node.element, tag):
            yield from texts_of(template_of(part))
    for way in ("in", "out"):
        yield from (part.get("sourceExpression") or "" for part in mappings(node.element, way))


def expressions_in(diagram: Diagram) -> Iterator[tuple[Node | Flow, str]]:
    yield from ((subject, text) for subject, text in _bare(diagram) if text)
    yield from ((node, text) for node, text in templates_in(diagram) if MARKED.search(text))


@error("expression-syntax")
def _expressions_are_of_the_language(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for subject, text in expressions_in(diagram):
        reason = _reason(text)
        if reason:
            where = called(subject) if isinstance(subject, Node) else say("checks.this-flow")
            yield subject, say("checks.expression-syntax", where=where, reason=reason)


def _reason(text: str) -> str:
    if "#{" in text:
        return say("checks.expression-hash", text=text[:80])
    if "${" in text and not is_expression(text):
        return say("checks.expression-mixed", text=text[:80])
    try:
        compile_expression(text)
    except ExpressionError as error:
        return str(error)
    return ""


@error("expression-language")
def _expressions_are_not_scripts(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element in diagram.root.iter(f"{BPMN}*"):
        language = element.get("language") or ""
        if (
            language
            and text_of(element)
            and kind(element).lower().endswith(("expression", "condition", "cardinality"))
        ):
            yield owner(element), say("checks.expression-language", language=language[:40])


@warning("name-unknown")
def _names_are_no_slips_of_the_pen(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Forms and services may set any name; a name used once that looks like another is a slip."""
    uses = [
        (subject, name)
        for subject, text in expressions_in(diagram)
        for name in required_names(text)
    ]
    count = Counter(name for _subject, name in uses)
    names = sorted(given_names(diagram) | set(count))
    if len(names) > MAX_NAMES:
        return
    for subject, name in uses:
        if count[name] == 1 and name not in given_names(diagram):
            others = [other for other in names if other != name]
            for close in get_close_matches(name, others, n=1, cutoff=ALIKE):
                yield subject, say("checks.name-unknown", name=name, close=close)


def required_names(text: str) -> frozenset[str]:
    """The names that can only be variables; none in a text that cannot be read."""
    try:
        return compile_expression(text).required
    except ExpressionError:
        return frozenset()


def given_names(diagram: Diagram) -> set[str]:
    """The names that the diagram itself gives a value to."""
    given = {part.get("name") for part in diagram.root.iter(INPUT, OUTPUT)}
    given |= {part.get("target") for part in diagram.root.iter(f"{CAMUNDA}in", f"{CAMUNDA}out")}
    given |= {"externalTask"} if any(errors_of(node.element) for node in diagram.nodes) else set()
    given |= {part.get("id") for part in diagram.root.iter(f"{CAMUNDA}formField")}
    given |= {part.get("resultVariable") for part in extensions(diagram.root)}
    for loop in diagram.root.iter(f"{BPMN}{MULTIPLE}"):
        collection = collection_of(loop)
        given |= {variable_of(loop, INPUT_ITEM)}
        given |= frozenset() if is_feel(collection) else required_names(collection)
    return {name for name in given if name}

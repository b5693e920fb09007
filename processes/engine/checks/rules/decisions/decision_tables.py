"""Rules for decision tables, and for business rule tasks that refer to them."""

import re
from collections.abc import Callable, Iterator

from processes.engine.checks.rules.rule import (
    DMN_RULES,
    Complaint,
    Surroundings,
    called,
    error,
    todo,
    warning,
)
from processes.engine.checks.rules.tasks import decision_of
from processes.engine.decisions.cells import compile_cell, ends_in
from processes.engine.decisions.dmn.model import names_of_parts
from processes.engine.decisions.dmn.reading import boxed
from processes.engine.decisions.dmn.tables import POLICIES
from processes.engine.decisions.tables import (
    AGGREGATIONS,
    allowed_texts,
    decisions,
    default_texts,
    entries,
    hit_policy,
    input_texts,
    input_types,
    output_names,
    output_types,
    table_of,
)
from processes.engine.decisions.types import typed
from processes.engine.diagram.graph import CAMUNDA, Diagram, Element, children, kind
from processes.engine.language.expressions import ExpressionError, compile_expression
from processes.engine.language.feel import expressions as feel
from processes.engine.language.feel.source import FeelSyntaxError
from processes.engine.sentences.catalogue import say, word_list

FEEL = re.compile(
    r"feel|https?://www\.omg\.org/spec/(FEEL/\d{8}|DMN/(FEEL|\d{8}/FEEL))/?", re.IGNORECASE
)
JUEL = frozenset({"inputExpression", "outputEntry", "defaultOutputEntry"})  # there it reads alike
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
COMMA = re.compile(r"\d,(?=\d)")
COMPARES = re.compile(r"[<>=]|\.\.")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def tables_of(diagram: Diagram) -> Iterator[tuple[Element, Element]]:
    for decision in decisions(diagram):
        table = table_of(decision)
        if table is not None:
            yield decision, table


def label_of(decision: Element) -> str:
    """How a message names a decision or another part of a model."""
    return f'"{decision.get("name") or decision.get("id") or say("checks.no-name")}"'


@error("decision-exists")
def _decisions_exist(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    known = {d.get("id") for file in around.files for d in decisions(file)}
    for node in diagram.nodes:
        name = decision_of(node)
        if name and name not in known:
            yield node, say("checks.decision-exists", name=name, element=called(node))


@error("decision-binding")
def _decisions_follow_the_latest_version(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        binding = node.element.get(f"{CAMUNDA}decisionRefBinding", "latest")
        if binding != "latest":
            yield node, say("checks.decision-binding", element=called(node))


@todo("decision-missing", of=DMN_RULES)
def _a_file_has_a_decision(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    if not decisions(diagram):
        yield None, say("checks.decision-missing")


@error("decision-id", of=DMN_RULES)
def _decisions_have_their_own_id(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    ids = [decision.get("id") for decision in decisions(diagram)]
    for decision in decisions(diagram):
        if not decision.get("id") or ids.count(decision.get("id")) > 1:
            yield decision, say("checks.decision-id", decision=label_of(decision))


@error("decision-table", of=DMN_RULES)
def _decisions_are_expressions(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision in decisions(diagram):
        if boxed(decision) is None:
            yield decision, say("checks.decision-table", decision=label_of(decision))


@error("hit-policy", of=DMN_RULES)
def _hit_policies_are_those_that_run(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision, table in tables_of(diagram):
        if hit_policy(table) not in POLICIES:
            yield (
                decision,
                say("checks.hit-policy", decision=label_of(decision), policy=hit_policy(table)),
            )
        aggregation = (table.get("aggregation") or "").upper()
        if aggregation and (hit_policy(table) != "COLLECT" or aggregation not in AGGREGATIONS):
            yield (
                decision,
                say(
                    "checks.hit-policy-aggregation",
                    decision=label_of(decision),
                    aggregation=aggregation,
                ),
            )


@error("decision-shape", of=DMN_RULES)
def _rows_fit_their_table(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision, table in tables_of(diagram):
        inputs, outputs = input_texts(table), output_names(table)
        for name in outputs:
            if not NAME.fullmatch(name) or outputs.count(name) > 1:
                yield (
                    decision,
                    say("checks.decision-output-name", decision=label_of(decision), name=name),
                )
        if not outputs:
            yield decision, say("checks.decision-without-output", decision=label_of(decision))
        for rule in children(table, "rule"):
            shape = len(entries(rule, "inputEntry")), len(entries(rule, "outputEntry"))
            if shape != (len(inputs), len(outputs)):
                yield rule, say("checks.decision-row-incomplete", decision=label_of(decision))


@todo("decision-empty", of=DMN_RULES)
def _tables_are_filled_in(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision, table in tables_of(diagram):
        if not children(table, "rule"):
            yield decision, say("checks.decision-without-rows", decision=label_of(decision))
        if not all(input_texts(table)):
            yield decision, say("checks.decision-input-empty", decision=label_of(decision))


@error("cell-syntax", of=DMN_RULES)
def _cells_are_of_the_language(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    names = names_of_parts(diagram.root)
    for decision, table in tables_of(diagram):
        where, inputs = label_of(decision), say("checks.input-column")
        allowed = allowed_texts(table, "input") + allowed_texts(table, "output")
        yield from _wrong(decision, input_texts(table), compile_expression, inputs, names)
        yield from _wrong(decision, allowed, compile_cell, where, names)
        yield from _wrong(decision, default_texts(table), compile_expression, where, names)
        for rule in children(table, "rule"):
            tests, results = entries(rule, "inputEntry"), entries(rule, "outputEntry")
            yield from _wrong(rule, tests, compile_cell, where, names)
            yield from _wrong(rule, results, compile_expression, where, names)


@error("cell-type", of=DMN_RULES)
def _cells_are_of_the_type_of_their_column(
    diagram: Diagram, _: Surroundings
) -> Iterator[Complaint]:
    for decision, table in tables_of(diagram):
        held, given = input_types(table), output_types(table)
        for rule in children(table, "rule"):
            tests = zip(held, entries(rule, "inputEntry"), strict=False)
            ends = [(type_, end) for type_, text in tests for end in ends_in(text)]
            results = zip(given, entries(rule, "outputEntry"), strict=False)
            for type_, text in (*ends, *results):
                if not _may_be(type_, text):
                    name = word_list("decisions.types")[type_]
                    yield (
                        rule,
                        say(
                            "checks.cell-type",
                            decision=label_of(decision),
                            value=text[:60],
                            type=name,
                        ),
                    )


def _may_be(type_: str, text: str) -> bool:
    """Whether this can be of the type: what names a variable, or is wrong in itself, may be."""
    try:
        expression = compile_expression(text) if text else None
        if expression and not expression.names:
            typed(type_, expression.evaluate({}))
    except ExpressionError:
        return True
    except ValueError:
        return False
    return True


@error("decision-language", of=DMN_RULES)
def _cells_are_in_our_language(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for element in diagram.root.iter():
        language = (element.get("expressionLanguage") or "").strip()
        juel = language.lower() == "juel" and kind(element) in JUEL
        if kind(element) and language and not juel and not FEEL.fullmatch(language):
            subject = next((e for e in element.iterancestors() if kind(e) == "decision"), element)
            yield subject, say("checks.decision-language", language=language[:40])


@warning("cell-comma", of=DMN_RULES)
def _a_comma_is_no_decimal_point(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision, table in tables_of(diagram):
        for rule in children(table, "rule"):
            for text in entries(rule, "inputEntry"):
                if _may_be_a_decimal(text):
                    cell, as_list = text[:40], text[:40].replace(",", ", ")
                    name = label_of(decision)
                    yield rule, say("checks.cell-comma", decision=name, cell=cell, list=as_list)


def _may_be_a_decimal(cell: str) -> bool:
    """Whether a comma stands in what looks like one number: `< 3,5`, `3,5`, but not `1,2,3`."""
    bare = QUOTED.sub("", cell)
    commas = COMMA.findall(bare)
    return len(commas) == 1 or bool(commas and COMPARES.search(bare))


def _wrong(
    subject: Element,
    texts: list[str],
    compiles: Callable[[str], object],
    where: str,
    names: frozenset[str],
) -> Iterator[Complaint]:
    """The texts that neither the small language nor FEEL reads; the words are FEEL's."""
    in_feel = feel.compile_tests if compiles is compile_cell else feel.compile_expression
    for text in filter(None, texts):
        try:
            compiles(text)
        except ExpressionError:
            fault = feel_fault(text, names, in_feel)
            if fault:
                yield subject, say("checks.cell-syntax", where=where, error=fault)


def feel_fault(
    text: str,
    names: frozenset[str],
    compiles: Callable[..., feel.Expression | feel.UnaryTests] = feel.compile_expression,
) -> str:
    """What is wrong with a text as FEEL, "" where nothing is."""
    try:
        unknown = compiles(text, names, names).unknown_functions
    except FeelSyntaxError as fault:
        return f'"{text[:60]}": {fault}'
    return say("feel.function-unknown", name=min(unknown)[:40]) if unknown else ""

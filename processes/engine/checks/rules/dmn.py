"""Rules about decision tables, and about the business rule tasks that use them."""

import re
from collections.abc import Callable, Iterator

from processes.engine.checks.rules.rule import (
    DMN_RULES,
    Complaint,
    Surroundings,
    called,
    error,
    todo,
)
from processes.engine.checks.rules.tasks import decision_of
from processes.engine.decisions.cells import compile_cell
from processes.engine.decisions.tables import (
    AGGREGATIONS,
    HIT_POLICIES,
    decisions,
    entries,
    hit_policy,
    input_texts,
    output_names,
    table_of,
)
from processes.engine.diagram.graph import CAMUNDA, Diagram, Element, children, first
from processes.engine.language.expressions import ExpressionError, compile_expression

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def _tables(diagram: Diagram) -> Iterator[tuple[Element, Element]]:
    for decision in decisions(diagram):
        table = table_of(decision)
        if table is not None:
            yield decision, table


def _label(decision: Element) -> str:
    return f'"{decision.get("name") or decision.get("id") or "zonder naam"}"'


@error("decision-exists")
def _decisions_exist(diagram: Diagram, around: Surroundings) -> Iterator[Complaint]:
    known = {d.get("id") for file in around.files for d in decisions(file)}
    for node in diagram.nodes:
        name = decision_of(node)
        if name and name not in known:
            message = f'De beslistabel "{name}" bij {called(node)} bestaat niet. '
            yield node, message + "Publiceer die tabel eerst, of kies een andere."


@error("decision-binding")
def _decisions_follow_the_latest_version(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for node in diagram.nodes:
        binding = node.element.get(f"{CAMUNDA}decisionRefBinding", "latest")
        if binding != "latest":
            yield node, f"{called(node)} kiest een vaste versie. Kies de laatste versie."


@todo("decision-missing", of=DMN_RULES)
def _a_file_has_a_decision(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    if not decisions(diagram):
        yield None, "Dit DMN-bestand heeft geen beslissing. Teken een beslistabel."


@error("decision-id", of=DMN_RULES)
def _decisions_have_their_own_id(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    ids = [decision.get("id") for decision in decisions(diagram)]
    for decision in decisions(diagram):
        if not decision.get("id") or ids.count(decision.get("id")) > 1:
            yield decision, f"De beslissing {_label(decision)} heeft geen eigen id. Geef het een."


@error("decision-table", of=DMN_RULES)
def _decisions_are_tables(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision in decisions(diagram):
        if table_of(decision) is None:
            yield (
                decision,
                f"De beslissing {_label(decision)} is geen tabel. Maak er een tabel van.",
            )


@error("decision-requires", of=DMN_RULES)
def _decisions_stand_alone(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision in decisions(diagram):
        for requirement in children(decision, "informationRequirement"):
            if first(requirement, "requiredDecision") is not None:
                message = f"De beslissing {_label(decision)} hangt af van een andere. "
                yield decision, message + "Zet ze als twee taken in het proces."


@error("hit-policy", of=DMN_RULES)
def _hit_policies_are_those_that_run(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision, table in _tables(diagram):
        if hit_policy(table) not in HIT_POLICIES:
            message = f"De tabel {_label(decision)} gebruikt {hit_policy(table)}. "
            yield decision, message + "Kies UNIQUE, FIRST, COLLECT of RULE ORDER."
        aggregation = (table.get("aggregation") or "").upper()
        if aggregation and (hit_policy(table) != "COLLECT" or aggregation not in AGGREGATIONS):
            yield decision, f"De tabel {_label(decision)} kan {aggregation} niet. Haal dat weg."


@error("decision-shape", of=DMN_RULES)
def _rows_fit_their_table(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision, table in _tables(diagram):
        inputs, outputs = input_texts(table), output_names(table)
        for name in outputs:
            if not NAME.fullmatch(name) or outputs.count(name) > 1:
                message = f'Een uitkomst van {_label(decision)} heet "{name}". '
                yield decision, message + "Geef elke uitkomst een eigen naam, zonder spaties."
        if not outputs:
            yield decision, f"De tabel {_label(decision)} heeft geen uitkomst. Voeg een kolom toe."
        for rule in children(table, "rule"):
            shape = len(entries(rule, "inputEntry")), len(entries(rule, "outputEntry"))
            if shape != (len(inputs), len(outputs)):
                yield rule, f"Een regel van {_label(decision)} heeft niet voor elke kolom een cel."


@todo("decision-empty", of=DMN_RULES)
def _tables_are_filled_in(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision, table in _tables(diagram):
        if not children(table, "rule"):
            yield decision, f"De tabel {_label(decision)} heeft nog geen regels. Voeg er een toe."
        if not all(input_texts(table)):
            yield decision, f"Een invoer van {_label(decision)} is nog leeg. Vul een gegeven in."


@error("cell-syntax", of=DMN_RULES)
def _cells_are_of_the_language(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision, table in _tables(diagram):
        yield from _wrong(decision, input_texts(table), compile_expression, "invoer")
        for rule in children(table, "rule"):
            yield from _wrong(rule, entries(rule, "inputEntry"), compile_cell, _label(decision))
            results = entries(rule, "outputEntry")
            yield from _wrong(rule, results, compile_expression, _label(decision))


def _wrong(
    subject: Element, texts: list[str], compiles: Callable[[str], object], where: str
) -> Iterator[Complaint]:
    for text in filter(None, texts):
        try:
            compiles(text)
        except ExpressionError as error:
            yield subject, f"Een cel ({where}) is niet goed. {error}"

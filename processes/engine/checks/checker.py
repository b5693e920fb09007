"""Checks a diagram before deployment: runs every rule and returns all findings at once."""

import logging
from collections.abc import Iterator, Mapping
from copy import deepcopy
from types import MappingProxyType

from lxml import etree

from processes.engine.checks.findings import Finding, Severity, Vocabulary, is_deployable
from processes.engine.checks.rules import (
    beginning,
    calls,
    data,
    expressions,
    identity,
    parameters,
    people,
    pools,
    schema,
    specification,
    tasks,
    values,
    webhooks,
)
from processes.engine.checks.rules.decisions import (
    coverage,
    decision_models,
    decision_names,
    decision_tables,
)
from processes.engine.checks.rules.events import compensation, errors, kinds, timers
from processes.engine.checks.rules.flow import gateways, loops, structure
from processes.engine.checks.rules.forms import conditions, fields, files, tables
from processes.engine.checks.rules.rule import (
    BPMN_RULES,
    DMN_RULES,
    FILE_RULES,
    SPECIFICATION_RULES,
    Rule,
    Surroundings,
)
from processes.engine.diagram.graph import Diagram, UnreadableDiagramError, read
from processes.engine.diagram.pools import documentation, take_out_documentation
from processes.engine.sentences.catalogue import say

__all__ = ["MODULES", "READING_RULES", "RULES", "check"]

log = logging.getLogger(__name__)

MODULES = (
    structure,
    identity,
    data,
    gateways,
    kinds,
    errors,
    timers,
    tasks,
    fields,
    conditions,
    tables,
    files,
    beginning,
    loops,
    parameters,
    webhooks,
    values,
    people,
    pools,
    calls,
    compensation,
    expressions,
    decision_tables,
    coverage,
    decision_models,
    decision_names,
    schema,
    specification,
)
RULES: Mapping[str, Rule] = MappingProxyType(
    {**FILE_RULES, **BPMN_RULES, **DMN_RULES, **SPECIFICATION_RULES}
)
READING_RULES = frozenset(
    {
        "file-too-large",
        "not-xml",
        "doctype",
        "encoding",
        "too-many-elements",
        "too-many-attributes",
        "nesting-too-deep",
        "not-a-diagram",
        "too-many-nodes",
    }
)
NOTHING: Mapping[str, bytes] = MappingProxyType({})
ORDER = (Severity.ERROR, Severity.TODO, Severity.WARNING, Severity.INFO)


def check(
    xml: bytes, vocabulary: Vocabulary, *, deployed: Mapping[str, bytes] = NOTHING
) -> list[Finding]:
    """All findings about a file, the worst first; never raises."""
    return check_among(xml, Surroundings(vocabulary, tuple(_readable(deployed))))


def check_among(xml: bytes, surroundings: Surroundings) -> list[Finding]:
    """As `check`, with the deployed files read before."""
    try:
        diagram = read(xml)
    except UnreadableDiagramError as reason:
        return [Finding(reason.rule, Severity.ERROR, None, None, str(reason))]
    if diagram.is_dmn:
        findings = _judged(DMN_RULES, diagram, surroundings)
    else:
        findings = _of_diagram(diagram, surroundings)
    return sorted(findings, key=lambda finding: ORDER.index(finding.severity))


def _of_diagram(diagram: Diagram, surroundings: Surroundings) -> list[Finding]:
    """What only documents is no concern of the rules of what runs."""
    running = _running(diagram)
    findings = _judged(FILE_RULES, diagram, surroundings)
    findings += _judged(BPMN_RULES, running, surroundings)
    if is_deployable(findings):
        # Only now: SpiffWorkflow's parser is not made for what is refused above.
        findings += _judged(SPECIFICATION_RULES, running, surroundings)
    return findings


def _running(diagram: Diagram) -> Diagram:
    if not documentation(diagram):
        return diagram
    root = deepcopy(diagram.root)
    take_out_documentation(root)
    return read(etree.tostring(root))


def _readable(deployed: Mapping[str, bytes]) -> Iterator[Diagram]:
    for xml in deployed.values():
        try:
            yield read(xml)
        except UnreadableDiagramError as reason:
            log.warning("deployed file is not readable", extra={"rule": reason.rule})


def _judged(
    rules: Mapping[str, Rule], diagram: Diagram, surroundings: Surroundings
) -> list[Finding]:
    findings: list[Finding] = []
    for rule in rules.values():
        try:
            findings += rule.findings(diagram, surroundings)
        except Exception:  # the promise is that no file whatever makes this raise
            log.exception("rule failed", extra={"rule": rule.id})
            message = say("checks.rule-failed", rule=rule.id)
            findings.append(Finding("check-failed", Severity.ERROR, None, None, message))
    return findings

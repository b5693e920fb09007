"""View model of a decision table: columns, rules, hit policy in Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from processes.engine.decisions.tables import (
    decisions,
    entries,
    hit_policy,
    input_texts,
    output_names,
    table_of,
)
from processes.engine.diagram.graph import (
    Element,
    UnreadableDiagramError,
    children,
    first,
    identity,
    label,
    read,
    text_of,
)

POLICIES: Mapping[str, str] = MappingProxyType(
    {
        "UNIQUE": "Er past altijd hooguit één regel. Passen er meer, dan is dat een fout.",
        "FIRST": "De eerste regel die past, telt.",
        "ANY": "Passen er meer regels, dan moeten zij dezelfde uitkomst hebben.",
        "PRIORITY": "De belangrijkste uitkomst telt: de eerste bij de waarden van de kolom.",
        "COLLECT": "Alle regels die passen, tellen mee.",
        "RULE ORDER": "Alle regels die passen, tellen mee, in de volgorde van de tabel.",
        "OUTPUT ORDER": "Alle regels die passen, tellen mee, de belangrijkste uitkomst het eerst.",
    }
)
TOGETHER: Mapping[str, str] = MappingProxyType(
    {
        "SUM": "De uitkomsten worden opgeteld.",
        "MIN": "De laagste uitkomst telt.",
        "MAX": "De hoogste uitkomst telt.",
        "COUNT": "Het aantal uitkomsten telt.",
    }
)


@dataclass(frozen=True)
class Column:
    """One column: its label, and its expression or variable."""

    title: str
    name: str


@dataclass(frozen=True)
class Line:
    """One rule of the table."""

    tests: list[str]
    results: list[str]
    note: str


@dataclass(frozen=True)
class TableView:
    """One decision."""

    id: str
    name: str
    policy: str
    inputs: list[Column]
    outputs: list[Column]
    lines: list[Line]


def tables_in(xml: str) -> list[TableView]:
    """The tables of a file; empty when it cannot be read."""
    try:
        drawn = read(xml.encode())
    except UnreadableDiagramError:
        return []
    pairs = ((decision, table_of(decision)) for decision in decisions(drawn))
    return [_view(decision, table) for decision, table in pairs if table is not None]


def decisions_in(xml: str) -> dict[str, str]:
    """The decisions of a file: id → name; empty when it cannot be read."""
    try:
        drawn = read(xml.encode())
    except UnreadableDiagramError:
        return {}
    ids = ((identity(each), label(each)) for each in decisions(drawn))
    return {id_: name or id_ for id_, name in ids if id_}


def expressions_in(xml: str) -> list[tuple[str, str]]:
    """The decisions that are a FEEL expression: name and text; empty when it cannot be read."""
    try:
        drawn = read(xml.encode())
    except UnreadableDiagramError:
        return []
    pairs = ((each, first(each, "literalExpression")) for each in decisions(drawn))
    return [
        (label(decision) or identity(decision) or "", text_of(first(expression, "text")))
        for decision, expression in pairs
        if expression is not None
    ]


def _view(decision: Element, table: Element) -> TableView:
    inputs = zip(children(table, "input"), input_texts(table), strict=True)
    outputs = zip(children(table, "output"), output_names(table), strict=True)
    together = TOGETHER.get((table.get("aggregation") or "").upper(), "")
    policy = POLICIES.get(hit_policy(table), hit_policy(table))
    return TableView(
        identity(decision) or "",
        label(decision) or identity(decision) or "",
        f"{policy} {together}".strip(),
        [Column(each.get("label") or text, text) for each, text in inputs],
        [Column(each.get("label") or name, name) for each, name in outputs],
        [_line(rule) for rule in children(table, "rule")],
    )


def _line(rule: Element) -> Line:
    tests, results = entries(rule, "inputEntry"), entries(rule, "outputEntry")
    notes = [text_of(first(each, "text")) for each in children(rule, "annotationEntry")]
    notes.append(text_of(first(rule, "description")))
    return Line(tests, results, " ".join(filter(None, notes)))

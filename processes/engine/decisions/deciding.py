"""Decides: evaluates a decision of a DMN file over process variables, JSON in and JSON out.

A table that the small language reads as a whole is evaluated in it, as when it was deployed. Any
other decision is FEEL: tables of every hit policy, boxed expressions, and what they require.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from processes.engine.decisions.dmn.model import Model
from processes.engine.decisions.dmn.reading import boxed
from processes.engine.decisions.dmn.tables import Trace
from processes.engine.decisions.tables import (
    Decided,
    DecisionError,
    Table,
    compile_table,
    decisions,
    output_names,
    table_of,
)
from processes.engine.diagram.graph import Diagram, Element, children, first, label, read
from processes.engine.language.declared_dates import feel_value
from processes.engine.language.expressions import ExpressionError
from processes.engine.language.feel.evaluation import BudgetError
from processes.engine.language.feel.json_values import to_json
from processes.engine.language.feel.showing import text_of
from processes.engine.language.feel.source import FeelSyntaxError
from processes.engine.language.feel.values import NoValueError
from processes.engine.sentences.catalogue import say

STEPS, SECONDS = 200_000, 1.0


def decide(xml: bytes, decision_id: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of a decision: output name → value. Raises DecisionError, ExpressionError."""
    return dict(decided(xml, decision_id, variables)[-1].outputs)


def decided(xml: bytes, decision_id: str, variables: Mapping[str, Any]) -> list[Decided]:
    """The decision, last, after the tables of those that it required.

    Raises DecisionError, ExpressionError.
    """
    return compiled(xml, decision_id).decided(variables)


@dataclass(frozen=True)
class CompiledDecision:
    """A decision, and what works it out; both of one reading of the file."""

    drawn: Element
    by: Table | Model

    def decided(self, variables: Mapping[str, Any]) -> list[Decided]:
        """As `decided`."""
        if isinstance(self.by, Table):
            return [self.by.decide(variables)]
        return _in_feel(self.by, self.drawn, variables)


@lru_cache(maxsize=128)
def compiled(xml: bytes, decision_id: str) -> CompiledDecision:
    """The decision of a file, compiled once. Raises DecisionError."""
    diagram = read(xml)
    decision = _decision(diagram, decision_id)
    return CompiledDecision(decision, in_small_language(decision) or Model(diagram.root))


def in_small_language(decision: Element) -> Table | None:
    """The table of a decision that stands alone and is written in the small language."""
    requires = [
        each
        for each in children(decision, "informationRequirement")
        if first(each, "requiredDecision") is not None
    ]
    if requires or children(decision, "knowledgeRequirement") or table_of(decision) is None:
        return None
    try:
        return compile_table(decision)
    except (DecisionError, ExpressionError):
        return None


def _in_feel(model: Model, decision: Element, variables: Mapping[str, Any]) -> list[Decided]:
    evaluation = Trace(STEPS, SECONDS)
    inputs = {name: feel_value(name, variables[name]) for name in model.inputs & variables.keys()}
    try:
        value = to_json(model.evaluate(decision, inputs, evaluation, _Variables(variables)))
    except (FeelSyntaxError, BudgetError, NoValueError) as error:
        raise DecisionError(_told(decision, str(error))) from None
    reason = next(iter(evaluation.reasons), None)
    if value is None and reason:
        raise DecisionError(_told(decision, reason))
    tables = [_read(each) for each in evaluation.tables if each.id]
    outputs, id_ = _by_output(decision, value), decision.get("id") or ""
    own = tables.pop() if tables and tables[-1].id == id_ else None
    read = own.inputs if own else {name: variables[name] for name in sorted(inputs)}
    return [*tables, Decided(id_, read, own.hits if own else (), outputs)]


def _read(table: Decided) -> Decided:
    """A table that was evaluated, with its values as JSON."""
    return replace(
        table,
        inputs={name: _shown(each) for name, each in table.inputs.items()},
        outputs={name: _shown(each) for name, each in table.outputs.items()},
    )


def _shown(value: Any) -> Any:
    try:
        return to_json(value)
    except NoValueError:
        return text_of(value)


def _by_output(decision: Element, value: Any) -> dict[str, Any]:
    """A context gives each of its entries; anything else stands under one name."""
    table = table_of(decision)
    names = output_names(table) if table is not None else []
    if len(names) > 1:
        if isinstance(value, list):
            return {name: [each.get(name) for each in value] for name in names}
        return value if isinstance(value, dict) else dict.fromkeys(names)
    if isinstance(value, dict) and not names:
        return value
    variable = first(decision, "variable")
    named = names[0] if names else variable.get("name") if variable is not None else None
    return {named or decision.get("name") or decision.get("id") or "": value}


def _told(decision: Element, reason: str) -> str:
    name = label(decision) or decision.get("id")
    return say("decisions.no-outcome", decision=name, reason=reason)


def _decision(diagram: Diagram, decision_id: str) -> Element:
    for decision in decisions(diagram):
        if decision.get("id") == decision_id:
            if boxed(decision) is None:
                raise DecisionError(say("decisions.no-table", decision=label(decision) or ""))
            return decision
    raise DecisionError(say("decisions.unknown", decision=decision_id))


class _Variables(Mapping[str, Any]):
    """Process variables as FEEL values, each made when it is asked for."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> Any:
        return feel_value(name, self._variables[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

"""Rules for models of decisions: what they require is there, other expressions are FEEL."""

from collections.abc import Iterator, Mapping

from processes.engine.checks.rules.decisions.decision_tables import feel_fault, label_of
from processes.engine.checks.rules.rule import (
    DMN_RULES,
    Complaint,
    Surroundings,
    error,
    warning,
)
from processes.engine.decisions.cells import ends_in
from processes.engine.decisions.deciding import in_small_language
from processes.engine.decisions.dmn.model import REQUIREMENTS, names_of_parts
from processes.engine.decisions.dmn.reading import entry_text, name_of, type_ref
from processes.engine.decisions.tables import (
    allowed_texts,
    decisions,
    default_texts,
    entries,
    hit_policy,
    table_of,
)
from processes.engine.decisions.types import NUMBERS
from processes.engine.diagram.graph import Diagram, Element, children, kind
from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel.evaluation import BudgetError, Evaluation
from processes.engine.language.feel.expressions import compile_expression, compile_tests
from processes.engine.language.feel.source import FeelSyntaxError
from processes.engine.language.feel.types import TYPE_NAMES
from processes.engine.sentences.catalogue import say

RANKED = frozenset({"PRIORITY", "OUTPUT ORDER"})


@error("decision-requires", of=DMN_RULES)
def _what_decisions_require_is_there(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    needs = _requirements(diagram)
    for part in children(diagram.root):
        if not needs.get(_reference(part), set()) <= needs.keys():
            yield part, say("checks.decision-requires", decision=label_of(part))


@error("decision-circle", of=DMN_RULES)
def _no_decision_requires_itself(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    needs = _requirements(diagram)
    for part in children(diagram.root):
        if _reference(part) in _reached(_reference(part), needs):
            yield part, say("checks.decision-circle", decision=label_of(part))


@error("decision-feel", of=DMN_RULES)
def _other_expressions_are_feel(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """The cells of tables have a rule of their own."""
    names = names_of_parts(diagram.root)
    for drawn in diagram.root.iter("{*}literalExpression"):
        fault = feel_fault(entry_text(drawn) or "null", names)
        if fault:
            part = next(e for e in (drawn, *drawn.iterancestors()) if e.getparent() is diagram.root)
            yield part, say("checks.decision-feel", decision=label_of(part), fault=fault)


@error("decision-order", of=DMN_RULES)
def _what_matters_most_is_told(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """DMN 1.5 §8.2.8: these policies rank outcomes by the output values of their column."""
    for decision in decisions(diagram):
        table = table_of(decision)
        policy = hit_policy(table) if table is not None else ""
        if policy in RANKED and not any(allowed_texts(table, "output")):
            told = say("checks.decision-order", decision=label_of(decision), policy=policy)
            yield decision, told


@error("decision-type", of=DMN_RULES)
def _types_exist(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """In FEEL no value is of a type that is not there; a table in `${…}` takes what it gets."""
    known = _types(diagram)
    for part in children(diagram.root):
        if kind(part) == "decision" and in_small_language(part) is not None:
            continue
        for drawn in part.iter("{*}*"):
            type_ = type_ref(drawn)
            if type_ and type_.rpartition(":")[2] not in known:
                yield part, say("checks.decision-type", decision=label_of(part), type=type_[:60])


@warning("column-type", of=DMN_RULES)
def _types_of_columns_are_known(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A table in the small language runs with any, and then converts nothing: "1" is no 1."""
    known = _types(diagram)
    for decision in decisions(diagram):
        if in_small_language(decision) is None:
            continue
        written = dict.fromkeys(type_ref(drawn) for drawn in decision.iter("{*}*"))
        for type_ in written:
            if type_ and type_.rpartition(":")[2] not in known:
                label = label_of(decision)
                yield decision, say("checks.column-type", decision=label, type=type_[:60])


def _types(diagram: Diagram) -> set[str]:
    """The names of types: FEEL's, those of numbers elsewhere, and those that the file draws."""
    own = {name_of(each) for each in children(diagram.root, "itemDefinition")}
    return {*TYPE_NAMES, *NUMBERS, *own}


@error("outcome-allowed", of=DMN_RULES)
def _outcomes_are_among_the_values(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    for decision in decisions(diagram):
        table = table_of(decision)
        allowed = allowed_texts(table, "output") if table is not None else []
        for text, values in zip(default_texts(table) if allowed else (), allowed, strict=False):
            if text and values and not _may_be_among(text, values):
                value = text[:60]
                told = say("checks.outcome-allowed", decision=label_of(decision), value=value)
                yield decision, told
        for rule in children(table, "rule") if any(allowed) else ():
            for text, values in zip(entries(rule, "outputEntry"), allowed, strict=False):
                if text and values and not _may_be_among(text, values):
                    value = text[:60]
                    told = say("checks.outcome-allowed", decision=label_of(decision), value=value)
                    yield rule, told


def _may_be_among(text: str, values: str) -> bool:
    """Whether an outcome may be among these values: one that names a variable may."""
    try:
        expression, tests = compile_expression(text), compile_tests(values)
        if expression.names - FUNCTIONS.keys() or tests.names:
            return True
        value = expression.evaluate({})
        return value is None or tests.holds(value, {}) is not False
    except (FeelSyntaxError, BudgetError):
        return True  # told already, or in the small language


@error("feel-never", of=DMN_RULES)
def _constants_have_a_value(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """A date that does not exist: what reads no variable and comes to null for a reason."""
    for part in children(diagram.root):
        for drawn in part.iter("{*}inputEntry", "{*}literalExpression", "{*}outputEntry"):
            text = entry_text(drawn)
            is_cell = kind(drawn) == "inputEntry"
            ends = ends_in(text) if is_cell else [text]
            for end, reason in ((each, _never(each, is_cell=is_cell)) for each in ends):
                if reason:
                    label = label_of(part)
                    told = say("checks.feel-never", decision=label, text=end[:60], reason=reason)
                    yield _rule_of(drawn, part), told


def _never(text: str, *, is_cell: bool) -> str:
    """Why a text never has a value, "" where it may: `?` has one in a cell alone."""
    evaluation = Evaluation()
    try:
        expression = compile_expression(text or "null")
        if (is_cell and expression.uses_value) or expression.names - FUNCTIONS.keys():
            return ""
        if expression.evaluate({}, evaluation) is None:
            return next(iter(evaluation.reasons), "")
    except (FeelSyntaxError, BudgetError):
        pass  # told already, or in the small language
    return ""


def _rule_of(drawn: Element, part: Element) -> Element:
    return next((each for each in drawn.iterancestors("{*}rule") if each.get("id")), part)


def _reference(part: Element) -> str:
    return f"#{part.get('id')}"


def _requirements(diagram: Diagram) -> Mapping[str, set[str]]:
    """Each part of the file by its reference, with the references of what it requires."""
    return {
        _reference(part): {
            each.get("href") or ""
            for requirement in children(part)
            if kind(requirement) in REQUIREMENTS
            for each in children(requirement)
        }
        for part in children(diagram.root)
        if part.get("id")
    }


def _reached(reference: str, needs: Mapping[str, set[str]]) -> set[str]:
    """What a part requires, directly or by way of others."""
    reached: set[str] = set()
    waiting = list(needs.get(reference, ()))
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting += needs.get(current, ())
    return reached

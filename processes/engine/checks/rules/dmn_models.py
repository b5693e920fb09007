"""Rules for models of decisions: what they require is there, other expressions are FEEL."""

from collections.abc import Iterator, Mapping

from processes.engine.checks.rules.dmn import feel_fault, label_of
from processes.engine.checks.rules.rule import DMN_RULES, Complaint, Surroundings, error
from processes.engine.decisions.dmn.model import REQUIREMENTS, names_of_parts
from processes.engine.decisions.dmn.reading import entry_text
from processes.engine.diagram.graph import Diagram, Element, children, kind
from processes.engine.sentences.catalogue import say


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

"""Rules for the names in a model of decisions: its arrows bring what a decision reads."""

import re
from collections.abc import Iterator

from processes.engine.checks.rules.decisions.decision_tables import label_of
from processes.engine.checks.rules.rule import DMN_RULES, Complaint, Surroundings, warning
from processes.engine.decisions.dmn.model import REQUIREMENTS, names_of_parts
from processes.engine.decisions.dmn.reading import entry_text, name_of
from processes.engine.diagram.graph import Diagram, Element, children, kind
from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel.expressions import compile_expression, compile_tests
from processes.engine.language.feel.source import FeelSyntaxError
from processes.engine.sentences.catalogue import say

READ = frozenset({"inputExpression", "inputEntry", "outputEntry", "literalExpression"})
GIVEN = FUNCTIONS.keys() | {"?", "item", "partial"}
NAMELESS = re.compile(r'(?:"(?:\\.|[^"\\])*"|[\s\d.,<>=!\[\]()+*/-])*')
"""What most cells hold: numbers, texts and comparisons."""


@warning("decision-name", of=DMN_RULES)
def _arrows_bring_what_a_decision_reads(diagram: Diagram, _: Surroundings) -> Iterator[Complaint]:
    """Only of who has an arrow: a decision without any reads the variables of the case.

    Some editors leave the old name in an expression when its input gets another.
    """
    names = {each.get("id"): name_of(each) for each in children(diagram.root)}
    imports = {name_of(each) for each in children(diagram.root, "import")}
    known = names_of_parts(diagram.root)
    for part in children(diagram.root):
        required = _required(part)
        if required:
            brought = {names.get(each, "") for each in required} | imports | _own(part)
            missing = sorted(_read(part, known) - GIVEN)
            missing = [name for name in missing if _alike(name) not in map(_alike, brought)]
            if missing:
                told = ", ".join(missing)
                yield part, say("checks.decision-name", decision=label_of(part), names=told)


def _required(part: Element) -> set[str]:
    """The ids to which the arrows of a part lead."""
    return {
        (each.get("href") or "").rpartition("#")[2]
        for requirement in children(part)
        if kind(requirement) in REQUIREMENTS
        for each in children(requirement)
    }


def _own(part: Element) -> frozenset[str]:
    """What is named in a part itself: parameters, entries of contexts, what loops go over."""
    loops = {each.get("iteratorVariable") or "" for each in part.iter("{*}*")}
    return names_of_parts(part) | loops


def _read(part: Element, known: frozenset[str]) -> set[str]:
    """What its expressions read; not what may be an entry of what a filter goes through."""
    read: set[str] = set()
    for drawn in part.iter("{*}*"):
        if kind(drawn) in READ and not any(kind(each) == "match" for each in drawn.iterancestors()):
            text = entry_text(drawn)
            if NAMELESS.fullmatch(text):
                continue
            compiled = compile_tests if kind(drawn) == "inputEntry" else compile_expression
            try:
                expression = compiled(text, known, known)
            except FeelSyntaxError:  # another rule tells it
                continue
            read |= expression.names - expression.in_filters
    return read


def _alike(name: str) -> str:
    """Other programs let the name of an input differ from its variable in spaces and capitals."""
    return "".join(name.split()).casefold()

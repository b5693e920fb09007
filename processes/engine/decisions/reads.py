"""The variables that the decisions of a file read, with what each is declared to hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from processes.engine.decisions.dmn.model import names_of_parts
from processes.engine.decisions.dmn.reading import (
    Element,
    children,
    entry_text,
    first,
    kind,
    name_of,
    type_ref,
)
from processes.engine.diagram.graph import read
from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel.expressions import (
    FeelSyntaxError,
    compile_expression,
    compile_tests,
)

TEXTS = frozenset(["inputExpression", "inputEntry", "outputEntry", "literalExpression"])
OWN = frozenset(["decision", "businessKnowledgeModel", "decisionService"])


@dataclass(frozen=True)
class ReadVariable:
    """A variable that decisions read."""

    name: str
    type: str  # of its input data, or of the column that reads it; "" where none is declared


def variables_read(xml: bytes) -> list[ReadVariable]:
    """The variables by name; a text that cannot be read is passed over.

    Raises UnreadableDiagramError.
    """
    root = read(xml).root
    known = names_of_parts(root)
    own = {name_of(each) for each in children(root) if kind(each) in OWN}
    own |= {name_of(each) for each in root.iter("{*}formalParameter")} | {"?"} | FUNCTIONS.keys()
    names = {name for text in _texts(root) for name in _names(text, known)} - own
    types = dict(_types(root))
    return [ReadVariable(name, types.get(name, "")) for name in sorted(names)]


def _texts(root: Element) -> Iterator[Element]:
    return (each for each in root.iter("{*}*") if kind(each) in TEXTS)


def _names(drawn: Element, known: frozenset[str]) -> frozenset[str]:
    text = entry_text(drawn)
    if not text:
        return frozenset()
    try:
        if kind(drawn) == "inputEntry":
            return compile_tests(text, known, known).names
        return compile_expression(text, known, known).names
    except FeelSyntaxError:  # the checks tell its owner
        return frozenset()


def _types(root: Element) -> Iterator[tuple[str, str]]:
    """What is declared of names, what counts most last."""
    for drawn in root.iter("{*}inputExpression"):
        yield entry_text(drawn), type_ref(drawn)
    for drawn in children(root, "inputData"):
        yield name_of(drawn), type_ref(first(drawn, "variable"))

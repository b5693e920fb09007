"""The variables that a decision reads, to ask for them where it is tried."""

from collections.abc import Iterator
from dataclasses import dataclass

from processes.engine.decisions.dmn.model import names_of_parts
from processes.engine.decisions.dmn.reading import entry_text, name_of, type_ref
from processes.engine.diagram.graph import Element, children, first, kind, read
from processes.engine.language.expressions import ExpressionError, compile_expression
from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel.expressions import compile_expression as compile_feel
from processes.engine.language.feel.source import FeelSyntaxError


@dataclass(frozen=True)
class AskedValue:
    """A variable that a decision of a file reads."""

    name: str
    is_text: bool  # a column of texts reads it as it is


def asked_values(xml: bytes) -> list[AskedValue]:
    """The variables that the decisions of a file read, in the order of the file.

    Raises UnreadableDiagramError.
    """
    root = read(xml).root
    given = names_of_parts(root) - {name_of(each) for each in children(root, "inputData")}
    found: dict[str, AskedValue] = {}
    for text, is_text in _expressions(root):
        for name in sorted(_names(text, names_of_parts(root)) - given):
            found.setdefault(name, AskedValue(name, is_text and text == name))
    return list(found.values())


def _expressions(root: Element) -> Iterator[tuple[str, bool]]:
    """Each expression of the file, and whether a column of texts reads it."""
    for drawn in root.iter("{*}inputExpression", "{*}literalExpression", "{*}outputEntry"):
        is_text = kind(drawn) == "inputExpression" and type_ref(drawn) == "string"
        yield entry_text(drawn), is_text
    for drawn in children(root, "inputData"):
        yield name_of(drawn), type_ref(first(drawn, "variable")) == "string"


def _names(text: str, known: frozenset[str]) -> frozenset[str]:
    if not text or text in known:
        return frozenset({text}) - {""}
    try:
        return compile_expression(text).names
    except ExpressionError:
        pass
    try:
        return compile_feel(text, known, known).names - FUNCTIONS.keys()
    except FeelSyntaxError:
        return frozenset()  # the checks tell its owner

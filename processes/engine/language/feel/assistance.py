"""Help for who writes FEEL in an editor: the built-in functions, and where a text goes wrong."""

from collections.abc import Iterable
from dataclasses import dataclass

from processes.engine.language.feel.builtins import FUNCTIONS
from processes.engine.language.feel.expressions import (
    Expression,
    FeelSyntaxError,
    UnaryTests,
    compile_expression,
    compile_tests,
)
from processes.engine.sentences.catalogue import say, word_list


@dataclass(frozen=True)
class OfferedFunction:
    """A built-in function, for completion."""

    name: str
    parameters: tuple[str, ...]  # of its first variant
    line: str  # what it does, in Dutch


@dataclass(frozen=True)
class Fault:
    """Where a text is no FEEL, in signs from its begin, and why, in Dutch."""

    start: int
    end: int
    message: str


def offered_functions() -> list[OfferedFunction]:
    """The built-in functions by name, with ours for working days and legal terms."""
    lines = word_list("feel_functions.lines")
    return [
        OfferedFunction(name, function.variants[0].parameters, lines[name])
        for name, function in sorted(FUNCTIONS.items())
    ]


def fault_in(text: str, names: Iterable[str] = (), *, is_cell: bool = False) -> Fault | None:
    """What is wrong with an expression, or with the tests of a cell; None where it can be read.

    `names` are those in scope: only those of more than one word change how a text is read.
    """
    if not text.strip() or (is_cell and text.strip() == "-"):
        return None
    known = frozenset(names)
    compiled: Expression | UnaryTests
    try:
        compiled = (compile_tests if is_cell else compile_expression)(text.rstrip(), known, known)
    except FeelSyntaxError as error:
        before = len(text) - len(text.lstrip()) if is_cell else 0
        return _at(text, None if error.at is None else before + error.at, str(error))
    unknown = sorted(compiled.unknown_functions - known)
    if not unknown:
        return None
    start = text.find(unknown[0])
    message = say("feel.function-unknown", name=unknown[0][:40])
    return Fault(max(start, 0), start + len(unknown[0]) if start >= 0 else len(text), message)


def _at(text: str, at: int | None, message: str) -> Fault:
    """From that place to the end of the word; the last sign where the text ends too early."""
    if at is None:
        return Fault(0, len(text), message)
    start = min(at, max(len(text.rstrip()) - 1, 0))
    word = text[start:].split()
    return Fault(start, start + max(len(word[0]) if word else 0, 1), message)

"""Expressions of diagrams: `${…}` in a small language, `=…` in FEEL; neither reaches Python."""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from processes.engine.language import feel_expressions
from processes.engine.language.feel_expressions import NoOutcomeError
from processes.engine.language.functions import (
    COMPARISONS,
    FUNCTIONS,
    OPERATORS,
    ExpressionError,
    item_of,
    negation,
)
from processes.engine.language.syntax import parse
from processes.engine.sentences.catalogue import say, word_list

__all__ = [
    "Expression",
    "ExpressionError",
    "NoOutcomeError",
    "compile_expression",
    "evaluate",
    "evaluate_template",
    "holds",
    "is_expression",
]

MAX_NUMBER = 10**15


CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}

Run: TypeAlias = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Expression:
    """A compiled expression; safe to share between threads."""

    source: str
    names: frozenset[str]
    _run: Run = field(repr=False, compare=False)
    is_feel: bool = False

    def holds(self, variables: Mapping[str, Any]) -> bool:
        """Whether it is true; what FEEL cannot tell does not hold (DMN 1.5 §10.3.2.7).

        Raises ExpressionError for whatever else goes wrong.
        """
        try:
            value = self.evaluate(variables)
        except NoOutcomeError:
            return False
        return value is True if self.is_feel else bool(value)

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """The value, a JSON type. Raises ExpressionError for whatever goes wrong."""
        try:
            return self._run(variables)
        except ExpressionError as error:
            raise error.within(self.source) from None
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise ExpressionError(say("language.cannot-be-worked-out"), self.source) from error


def is_expression(text: str) -> bool:
    """Whether this text is one `${…}`, or FEEL: it begins with `=`."""
    stripped = text.strip()
    return (stripped.startswith("${") and stripped.endswith("}")) or is_feel(stripped)


def is_feel(text: str) -> bool:
    """Whether this text is an expression in FEEL, as other tools mark it too."""
    return text.lstrip().startswith("=")


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """Check and compile an expression: bare, within `${…}`, or FEEL. Raises ExpressionError."""
    text = source.strip()
    if is_feel(text):
        return Expression(text, *feel_expressions.compiled(text), is_feel=True)
    if is_expression(text):
        text = text[2:-1].strip()
    try:
        tree = parse(text)
        names: set[str] = set()
        run = _compile(tree, names)
    except ExpressionError as error:
        raise error.within(text) from None
    return Expression(text, frozenset(names), run)


def evaluate(source: str, variables: Mapping[str, Any]) -> Any:
    """The value of an expression: bare, within `${…}`, or FEEL. Raises ExpressionError."""
    return compile_expression(source).evaluate(variables)


def holds(source: str, variables: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that names a variable that is not there does not."""
    condition = compile_expression(source)
    known = condition.is_feel or condition.names <= variables.keys()
    return known and condition.holds(variables)


def evaluate_template(text: str, variables: Mapping[str, Any]) -> Any:
    """The value of an input parameter: literal text, `${…}` or FEEL. Raises ExpressionError."""
    if is_expression(text):
        return evaluate(text, variables)
    if "${" in text:
        raise ExpressionError(say("language.mixed"), text)
    return text


def fill(template: Any, variables: Mapping[str, Any]) -> Any:
    """The value of a parameter that is a text, a list or a map. Raises ExpressionError."""
    if isinstance(template, str):
        return evaluate_template(template, variables)
    if isinstance(template, Mapping):
        return {name: fill(each, variables) for name, each in template.items()}
    return [fill(each, variables) for each in template]


def _compile(node: ast.expr, names: set[str]) -> Run:
    compiler = COMPILERS.get(type(node))
    if compiler is None:
        raise ExpressionError(
            word_list("language.refusals").get(type(node).__name__, say("language.refused"))
        )
    return compiler(node, names)


def _constant(node: Any, _names: set[str]) -> Run:
    value = node.value
    if not isinstance(value, (bool, int, float, str, type(None))):
        raise ExpressionError(say("language.constant-kind"))
    if isinstance(value, (int, float)) and not (math.isfinite(value) and value <= MAX_NUMBER):
        raise ExpressionError(say("language.number-too-large-written"))
    return lambda _variables: value


def _name(node: Any, names: set[str]) -> Run:
    name = node.id
    if name in CONSTANTS:
        constant = CONSTANTS[name]
        return lambda _variables: constant
    if name.startswith("_"):
        raise ExpressionError(say("language.name-syntax", name=name))
    names.add(name)

    def run(variables: Mapping[str, Any]) -> Any:
        try:
            return variables[name]
        except KeyError:
            raise ExpressionError(say("language.name-unknown", name=name)) from None

    return run


def _all_or_any(node: Any, names: set[str]) -> Run:
    parts = [_compile(part, names) for part in node.values]
    stop_at = isinstance(node.op, ast.Or)

    def run(variables: Mapping[str, Any]) -> Any:
        value = None
        for part in parts:
            value = part(variables)
            if bool(value) is stop_at:
                break
        return value

    return run


def _unary(node: Any, names: set[str]) -> Run:
    operand = _compile(node.operand, names)
    if isinstance(node.op, ast.Not):
        return lambda variables: not operand(variables)
    if isinstance(node.op, ast.USub):
        return lambda variables: negation(operand(variables))
    raise ExpressionError(say("language.sign"))


def _binary(node: Any, names: set[str]) -> Run:
    operator = OPERATORS.get(type(node.op))
    if operator is None:
        raise ExpressionError(say("language.operator"))
    left, right = _compile(node.left, names), _compile(node.right, names)
    return lambda variables: operator(left(variables), right(variables))


def _compare(node: Any, names: set[str]) -> Run:
    operators = [COMPARISONS.get(type(op)) for op in node.ops]
    if None in operators:
        raise ExpressionError(say("language.comparison"))
    first = _compile(node.left, names)
    rest = [
        (operator, _compile(part, names))
        for operator, part in zip(operators, node.comparators, strict=True)
        if operator
    ]

    def run(variables: Mapping[str, Any]) -> bool:
        left = first(variables)
        for operator, part in rest:
            right = part(variables)
            if not operator(left, right):
                return False
            left = right
        return True

    return run


def _list(node: Any, names: set[str]) -> Run:
    parts = [_compile(part, names) for part in node.elts]
    return lambda variables: [part(variables) for part in parts]


def _subscript(node: Any, names: set[str]) -> Run:
    whole, key = _compile(node.value, names), _compile(node.slice, names)
    return lambda variables: item_of(whole(variables), key(variables))


def _call(node: Any, names: set[str]) -> Run:
    known = ", ".join(sorted(FUNCTIONS))
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        raise ExpressionError(say("language.call", known=known))
    if node.keywords:
        raise ExpressionError(say("language.named-argument"))
    function = FUNCTIONS[node.func.id]
    arguments = [_compile(part, names) for part in node.args]
    return lambda variables: function(*[argument(variables) for argument in arguments])


COMPILERS: dict[type[ast.expr], Callable[[Any, set[str]], Run]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BoolOp: _all_or_any,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.List: _list,
    ast.Subscript: _subscript,
    ast.Call: _call,
}

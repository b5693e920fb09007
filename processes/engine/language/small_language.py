"""Compiles the small language `${…}` to closures over FEEL values, as FEEL itself is compiled.

What FEEL makes null, with a reason, is an error here: a type clash, a name that nothing gives.
"""

import ast
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from processes.engine.language.feel import nodes
from processes.engine.language.feel.evaluation import Evaluation, Run, Scope
from processes.engine.language.feel.json_values import scalar
from processes.engine.language.feel.values import NoValueError, Reasons
from processes.engine.language.functions import (
    COMPARISONS,
    FUNCTIONS,
    MAX_RESULT,
    ExpressionError,
    is_true,
    item_of,
    negation,
    reckoned,
)
from processes.engine.language.syntax import parse
from processes.engine.sentences.catalogue import say, word_list

CONSTANTS: Final[Mapping[str, Any]] = {"true": True, "false": False, "null": None}
LARGEST_WHOLE: Final = 2**63 - 1  # what a process variable holds
SIGNS: Final[Mapping[type, str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


class _NoReasons(Reasons):
    """A reason for null is an error at once."""

    __slots__ = ()

    def note(self, reason: str) -> None:
        raise NoValueError(reason)


STRICT: Final = Evaluation(reasons=_NoReasons())
"""No part of the small language loops, so that all evaluations share one that counts nothing."""


def compiled(text: str) -> tuple[frozenset[str], Callable[[Mapping[str, Any]], Any]]:
    """The names of the variables that it reads, and how to work it out: JSON in and out.

    Raises ExpressionError. Working it out raises ExpressionError and NoValueError.
    """
    tree = parse(text)
    names: set[str] = set()
    run = _compile(tree, names)
    if isinstance(tree, ast.Name) and names:
        return frozenset(names), lambda variables: _variable(variables, tree.id)
    return frozenset(names), lambda variables: _json(run(Scope(variables, None, STRICT)))


def _json(value: Any) -> Any:
    """The JSON of a value; lists and maps of variables are JSON already."""
    if type(value) is Decimal:
        is_whole = abs(value) <= LARGEST_WHOLE and value == value.to_integral_value()
        return int(value) if is_whole else float(value)
    return [_json(each) for each in value] if type(value) is list else value


def _variable(variables: Mapping[str, Any], name: str) -> Any:
    try:
        return variables[name]
    except KeyError:
        raise ExpressionError(say("language.name-unknown", name=name)) from None


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
    if isinstance(value, (int, float)) and not (math.isfinite(value) and value <= MAX_RESULT):
        raise ExpressionError(say("language.number-too-large-written"))
    return nodes.constant(scalar(value))


def _name(node: Any, names: set[str]) -> Run:
    name = node.id
    if name in CONSTANTS:
        return nodes.constant(CONSTANTS[name])
    if name.startswith("_"):
        raise ExpressionError(say("language.name-syntax", name=name))
    names.add(name)
    return lambda scope: scalar(_variable(scope.values, name))


def _all_or_any(node: Any, names: set[str]) -> Run:
    parts = [_compile(part, names) for part in node.values]
    stop_at = isinstance(node.op, ast.Or)

    def run(scope: Scope) -> bool:
        return any(is_true(part(scope)) is stop_at for part in parts) is stop_at

    return run


def _unary(node: Any, names: set[str]) -> Run:
    operand = _compile(node.operand, names)
    if isinstance(node.op, ast.Not):
        return lambda scope: not is_true(operand(scope))
    if isinstance(node.op, ast.USub):
        return lambda scope: negation(operand(scope))
    raise ExpressionError(say("language.sign"))


def _binary(node: Any, names: set[str]) -> Run:
    sign = SIGNS.get(type(node.op))
    if sign is None:
        raise ExpressionError(say("language.operator"))
    left, right = _compile(node.left, names), _compile(node.right, names)
    return lambda scope: reckoned(sign, left(scope), right(scope))


def _compare(node: Any, names: set[str]) -> Run:
    signs = [SIGNS.get(type(op), "") for op in node.ops]
    if "" in signs:
        raise ExpressionError(say("language.comparison"))
    first, *rest = [_compile(part, names) for part in (node.left, *node.comparators)]
    if len(rest) == 1:
        return _comparison(signs[0], first, rest[0])
    pairs = list(zip(map(COMPARISONS.__getitem__, signs), rest, strict=True))

    def run(scope: Scope) -> bool:
        left = first(scope)
        for holds, part in pairs:
            right = part(scope)
            if not holds(left, right):
                return False
            left = right
        return True

    return run


def _comparison(sign: str, left: Run, right: Run) -> Run:
    if sign in nodes.NUMBER_SIGNS:
        return nodes.comparison(sign, left, right)
    holds = COMPARISONS[sign]
    return lambda scope: holds(left(scope), right(scope))


def _list(node: Any, names: set[str]) -> Run:
    return nodes.listed([_compile(part, names) for part in node.elts])


def _subscript(node: Any, names: set[str]) -> Run:
    whole, key = _compile(node.value, names), _compile(node.slice, names)
    return lambda scope: item_of(whole(scope), key(scope))


def _call(node: Any, names: set[str]) -> Run:
    known = ", ".join(sorted(FUNCTIONS))
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        raise ExpressionError(say("language.call", known=known))
    if node.keywords:
        raise ExpressionError(say("language.named-argument"))
    function = FUNCTIONS[node.func.id]
    arguments = [_compile(part, names) for part in node.args]
    return lambda scope: function(*[argument(scope) for argument in arguments])


COMPILERS: Final[Mapping[type[ast.expr], Callable[[Any, set[str]], Run]]] = {
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

"""Expression language of diagrams: compiles and evaluates `${…}` without any access to Python."""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from processes.engine.language.functions import (
    COMPARISONS,
    FUNCTIONS,
    OPERATORS,
    ExpressionError,
    negated,
    picked,
)

__all__ = [
    "Expression",
    "ExpressionError",
    "compile_expression",
    "evaluate",
    "evaluate_template",
    "holds",
    "is_expression",
]

MAX_LENGTH = 1000
MAX_NODES = 200
MAX_DEPTH = 30
MAX_NUMBER = 10**15

CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}

Run: TypeAlias = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Expression:
    """A compiled expression; safe to share between threads."""

    source: str
    names: frozenset[str]
    _run: Run = field(repr=False, compare=False)

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """The value, a JSON type. Raises ExpressionError for whatever goes wrong."""
        try:
            return self._run(variables)
        except ExpressionError as error:
            raise error.within(self.source) from None
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            reason = "kan niet worden uitgerekend"
            raise ExpressionError(reason, self.source) from error


def is_expression(text: str) -> bool:
    """Whether this text is one `${…}`."""
    stripped = text.strip()
    return stripped.startswith("${") and stripped.endswith("}")


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """Check and compile an expression, bare or within `${…}`. Raises ExpressionError."""
    text = source.strip()
    if is_expression(text):
        text = text[2:-1].strip()
    try:
        tree = _parse(text)
        names: set[str] = set()
        run = _compile(tree, names)
    except ExpressionError as error:
        raise error.within(text) from None
    return Expression(text, frozenset(names), run)


def evaluate(source: str, variables: Mapping[str, Any]) -> Any:
    """The value of an expression, bare or within `${…}`. Raises ExpressionError."""
    return compile_expression(source).evaluate(variables)


def holds(source: str, variables: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that names a variable that is not there does not."""
    condition = compile_expression(source)
    return condition.names <= variables.keys() and bool(condition.evaluate(variables))


def evaluate_template(text: str, variables: Mapping[str, Any]) -> Any:
    """The value of an input parameter: literal text, or one `${…}`. Raises ExpressionError."""
    if is_expression(text):
        return evaluate(text, variables)
    if "${" in text:
        reason = "meng geen tekst met ${…}: gebruik óf tekst, óf één ${…}"
        raise ExpressionError(reason, text)
    return text


def _parse(text: str) -> ast.expr:
    """The syntax tree, after what could hurt the parser itself has been refused."""
    if not text:
        reason = "is leeg"
        raise ExpressionError(reason)
    if len(text) > MAX_LENGTH:
        reason = f"is langer dan {MAX_LENGTH} tekens"
        raise ExpressionError(reason)
    text = text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
    _refuse_nesting(text)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        reason = "is niet goed geschreven"
        raise ExpressionError(reason) from None
    _refuse_size(tree)
    return tree


def _refuse_nesting(text: str) -> None:
    """Refuse what Python's parser should not even see: deep nesting, comments, escapes."""
    if "\\" in text or "'''" in text or '"""' in text:
        reason = "gebruikt een schuine streep of driedubbele aanhalingstekens"
        raise ExpressionError(reason)
    quote, depth = "", 0
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#":
            reason = "gebruikt een # buiten aanhalingstekens"
            raise ExpressionError(reason)
        else:
            depth += (character in "([{") - (character in ")]}")
        if depth > MAX_DEPTH:
            reason = f"is dieper genest dan {MAX_DEPTH} niveaus"
            raise ExpressionError(reason)


def _refuse_size(tree: ast.expr) -> None:
    nodes, level, depth = 0, [tree], 0
    while level:
        nodes += len(level)
        depth += 1
        if nodes > MAX_NODES:
            reason = f"heeft meer dan {MAX_NODES} onderdelen"
            raise ExpressionError(reason)
        if depth > MAX_DEPTH:
            reason = f"is dieper genest dan {MAX_DEPTH} niveaus"
            raise ExpressionError(reason)
        level = [
            child
            for node in level
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr)
        ]


def _compile(node: ast.expr, names: set[str]) -> Run:
    compiler = COMPILERS.get(type(node))
    if compiler is None:
        raise ExpressionError(REFUSALS.get(type(node), "gebruikt iets dat hier niet mag"))
    return compiler(node, names)


def _constant(node: Any, _names: set[str]) -> Run:
    value = node.value
    if not isinstance(value, (bool, int, float, str, type(None))):
        reason = "gebruikt een soort waarde die hier niet mag"
        raise ExpressionError(reason)
    if isinstance(value, (int, float)) and not (math.isfinite(value) and value <= MAX_NUMBER):
        reason = "gebruikt een te groot getal"
        raise ExpressionError(reason)
    return lambda _variables: value


def _name(node: Any, names: set[str]) -> Run:
    name = node.id
    if name in CONSTANTS:
        constant = CONSTANTS[name]
        return lambda _variables: constant
    if name.startswith("_"):
        reason = f'gebruikt de naam "{name}"; een naam begint met een letter'
        raise ExpressionError(reason)
    names.add(name)

    def run(variables: Mapping[str, Any]) -> Any:
        try:
            return variables[name]
        except KeyError:
            reason = f'gebruikt "{name}", en die variabele bestaat niet'
            raise ExpressionError(reason) from None

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
        return lambda variables: negated(operand(variables))
    reason = "gebruikt een teken dat hier niet mag"
    raise ExpressionError(reason)


def _binary(node: Any, names: set[str]) -> Run:
    operator = OPERATORS.get(type(node.op))
    if operator is None:
        reason = "rekent alleen met + - * en /"
        raise ExpressionError(reason)
    left, right = _compile(node.left, names), _compile(node.right, names)
    return lambda variables: operator(left(variables), right(variables))


def _compare(node: Any, names: set[str]) -> Run:
    operators = [COMPARISONS.get(type(op)) for op in node.ops]
    if None in operators:
        reason = "vergelijkt met == of !=, niet met is"
        raise ExpressionError(reason)
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
    return lambda variables: picked(whole(variables), key(variables))


def _call(node: Any, names: set[str]) -> Run:
    known = ", ".join(sorted(FUNCTIONS))
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        reason = f"roept iets aan dat hier niet mag; alleen {known} mogen"
        raise ExpressionError(reason)
    if node.keywords:
        reason = "geeft een functie een waarde met een naam erbij; dat mag niet"
        raise ExpressionError(reason)
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

REFUSALS: dict[type[ast.expr], str] = {
    ast.Attribute: 'gebruikt een punt; schrijf bedrijf["naam"] in plaats van bedrijf.naam',
    ast.Slice: "vraagt een deel van een lijst; vraag één waarde",
    ast.Tuple: "heeft een rij zonder lijsthaken; schrijf [a, b]",
    ast.JoinedStr: "gebruikt een f-tekst; dat mag niet",
    ast.Lambda: "gebruikt lambda; dat mag niet",
}

"""Writes a condition of the small language `${…}` as FEEL.

What holds in the one holds in the other. Where the small language compares two kinds (a text with
a number), or asks for what is not there, FEEL cannot tell: there it does not hold, with a reason.
"""

import ast
from collections.abc import Callable, Container, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from processes.engine.language.feel.literals import date_from
from processes.engine.language.feel.source import KEYWORDS, WORD
from processes.engine.language.feel.values import NoValueError
from processes.engine.language.functions import ExpressionError
from processes.engine.language.small_language import CONSTANTS, SIGNS, compiled
from processes.engine.language.syntax import parse
from processes.engine.sentences.catalogue import say

OR, AND, COMPARED, SUM, PRODUCT, SIGNED, WHOLE = range(7)
"""How tightly what is written binds, loosest first."""
LEVELS: Final[Mapping[str, int]] = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}
DATED: Final = frozenset({"today", "workday", "term_end"})
FUNCTIONS: Final[Mapping[str, str]] = {
    "abs": "abs",
    "max": "max",
    "min": "min",
    "sum": "sum",
    "round": "decimal",
    "today": "today",
    "is_workday": "is workday",
    "workday": "workday",
    "workdays_between": "workdays between",
    "term_end": "term end",
}


def as_feel(text: str, dates: Container[str] = ()) -> str:
    """The condition in FEEL, marked with `=`. `dates` are the variables that FEEL has as dates.

    Raises ExpressionError, with a Dutch reason, for what cannot be read and what FEEL cannot say.
    """
    source = text.strip()
    if source.startswith("${") and source.endswith("}"):
        source = source[2:-1].strip()
    try:
        compiled(source)
        return f"= {_Writer(dates).truth(parse(source))[0]}"
    except ExpressionError as error:
        raise error.within(source) from None


class _Writer:
    """Each method gives what is written, and how tightly it binds."""

    def __init__(self, dates: Container[str]) -> None:
        self._dates = dates

    def truth(self, node: ast.expr, *, strict: bool = False) -> tuple[str, int]:
        """What is true or false; strict where null must count as false."""
        match node:
            case ast.BoolOp(op=op, values=values):
                word, level = ("and", AND) if isinstance(op, ast.And) else ("or", OR)
                parts = [_within(self.truth(each, strict=strict), level + 1) for each in values]
                return f" {word} ".join(parts), level
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._negated(operand)
            case ast.Compare() | ast.Call() | ast.Constant():
                return self._written(node)
        found = self._written(node)
        return (f"{_within(found, SUM)} = true", COMPARED) if strict else found

    def _negated(self, operand: ast.expr) -> tuple[str, int]:
        if isinstance(operand, ast.BoolOp | ast.Compare | ast.UnaryOp | ast.Call):
            return f"not({self.truth(operand, strict=True)[0]})", WHOLE
        return f"{_within(self._written(operand), SUM)} != true", COMPARED

    def _written(self, node: ast.expr) -> tuple[str, int]:
        return WRITERS[type(node)](self, node)

    def _inner(self, node: ast.expr, level: int = OR) -> str:
        """A value within something else; a date as the text that the small language sees."""
        if self._is_dated(node):
            return f"string({self._written(node)[0]})"
        if isinstance(node, ast.BoolOp) or _is_negation(node):
            raise ExpressionError(say("language.no-feel-truth"))
        return _within(self._written(node), level)

    def _date(self, node: ast.expr) -> str:
        """A value as a date of FEEL."""
        return self._written(node)[0] if self._is_dated(node) else f"date({self._inner(node)})"

    def _is_dated(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self._dates and name not in CONSTANTS
            case ast.Call(func=ast.Name(id=name)):
                return name in DATED
        return False

    def name(self, node: Any) -> tuple[str, int]:
        if node.id in KEYWORDS and node.id not in CONSTANTS:
            raise ExpressionError(say("language.no-feel-name", name=node.id))
        return node.id, WHOLE

    def constant(self, node: Any) -> tuple[str, int]:
        if isinstance(node.value, str):
            escaped = node.value.replace('"', '\\"')
            return f'"{escaped}"', WHOLE
        if node.value is None or isinstance(node.value, bool):
            return str(node.value).lower().replace("none", "null"), WHOLE
        number = Decimal(repr(node.value))
        is_whole = number == number.to_integral_value()
        return (str(int(number)) if is_whole else format(number, "f")), WHOLE

    def sign(self, node: Any) -> tuple[str, int]:
        return f"-{self._inner(node.operand, SIGNED)}", SIGNED

    def arithmetic(self, node: Any) -> tuple[str, int]:
        sign = SIGNS[type(node.op)]
        level = LEVELS[sign]
        left, right = self._inner(node.left, level), self._inner(node.right, level + 1)
        return f"{left} {sign} {right}", level

    def listed(self, node: Any) -> tuple[str, int]:
        return f"[{', '.join(map(self._inner, node.elts))}]", WHOLE

    def item(self, node: Any) -> tuple[str, int]:
        whole = self._inner(node.value, WHOLE)
        match node.slice:
            case ast.Constant(value=str() as key) if WORD.fullmatch(key) and key not in KEYWORDS:
                return f"{whole}.{key}", WHOLE
            case ast.Constant(value=str()):
                return f"get value({whole}, {self._inner(node.slice)})", WHOLE
            case ast.Constant(value=int() as number):
                return f"{whole}[{number + 1}]", WHOLE
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)) if number:
                return f"{whole}[-{number}]", WHOLE
        raise ExpressionError(say("language.no-feel-item"))

    def compared(self, node: Any) -> tuple[str, int]:
        parts = [node.left, *node.comparators]
        signs = [SIGNS[type(op)] for op in node.ops]
        pairs = [self._pair(sign, *two) for sign, two in zip(signs, pairwise(parts), strict=True)]
        if len(pairs) == 1:
            return pairs[0]
        return " and ".join(_within(each, AND + 1) for each in pairs), AND

    def _pair(self, sign: str, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        if sign in ("in", "not in"):
            held = self._contained(left, right)
            return (held if sign == "in" else f"not({held})"), WHOLE
        one, other = self._sides(left, right)
        return f"{one} {'=' if sign == '==' else sign} {other}", COMPARED

    def _sides(self, left: ast.expr, right: ast.expr) -> tuple[str, str]:
        """Both sides as dates, where one is a variable with a date; else as what they are."""
        both = (left, right)
        has_date = any(isinstance(each, ast.Name) and self._is_dated(each) for each in both)
        if has_date and all(self._is_dated(each) or _is_day(each) for each in both):
            return self._date(left), self._date(right)
        return self._inner(left, SUM), self._inner(right, SUM)

    def _contained(self, left: ast.expr, right: ast.expr) -> str:
        item, whole = self._inner(left), self._inner(right)
        match right:
            case ast.List():
                return f"list contains({whole}, {item})"
            case ast.Constant(value=str()):
                return f"contains({whole}, {item})"
        raise ExpressionError(say("language.no-feel-in"))

    def call(self, node: Any) -> tuple[str, int]:
        name, arguments = node.func.id, node.args
        if name == "len":
            return self._length(*arguments), WHOLE
        if name == "round" and len(arguments) == 1:
            return f"decimal({self._inner(arguments[0])}, 0)", WHOLE
        return f"{FUNCTIONS[name]}({', '.join(self._arguments(name, arguments))})", WHOLE

    def _arguments(self, name: str, arguments: list[ast.expr]) -> list[str]:
        if name in ("workday", "term_end"):
            first, *rest = arguments
            made = "duration({})" if name == "term_end" else "{}"
            return [self._date(first), *(made.format(self._inner(each)) for each in rest)]
        return [(self._date if "workday" in name else self._inner)(each) for each in arguments]

    def _length(self, *arguments: ast.expr) -> str:
        if len(arguments) != 1:
            raise ExpressionError(say("language.arguments", name="len"))
        (value,) = arguments
        written = self._inner(value)
        if isinstance(value, ast.List):
            return f"count({written})"
        if isinstance(value, ast.Constant):
            return f"string length({written})"
        kinds = f"string length({written}) else count({written})"
        return f"(if {written} instance of string then {kinds})"


def _within(written: tuple[str, int], level: int) -> str:
    text, own = written
    return text if own >= level else f"({text})"


def _is_negation(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _is_day(node: ast.expr) -> bool:
    """Whether this is a written date."""
    try:
        return isinstance(node, ast.Constant) and bool(date_from(str(node.value)))
    except NoValueError:
        return False


WRITERS: Final[Mapping[type[ast.expr], Callable[[_Writer, Any], tuple[str, int]]]] = {
    ast.Name: _Writer.name,
    ast.Constant: _Writer.constant,
    ast.UnaryOp: _Writer.sign,
    ast.BinOp: _Writer.arithmetic,
    ast.List: _Writer.listed,
    ast.Subscript: _Writer.item,
    ast.Compare: _Writer.compared,
    ast.Call: _Writer.call,
}

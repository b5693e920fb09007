"""Compiles FEEL text: a recursive descent straight to closures (DMN 1.5 §10.3.1.2).

The operators stand here; what they work on, from a literal to a filter, in `primaries`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from processes.engine.language.feel import calls, loops, nodes
from processes.engine.language.feel.evaluation import Run, Scope
from processes.engine.language.feel.nodes import Test
from processes.engine.language.feel.primaries import PrimaryParser
from processes.engine.language.feel.source import FeelSyntaxError
from processes.engine.language.feel.type_parser import type_at
from processes.engine.language.feel.types import ANY, Type
from processes.engine.sentences.catalogue import say

MAX_NESTING: Final = 50
COMPARISONS: Final = ("<=", ">=", "!=", "<", ">", "=")


class Parser(PrimaryParser):
    """Reads one expression, or unary tests; each method reads one rule of the grammar."""

    def whole_expression(self) -> Run:
        """The expression that the text is. Raises FeelSyntaxError."""
        compiled = self.expression()
        if not self.source.is_done():
            self.source.fail(say("feel.rest"))
        return compiled

    def expression(self) -> Run:
        with self._deeper():
            for word, rule in (
                ("if", self._if),
                ("for", self._for),
                ("some", self._quantified),
                ("every", self._quantified),
                ("function", self._function),
            ):
                if self.source.look(word) and not self.names.knows(word):
                    return rule()
            return self._disjunction()

    def unary_tests(self) -> Test:
        """The cell that the text is: `-`, tests, or `not(tests)`. Raises FeelSyntaxError."""
        if self.source.take("-") and self.source.is_done():
            return lambda _value, _scope: True
        self.source.at = 0
        return self._negated_tests() or self._either(self._tests(), end=True)

    def _negated_tests(self) -> Test | None:
        if not self.source.take("not") or not self.source.take("("):
            self.source.at = 0
            return None
        try:
            test = self._either(self._tests(), closing=")", end=True)
        except FeelSyntaxError:
            self.source.at = 0  # the function, in a longer expression
            return None
        return lambda value, scope: nodes.inverse(test(value, scope))

    def _either(self, tests: list[Test], *, closing: str = "", end: bool = False) -> Test:
        if closing:
            self.source.want(closing)
        if end and not self.source.is_done():
            self.source.fail(say("feel.rest"))
        if len(tests) == 1:
            return tests[0]
        return lambda value, scope: nodes.any_holds(test(value, scope) for test in tests)

    def _tests(self) -> list[Test]:
        tests = [self._unary_test(self.expression)]
        while self.source.take(","):
            tests.append(self._unary_test(self.expression))
        return tests

    def _unary_test(self, rule: Callable[[], Run]) -> Test:
        sign = self.source.take(*COMPARISONS)
        if sign:
            return _signed_test(sign, self._sum())
        before, self.uses_value = self.uses_value, False
        inner = rule()
        uses_value, self.uses_value = self.uses_value, before
        return _test(inner, uses_value=uses_value)

    def _if(self) -> Run:
        self.source.want("if")
        test = self.expression()
        self.source.want("then")
        then = self.expression()
        self.source.want("else")
        return nodes.choice(test, then, self.expression())

    def _for(self) -> Run:
        self.source.want("for")
        with self.names.declared():
            iterators = self._iterators("return")
            with self.names.declared("partial"):
                body = self.expression()
        return loops.iteration(iterators, body)

    def _quantified(self) -> Run:
        every = self.source.take("some", "every") == "every"
        with self.names.declared():
            iterators = self._iterators("satisfies")
            body = self.expression()
        return loops.quantified(iterators, body, every=every)

    def _iterators(self, word: str) -> list[tuple[str, loops.Items]]:
        found = []
        while True:
            name = self.source.words()
            self.source.want("in")
            first = self.expression()
            if self.source.take(".."):
                found.append((name, loops.span(first, self.expression())))
            else:
                found.append((name, loops.items_of(first)))
            self.names.declare(name)
            if not self.source.take(","):
                self.source.want(word)
                return found

    def _function(self) -> Run:
        self.source.want("function")
        self.source.want("(")
        parameters: list[str] = []
        types: list[Type] = []
        while not self.source.take(")"):
            parameters.append(self.source.words())
            types.append(type_at(self.source) if self.source.take(":") else ANY)
            if not self.source.look(")"):
                self.source.want(",")
        external = self.source.take("external")
        with self.names.declared(*parameters):
            body = self.expression()
        if external:
            return nodes.no_value(say("feel.external"))
        return lambda scope: calls.written(parameters, types, body, scope)

    def _disjunction(self) -> Run:
        parts = [self._conjunction()]
        while self.source.take("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else nodes.disjunction(parts)

    def _conjunction(self) -> Run:
        parts = [self._comparison()]
        while self.source.take("and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else nodes.conjunction(parts)

    def _comparison(self) -> Run:
        left = self._sum()
        while True:
            compared = self._compared(left)
            if compared is None:
                return left
            left = compared

    def _compared(self, left: Run) -> Run | None:
        """The comparison that goes on from `left`, if one does."""
        sign = self.source.take(*COMPARISONS)
        if sign:
            return _compared(sign, left, self._sum())
        if self.source.take("between"):
            low = self._sum()
            self.source.want("and")
            return nodes.between(left, low, self._sum())
        if self.source.take("instance"):
            self.source.want("of")
            return nodes.instance_of(left, type_at(self.source))
        if self.source.take("in"):
            return nodes.membership(left, self._in_tests())
        return None

    def _in_tests(self) -> list[Test]:
        """What follows `in`: tests between brackets, or one."""
        start = self.source.at
        if self.source.take("("):
            try:
                tests = self._tests()
                if self.source.take(")") and not self.source.look(".."):
                    return tests
            except FeelSyntaxError:
                pass  # a range that is open at its low end
            self.source.at = start
        return [self._unary_test(self._sum)]

    def _sum(self) -> Run:
        left = self._product()
        while sign := self.source.take("+", "-"):
            left = nodes.arithmetic(sign, left, self._product())
        return left

    def _product(self) -> Run:
        left = self._power()
        while not self.source.look("**") and (sign := self.source.take("*", "/")):
            left = nodes.arithmetic(sign, left, self._power())
        return left

    def _power(self) -> Run:
        left = self._signed()
        while self.source.take("**"):
            left = nodes.arithmetic("**", left, self._signed())
        return left

    def _signed(self) -> Run:
        if not self.source.take("-"):
            return self.postfix()
        with self._deeper():
            return nodes.negation(self._signed())

    def end_of_range(self) -> Run:
        return self._sum()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.source.fail(say("feel.nested-too-deep", max_depth=MAX_NESTING))
        try:
            yield
        finally:
            self.depth -= 1


def _compared(sign: str, left: Run, right: Run) -> Run:
    if sign == "=":
        return nodes.equality(left, right)
    if sign == "!=":
        return nodes.inequality(left, right)
    return nodes.comparison(sign, left, right)


def _signed_test(sign: str, end: Run) -> Test:
    """A test that begins with a sign: the value stands at its left."""

    def test(value: object, scope: Scope) -> object:
        return _compared(sign, nodes.constant(value), end)(scope)

    return test


def _test(inner: Run, *, uses_value: bool) -> Test:
    """A test by an expression: true by itself where it uses `?`, else compared to the value."""

    def test(value: object, scope: Scope) -> object:
        found = inner(scope.inner({"?": value}))
        if uses_value and isinstance(found, bool):
            return found
        return nodes.fits(value, found, scope)

    return test

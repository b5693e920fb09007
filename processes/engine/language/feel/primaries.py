"""Compiles what the operators of FEEL work on: literals, names, lists, contexts, calls, filters."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

from processes.engine.language.feel import calls, loops, nodes
from processes.engine.language.feel.evaluation import Run
from processes.engine.language.feel.literals import literal
from processes.engine.language.feel.properties import LONG_NAMES
from processes.engine.language.feel.source import (
    KEYWORDS,
    WORD,
    FeelSyntaxError,
    Names,
    Source,
    longest,
)
from processes.engine.language.feel.values import Function
from processes.engine.sentences.catalogue import say

NUMBER: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
CONSTANTS: Final[Mapping[str, Any]] = {"true": True, "false": False, "null": None}
RANGE_SIGNS: Final = ("<=", ">=", "<", ">", "!=", "=")
NO_KEY: Final = frozenset('"{}[](),')


class PrimaryParser(ABC):
    """The part of the parser for everything that binds tighter than an operator."""

    def __init__(
        self,
        text: str,
        names: frozenset[str],
        properties: frozenset[str],
        functions: Mapping[str, Function],
    ) -> None:
        self.source = Source(text)
        self.names = Names(names, functions)
        self.free: set[str] = set()  # the names that the text uses and does not declare
        self.free_outside_filters: set[str] = set()  # those that cannot be entries of an item
        self.unknown_functions: set[str] = set()  # called, and neither built in nor in scope
        self.uses_value = False  # whether the test that is read uses `?`
        self.depth = 0
        self._functions = functions
        self._properties = {name for name in properties if not WORD.fullmatch(name)} | LONG_NAMES
        self._filter_depth = 0
        self._filters = True  # whether `[` begins a filter; not where it may end a range

    @abstractmethod
    def expression(self) -> Run:
        """Any expression."""

    @abstractmethod
    def end_of_range(self) -> Run:
        """An expression without comparison."""

    def postfix(self) -> Run:
        """A primary with its paths, calls and filters."""
        self._note_unknown_function()
        value = self._primary()
        while not self.source.look(".."):
            if self.source.take("."):
                value = nodes.path(value, self._property())
            elif self.source.take("("):
                value = self._call(value)
            elif self._filters and self.source.take("["):
                value = self._filter(value)
            else:
                break
        return value

    def _primary(self) -> Run:
        source = self.source
        source.skip()
        found = NUMBER.match(source.text, source.at)
        if found:
            source.at = found.end()
            return nodes.constant(Decimal(found[0]))
        if source.look('"'):
            return nodes.constant(source.string())
        if source.take("@"):
            return self._literal()
        if source.look("(") or source.look("[") or source.look("]"):
            return self._bracket()
        if source.take("{"):
            return self._context()
        return self._name()

    def _literal(self) -> Run:
        text = self.source.string()
        return lambda scope: nodes.or_null(scope, literal, text)

    def _name(self) -> Run:
        found = self.names.long_name(self.source.text, self.source.at)
        if found:
            name, self.source.at = found
            return self._named(name)
        name = self.source.word() or ""
        if not name:
            self.source.fail(say("feel.expression-wanted"))
        if not self.names.knows(name):
            if name in CONSTANTS:
                self.source.at += len(name)
                return nodes.constant(CONSTANTS[name])
            if name in KEYWORDS and name != "not":
                self.source.fail(say("feel.expression-wanted"))
        self.source.at += len(name)
        return self._named(name)

    def _named(self, name: str) -> Run:
        if name == "?":
            self.uses_value = True
        elif not self.names.is_bound(name):
            self.free.add(name)
            if not self._filter_depth:
                self.free_outside_filters.add(name)
        built_in = self._functions.get(name)
        if built_in is not None and self.source.look("("):
            return nodes.called_name(name, built_in)
        return nodes.name(name, built_in)

    def _note_unknown_function(self) -> None:
        name = self.source.word() or ""
        end = self.source.at + len(name)
        known = self.names.knows(name) or name in self._functions or name in KEYWORDS
        is_called = self.source.text[end : end + 1] == "("
        long = self.names.long_name(self.source.text, self.source.at)
        if name and is_called and not known and not long:
            self.unknown_functions.add(name)

    def _property(self) -> str:
        self.source.skip()
        known = sorted(self._properties, key=len, reverse=True)
        found = longest(known, self.source.text, self.source.at)
        if found:
            name, self.source.at = found
            return name
        name = self.source.word() or ""
        if not name:
            self.source.fail(say("feel.name-wanted"))
        self.source.at += len(name)
        return name

    def _bracket(self) -> Run:
        opening = self.source.take("(", "[", "]")
        with self._filtering(allowed=True):
            if opening == "[" and self.source.take("]"):
                return nodes.listed([])
            sign = self.source.take(*RANGE_SIGNS) if opening == "(" else None
            if sign:
                end = self.end_of_range()
                self.source.want(")")
                return nodes.one_sided(sign, end)
            first = self.expression()
            if self.source.take(".."):
                return self._range(first, low_included=opening == "[")
            if opening == "(":
                self.source.want(")")
                return first
            if opening == "]":
                self.source.fail(say("feel.wanted", wanted=".."))
            return nodes.listed(self._rest_of_list(first))

    def _rest_of_list(self, first: Run) -> list[Run]:
        parts = [first]
        while self.source.take(","):
            parts.append(self.expression())
        self.source.want("]")
        return parts

    def _range(self, low: Run, *, low_included: bool) -> Run:
        """The high end: with filters if that leads to an end, else `[` closes the range."""
        start = self.source.at
        try:
            high, closing = self._high_end(filters=True)
        except FeelSyntaxError:
            self.source.at = start
            high, closing = self._high_end(filters=False)
        return nodes.ranged(low, high, low_included=low_included, high_included=closing == "]")

    def _high_end(self, *, filters: bool) -> tuple[Run, str]:
        with self._filtering(allowed=filters):
            high = self.end_of_range()
        closing = self.source.take("]", ")", "[")
        if closing is None:
            self.source.fail(say("feel.wanted", wanted="]"))
        return high, closing

    def _context(self) -> Run:
        entries: list[tuple[str, Run]] = []
        with self.names.declared(), self._filtering(allowed=True):
            while not self.source.take("}"):
                key = self.source.string() if self.source.look('"') else self._key()
                self.source.want(":")
                entries.append((key, self.expression()))
                self.names.declare(key)
                if not WORD.fullmatch(key):
                    self._properties.add(key)
                if not self.source.look("}"):
                    self.source.want(",")
        if len({key for key, _value in entries}) < len(entries):
            return nodes.no_value(say("feel.same-key-twice"))
        return nodes.context(entries)

    def _key(self) -> str:
        self.source.skip()
        end = self.source.text.find(":", self.source.at)
        key = " ".join(self.source.text[self.source.at : end].split())
        if end < 0 or not WORD.match(key) or NO_KEY & set(key):
            self.source.fail(say("feel.name-wanted"))
        self.source.at = end
        return key

    def _call(self, function: Run) -> Run:
        positional: list[Run] = []
        named: dict[str, Run] = {}
        with self._filtering(allowed=True):
            while not self.source.take(")"):
                label = self._label()
                if label is None:
                    positional.append(self.expression())
                else:
                    named[label] = self.expression()
                if not self.source.look(")"):
                    self.source.want(",")
        if named and positional:
            return nodes.no_value(say("feel.named-and-positional"))
        return calls.call(function, positional, named)

    def _label(self) -> str | None:
        """The name of an argument, where one stands here."""
        start = self.source.at
        try:
            label = self.source.words()
        except FeelSyntaxError:
            label = ""
        if label and self.source.take(":"):
            return label
        self.source.at = start
        return None

    def _filter(self, value: Run) -> Run:
        with self.names.declared("item", *self._properties), self._filtering(allowed=True):
            self._filter_depth += 1
            try:
                test = self.expression()
            finally:  # what was read as a range is read again
                self._filter_depth -= 1
            self.source.want("]")
        return loops.filtered(value, test)

    @contextmanager
    def _filtering(self, *, allowed: bool) -> Iterator[None]:
        before, self._filters = self._filters, allowed
        try:
            yield
        finally:
            self._filters = before

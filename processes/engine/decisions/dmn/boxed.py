"""Compiles boxed expressions of DMN (DMN 1.5 §10.2.2) to closures over a FEEL scope."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from processes.engine.decisions.dmn.items import ItemDefinitions
from processes.engine.decisions.dmn.reading import (
    Element,
    boxed,
    children,
    entry_text,
    first,
    kind,
    name_of,
    type_ref,
)
from processes.engine.decisions.dmn.tables import TableCompiler
from processes.engine.decisions.dmn.texts import TextCompiler
from processes.engine.language.feel import calls, loops, nodes
from processes.engine.language.feel.evaluation import Run, Scope
from processes.engine.language.feel.types import ANY
from processes.engine.language.feel.values import Function, Variant
from processes.engine.sentences.catalogue import say

Names: TypeAlias = frozenset[str]


class BoxedCompiler:
    """Compiles the boxed expressions of one model."""

    def __init__(self, items: ItemDefinitions, properties: Names) -> None:
        self._items = items
        self._properties = properties
        self._texts = TextCompiler(items, properties)
        self._kinds: Mapping[str, Callable[[Element, Names], Run]] = {
            "literalExpression": self._literal,
            "decisionTable": TableCompiler(self._texts).compiled,
            "context": self._context,
            "invocation": self._invocation,
            "list": self._list,
            "relation": self._relation,
            "functionDefinition": self._function_definition,
            "conditional": self._conditional,
            "filter": self._filter,
            "for": self._for,
            "some": self._some,
            "every": self._every,
        }

    def compiled(self, drawn: Element | None, names: Names) -> Run:
        """The boxed expression, converted to its type. Raises FeelSyntaxError."""
        if drawn is None:
            return nodes.constant(None)
        run = self._kinds[kind(drawn)](drawn, names)
        reference = type_ref(drawn)
        if not reference or kind(drawn) == "functionDefinition":
            return run
        return self.fitted(run, reference)

    def within(self, drawn: Element | None, names: Names) -> Run:
        """The boxed expression that stands in an element."""
        return self.compiled(boxed(drawn), names)

    def fitted(self, run: Run, reference: str) -> Run:
        """The value as a type of the model wants it; null where it cannot be."""
        if not reference:
            return run
        return lambda scope: nodes.or_null(scope, self._items.fit, run(scope), reference)

    def function(self, drawn: Element | None, names: Names, result: str) -> Run:
        """The function that an element defines, made anew in each scope."""
        if drawn is None or drawn.get("kind") in ("Java", "PMML"):
            return nodes.no_value(say("feel.external"))
        drawn_parameters = children(drawn, "formalParameter")
        parameters = [name_of(each) for each in drawn_parameters]
        types = [type_ref(each) for each in drawn_parameters]
        body = self.fitted(self.within(drawn, names | set(parameters)), result)

        def made(scope: Scope) -> Function:
            def run(*given: Any) -> Any:
                fitted = [self._items.fit(*each) for each in zip(given, types, strict=True)]
                return body(scope.inner(dict(zip(parameters, fitted, strict=True))))

            variant = Variant(tuple(parameters), run, len(parameters), types=(ANY,) * len(types))
            return Function(name_of(drawn), (variant,))

        return made

    def _literal(self, drawn: Element, names: Names) -> Run:
        return self._texts.expression(entry_text(drawn), names)

    def _function_definition(self, drawn: Element, names: Names) -> Run:
        return self.function(drawn, names, type_ref(drawn))

    def _context(self, drawn: Element, names: Names) -> Run:
        entries: list[tuple[str, Run]] = []
        for entry in children(drawn, "contextEntry"):
            variable = first(entry, "variable")
            run = self.fitted(self.within(entry, names), type_ref(variable))
            entries.append((name_of(variable), run))
            names |= {name_of(variable)} - {""}
        return _context(entries)

    def _invocation(self, drawn: Element, names: Names) -> Run:
        bindings = {
            name_of(first(each, "parameter")): self.within(each, names)
            for each in children(drawn, "binding")
        }
        return calls.call(self.within(drawn, names), [], bindings)

    def _list(self, drawn: Element, names: Names) -> Run:
        return nodes.listed(self._each(drawn, names))

    def _relation(self, drawn: Element, names: Names) -> Run:
        columns = [name_of(each) for each in children(drawn, "column")]
        rows = [self._each(row, names) for row in children(drawn, "row")]
        return nodes.listed([_record(columns, row) for row in rows])

    def _each(self, drawn: Element, names: Names) -> list[Run]:
        return [self.compiled(each, names) for each in children(drawn) if kind(each) in self._kinds]

    def _conditional(self, drawn: Element, names: Names) -> Run:
        test, then, otherwise = (
            self.within(first(drawn, part), names) for part in ("if", "then", "else")
        )

        def run(scope: Scope) -> Any:
            held = test(scope)
            if not isinstance(held, bool):
                return None
            return then(scope) if held else otherwise(scope)

        return run

    def _filter(self, drawn: Element, names: Names) -> Run:
        source = self.within(first(drawn, "in"), names)
        test = self.within(first(drawn, "match"), names | {"item"} | self._properties)
        return loops.filtered(source, test)

    def _for(self, drawn: Element, names: Names) -> Run:
        iterator, body = self._iterator(drawn, names, "return")
        return loops.iteration([iterator], body)

    def _some(self, drawn: Element, names: Names) -> Run:
        """Null where one is neither true nor false, which `some … satisfies` passes over."""
        iterator, body = self._iterator(drawn, names, "satisfies")
        each = loops.iteration([iterator], body)

        def run(scope: Scope) -> bool | None:
            found = each(scope)
            is_told = found is not None and all(isinstance(one, bool) for one in found)
            return any(found) if is_told else None

        return run

    def _every(self, drawn: Element, names: Names) -> Run:
        iterator, body = self._iterator(drawn, names, "satisfies")
        return loops.quantified([iterator], body, every=True)

    def _iterator(
        self, drawn: Element, names: Names, part: str
    ) -> tuple[tuple[str, loops.Items], Run]:
        called = " ".join((drawn.get("iteratorVariable") or "").split())
        source = loops.items_of(self.within(first(drawn, "in"), names))
        body = self.within(first(drawn, part), names | {called, "partial"})
        return (called, source), body


def _context(entries: Sequence[tuple[str, Run]]) -> Run:
    """A context; where its last entry has no name, that one is the result."""

    def run(scope: Scope) -> Any:
        made: dict[str, Any] = {}
        inner = scope.inner(made)
        for name, value in entries:
            found = value(inner)
            if not name:
                return found
            made[name] = found
        return made

    return run


def _record(columns: Sequence[str], cells: Sequence[Run]) -> Run:
    return lambda scope: {name: cell(scope) for name, cell in zip(columns, cells, strict=False)}

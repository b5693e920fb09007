"""Compiles the FEEL texts of a DMN model: expressions and cells, with the names in scope."""

from dataclasses import dataclass

from processes.engine.decisions.dmn.items import ItemDefinitions
from processes.engine.language.feel import nodes
from processes.engine.language.feel.evaluation import Run
from processes.engine.language.feel.expressions import (
    UnaryTests,
    compile_expression,
    compile_tests,
)


@dataclass(frozen=True)
class TextCompiler:
    """Compiles the texts of one model."""

    items: ItemDefinitions
    properties: frozenset[str]  # the names that parts of values may have

    def expression(self, text: str, names: frozenset[str]) -> Run:
        """A FEEL expression; an empty one is null. Raises FeelSyntaxError."""
        if not text:
            return nodes.constant(None)
        return compile_expression(text, names, self.properties).run

    def tests(self, text: str, names: frozenset[str]) -> UnaryTests:
        """The unary tests of a cell; an empty one takes anything. Raises FeelSyntaxError."""
        return compile_tests(text or "-", names, self.properties)

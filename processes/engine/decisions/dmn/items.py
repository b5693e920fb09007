"""Item definitions of a DMN model: values are converted to them, or refused (DMN 1.5 §7.3.3)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from processes.engine.decisions.dmn.reading import (
    Element,
    children,
    entry_text,
    first,
    name_of,
    type_ref,
)
from processes.engine.decisions.types import NUMBERS
from processes.engine.diagram.graph import text_of
from processes.engine.language.feel.expressions import compile_tests
from processes.engine.language.feel.types import ANY, Type, converted, named_type
from processes.engine.language.feel.values import Function, NoValueError
from processes.engine.sentences.catalogue import say


class ItemDefinitions:
    """The types that a model defines, by name; those of an import by `prefix.name`."""

    def __init__(self, drawn: Mapping[str, Element], properties: frozenset[str]) -> None:
        self._drawn = drawn
        self._properties = properties

    def fit(self, value: Any, reference: str) -> Any:
        """The value as the type of this name wants it. Raises NoValueError where it cannot be."""
        if not reference or value is None:
            return value
        definition = self._drawn.get(reference)
        if definition is None:
            return converted(value, named_type("number" if reference in NUMBERS else reference))
        return self._fit(value, definition)

    def meant(self, type_: Type, within: frozenset[str] = frozenset()) -> Type:
        """The type of FEEL that is meant by one with names of this model in it.

        What a definition allows does not count (DMN 1.5 §10.3.2.9.1). A definition within itself
        stays a name, which no value is an instance of.
        """
        definition = None if type_.name in within else self._drawn.get(type_.name)
        if definition is not None:
            return self._defined(definition, within | {type_.name})
        return replace(
            type_,
            of=type_.of and self.meant(type_.of, within),
            entries=tuple((name, self.meant(each, within)) for name, each in type_.entries),
            parameters=tuple(self.meant(each, within) for each in type_.parameters),
        )

    def _defined(self, definition: Element, within: frozenset[str]) -> Type:
        components = children(definition, "itemComponent")
        function = first(definition, "functionItem")
        if components:
            entries = ((name_of(each), self._defined(each, within)) for each in components)
            found = Type("context", entries=tuple(entries))
        elif function is not None:
            found = self._function(function, within)
        else:
            found = self.meant(named_type(_base(definition)), within)
        return Type("list", found) if _is_collection(definition) else found

    def _function(self, drawn: Element, within: frozenset[str]) -> Type:
        result = self._named((drawn.get("outputTypeRef") or "").strip(), within)
        parameters = (self._named(type_ref(e), within) for e in children(drawn, "parameters"))
        return Type("function", result, parameters=tuple(parameters))

    def _named(self, reference: str, within: frozenset[str]) -> Type:
        return self.meant(named_type(reference), within) if reference else ANY

    def _fit(self, value: Any, definition: Element) -> Any:
        if value is None:
            return None
        if _is_collection(definition):
            items = value if isinstance(value, list) else [value]
            fitted = [self._one(each, definition) for each in items]
        else:
            if isinstance(value, list) and len(value) == 1 and not self._is_list(definition):
                value = value[0]
            fitted = self._one(value, definition)
        return self._allowed(fitted, first(definition, "typeConstraint"))

    def _one(self, value: Any, definition: Element) -> Any:
        """One value of the type, whether or not the definition is a collection of them."""
        if value is None:
            return None
        components = children(definition, "itemComponent")
        if components:
            return self._context(value, components)
        if first(definition, "functionItem") is not None:
            if not isinstance(value, Function):
                raise _misfit(definition)
            return value
        fitted = self.fit(value, _base(definition))
        return self._allowed(fitted, first(definition, "allowedValues"))

    def _context(self, value: Any, components: list[Element]) -> dict[str, Any]:
        names = [name_of(each) for each in components]
        if not isinstance(value, dict) or not value.keys() >= set(names):
            raise _misfit(components[0])
        fitted = {
            name: self._fit(value[name], each) for name, each in zip(names, components, strict=True)
        }
        return {**value, **fitted}

    def _allowed(self, value: Any, constraint: Element | None) -> Any:
        tests = entry_text(constraint)
        if not tests or value is None:
            return value
        if compile_tests(tests, properties=self._properties).holds(value, {}) is not True:
            raise NoValueError(say("decisions.not-among-allowed"))
        return value

    def _is_list(self, definition: Element) -> bool:
        if _is_collection(definition):
            return True
        other = self._drawn.get(_base(definition))
        return other is not None and self._is_list(other)


def _is_collection(definition: Element) -> bool:
    return bool(definition.get("isCollection") == "true")


def _base(definition: Element) -> str:
    """The type that a definition refines; a child element, and in DMN 1.1 too."""
    drawn = first(definition, "typeRef")
    if drawn is None:
        return type_ref(definition)
    return " ".join(text_of(drawn).split())


def _misfit(definition: Element) -> NoValueError:
    return NoValueError(say("feel.not-of-type", type=name_of(definition)))

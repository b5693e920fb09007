"""Evaluates a DMN model: decisions with what they require, knowledge models, decision services.

DMN 1.5 §6.3, §10.4. A part of an imported model stands under the name of the import.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from processes.engine.decisions.dmn.boxed import BoxedCompiler
from processes.engine.decisions.dmn.items import ItemDefinitions
from processes.engine.decisions.dmn.reading import (
    Element,
    children,
    first,
    kind,
    name_of,
    type_ref,
)
from processes.engine.language.feel.calls import invoke
from processes.engine.language.feel.evaluation import Evaluation, Run, Scope
from processes.engine.language.feel.nodes import or_null
from processes.engine.language.feel.types import ANY
from processes.engine.language.feel.values import Function, Variant

INVOCABLE = frozenset({"decision", "decisionService", "businessKnowledgeModel"})
NOTHING: Mapping[str, Any] = MappingProxyType({})
REQUIREMENTS = ("informationRequirement", "knowledgeRequirement")
Load: TypeAlias = Callable[[str], "Model | None"]
"""Finds the model of a namespace that another one imports."""


def _nothing(_namespace: str) -> "Model | None":
    return None


class Model:
    """A compiled DMN file, from its `definitions`."""

    def __init__(self, root: Element, load: Load = _nothing) -> None:
        self.root = root
        self.namespace = self.root.get("namespace") or ""
        self._parts = {each.get("id"): each for each in children(self.root) if each.get("id")}
        self._imports = self._imported(load)
        items = {name_of(each): each for each in children(self.root, "itemDefinition")}
        for prefix, other in self._imports.items():
            items |= {f"{prefix}.{name}" if prefix else name: e for name, e in other.drawn.items()}
        self.drawn: Mapping[str, Element] = items
        self.properties: frozenset[str] = names_of_parts(self.root).union(
            *(other.properties for other in self._imports.values()), self._imports
        )
        self.inputs = frozenset(name_of(each) for each in children(self.root, "inputData"))
        self._items = ItemDefinitions(items, self.properties)
        self._boxed = BoxedCompiler(self._items, self.properties)
        self._compiled: dict[Element, Run] = {}

    def invocable(self, name: str) -> Element | None:
        """The decision, decision service or knowledge model with this name."""
        wanted = " ".join(name.split())
        found = (e for e in children(self.root) if kind(e) in INVOCABLE and name_of(e) == wanted)
        return next(found, None)

    def evaluate(
        self,
        part: Element,
        inputs: Mapping[str, Any],
        evaluation: Evaluation | None = None,
        variables: Mapping[str, Any] = NOTHING,
    ) -> Any:
        """The value of a decision for these inputs; of a service or knowledge model its result.

        `variables` are FEEL values that every expression sees, beside what its decision requires.
        Raises FeelSyntaxError, BudgetError.
        """
        evaluation = evaluation or Evaluation()
        evaluation.types = self._items.meant
        scope = Scope(variables, None, evaluation)
        value = self._value(part, dict(inputs), scope)
        if not isinstance(value, Function) or kind(part) == "decision":
            return value
        names = value.variants[0].parameters
        given = {name: each for name, each in inputs.items() if name in names}
        return or_null(scope, invoke, value, [], given, scope.evaluation)

    def _imported(self, load: Load) -> "dict[str, Model]":
        found = {}
        for drawn in children(self.root, "import"):
            other = load(drawn.get("namespace") or "")
            if other is not None:
                found[name_of(drawn)] = other
        return found

    def _value(self, part: Element, inputs: dict[str, Any], scope: Scope) -> Any:
        return _VALUES[kind(part)](self, part, inputs, scope) if kind(part) in _VALUES else None

    def _input(self, part: Element, inputs: dict[str, Any], scope: Scope) -> Any:
        reference = type_ref(first(part, "variable"))
        return or_null(scope, self._items.fit, inputs.get(name_of(part)), reference)

    def _decision(self, part: Element, inputs: dict[str, Any], scope: Scope) -> Any:
        """Decided once: others that require it as well read what it came to."""
        name = name_of(part)
        if name not in inputs:
            inputs[name] = self._decided(part, inputs, scope)
        return inputs[name]

    def _decided(self, part: Element, inputs: dict[str, Any], scope: Scope) -> Any:
        known = self._required(part, inputs, scope)
        return scope.evaluation.call(self._logic(part), scope.inner(known))

    def _logic(self, part: Element) -> Run:
        """What a decision, or the function of a knowledge model, is worked out by."""
        if part not in self._compiled:
            self._compiled[part] = self._compile(part)
        return self._compiled[part]

    def _compile(self, part: Element) -> Run:
        names = frozenset(prefix or name_of(each) for _m, prefix, each in self._references(part))
        if kind(part) == "businessKnowledgeModel":
            logic = first(part, "encapsulatedLogic")
            return self._boxed.function(logic, names, type_ref(logic))
        run = self._boxed.within(part, names)
        return self._boxed.fitted(run, type_ref(first(part, "variable")))

    def _knowledge(self, part: Element, inputs: dict[str, Any], scope: Scope) -> Any:
        return self._logic(part)(scope.inner(self._required(part, inputs, scope)))

    def _service(self, part: Element, _inputs: dict[str, Any], scope: Scope) -> Any:
        """A function of the inputs of the service, then of the decisions that it is given."""
        taken = [*self._referred(part, "inputData"), *self._referred(part, "inputDecision")]
        outputs = self._referred(part, "outputDecision")
        names = tuple(name_of(each) for _model, each in taken)
        references = [type_ref(first(each, "variable")) for _model, each in taken]
        result = type_ref(first(part, "variable"))

        def run(*given: Any) -> Any:
            fitted = [self._items.fit(*each) for each in zip(given, references, strict=True)]
            known = dict(zip(names, fitted, strict=True))
            found = {name_of(each): model._decision(each, known, scope) for model, each in outputs}  # noqa: SLF001 - of the same class
            value = next(iter(found.values())) if len(found) == 1 else found
            return self._items.fit(value, result)

        variant = Variant(names, run, len(names), types=(ANY,) * len(names))
        return Function(name_of(part), (variant,))

    def _required(self, part: Element, inputs: dict[str, Any], scope: Scope) -> dict[str, Any]:
        """The values that a part requires, by name."""
        known: dict[str, Any] = {}
        for reference in self._references(part):
            self._require(known, reference, inputs, scope)
        return known

    def _references(self, part: Element) -> "Iterator[tuple[Model, str, Element]]":
        """The parts that a part requires, each with its model and the name of its import."""
        for requirement in children(part):
            for reference in children(requirement) if kind(requirement) in REQUIREMENTS else ():
                model, prefix, wanted = self._referenced(reference)
                if wanted is not None:
                    yield model, prefix, wanted

    def _require(
        self,
        known: dict[str, Any],
        reference: "tuple[Model, str, Element]",
        inputs: dict[str, Any],
        scope: Scope,
    ) -> None:
        model, prefix, wanted = reference
        if model is self or not prefix:
            known[name_of(wanted)] = model._value(wanted, inputs, scope)  # noqa: SLF001 - of the same class
            return
        theirs = inputs.get(prefix)
        value = model._value(wanted, dict(theirs) if isinstance(theirs, dict) else inputs, scope)  # noqa: SLF001
        known.setdefault(prefix, {})[name_of(wanted)] = value

    def _referred(self, part: Element, wanted: str) -> "list[tuple[Model, Element]]":
        found = (self._referenced(each) for each in children(part, wanted))
        return [(model, element) for model, _prefix, element in found if element is not None]

    def _referenced(self, reference: Element) -> "tuple[Model, str, Element | None]":
        """The model, the name of its import and the part to which an `href` leads."""
        namespace, _, id_ = (reference.get("href") or "").rpartition("#")
        if namespace and namespace != self.namespace:
            for prefix, model in self._imports.items():
                if model.namespace == namespace:
                    return model, prefix, model._parts.get(id_)  # noqa: SLF001 - of the same class
        return self, "", self._parts.get(id_)


_VALUES: Mapping[str, Callable[[Model, Element, dict[str, Any], Scope], Any]] = {
    "inputData": Model._input,  # noqa: SLF001 - the methods of the class above
    "decision": Model._decision,  # noqa: SLF001
    "businessKnowledgeModel": Model._knowledge,  # noqa: SLF001
    "decisionService": Model._service,  # noqa: SLF001
}
NAMED = frozenset(
    ["itemComponent", "variable", "formalParameter", "inputData", "decision",
     "businessKnowledgeModel", "decisionService", "column", "output"]
)  # fmt: skip


def names_of_parts(root: Element) -> frozenset[str]:
    """The names in a file: of parts of values, and of what its expressions may read."""
    return frozenset(name_of(each) for each in root.iter("{*}*") if kind(each) in NAMED) - {""}

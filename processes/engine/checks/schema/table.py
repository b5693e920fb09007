"""What becomes of each element and attribute of BPMN and DMN: runs, a warning, or refused.

The facts (types, attributes, parts, defaults) are in `bpmn.json` and `dmn.json`, taken from the
descriptors of bpmn.io; what we do with each is in `bpmn.toml` and `dmn.toml`.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FORMAL = {"bpmn:Expression": "bpmn:FormalExpression"}  # xsi:type says so; the attributes are read


OWN_NAMES = {
    "bpmn:ComplexBehaviorDefinition": {
        "condition": "bpmn:Expression",
        "event": "bpmn:ImplicitThrowEvent",
    }
}
"""Parts that bpmn-moddle writes by the name of their type, and the standard by their own."""


class Verdict(StrEnum):
    RUNS = "runs"
    WARNING = "warning"
    REFUSED = "refused"


@dataclass(frozen=True)
class Judgement:
    """What becomes of something drawn; `rule` is the rule that tells, where it has its own."""

    verdict: Verdict
    rule: str | None = None


@dataclass(frozen=True, eq=False)
class Schema:
    """One language with Camunda's extensions; a type is `bpmn:Task`, `camunda:In`, `dmn:Decision`.

    An attribute or part is named after its type: `camunda:Error.errorMessage`.
    """

    types: Mapping[str, Mapping[str, Any]]
    verdicts: Mapping[str, Judgement]
    unsaid: Mapping[str, frozenset[str]]

    @cached_property
    def extending(self) -> dict[str, list[str]]:
        """The types of Camunda that add attributes to a type."""
        found: dict[str, list[str]] = {}
        for name, facts in self.types.items():
            for extended in facts.get("extends", ()):
                found.setdefault(extended, []).append(name)
        return found

    @cache  # noqa: B019 - there are two schemas, and they live as long as the process
    def lineage(self, name: str) -> tuple[str, ...]:
        """A type and all that it is made of, the nearest first."""
        seen, waiting = dict[str, None](), [name]
        while waiting:
            current = waiting.pop(0)
            if current in self.types and current not in seen:
                seen[current] = None
                waiting += [*self.types[current]["is"], *self.extending.get(current, ())]
        return tuple(seen)

    def type_of(self, prefix: str, tag: str, parent: str | None) -> str | None:
        """The type of an element with this name in this parent; "" for a part that is text."""
        for name in self.lineage(parent) if parent else ():
            parts = self.types[name]["parts"]
            if name.startswith(f"{prefix}:") and tag in parts:
                return FORMAL.get(parts[tag], parts[tag]) or ""
        name = f"{prefix}:{tag[:1].upper()}{tag[1:]}"
        return name if name in self.types else None

    def of_element(self, name: str, tag: str, parent: str | None) -> Judgement | None:
        """What becomes of an element of this type, as this part of its parent."""
        for each in self.lineage(parent) if parent else ():
            found = self.verdicts.get(f"{each}.{tag}") or self.verdicts.get(f"{each}.{name}")
            if found:
                return found
        return self.verdicts.get(name)

    @cache  # noqa: B019 - two schemas, as long as the process
    def of_attribute(self, owner: str, prefix: str, attribute: str) -> Judgement | None:
        """What becomes of an attribute of a type; None where the schema does not know it.

        An element of Camunda that is made of one of BPMN has its attributes without a prefix.
        """
        is_camundas = prefix == "camunda" and owner.startswith("camunda:")
        for each in self.lineage(owner):
            own = is_camundas or each.startswith(f"{prefix}:")
            found = self.verdicts.get(f"{each}.{prefix}:{attribute}") or (
                self.verdicts.get(f"{each}.{attribute}") if own else None
            )
            if found:
                return found
        return None

    @cache  # noqa: B019 - two schemas, as long as the process
    def default(self, owner: str, attribute: str) -> str | None:
        """What counts where the attribute is not drawn."""
        defaults = (self.types[each]["attributes"].get(attribute) for each in self.lineage(owner))
        return next(filter(None, defaults), None)

    def says_nothing(self, owner: str, attribute: str, value: str) -> bool:
        """Whether this value means no more than leaving the attribute out."""
        said = {"1": "true", "0": "false"}.get(value.strip(), value.strip())
        default = self.default(owner, attribute)
        return not said or said == default or said in self.unsaid.get(attribute, ())

    def facts(self) -> Iterator[str]:
        """Everything that must have a verdict: each element, attribute and part."""
        for name, facts in self.types.items():
            if not facts.get("abstract") and not facts.get("extends"):
                yield name
            for each in (*facts["attributes"], *facts["parts"]):
                yield f"{name}.{each}"


@cache
def schema(language: str) -> Schema:
    """The schema of "bpmn" or "dmn"."""
    facts = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    for name in OWN_NAMES.keys() & facts["types"].keys():
        facts["types"][name]["parts"] |= OWN_NAMES[name]
    said = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    rules = said["rules"]
    verdicts = {
        name: Judgement(verdict, rules.get(name))
        for verdict in Verdict
        for name in _named(said, verdict)
    }
    unsaid = {name: frozenset(values.split()) for name, values in said["unsaid"].items()}
    return Schema(facts["types"], verdicts, unsaid)


def _named(said: Mapping[str, Any], verdict: Verdict) -> Iterator[str]:
    yield from said["elements"][verdict].split()
    for name, members in said[verdict].items():
        yield from (f"{name}.{member}" for member in members.split())

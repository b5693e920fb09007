"""The mapping of a migration: which elements need a target in the new version, and the choice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from processes.engine.diagram.elements import apart
from processes.engine.diagram.same_names import told_apart
from processes.engine.words.facts import DrawnElement

FIELD = "naar-"  # begins the name of a field that says where an element's instances go


@dataclass(frozen=True)
class Choice:
    """An element that needs a target in the new version, with the possible ones."""

    element_id: str
    name: str
    options: tuple[tuple[str, str], ...]
    chosen: str

    @property
    def field(self) -> str:
        return f"{FIELD}{self.element_id}"


def sent_mapping(fields: Mapping[str, str]) -> dict[str, str]:
    """The chosen mapping of old to new elements."""
    return {
        name.removeprefix(FIELD): value
        for name, value in fields.items()
        if name.startswith(FIELD) and value
    }


def choices_of(
    old: Mapping[str, DrawnElement],
    new: Mapping[str, DrawnElement],
    wanted: Iterable[str],
    mapping: Mapping[str, str],
) -> tuple[Choice, ...]:
    """A choice for each wanted element of the old version, with what is chosen so far."""
    names = told_apart({id_: each.name or apart(each.kind, id_) for id_, each in old.items()})
    return tuple(
        Choice(
            id_,
            names[id_],
            _options(old[id_], new),
            mapping.get(id_, ""),
        )
        for id_ in sorted(wanted)
        if id_ in old
    )


def _options(element: DrawnElement, new: Mapping[str, DrawnElement]) -> tuple[tuple[str, str], ...]:
    """The elements of the same kind, in the same part of the process."""
    scope = element.facts.get("scope")
    names = {
        each.id: each.name or apart(each.kind, each.id)
        for each in new.values()
        if each.kind == element.kind and each.facts.get("scope") == scope
    }
    return tuple(told_apart(names).items())

"""Diff of two versions of a diagram, element by element, with Dutch sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from processes.engine.sentences.catalogue import say
from processes.engine.words.element_words import part_in_words
from processes.engine.words.facts import DrawnElement, drawn_elements
from processes.engine.words.part_facts import Fact


class Kind(StrEnum):
    """Added, removed, changed or moved."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # nothing but its place in the drawing


MOST_TOLD = 10  # conditions or rules whose order changed


@dataclass(frozen=True)
class Change:
    """One attribute that changed, with its old and new value; None where it was absent."""

    part: str  # "name", "input:to", "field:member", "order", "place", an attribute's own name
    label: str  # the same in Dutch
    old: str | None
    new: str | None

    @property
    def sentence(self) -> str:
        """What changed, in Dutch; of a place only that it changed."""
        if self.part == "place":
            return say("deployment.place")
        if self.old is None:
            return say("deployment.part-added", label=self.label, quoted=_quoted(self.new))
        if self.new is None:
            return say("deployment.part-gone", label=self.label, quoted=_quoted(self.old))
        return say(
            "deployment.part-changed",
            label=self.label,
            old=_quoted(self.old),
            new=_quoted(self.new),
        )


@dataclass(frozen=True)
class Difference:
    """The changes of one element."""

    element_id: str
    name: str  # as it is now, or was when it was removed
    element_type: str  # userTask, sequenceFlow, …
    what: str  # in Dutch: kind and name, of a flow also from what to what
    kind: Kind
    changes: tuple[Change, ...] = ()

    @property
    def sentence(self) -> str:
        """The difference in one or a few Dutch sentences."""
        what = self.what[:1].upper() + self.what[1:]
        match self.kind:
            case Kind.ADDED:
                return say("deployment.element-new", what=what)
            case Kind.REMOVED:
                return say("deployment.element-gone", what=what)
            case Kind.MOVED:
                return say("deployment.element-moved", what=what)
        return say(
            "deployment.element-changed",
            what=what,
            changes=" ".join(each.sentence for each in self.changes),
        )


Drawn = Mapping[str, DrawnElement]


def differences(old: bytes, new: bytes) -> list[Difference]:
    """All differences: added, removed, changed, moved, each in the order of the file.

    Elements are matched by id. Raises UnreadableDiagramError for a file that cannot be read.
    """
    before, after = drawn_elements(old), drawn_elements(new)
    added = [_difference(after[id_], Kind.ADDED) for id_ in after if id_ not in before]
    removed = [_difference(before[id_], Kind.REMOVED) for id_ in before if id_ not in after]
    both = [id_ for id_ in after if id_ in before]
    changed = [found for id_ in both if (found := _changed(id_, before, after))]
    moved = [_moved(after[id_]) for id_ in both if _is_moved(id_, before, after)]
    known = {each.element_id for each in changed}
    return [*added, *removed, *changed, *(each for each in moved if each.element_id not in known)]


def _difference(drawn: DrawnElement, kind: Kind, *changes: Change) -> Difference:
    return Difference(drawn.id, drawn.name, drawn.kind, drawn.what, kind, changes)


def _changed(id_: str, before: Drawn, after: Drawn) -> Difference | None:
    old, new = before[id_], after[id_]
    changes = (*_changes(old.facts, new.facts), *_reordered(old, new, after))
    if not changes:
        return None
    if _is_elsewhere(old, new):
        changes += (_PLACE,)
    return _difference(new, Kind.CHANGED, *changes)


def _changes(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> Iterator[Change]:
    for part, said in {**new, **old, **new}.items():
        before, after = old.get(part), new.get(part)
        if before is None or after is None or before.value != after.value:
            yield Change(said.part, said.label, *_told_apart(before, after))


def _reordered(old: DrawnElement, new: DrawnElement, after: Drawn) -> Iterator[Change]:
    """The order in which conditions or rules are tried, of those that both have."""
    common = set(old.sequence) & set(new.sequence)
    first, then = ([id_ for id_ in each.sequence if id_ in common] for each in (old, new))
    differing = [
        number for number, pair in enumerate(zip(first, then, strict=True)) if len(set(pair)) > 1
    ]
    if differing:
        part = slice(differing[0], min(differing[-1] + 1, differing[0] + MOST_TOLD))
        told = [
            ", ".join(_way(id_, old.sequence.index(id_) + 1, after) for id_ in order[part])
            for order in (first, then)
        ]
        yield Change("order", part_in_words("order"), told[0], told[1])


def _way(id_: str, number: int, after: Drawn) -> str:
    """A flow by its name, or by where it goes; a rule by the number that it had."""
    drawn = after[id_]
    if not drawn.ends:
        return say("deployment.rule", number=number)
    end = after.get(drawn.ends[1])
    return drawn.name or (end.name if end else "") or drawn.ends[1]


def _told_apart(before: Fact | None, after: Fact | None) -> tuple[str | None, str | None]:
    """Both as shown; two elements of one name with their ids."""
    old, new = (None if fact is None else fact.shown for fact in (before, after))
    if old == new and before is not None and after is not None:
        return f"{old} ({before.value})", f"{new} ({after.value})"
    return old, new


def _moved(drawn: DrawnElement) -> Difference:
    return _difference(drawn, Kind.MOVED, _PLACE)


def _is_moved(id_: str, before: Drawn, after: Drawn) -> bool:
    """Whether it was drawn elsewhere; a flow that follows what it ties together was not moved."""
    old, new = before[id_], after[id_]
    if not _is_elsewhere(old, new) or not (old.place and new.place):
        return False
    ends = (end for end in new.ends if end in before and end in after)
    return all(before[end].place == after[end].place for end in ends)


def _is_elsewhere(old: DrawnElement, new: DrawnElement) -> bool:
    """Whether it, or its name alone, was put elsewhere; another name takes another room."""
    is_label_elsewhere = old.name == new.name and old.label != new.label
    return old.place != new.place or (is_label_elsewhere and bool(old.label and new.label))


_PLACE = Change("place", part_in_words("place"), None, None)


def _quoted(value: str | None) -> str:
    return f"“{value}”" if value else "leeg"

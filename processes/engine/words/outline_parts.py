"""What an outline is made of: parts, steps, their branches, and where those lead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Next:
    """Where the outline continues, when that is not the next step in the list."""

    element_id: str
    name: str
    is_back: bool = False


@dataclass(frozen=True)
class Branch:
    """One outgoing branch of a step; `goes_on` is where it leads after its own steps."""

    label: str
    steps: tuple["Step", ...]
    goes_on: Next | None = None


@dataclass(frozen=True)
class Step:
    """One element in words."""

    id: str
    kind: str  # as in BPMN
    what: str
    name: str
    who: str
    documentation: str
    next: tuple[Next, ...]
    branches: tuple[Branch, ...] = ()
    data: str = ""  # which variables are its own, and which go in and out


@dataclass(frozen=True)
class Part:
    """A part of the process with a start of its own; the first one has no title."""

    title: str
    steps: tuple[Step, ...]
    goes_on: Next | None = None


@dataclass(frozen=True)
class Outline:
    """A whole process in words."""

    name: str
    documentation: str
    parts: tuple[Part, ...]
    beside: tuple[str, ...] = ()  # a sentence on each other process in the file

    def __iter__(self) -> Iterator[Step]:
        """Every step in reading order."""
        for part in self.parts:
            yield from _within(part.steps)


def _within(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        for branch in step.branches:
            yield from _within(branch.steps)

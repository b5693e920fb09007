"""Which elements and flows of a diagram were taken by at least one run."""

from collections.abc import Iterable
from dataclasses import dataclass

from processes.engine import drawing
from processes.tryout.outcome import Outcome

SPLIT = ".BoundaryEventSplit"  # what the interpreter puts before a task with events on its edge


@dataclass(frozen=True)
class Coverage:
    """Elements and flows by id; for what nobody came by, a Dutch description."""

    covered: tuple[str, ...]
    uncovered: tuple[tuple[str, str], ...]  # id and description

    @property
    def percentage(self) -> int:
        """Of all elements and flows; a hundred for a diagram without any."""
        every = len(self.covered) + len(self.uncovered)
        return 100 * len(self.covered) // every if every else 100


def coverage(xml: str, outcomes: Iterable[Outcome]) -> Coverage:
    """What these runs came by."""
    drawn = drawing.read(xml.encode())
    elements: set[str | None] = set()
    taken: set[tuple[str, str]] = set()
    for outcome in outcomes:
        elements |= {passed.element for passed in outcome.path} | set(outcome.waits_at)
        taken |= {(source, target.removesuffix(SPLIT)) for source, target in outcome.onward}
    parts = [
        (node.id or "", f"“{node.name or node.id}”", node.id in elements) for node in drawn.nodes
    ]
    parts += [(flow.id or "", _words(flow), _ends(flow) in taken) for flow in drawn.flows]
    return Coverage(
        tuple(id_ for id_, _label, is_covered in parts if is_covered),
        tuple((id_, label) for id_, label, is_covered in parts if not is_covered),
    )


def _ends(flow: drawing.Flow) -> tuple[str, str]:
    return _id(flow.source), _id(flow.target)


def _words(flow: drawing.Flow) -> str:
    source, target = (end.name or _id(end) if end else "" for end in (flow.source, flow.target))
    words = f"de pijl van “{source}” naar “{target}”"
    return f"{words} ({flow.name})" if flow.name else words


def _id(node: drawing.Node | None) -> str:
    return (node.id if node else None) or ""

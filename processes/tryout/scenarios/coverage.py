"""Coverage of a diagram: which elements and flows at least one run visited."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from processes.engine.diagram import graph
from processes.tryout.outcome import Outcome

SPLIT = ".BoundaryEventSplit"  # what the interpreter puts before a task with events on its edge


@dataclass(frozen=True)
class Coverage:
    """Elements and flows by id; each unvisited one with a Dutch description."""

    covered: tuple[str, ...]
    uncovered: tuple[tuple[str, str], ...]  # id and description
    missing: tuple[str, ...] = ()  # what to tell of it: no flow from or to what is told itself

    @property
    def percentage(self) -> int:
        """The share of visited elements and flows; 100 for an empty diagram."""
        every = len(self.covered) + len(self.uncovered)
        return 100 * len(self.covered) // every if every else 100


def coverage(xml: str, outcomes: Iterable[Outcome]) -> Coverage:
    """The coverage of these runs."""
    drawn = graph.read(xml.encode())
    elements: set[str | None] = set()
    taken: set[tuple[str, str]] = set()
    for outcome in outcomes:
        elements |= {passed.element for passed in outcome.path} | set(outcome.waits_at)
        taken |= {(source, target.removesuffix(SPLIT)) for source, target in outcome.onward}
    parts = [(node.id or "", _named(node), node.id in elements) for node in drawn.nodes]
    parts += [(flow.id or "", _words(flow), _ends(flow) in taken) for flow in drawn.flows]
    return Coverage(
        tuple(id_ for id_, _label, is_covered in parts if is_covered),
        tuple((id_, label) for id_, label, is_covered in parts if not is_covered),
        tuple(_missing(drawn, elements, taken)),
    )


def _missing(
    drawn: graph.Diagram, elements: set[str | None], taken: set[tuple[str, str]]
) -> Iterator[str]:
    yield from (_named(node) for node in drawn.nodes if node.id not in elements)
    for flow in drawn.flows:
        if _ends(flow) not in taken and set(_ends(flow)) <= elements:
            yield _words(flow)


def _named(node: graph.Node) -> str:
    unnamed = (
        "een poort zonder naam" if node.kind.endswith("Gateway") else "een onderdeel zonder naam"
    )
    return f"“{node.name}”" if node.name else f"{unnamed} ({node.id})"


def _ends(flow: graph.Flow) -> tuple[str, str]:
    return _id(flow.source), _id(flow.target)


def _words(flow: graph.Flow) -> str:
    source, target = (_named(end) if end else "" for end in (flow.source, flow.target))
    words = f"de pijl van {source} naar {target}"
    return f"{words} ({flow.name})" if flow.name else words


def _id(node: graph.Node | None) -> str:
    return (node.id if node else None) or ""

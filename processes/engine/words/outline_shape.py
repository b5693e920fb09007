"""Graph analysis for the outline: reading order, back edges, where branches meet again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from processes.engine.diagram.graph import Node, Scope
from processes.engine.diagram.links import linked, throwing


def targets_of(node: Node) -> list[Node]:
    """Where its flows lead; of a throwing link event, the one that catches it (§10.5.5)."""
    return [flow.target for flow in node.outgoing if flow.target] or linked(node)


@dataclass(frozen=True)
class Shape:
    """The nodes of one scope as a graph; a boundary event comes after what it is drawn on."""

    scope: Scope

    @cached_property
    def starts(self) -> list[Node]:
        """Where a token may begin: start events, else whatever nothing leads to."""
        events = [node for node in self.scope.nodes if node.kind == "startEvent"]
        alone = [node for node in self.scope.nodes if not node.incoming and not node.host]
        apart = [
            node
            for node in alone
            if node.is_event_subprocess or node.is_for_compensation or throwing(node)
        ]
        return events or [node for node in alone if node not in apart]

    def after(self, node: Node) -> list[Node]:
        """What may come next, boundary events included; what undoes the node is no way on."""
        return [
            *targets_of(node),
            *(each for each in node.boundaries if each.event != "compensate"),
        ]

    @cached_property
    def _walked(self) -> tuple[list[Node], set[tuple[Node, Node]]]:
        """The nodes, each before what comes after it; and the flows that lead back."""
        order: list[Node] = []
        back: set[tuple[Node, Node]] = set()
        state: dict[Node, int] = {}  # 1: being walked, 2: done
        for start in self.starts:
            if start in state:
                continue
            state[start] = 1
            stack = [(start, iter(self.after(start)))]
            while stack:
                node, targets = stack[-1]
                target = next(targets, None)
                if target is None:
                    state[node] = 2
                    order.append(node)
                    stack.pop()
                elif state.get(target) == 1:
                    back.add((node, target))
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(self.after(target))))
        return order[::-1], back

    def leads_back(self, source: Node, target: Node) -> bool:
        """Whether this flow returns to something earlier."""
        return (source, target) in self._walked[1]

    def _forward(self, node: Node) -> list[Node]:
        return [target for target in self.after(node) if not self.leads_back(node, target)]

    @cached_property
    def _reaches(self) -> dict[Node, frozenset[Node]]:
        """For each node, itself and all that lies ahead: worked out from the end backwards."""
        reaches: dict[Node, frozenset[Node]] = {}
        for node in reversed(self._walked[0]):
            ahead = [reaches[target] for target in self._forward(node) if target in reaches]
            reaches[node] = frozenset({node}).union(*ahead)
        return reaches

    def reach(self, node: Node) -> frozenset[Node]:
        """The node itself and all that lies ahead of it."""
        return self._reaches.get(node, frozenset({node}))

    def from_here(self, node: Node) -> list[Node]:
        """Whatever may come after this node, the nearest first."""
        found, number = [node], 0
        while number < len(found):
            found += [
                each for each in dict.fromkeys(self.after(found[number])) if each not in found
            ]
            number += 1
        return found[1:]

    @cached_property
    def _meetings(self) -> dict[Node, Node | None]:
        """For each node that leads to an end: where all ways from it meet first, if they do."""
        order, _ = self._walked
        place = {node: number for number, node in enumerate(order)}
        meets: dict[Node, Node | None] = {}
        for node in reversed(order):
            ahead = [target for target in self._forward(node) if target in meets]
            if ahead:
                meets[node] = _meeting(ahead, meets, place)
            elif not self.after(node):
                meets[node] = None
        return meets

    def goes_on_at(self, node: Node, targets: Sequence[Node]) -> Node | None:
        """Of several ways on, the node at which the story goes on when each has been told."""
        ahead = [target for target in targets if not self.leads_back(node, target)]
        if not ahead:
            return None
        return self._meetings.get(node) or max(ahead, key=lambda target: len(self.reach(target)))

    def is_needed(self, node: Node, start: Node | None = None) -> bool:
        """Whether no way to an end passes this node by, from any start or from this one."""
        starts = self.starts if start is None else [start]
        found, left = set[Node](), [each for each in starts if each is not node]
        while left:
            at = left.pop()
            ahead = self.after(at)
            if not ahead:
                return False
            fresh = [target for target in ahead if target is not node and target not in found]
            found.update(fresh)
            left.extend(fresh)
        return True


def _meeting(
    ahead: Iterable[Node], meets: dict[Node, Node | None], place: dict[Node, int]
) -> Node | None:
    first, *others = ahead
    found: Node | None = first
    for other in others:
        mine: Node | None = other
        while found is not mine:
            if found is None or mine is None:
                return None
            if place[found] < place[mine]:
                found = meets[found]
            else:
                mine = meets[mine]
    return found

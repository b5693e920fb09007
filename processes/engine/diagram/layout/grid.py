"""Layered layout of one scope: which column and row each flow node gets, and where flows pass.

Columns follow the longest path from the start (flows that lead back are left out); a flow that
spans several columns keeps a cell free in each, so that it passes no shape. Rows belong to lanes.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from processes.engine.diagram.graph import Flow, Node, Scope

Cell = tuple[int, int]  # column, row within its lane


@dataclass
class Grid:
    """Where everything of a scope stands, in columns and rows; rows count within each lane."""

    cells: dict[Node, Cell] = field(default_factory=dict)
    lanes: dict[Node, int] = field(default_factory=dict)
    passing: dict[Flow, list[tuple[Cell, int]]] = field(default_factory=dict)
    below: dict[Node, Cell] = field(default_factory=dict)  # where the path of a boundary begins
    back: list[Flow] = field(default_factory=list)
    _taken: set[tuple[int, int, int]] = field(default_factory=set)

    def take(self, lane: int, column: int, wanted: int) -> Cell:
        """The free cell of this column nearest below the row that is wanted."""
        row = max(wanted, 0)
        while (lane, column, row) in self._taken:
            row += 1
        self._taken.add((lane, column, row))
        return column, row


def placed(scope: Scope, lane_of: dict[str, int]) -> Grid:
    """A column and a row for every node of a scope; `lane_of` gives a node's lane by its id."""
    nodes = [node for node in scope.nodes if node.host is None]
    grid = Grid(lanes={node: lane_of.get(node.id or "", 0) for node in scope.nodes})
    grid.back = _leading_back(nodes)
    _Placing(grid, _columns(nodes, set(grid.back))).place(nodes)
    return grid


class _Placing:
    def __init__(self, grid: Grid, columns: dict[Node, int]) -> None:
        self.grid, self.columns = grid, columns
        self.wanted: dict[Node, int] = {}  # the row that the first flow into a node asks for

    def place(self, nodes: list[Node]) -> None:
        undoing = {each for node in nodes for event in node.boundaries for each in event.handlers}
        for node in sorted(nodes, key=lambda each: self.columns[each]):
            if node not in undoing:
                self._place(node)
        for node in nodes:  # what undoes itself, or stands in another scope than what it undoes
            if node not in self.grid.cells:
                self._place(node)

    def _place(self, node: Node) -> None:
        grid, lane, column = self.grid, self.grid.lanes[node], self.columns[node]
        grid.cells[node] = grid.take(lane, column, self.wanted.get(node, 0))
        self._lead_on(node, column, grid.cells[node][1])
        for boundary in node.boundaries:
            grid.below[boundary] = grid.take(lane, column, grid.cells[node][1] + 1)
            self._lead_on(boundary, column, grid.below[boundary][1])
            self._place_below(boundary)

    def _place_below(self, boundary: Node) -> None:
        """What undoes an activity stands below it, at its compensation event."""
        grid = self.grid
        for handler in boundary.handlers:
            if handler.scope is not boundary.scope or handler in grid.cells:
                continue
            column, row = grid.below[boundary]
            if grid.lanes[handler] == grid.lanes[boundary]:
                grid.cells[handler] = (column, row)
            else:
                grid.cells[handler] = grid.take(grid.lanes[handler], column, 0)

    def _lead_on(self, node: Node, column: int, row: int) -> None:
        """Keep the cells free that its flows pass, and ask the same rows for their targets."""
        onward = [flow for flow in node.outgoing if flow not in self.grid.back]
        for offset, flow in enumerate(onward):
            if flow.target is None:
                continue
            target = flow.target.host or flow.target
            lane = self.grid.lanes[target]
            begin = row + offset if self.grid.lanes[node] == lane else 0
            passed = [
                (self.grid.take(lane, between, begin), lane)
                for between in range(column + 1, self.columns[target])
            ]
            self.grid.passing[flow] = passed
            begin = passed[-1][0][1] if passed else begin
            self.wanted[target] = min(self.wanted.get(target, begin), begin)


def _leading_back(nodes: list[Node]) -> list[Flow]:
    """The flows that close a circle, found depth first in the order of the file."""
    state: dict[Node, str] = {}
    back: list[Flow] = []
    for root in sorted(nodes, key=lambda node: bool(node.incoming)):
        if root in state:
            continue
        path: list[tuple[Node, list[Flow]]] = [(root, _leaving(root))]
        state[root] = "open"
        while path:
            node, rest = path[-1]
            if not rest:
                state[node] = "done"
                path.pop()
                continue
            flow = rest.pop(0)
            target = flow.target.host or flow.target if flow.target else None
            if target is None or state.get(target) == "done":
                continue
            if state.get(target) == "open":
                back.append(flow)
            else:
                state[target] = "open"
                path.append((target, _leaving(target)))
    return back


def _leaving(node: Node) -> list[Flow]:
    return [*node.outgoing, *(flow for each in node.boundaries for flow in each.outgoing)]


def _columns(nodes: list[Node], back: set[Flow]) -> dict[Node, int]:
    """The longest path to each node, in flows."""
    columns = dict.fromkeys(nodes, 0)
    missing: dict[Node, int] = defaultdict(int)
    onward = {
        node: [
            flow.target.host or flow.target
            for flow in _leaving(node)
            if flow not in back and flow.target is not None
        ]
        for node in nodes
    }
    for targets in onward.values():
        for target in targets:
            missing[target] += 1
    ready = [node for node in nodes if not missing[node]]
    while ready:
        node = ready.pop(0)
        for target in onward[node]:
            columns[target] = max(columns[target], columns[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return columns

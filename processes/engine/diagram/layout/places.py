"""Turns columns and rows into places in pixels: shapes, edges, subprocesses, lanes, artifacts."""

from collections import defaultdict
from dataclasses import dataclass, field

from processes.engine.diagram.graph import (
    EVENTS,
    GATEWAYS,
    Element,
    Flow,
    Node,
    Scope,
    children,
    first,
    identity,
    kind,
)
from processes.engine.diagram.layout.grid import Grid, placed

Point = tuple[float, float]

EVENT, GATEWAY, TASK = (36, 36), (50, 50), (100, 80)
DATA, NOTE = (36, 50), (160, 60)
BETWEEN_COLUMNS, BETWEEN_ROWS, MARGIN = 60, 50, 40
BACK = 20  # between the lines of flows that lead back
LANE_TITLE = 30
ARTIFACTS = {"dataObjectReference": DATA, "dataStoreReference": DATA, "textAnnotation": NOTE}


@dataclass
class Box:
    """A rectangle: its upper left corner and its size, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def moved(self, x: float, y: float) -> "Box":
        return Box(self.x + x, self.y + y, self.width, self.height)


@dataclass
class Drawing:
    """Boxes and lines by the element that they show; size of the whole, from (0, 0)."""

    boxes: dict[Element, Box] = field(default_factory=dict)
    lines: dict[Element, list[Point]] = field(default_factory=dict)
    width: float = 0
    height: float = 0

    def add(self, other: "Drawing", x: float, y: float) -> None:
        """Take over another drawing, with its corner at this point."""
        self.boxes |= {element: box.moved(x, y) for element, box in other.boxes.items()}
        for element, points in other.lines.items():
            self.lines[element] = [(left + x, top + y) for left, top in points]


def drawing_of(scope: Scope) -> Drawing:
    """The drawing of a process or of the inside of a subprocess."""
    return _Places(scope).drawn()


class _Places:
    def __init__(self, scope: Scope) -> None:
        self.scope, self.drawing = scope, Drawing()
        self.lanes = _leaf_lanes(scope.element)
        self.titles = LANE_TITLE * _lane_levels(scope.element)
        of_lane = {
            (member.text or "").strip(): number
            for number, lane in enumerate(self.lanes)
            for member in children(lane, "flowNodeRef")
        }
        self.grid: Grid = placed(scope, of_lane)
        self.inner = {node: drawing_of(node.inner) for node in scope.nodes if node.inner}
        self.sizes = {node: self._size(node) for node in scope.nodes}
        self.left: dict[int, float] = {}
        self.top: dict[tuple[int, int], float] = {}
        self.heights: dict[tuple[int, int], float] = {}
        self.bands: list[tuple[float, float]] = []

    def drawn(self) -> Drawing:
        self._measure()
        for node in self.scope.nodes:
            if node.host is None:
                self._put(node)
        for flow in self.scope.flows:
            if flow.source and flow.target:
                self.drawing.lines[flow.element] = self._line(flow)
        self._draw_lanes()
        self._draw_artifacts()
        return self.drawing

    def _size(self, node: Node) -> tuple[float, float]:
        if node in self.inner:
            inner = self.inner[node]
            return max(inner.width, TASK[0]), max(inner.height, TASK[1])
        if node.kind in EVENTS:
            return EVENT
        return GATEWAY if node.kind in GATEWAYS else TASK

    def _measure(self) -> None:
        """How wide each column and how high each row is, and so where it begins."""
        widths: dict[int, float] = defaultdict(float)
        used: dict[int, int] = defaultdict(int)
        for node, (column, row) in self.grid.cells.items():
            width, height = self.sizes[node]
            lane = self.grid.lanes[node]
            widths[column] = max(widths[column], width)
            self.heights[lane, row] = max(self.heights.get((lane, row), TASK[1]), height)
            used[lane] = max(used[lane], row)
        passing = [each for line in self.grid.passing.values() for each in line]
        passing += [(cell, self.grid.lanes[each]) for each, cell in self.grid.below.items()]
        for (_column, row), lane in passing:
            used[lane] = max(used[lane], row)
        x: float = MARGIN + self.titles
        for column in range(max(widths, default=0) + 1):
            self.left[column] = x
            widths[column] = max(widths[column], EVENT[0])
            x += widths[column] + BETWEEN_COLUMNS
        self._stack_rows(used)
        self.widths = widths
        self.drawing.width = x - BETWEEN_COLUMNS + MARGIN + BACK * (1 + len(self.grid.back))

    def _stack_rows(self, used: dict[int, int]) -> None:
        y: float = MARGIN + self._artifact_height()
        for lane in range(max(len(self.lanes), 1)):
            begin = y - MARGIN if lane else 0.0
            for row in range(used[lane] + 1):
                self.top[lane, row] = y
                y += self.heights.setdefault((lane, row), TASK[1]) + BETWEEN_ROWS
            y += -BETWEEN_ROWS + MARGIN
            self.bands.append((begin, y))
            y += MARGIN if lane < len(self.lanes) - 1 else 0
        extra = BACK * (1 + len(self.grid.back)) if self.grid.back else 0
        self.drawing.height = y + extra
        self.bands[-1] = (self.bands[-1][0], self.drawing.height)

    def _put(self, node: Node) -> None:
        column, row = self.grid.cells[node]
        width, height = self.sizes[node]
        lane = self.grid.lanes[node]
        box = Box(
            self.left[column] + (self.widths[column] - width) / 2,
            self.top[lane, row] + (self.heights[lane, row] - height) / 2,
            width,
            height,
        )
        self.drawing.boxes[node.element] = box
        if node in self.inner:
            self.drawing.add(self.inner[node], box.x, box.y)
        step = width / (len(node.boundaries) + 1)
        for number, boundary in enumerate(node.boundaries, start=1):
            left, top = box.x + number * step - EVENT[0] / 2, box.bottom - EVENT[1] / 2
            self.drawing.boxes[boundary.element] = Box(left, top, *EVENT)

    def _row_middle(self, lane: int, row: int) -> float:
        return self.top[lane, row] + self.heights[lane, row] / 2

    def _line(self, flow: Flow) -> list[Point]:
        """A flow in right angles: out of the source, along its free cells, into the target."""
        source, target = flow.source, flow.target
        if source is None or target is None:
            return []
        box, end = self.drawing.boxes[source.element], self.drawing.boxes[target.element]
        if flow in self.grid.back:
            return self._line_back(flow, source.host or source, target.host or target)
        x, y = box.right, box.middle[1]
        points: list[Point] = [(x, y)]
        if source in self.grid.below:
            x = box.middle[0]
            y = self._row_middle(self.grid.lanes[source], self.grid.below[source][1])
            points = [(x, box.bottom), (x, y)]
        for (column, row), lane in self.grid.passing.get(flow, []):
            points += _bend(points[-1], self.left[column], self._row_middle(lane, row))
        return points + _bend(points[-1], end.x, end.middle[1])

    def _line_back(self, flow: Flow, source: Node, target: Node) -> list[Point]:
        """A flow that leads back passes between columns and below everything, at its own height."""
        begin, end = self._point_out(flow, source), self.drawing.boxes[target.element]
        number = self.grid.back.index(flow)
        low = self.drawing.height - BACK * (len(self.grid.back) - number)
        column = self.grid.cells[source][0]
        right = self.left[column] + self.widths[column] + BACK / 2 + 3 * (number % 8)
        left = self.left[self.grid.cells[target][0]] - BACK / 2 - 3 * (number % 8)
        out = [(right, begin[1]), (right, low), (left, low), (left, end.middle[1])]
        return [begin, *out, (end.x, end.middle[1])]

    def _point_out(self, flow: Flow, source: Node) -> Point:
        box = self.drawing.boxes[source.element]
        if flow.source is not None and flow.source is not source:
            box = self.drawing.boxes[flow.source.element]
        return box.right, box.middle[1]

    def _draw_lanes(self) -> None:
        for lane, (begin, end) in zip(self.lanes, self.bands, strict=False):
            x = self.titles - LANE_TITLE
            self.drawing.boxes[lane] = Box(x, begin, self.drawing.width - x, end - begin)
        for parent, below, level in _parent_lanes(self.scope.element):
            boxes = [self.drawing.boxes[lane] for lane in below if lane in self.drawing.boxes]
            if boxes:
                top, low = min(box.y for box in boxes), max(box.bottom for box in boxes)
                x = level * LANE_TITLE
                self.drawing.boxes[parent] = Box(x, top, self.drawing.width - x, low - top)

    def _artifact_height(self) -> float:
        heights = [ARTIFACTS[kind(each)][1] for each in self._artifacts()]
        return max(heights, default=0) + BETWEEN_ROWS if heights else 0

    def _artifacts(self) -> list[Element]:
        return [each for each in children(self.scope.element) if kind(each) in ARTIFACTS]

    def _draw_artifacts(self) -> None:
        """Notes and data stand in a row above, and are tied to what they belong to."""
        x: float = MARGIN + self.titles
        for artifact in self._artifacts():
            size = ARTIFACTS[kind(artifact)]
            self.drawing.boxes[artifact] = Box(x, MARGIN / 2, *size)
            x += size[0] + BETWEEN_COLUMNS
        self.drawing.width = max(self.drawing.width, x)
        by_id = {identity(element): box for element, box in self.drawing.boxes.items()}
        for link in children(self.scope.element, "association"):
            ends = by_id.get(link.get("sourceRef")), by_id.get(link.get("targetRef"))
            self._tie(link, *ends)
        for node in self.scope.nodes:
            for link in children(node.element, "dataInputAssociation"):
                self._tie(link, by_id.get(_ref(link, "sourceRef")), by_id.get(node.id))
            for link in children(node.element, "dataOutputAssociation"):
                self._tie(link, by_id.get(node.id), by_id.get(_ref(link, "targetRef")))

    def _tie(self, link: Element, begin: Box | None, end: Box | None) -> None:
        if begin is None or end is None:
            return
        if begin.bottom <= end.y:
            self.drawing.lines[link] = [(begin.middle[0], begin.bottom), (end.middle[0], end.y)]
        elif end.bottom <= begin.y:
            self.drawing.lines[link] = [(begin.middle[0], begin.y), (end.middle[0], end.bottom)]
        else:
            self.drawing.lines[link] = [begin.middle, end.middle]


def _bend(begin: Point, x: float, y: float) -> list[Point]:
    """From a point to (x, y): straight, or with one step down or up just before it."""
    if begin[1] == y:
        return [(x, y)]
    turn = max(x - BETWEEN_COLUMNS / 2, begin[0])
    return [(turn, begin[1]), (turn, y), (x, y)]


def _ref(link: Element, name: str) -> str:
    found = first(link, name)
    return (found.text or "").strip() if found is not None else ""


def _leaf_lanes(scope: Element) -> list[Element]:
    """The lanes that hold no other lanes, from top to bottom."""
    lanes: list[Element] = []
    for lane_set in [*children(scope, "laneSet"), *children(scope, "childLaneSet")]:
        for lane in children(lane_set, "lane"):
            lanes += _leaf_lanes(lane) or [lane]
    return lanes


def _lane_levels(scope: Element) -> int:
    """How deep lanes stand in lanes; 0 without lanes."""
    lanes = [
        lane
        for lane_set in [*children(scope, "laneSet"), *children(scope, "childLaneSet")]
        for lane in children(lane_set, "lane")
    ]
    return 1 + max(map(_lane_levels, lanes)) if lanes else 0


def _parent_lanes(scope: Element, level: int = 0) -> list[tuple[Element, list[Element], int]]:
    """Every lane that is divided, with the undivided lanes in it and how deep it stands."""
    found: list[tuple[Element, list[Element], int]] = []
    for lane_set in [*children(scope, "laneSet"), *children(scope, "childLaneSet")]:
        for lane in children(lane_set, "lane"):
            if below := _leaf_lanes(lane):
                found += [(lane, below, level), *_parent_lanes(lane, level + 1)]
    return found

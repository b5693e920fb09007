"""Adds a drawing (BPMN DI) to a file that has none: pools, processes and message flows.

bpmn-auto-layout 1.3.0 leaves out pools, lanes, message flows, notes and flows without `incoming`
(findings/bpmn-auto-layout-omissions.sh), and needs a browser; this runs where the file is kept.
"""

from collections.abc import Iterator
from itertools import count

from lxml import etree

from processes.engine.diagram import graph
from processes.engine.diagram.graph import Diagram, Element, Scope, children, identity, kind
from processes.engine.diagram.layout.places import Box, Drawing, Point, drawing_of

DI_OF_BPMN = "http://www.omg.org/spec/BPMN/20100524/DI"
DI = "http://www.omg.org/spec/DD/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
NAMESPACES = {"bpmndi": DI_OF_BPMN, "di": DI, "dc": DC}

POOL_TITLE, EMPTY_POOL, BETWEEN_POOLS = 30, 60, 60
HORIZONTAL = frozenset({"participant", "lane"})
EXPANDED = frozenset({"subProcess", "transaction", "adHocSubProcess"})


def with_drawing(xml: bytes) -> bytes:
    """The file with a drawing; as it was where it has one, or holds nothing that can be drawn.

    Raises UnreadableDiagramError for what is no diagram.
    """
    if b"BPMNShape" in xml:
        return xml
    diagram = graph.read(xml)
    if diagram.is_dmn or not any(scope.nodes for scope in diagram.pools):
        return xml
    drawing = _whole(diagram)
    _write(diagram.root, drawing)
    return etree.tostring(diagram.root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _whole(diagram: Diagram) -> Drawing:
    """All pools and processes of a file, one below the other."""
    whole, inside = Drawing(), {scope: drawing_of(scope) for scope in diagram.pools}
    width = max(each.width for each in inside.values())
    y = 0.0
    pools = [
        pool for each in children(diagram.root, "collaboration") for pool in children(each)
        if kind(pool) == "participant"
    ]  # fmt: skip
    left = dict.fromkeys(diagram.pools)
    for pool in pools:
        scope = _process_of(pool, diagram)
        if scope not in left:
            scope = None
        left.pop(scope, None) if scope else None
        height = inside[scope].height if scope else EMPTY_POOL
        whole.boxes[pool] = Box(0, y, width + POOL_TITLE, height)
        if scope:
            _widen_lanes(inside[scope], width)
            whole.add(inside[scope], POOL_TITLE, y)
        y += height + BETWEEN_POOLS
    for scope in left:
        whole.add(inside[scope], POOL_TITLE if pools else 0, y)
        y += inside[scope].height + BETWEEN_POOLS
    _add_message_flows(diagram.root, whole)
    return whole


def _process_of(pool: Element, diagram: Diagram) -> Scope | None:
    name = (pool.get("processRef") or "").rpartition(":")[2]
    return next((scope for scope in diagram.pools if name and scope.id == name), None)


def _widen_lanes(drawing: Drawing, width: float) -> None:
    for element, box in drawing.boxes.items():
        if kind(element) == "lane":
            box.width = width - box.x


def _add_message_flows(root: Element, whole: Drawing) -> None:
    boxes = {identity(element): box for element, box in whole.boxes.items()}
    for collaboration in children(root, "collaboration"):
        for flow in children(collaboration, "messageFlow"):
            begin, end = boxes.get(flow.get("sourceRef")), boxes.get(flow.get("targetRef"))
            if begin is not None and end is not None:
                whole.lines[flow] = _between(begin, end)


def _between(begin: Box, end: Box) -> list[Point]:
    """From one pool to another: down or up, with a bend halfway where they do not face."""
    is_down = begin.middle[1] < end.middle[1]
    y, to = (begin.bottom, end.y) if is_down else (begin.y, end.bottom)
    x, until = begin.middle[0], end.middle[0]
    if begin.x <= until <= begin.right:
        x = until
    elif end.x <= x <= end.right:
        until = x
    if x == until:
        return [(x, y), (x, to)]
    turn = to - BETWEEN_POOLS / 2 if is_down else to + BETWEEN_POOLS / 2
    return [(x, y), (x, turn), (until, turn), (until, to)]


def _write(root: Element, drawing: Drawing) -> None:
    for old in root.findall(f"{{{DI_OF_BPMN}}}BPMNDiagram"):
        root.remove(old)
    shown = next(iter([*children(root, "collaboration"), *children(root, "process")]))
    names = _free_ids(root)
    diagram = etree.SubElement(root, f"{{{DI_OF_BPMN}}}BPMNDiagram", nsmap=NAMESPACES)
    diagram.set("id", next(names))
    plane = etree.SubElement(diagram, f"{{{DI_OF_BPMN}}}BPMNPlane", id=next(names))
    if identity(shown):
        plane.set("bpmnElement", identity(shown) or "")
    for element, box in sorted(drawing.boxes.items(), key=lambda each: _depth(each[0])):
        if identity(element):
            _write_shape(plane, element, box, next(names))
    for element, points in drawing.lines.items():
        if identity(element):
            _write_edge(plane, element, points, next(names))


def _depth(element: Element) -> tuple[int, bool]:
    """Pools before lanes before what stands in them; boundary events after their hosts."""
    order = {"participant": 0, "lane": 1}
    nested = sum(1 for _ in element.iterancestors())
    return order.get(kind(element), 1 + nested), kind(element) == "boundaryEvent"


def _write_shape(plane: Element, element: Element, box: Box, name: str) -> None:
    shape = etree.SubElement(plane, f"{{{DI_OF_BPMN}}}BPMNShape", id=name)
    shape.set("bpmnElement", identity(element) or "")
    if kind(element) in HORIZONTAL:
        shape.set("isHorizontal", "true")
    if kind(element) in EXPANDED:
        shape.set("isExpanded", "true")
    sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(
        shape, f"{{{DC}}}Bounds", {side: f"{value:g}" for side, value in sides.items()}
    )


def _write_edge(plane: Element, element: Element, points: list[Point], name: str) -> None:
    edge = etree.SubElement(plane, f"{{{DI_OF_BPMN}}}BPMNEdge", id=name)
    edge.set("bpmnElement", identity(element) or "")
    for x, y in points:
        etree.SubElement(edge, f"{{{DI}}}waypoint", x=f"{x:g}", y=f"{y:g}")


def _free_ids(root: Element) -> Iterator[str]:
    taken = set(root.xpath("//@id"))
    return (name for number in count(1) if (name := f"drawing_{number}") not in taken)

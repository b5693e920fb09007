"""A file without a drawing gets one: every element once, nothing on top of another."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

from processes.engine.diagram import graph
from processes.engine.diagram.layout.drawing import DC, DI, DI_OF_BPMN, with_drawing
from processes.engine.diagram.xml import Element
from tests.processes.engine.diagrams import HEAD, chain, flow, node, straight, user
from tests.processes.engine.undoing import throw, undone

ROOT = Path(__file__).parents[4]
FILES = sorted(
    [*(ROOT / "tests" / "corpora").rglob("*.bpmn"), *(ROOT / "bpmn").glob("*.bpmn")],
    key=lambda path: path.name,
)
SHOWN = graph.FLOW_NODES | {
    "participant",
    "lane",
    "textAnnotation",
    "dataObjectReference",
    "dataStoreReference",
}
CONTAINERS = frozenset({"participant", "lane", "subProcess", "transaction", "adHocSubProcess"})
Rectangle = tuple[float, float, float, float]


def without_drawing(xml: bytes) -> bytes:
    root = etree.fromstring(xml)
    for drawn in root.findall(f"{{{DI_OF_BPMN}}}BPMNDiagram"):
        root.remove(drawn)
    return etree.tostring(root)


def shapes_of(xml: bytes) -> dict[str, Rectangle]:
    found = {}
    for shape in etree.fromstring(xml).iter(f"{{{DI_OF_BPMN}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        assert bounds is not None
        x, y, width, height = (
            float(bounds.get(side) or 0) for side in ("x", "y", "width", "height")
        )
        assert shape.get("bpmnElement") not in found, "an element is drawn once"
        found[shape.get("bpmnElement") or ""] = (x, y, x + width, y + height)
    return found


def edges_of(xml: bytes) -> dict[str, list[tuple[float, float]]]:
    return {
        edge.get("bpmnElement") or "": [
            (float(point.get("x") or 0), float(point.get("y") or 0))
            for point in edge.findall(f"{{{DI}}}waypoint")
        ]
        for edge in etree.fromstring(xml).iter(f"{{{DI_OF_BPMN}}}BPMNEdge")
    }


def drawn_ids(root: Element, kinds: frozenset[str]) -> set[str]:
    return {each.get("id") for each in root.iter() if graph.kind(each) in kinds and each.get("id")}


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def within(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_element_of_a_real_diagram_is_drawn_beside_the_others(path: Path) -> None:
    laid_out = with_drawing(without_drawing(path.read_bytes()))
    root, shapes = etree.fromstring(laid_out), shapes_of(laid_out)
    assert drawn_ids(root, SHOWN) <= set(shapes)
    diagram = graph.read(laid_out)
    for scope in diagram.scopes:
        apart = [shapes[each.id] for each in scope.nodes if each.id and each.host is None]
        assert not [pair for pair in combinations(apart, 2) if overlap(*pair)]
    lines = edges_of(laid_out)
    flows = [each for each in diagram.flows if each.source and each.target]
    assert {each.id for each in flows} <= set(lines)
    for each in flows:
        assert each.source is not None
        assert each.target is not None
        begin, end = lines[each.id or ""][0], lines[each.id or ""][-1]
        assert within((*begin, *begin), shapes[each.source.id or ""])
        assert within((*end, *end), shapes[each.target.id or ""])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_lanes_hold_their_own_nodes_and_pools_their_lanes(path: Path) -> None:
    laid_out = with_drawing(without_drawing(path.read_bytes()))
    root, shapes = etree.fromstring(laid_out), shapes_of(laid_out)
    for lane in (each for each in root.iter() if graph.kind(each) == "lane"):
        for member in graph.children(lane, "flowNodeRef"):
            if (name := (member.text or "").strip()) in shapes:
                assert within(shapes[name], shapes[lane.get("id") or ""]), name
    pools = [shapes[name] for name in drawn_ids(root, frozenset({"participant"}))]
    assert not [pair for pair in combinations(pools, 2) if overlap(*pair)]


def process(inner: str) -> bytes:
    return f'{HEAD}<bpmn:process id="p">{inner}</bpmn:process></bpmn:definitions>'.encode()


def test_a_flow_over_several_columns_passes_no_task() -> None:
    laid_out = with_drawing(
        process(
            node("exclusiveGateway", "g")
            + "".join(node("task", name) for name in "abc")
            + node("endEvent", "e")
            + chain("g", "a", "b", "c", "e")
            + flow("g", "e")
        )
    )
    shapes, line = shapes_of(laid_out), edges_of(laid_out)["g_to_e"]
    for (x1, y1), (x2, y2) in pairwise(line):
        passed = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        assert not [name for name in "abc" if overlap(passed, shapes[name])]


def test_a_circle_is_drawn_too() -> None:
    laid_out = with_drawing(
        process(node("task", "a") + node("task", "b") + chain("a", "b") + flow("b", "a"))
    )
    shapes, lines = shapes_of(laid_out), edges_of(laid_out)
    assert shapes["a"][2] < shapes["b"][0]
    assert lines["b_to_a"][-1][0] == shapes["a"][0]


def test_a_file_with_a_drawing_stays_byte_for_byte() -> None:
    drawn = (ROOT / "bpmn" / "provider_onboarding.bpmn").read_bytes()
    assert with_drawing(drawn) == drawn


@pytest.mark.parametrize("inner", ["", "<bpmn:documentation>leeg</bpmn:documentation>"])
def test_a_process_without_nodes_stays_as_it_is(inner: str) -> None:
    assert with_drawing(process(inner)) == process(inner)


def test_what_undoes_stands_below_what_it_undoes() -> None:
    body = straight(undone(user("a"), "a"), undone(user("b"), "b"), throw("t"), ids=("a", "b", "t"))
    shapes = shapes_of(with_drawing(process(body)))

    for name in "ab":
        assert shapes[f"undo_{name}"][0] == shapes[name][0]
        assert shapes[f"undo_{name}"][1] > shapes[f"at_{name}"][3]
    assert not overlap(shapes["undo_a"], shapes["undo_b"])

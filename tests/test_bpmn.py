"""Each diagram in bpmn/ passes the checks of a deployment, with the real vocabulary."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from processes.engine.checks.checker import check
from processes.engine.diagram import graph
from processes.engine.diagram.layout.drawing import DC, DI, DI_OF_BPMN
from workers.vocabulary import vocabulary

DIAGRAMS = sorted((Path(__file__).parents[1] / "bpmn").glob("*.*mn"))
CONTENTS = {path.name: path.read_bytes() for path in DIAGRAMS}


def test_the_diagrams_are_there() -> None:
    assert {"provider_onboarding.bpmn", "offer_publication.bpmn"} <= set(CONTENTS)


GATEWAY = 50  # how wide one is, the widest of what has its name beside it
BELOW, NARROW, LINE = 7, 20, 14  # where bpmn-js puts a name without a place, at least


@pytest.mark.parametrize("name", CONTENTS)
def test_a_diagram_of_ours_has_no_findings(name: str) -> None:
    others = {other: xml for other, xml in CONTENTS.items() if other != name}

    findings = check(CONTENTS[name], vocabulary(), deployed=others)

    # A due date alone is meant: what is late is mailed about, and no clock decides.
    assert [str(each) for each in findings if each.rule != "due-alone"] == []


@pytest.mark.parametrize("name", [name for name in CONTENTS if name.endswith(".bpmn")])
def test_a_drawing_of_ours_says_which_answer_goes_which_way(name: str) -> None:
    """Each way out of a gateway that chooses has a name, and the name a place in the drawing."""
    flows = [
        flow
        for node in graph.read(CONTENTS[name]).nodes
        if node.kind in {"exclusiveGateway", "inclusiveGateway"} and len(node.outgoing) > 1
        for flow in node.outgoing
    ]
    placed = {
        edge.get("bpmnElement")
        for edge in etree.fromstring(CONTENTS[name]).iter(f"{{{DI_OF_BPMN}}}BPMNEdge")
        if edge.find(f"{{{DI_OF_BPMN}}}BPMNLabel") is not None
    }

    assert [flow.id for flow in flows if not flow.name] == []
    assert [flow.id for flow in flows if flow.id not in placed] == []


@pytest.mark.parametrize("name", [name for name in CONTENTS if name.endswith(".bpmn")])
def test_no_line_of_a_drawing_of_ours_goes_through_a_name(name: str) -> None:
    """Of events and gateways: it stands where the file says, else below them."""
    drawing = etree.fromstring(CONTENTS[name])
    named = {each.id for each in graph.read(CONTENTS[name]).nodes if each.name}
    lines = [
        (*_point(a), *_point(b))
        for edge in drawing.iter(f"{{{DI_OF_BPMN}}}BPMNEdge")
        for a, b in pairwise(edge.iterfind(f"{{{DI}}}waypoint"))
    ]
    crossed = [
        shape.get("bpmnElement")
        for shape in drawing.iter(f"{{{DI_OF_BPMN}}}BPMNShape")
        if shape.get("bpmnElement") in named and (place := _place_of_name(shape))
        for line in lines
        if _goes_through(line, place)
    ]

    assert crossed == []


def _place_of_name(shape: Any) -> tuple[float, ...] | None:
    """Left, top, right and bottom; None for a task, whose name stands within it."""
    x, y, width, height = _bounds(shape)
    if width > GATEWAY:
        return None
    label = shape.find(f"{{{DI_OF_BPMN}}}BPMNLabel")
    if label is not None:
        x, y, width, height = _bounds(label)
        return x, y, x + width, y + height
    middle, below = x + width / 2, y + height + BELOW
    return middle - NARROW, below, middle + NARROW, below + LINE


def _point(drawn: Any) -> tuple[float, float]:
    return float(drawn.get("x")), float(drawn.get("y"))


def _bounds(drawn: Any) -> list[float]:
    bounds = drawn.find(f"{{{DC}}}Bounds")
    return [float(bounds.get(name)) for name in ("x", "y", "width", "height")]


def _goes_through(line: tuple[float, ...], place: tuple[float, ...]) -> bool:
    """Whether a line, across or down, goes through it."""
    (x1, y1, x2, y2), (left, top, right, bottom) = line, place
    return max(min(x1, x2), left) < min(max(x1, x2), right) + (x1 == x2) and max(
        min(y1, y2), top
    ) < min(max(y1, y2), bottom) + (y1 == y2)

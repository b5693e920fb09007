"""Each diagram in bpmn/ passes the checks of a deployment, with the real vocabulary."""

from pathlib import Path

import pytest
from lxml import etree

from processes.engine.checks.checker import check
from processes.engine.diagram import graph
from processes.engine.diagram.layout.drawing import DI_OF_BPMN
from workers.vocabulary import vocabulary

DIAGRAMS = sorted((Path(__file__).parents[1] / "bpmn").glob("*.*mn"))
CONTENTS = {path.name: path.read_bytes() for path in DIAGRAMS}


def test_the_diagrams_are_there() -> None:
    assert {"provider_onboarding.bpmn", "offer_publication.bpmn"} <= set(CONTENTS)


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

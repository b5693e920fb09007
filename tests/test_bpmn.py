"""Each diagram in bpmn/ passes the checks of a deployment, with the real vocabulary."""

from pathlib import Path

import pytest

from processes.engine.checks.checker import check
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

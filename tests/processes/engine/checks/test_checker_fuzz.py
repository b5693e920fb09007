"""Whatever is done to a diagram, checking it ends, soon, with findings or none."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from processes.engine.checks.checker import check
from processes.engine.checks.findings import is_deployable
from processes.engine.diagram.elements import read
from processes.engine.interpreter.parser import parse
from tests.processes.engine.checks.rules.judging import VOCABULARY, examples
from tests.processes.engine.checks.rules.test_calls import OTHER
from tests.sizes import so_many
from tests.steps import calls_of

ROOT = Path(__file__).parents[4]
SEEDS = [
    path.read_bytes()
    for folder in ("bpmn", "tests/corpora/miwg-reference")
    for path in sorted((ROOT / folder).glob("*.bpmn"))
    if path.stat().st_size < 60_000
]
SEEDS += [example.good for example in examples().values()] * 2  # nearer to what may be deployed
VALUES = st.sampled_from(
    ["", "x", "true", "false", "${x}", "${x.y}", "Start", "-1", "999999999999", "R/PT0S", "P1D"]
)


def _mutate(root: Any, draw: st.DrawFn) -> None:
    """One change: an attribute, a text, or an element that goes, comes twice, or moves."""
    elements = [each for each in root.iter() if isinstance(each.tag, str)][1:]
    element = draw(st.sampled_from(elements))
    other = draw(st.sampled_from(elements))
    match draw(st.integers(0, 6)):
        case 0 if element.attrib:
            del element.attrib[draw(st.sampled_from(sorted(element.attrib)))]
        case 1 if element.attrib:
            element.set(draw(st.sampled_from(sorted(element.attrib))), draw(VALUES))
        case 2 if element.attrib and other.get("id"):
            element.set(draw(st.sampled_from(sorted(element.attrib))), other.get("id"))
        case 3:
            element.text = draw(VALUES)
        case 4:
            element.getparent().remove(element)
        case 5:
            element.addnext(etree.fromstring(etree.tostring(element)))
        case 6 if other not in element.iter() and other is not element:
            other.append(element)


@st.composite
def diagrams(draw: st.DrawFn) -> bytes:
    root = etree.fromstring(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        if len(root):
            _mutate(root, draw)
    return etree.tostring(root)


@settings(max_examples=so_many(250, when_long=5000))
@given(xml=diagrams())
def test_a_damaged_diagram_gets_a_clear_answer_soon(xml: bytes) -> None:
    calls, findings = calls_of(lambda: check(xml, VOCABULARY, deployed=OTHER))

    assert "check-failed" not in {each.rule for each in findings}
    assert calls < 1_000_000
    if is_deployable(findings):
        own = read(xml).processes
        beside = {key: file for key, file in OTHER.items() if key not in own}
        assert all(parse(xml, key, beside).spec.task_specs for key in own)


@settings(max_examples=so_many(100, when_long=2000))
@given(xml=st.binary(max_size=300))
def test_arbitrary_bytes_get_a_clear_answer(xml: bytes) -> None:
    assert not is_deployable(check(xml, VOCABULARY))

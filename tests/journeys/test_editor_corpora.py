"""What others drew is opened and saved by the editor without losing an element or attribute."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from tests.journeys.editor_page import put_editor, saved

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
# The same in two ways of writing: the element of a type, or the general one that names its type.
SAME_ELEMENT = {f"{MODEL}formalExpression": f"{MODEL}expression"}
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Lost all the same, by name: an attribute that stands there twice, with a prefix and without.
LOST = {"C.8.1.bpmn": ["constraintsType=enumeration"]}
# What the editor asks about before it saves: that, and a comment.
ASKED = {*LOST, "C.3.0.bpmn"}
ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "tests" / "corpora" / "miwg-reference").glob("*.bpmn"))
OURS = sorted((ROOT / "bpmn").glob("*.bpmn"))


@pytest.fixture
def page(browser: Any) -> Any:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def parts(xml: bytes) -> Counter[str]:
    """Each element with its attributes and text, wherever it stands."""
    found: Counter[str] = Counter()
    for element in etree.fromstring(xml).iter("*"):
        tag = SAME_ELEMENT.get(str(element.tag), str(element.tag))
        found[f"<{tag}> {' '.join((element.text or '').split())}"] += 1
        for name, value in map(_as_text, element.attrib.items()):
            if not (name == TYPE and _is_told_twice(element, value)):
                found[f"<{tag}> @{name}={_plain(value)}"] += 1
    return found


def _as_text(attribute: tuple[Any, Any]) -> tuple[str, str]:
    return str(attribute[0]), str(attribute[1])


def _is_told_twice(element: Any, kind: str) -> bool:
    """The name of the element says its type too, or the same attribute without a prefix does."""
    return element.tag == WAYPOINT or element.tag in SAME_ELEMENT or kind.endswith("Expression")


def _plain(value: str) -> str:
    """A value as it counts: 68.0 is 68, and the end of a line is one however it is written."""
    if NUMBER.fullmatch(value):
        return str(float(value))
    return " ".join(value.split())


@pytest.mark.browser
@pytest.mark.parametrize("file", [*CORPUS, *OURS], ids=lambda file: file.name)
def test_nothing_is_lost_between_opening_and_saving(page: Page, file: Path) -> None:
    xml = file.read_bytes()
    put_editor(page, xml)
    if file.name in ASKED:
        page.get_by_role("button", name="Wijzigen zonder deze delen").click()
    page.locator("[data-modeler][data-complete]").wait_for()
    lost = parts(xml) - parts(saved(page))
    known = LOST.get(file.name, [])
    assert [part for part in sorted(lost) if not part.endswith(tuple(known) or "\0")] == []


@pytest.mark.browser
def test_a_process_without_a_drawing_is_said_to_be_one(page: Page) -> None:
    drawn = OURS[0].read_text()
    undrawn = re.sub(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", drawn, flags=re.DOTALL)
    put_editor(page, undrawn.encode())
    expect(page.get_by_role("alert")).to_contain_text("geen tekening")

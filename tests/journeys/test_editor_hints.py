"""What the editor sees in the drawing itself is told in Dutch, beside what the checks find."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from processes.engine.diagram.layout.drawing import with_drawing
from tests.journeys.editor_page import open_editor
from tests.processes.engine.diagrams import flow, process, straight, user

pytestmark = pytest.mark.browser

AGAIN = flow("a", "b").replace('id="a_to_b"', 'id="again"')
DRAWN = with_drawing(process(straight(user("a"), user("b"), ids=("a", "b")) + AGAIN))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="nl-NL")
    yield context.new_page()
    context.close()


def placed(xml: bytes, id_: str, **bounds: str) -> bytes:
    """The file with the shape of this element elsewhere."""
    shape = re.search(rf'bpmnElement="{id_}"[^>]*>\s*<[a-z]+:Bounds [^>]*>'.encode(), xml)
    assert shape is not None
    moved = shape[0]
    for name, value in bounds.items():
        moved = re.sub(rf'\b{name}="[^"]*"'.encode(), f'{name}="{value}"'.encode(), moved)
    return xml.replace(shape[0], moved)


def test_two_arrows_and_what_lies_upon_another_are_told_once(page: Page) -> None:
    at = re.search(rb'bpmnElement="a"[^>]*>\s*<[a-z]+:Bounds [^>]*\bx="([^"]*)"', DRAWN)
    assert at is not None
    open_editor(page, placed(DRAWN, "b", x=at[1].decode()))

    told = page.locator("[data-findings] li")
    expect(told.filter(has_text='De pijl van "a" naar "b" loopt tussen dezelfde')).to_have_count(1)
    expect(told.filter(has_text="ligt over een ander onderdeel heen")).to_have_count(2)
    expect(told).to_have_count(3)


def test_what_lies_outside_its_pool_overlaps_nothing(page: Page) -> None:
    pool = '<bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="p"/>'
    xml = process(straight(user("a"), ids=("a",))).replace(
        b"<bpmn:process ", f"{pool}</bpmn:collaboration><bpmn:process ".encode()
    )
    open_editor(page, placed(with_drawing(xml), "pool", width="50"))

    told = page.locator("[data-findings] li")
    expect(told.filter(has_text="ligt buiten het vlak waar het bij hoort")).not_to_have_count(0)
    expect(told.filter(has_text="ligt over een ander onderdeel heen")).to_have_count(0)

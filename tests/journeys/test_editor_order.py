"""The order of conditions behind a gateway: seen and changed in the editor, and kept by undoing."""

import re

import pytest
from playwright.sync_api import Page, expect

from processes.engine.diagram.layout.drawing import with_drawing
from tests.journeys.editor_page import open_editor, saved
from tests.processes.engine.diagrams import chain, flow, node, process, user

pytestmark = pytest.mark.browser

WAYS = ("g_to_high", "g_to_middle", "g_to_low")
DIAGRAM = with_drawing(
    process(
        node("startEvent", "start")
        + node("exclusiveGateway", "g", default="g_to_rest")
        + "".join(map(user, ("high", "middle", "low", "rest")))
        + chain("start", "g", "rest")
        + flow("g", "high", "${n > 10}")
        + flow("g", "middle", "${n > 5}")
        + flow("g", "low", "${n > 1}")
        + node("subProcess", "inner", user("first"))
        + node("endEvent", "end")
        + "".join(chain(task, "end") for task in ("high", "middle", "low", "inner"))
        + chain("rest", "inner")
    )
)
DO = """([name, id, place]) => {
  const modeler = document.querySelector('[data-modeler]').modeler;
  const [modeling, element] = [modeler.get('modeling'), modeler.get('elementRegistry').get(id)];
  if (name === 'delete') modeling.removeElements([element]);
  else modeling.moveElements([element], place, modeler.get('elementRegistry').get('inner'));
}"""
STACK = "name => document.querySelector('[data-modeler]').modeler.get('commandStack')[name]()"


def ways(page: Page) -> tuple[str, ...]:
    """The flows with a condition, in the order in which the file that is kept has them."""
    found = re.findall(r'<bpmn:sequenceFlow id="(g_to_(?!rest)\w+)"', saved(page).decode())
    return tuple(found)


def order(page: Page) -> list[tuple[str, str]]:
    """All elements, and where they are drawn, in the order of the file."""
    return re.findall(r'<bpmn:\w+ id="(\w+)"|bpmnElement="(\w+)"', saved(page).decode())


@pytest.mark.parametrize(
    ("change", "element"),
    [("delete", "g_to_high"), ("delete", "high"), ("delete", "g"), ("move", "high")],
)
def test_undoing_a_change_keeps_the_order_of_the_file(
    page: Page, change: str, element: str
) -> None:
    open_editor(page, DIAGRAM)
    before = order(page)
    page.evaluate(DO, [change, element, {"x": 0, "y": 240}])
    page.evaluate(STACK, "undo")
    assert order(page) == before
    page.evaluate(STACK, "redo")
    page.evaluate(STACK, "undo")
    assert order(page) == before


def test_an_owner_sees_the_order_and_changes_it(page: Page) -> None:
    open_editor(page, DIAGRAM)
    page.locator("[data-element-id=g] .djs-hit").first.click()
    shown = page.locator(".loket-ways li > span")
    expect(shown).to_have_text(["high", "middle", "low"])
    page.get_by_role("button", name="low eerder").click()
    expect(shown).to_have_text(["high", "low", "middle"])
    assert ways(page) == ("g_to_high", "g_to_low", "g_to_middle")
    page.get_by_role("button", name="low eerder").click()
    expect(shown).to_have_text(["low", "high", "middle"])
    expect(page.get_by_role("button", name="low eerder")).to_be_disabled()
    page.evaluate(STACK, "undo")
    page.evaluate(STACK, "undo")
    expect(shown).to_have_text(["high", "middle", "low"])
    assert ways(page) == WAYS


def test_who_presses_again_moves_the_same_condition_on(page: Page) -> None:
    open_editor(page, DIAGRAM)
    page.locator("[data-element-id=g] .djs-hit").first.click()
    shown = page.locator(".loket-ways li > span")
    low = page.get_by_role("button", name="low eerder")
    low.focus()
    for order_now in (["high", "low", "middle"], ["low", "high", "middle"]):
        page.keyboard.press("Enter")
        expect(shown).to_have_text(order_now)
        expect(low).to_be_focused()
    page.keyboard.press("Enter")
    assert ways(page) == ("g_to_low", "g_to_high", "g_to_middle")


def test_one_condition_has_no_order(page: Page) -> None:
    open_editor(page, DIAGRAM)
    page.evaluate(DO, ["delete", "g_to_middle", {}])
    page.evaluate(DO, ["delete", "g_to_low", {}])
    page.locator("[data-element-id=g] .djs-hit").first.click()
    expect(page.locator("[data-group-id=group-general]")).to_be_visible()
    expect(page.locator(".loket-ways")).to_have_count(0)

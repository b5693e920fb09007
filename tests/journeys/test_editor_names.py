"""While somebody types an expression, the panel offers the names that the element knows."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from processes.engine.diagram.layout.drawing import with_drawing
from tests.journeys.editor_page import open_editor, saved
from tests.journeys.test_editor_offers import SELECT
from tests.processes.engine.diagrams import chain, flow, node, process, user

pytestmark = pytest.mark.browser

NAMES = {
    "functions": [{"name": "count", "parameters": ["list"], "info": "Hoeveel er zijn."}],
    "names": [
        {"name": "uren per week", "info": "Hoeveel uren?", "within": ""},
        {"name": "uren", "info": "", "within": ""},
        {"name": "urgent", "info": "Alleen bij dit onderdeel.", "within": "t"},
    ],
    "small": ["len"],
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def panel(page: Page) -> Locator:
    several = "<bpmn:multiInstanceLoopCharacteristics camunda:collection='x'/>"
    nodes = node("startEvent", "start") + node("endEvent", "end") + node("exclusiveGateway", "x")
    ways = chain("start", "t", "x") + flow("x", "end", "uren &gt; 3")
    xml = with_drawing(process(nodes + user("t", several) + ways))
    with page.expect_response("**/names"):
        open_editor(page, xml, names=NAMES)
        page.evaluate(SELECT, "t")
        open_group(page, "CamundaPlatform__UserAssignment")
        field(page, "Uiterste datum").focus()
    return page.locator("[data-panel]")


def open_group(page: Page, group: str) -> None:
    page.locator(f"[data-group-id=group-{group}] [class*=header]").first.click()


def field(page: Page, name: str) -> Locator:
    return page.locator("[data-panel]").get_by_label(name, exact=True)


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Namen die u kunt gebruiken").get_by_role("option")


def inside(page: Page, part: Locator) -> bool:
    """Whether a part stands on the screen as a whole."""
    box, size = part.bounding_box(), page.viewport_size
    assert box is not None
    assert size is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


OFFERED = {
    "=ur": ["uren per week", "uren", "urgent"],
    "=if uren per": ["uren per week"],
    "=cou": ["count()"],
    "=count(ur": ["uren per week", "uren", "urgent"],
    "${ur": ["uren per week", "uren", "urgent"],
    "${le": ["len()"],
    "ur": [],
    '="ur': [],
    "=zaak.ur": [],
    "${uren} ur": [],
}


@pytest.mark.usefixtures("panel")
def test_names_are_offered_where_an_expression_is_typed(page: Page) -> None:
    due = field(page, "Uiterste datum")
    for typed, names in OFFERED.items():
        due.fill("")
        due.press_sequentially(typed)
        expect(options(page).locator("code")).to_have_text(names)


@pytest.mark.usefixtures("panel")
def test_a_name_is_chosen_with_the_keyboard_and_kept(page: Page) -> None:
    due = field(page, "Uiterste datum")
    due.press_sequentially("=ur")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")  # round to the last
    page.keyboard.press("Enter")

    expect(due).to_have_value("=urgent")
    expect(page.locator(".loket-names")).to_be_hidden()
    due.blur()
    assert b'camunda:dueDate="=urgent"' in saved(page)


@pytest.mark.usefixtures("panel")
def test_escape_closes_and_control_space_opens(page: Page) -> None:
    due = field(page, "Uiterste datum")
    due.press_sequentially("=")
    expect(page.locator(".loket-names")).to_be_hidden()
    page.keyboard.press("Control+Space")
    expect(options(page)).to_have_count(4)
    assert inside(page, page.locator(".loket-names"))
    page.keyboard.press("Escape")

    expect(page.locator(".loket-names")).to_be_hidden()
    expect(due).to_be_focused()
    expect(due).to_have_value("=")


@pytest.mark.usefixtures("panel")
def test_a_condition_needs_no_mark_and_knows_no_names_of_other_elements(page: Page) -> None:
    page.evaluate(SELECT, "x_to_end")
    open_group(page, "CamundaPlatform__Condition")
    condition = field(page, "Voorwaarde")
    condition.fill("")
    condition.press_sequentially("ur")
    expect(options(page)).to_have_count(2)
    options(page).filter(has_text="uren per week").click()

    expect(condition).to_have_value("uren per week")
    expect(condition).to_be_focused()


def test_a_name_that_was_just_drawn_is_offered_once_it_is_saved(page: Page) -> None:
    known: dict[str, list[Any]] = {"functions": [], "names": [], "small": []}
    xml = with_drawing(process(node("startEvent", "start") + user("t") + chain("start", "t")))
    with page.expect_response("**/names"):
        open_editor(page, xml, names=lambda: known)
        page.evaluate(SELECT, "t")
        open_group(page, "CamundaPlatform__UserAssignment")
        field(page, "Uiterste datum").focus()
    drawn = {"name": "getekend", "info": "Net getekend", "within": ""}
    with page.expect_response("**/save*"):  # what is drawn is asked for when the server has it
        page.evaluate(
            "document.querySelector('[data-modeler]').modeler.get('modeling')"
            ".updateLabel(document.querySelector('[data-modeler]').modeler"
            ".get('elementRegistry').get('t'), 'Anders')"
        )
        field(page, "Uiterste datum").press_sequentially("=ge")
        known["names"] = [drawn]
    expect(page.locator("[data-status]")).to_contain_text("Bewaard")

    field(page, "Uiterste datum").press_sequentially("t")

    expect(options(page)).to_have_count(1)
    expect(options(page).first).to_contain_text("getekend")

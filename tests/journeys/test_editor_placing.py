"""What waits to be placed in a big diagram is there for whoever asks, where it always stood.

Nothing waits for the clock: the browser's idle moments come when the test lets them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.editor import line_of
from tests.journeys.editor_page import saved
from tests.journeys.test_editor_big import (
    EDITOR,
    FAR,
    HOLD,
    MANY,
    REMOVE,
    RENAME,
    SCROLL,
    SELECT,
    SIZE,
    UNDO,
    drawn,
    hit,
    let_go,
    stands,
)

pytestmark = pytest.mark.browser

LINE = line_of(MANY)
# Pools, lanes, subprocesses, events on a border, message flows, notes and data: 186 elements.
MIXED = (Path(__file__).parents[1] / "corpora/miwg-reference/B.2.0.bpmn").read_bytes()
WITH_POOLS = (Path(__file__).parents[1] / "corpora/miwg-reference/C.4.0.bpmn").read_bytes()
POOL = "_06745dd2-cbc6-4742-b11c-69281e5dcbdb"  # the only one with something in it
FAR_IN_MIXED = "_25a1f26b-d8b8-4b9b-b768-f14b8d104f9c"
WAITING = f"{EDITOR}.modeler.get('loketLater').waiting.size"
# Opened again with nothing that waits: as bpmn-js itself places all.
AT_ONCE = f"""() => {{
  const {{ modeler, opened }} = {EDITOR};
  const later = modeler.get('loketLater');
  const begin = later.begin;
  later.begin = () => begin.call(later, false);
  return modeler.importXML(opened).then(() => {WAITING});
}}"""
# Every element, with what stands in it and is tied to it; and what is drawn. All in order.
ALL_OF_IT = f"""() => {{
  const {{ modeler }} = {EDITOR};
  const named = (all) => (all ?? []).map(({{ id }}) => id);
  const told = (each) => [
    each.id, each.type, each.x, each.y, each.width, each.height, each.waypoints, each.hidden,
    each.collapsed, each.host?.id, each.source?.id, each.target?.id, each.labelTarget?.id,
    named(each.attachers), named(each.labels), named(each.incoming), named(each.outgoing),
    each.children?.map(told),
  ];
  const roots = modeler.get('canvas').getRootElements();
  const graphics = document.querySelectorAll('.djs-container .viewport .djs-element');
  const drawn = [...graphics].map((each) => [
    each.dataset.elementId, each.closest('.djs-children')?.previousElementSibling.dataset.elementId,
    each.firstChild.childElementCount, each.getAttribute('transform'),
  ]);
  return JSON.stringify([roots.map(told), drawn, named(modeler.get('elementRegistry').getAll())]);
}}"""
FINDINGS = [
    {"element": FAR, "name": "Ver weg", "severity": "todo", "message": "Geen formulier."},
    {"element": "t0", "name": "Dichtbij", "severity": "error", "message": "Fout."},
]
TELL = f"""addEventListener('DOMContentLoaded', () => {{
  {EDITOR}.dataset.checked = '';
  document.querySelector('[data-findings]').dataset.findings = {json.dumps(json.dumps(FINDINGS))};
}}, true);"""
MOVE = f"""([id, dx]) => {{
  const {{ modeler }} = {EDITOR};
  modeler.get('modeling').moveElements([modeler.get('elementRegistry').get(id)], {{ x: dx, y: 0 }});
}}"""
ALL_IDS = f"{EDITOR}.modeler.get('elementRegistry').getAll().map(({{ id }}) => id)"


SECOND_FLOW = "_8b98cde1-aec2-46e8-8be2-d9aa244fcda6"
MOVE_ALL = f"""() => {{
  const {{ modeler }} = {EDITOR};
  const moves = ({{ type, x, labelTarget }}) =>
    x !== undefined && !labelTarget && !/Lane|Participant/.test(type);
  const all = modeler.get('elementRegistry').filter(moves);
  modeler.get('modeling').moveElements(all, {{ x: 10, y: 10 }});
}}"""
# What stands in the element is copied along.
COPY = f"""() => {{
  const {{ modeler }} = {EDITOR};
  const around = modeler.get('canvas').getRootElement().children[0];
  modeler.get('copyPaste').copy([around]);
  modeler.get('copyPaste').paste({{ element: around.parent, point: {{ x: 4000, y: 3000 }} }});
}}"""
DRAWN = re.compile(rb'bpmnElement="([^"]+)"')
MADE = re.compile(r"\b[A-Z][A-Za-z]+_[01][0-9a-z]{6}(?![0-9a-z])")  # ids that the editor thought of


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 600, "height": 500})
    page = context.new_page()
    page.add_init_script(HOLD)
    yield page
    context.close()


def parsed(page: Page) -> Any:
    return json.loads(page.evaluate(ALL_OF_IT))


def numbered(xml: bytes) -> str:
    """With numbers for ids by chance."""
    names: dict[str, str] = {}
    return MADE.sub(lambda made: names.setdefault(made[0], f"made_{len(names)}"), xml.decode())


def complete(page: Page) -> None:
    let_go(page)
    page.locator("[data-modeler][data-complete]").wait_for()


def test_only_what_is_in_view_is_placed_when_it_opens(page: Page) -> None:
    stands(page, LINE)
    assert page.evaluate(WAITING) > MANY
    assert page.locator("[data-element-id='t0']").count() == 1
    assert page.locator(f"[data-element-id='{FAR}']").count() == 0
    complete(page)
    assert page.evaluate(WAITING) == 0
    expect(page.locator(f"[data-element-id='{FAR}']")).to_have_count(1)


@pytest.mark.parametrize("act", ["nothing", "look", "ask", "all"])
@pytest.mark.parametrize(
    ("xml", "far"), [(LINE, FAR), (MIXED, FAR_IN_MIXED)], ids=["line", "mixed"]
)
def test_whatever_was_asked_first_all_stands_where_it_always_did(
    page: Page, xml: bytes, far: str, act: str
) -> None:
    stands(page, xml)
    assert page.evaluate(WAITING) > 0
    if act == "look":
        page.evaluate(SCROLL, far)
    elif act == "ask":
        page.evaluate(SELECT, far)
    elif act == "all":
        assert far in page.evaluate(ALL_IDS)
    complete(page)
    found = parsed(page)
    assert page.evaluate(AT_ONCE) == 0
    assert found == parsed(page)


def test_what_is_saved_before_all_is_placed_is_the_whole_file_in_its_order(page: Page) -> None:
    stands(page, MIXED)
    assert page.evaluate(WAITING) > 0
    early = saved(page)
    assert page.evaluate(WAITING) == 0
    complete(page)
    assert saved(page) == early
    page.evaluate(AT_ONCE)
    assert saved(page) == early


def test_a_change_in_view_and_its_undo_leave_the_file_as_it_was(page: Page) -> None:
    sent = stands(page, LINE)
    page.evaluate(MOVE, ["t0", 20])
    assert page.evaluate(WAITING) == 0
    page.evaluate(UNDO)
    complete(page)
    expect(page.locator("[data-status]")).to_contain_text("Bewaard om")
    page.evaluate(AT_ONCE)
    page.evaluate(MOVE, ["t0", 20])
    page.evaluate(UNDO)
    assert sent[-1] == saved(page)


def test_what_is_removed_takes_its_far_arrows_along_and_undo_gives_them_back(page: Page) -> None:
    stands(page, LINE)
    page.evaluate(REMOVE, FAR)
    assert f'"{FAR}"'.encode() not in saved(page)
    page.evaluate(UNDO)
    complete(page)
    again = saved(page)
    page.evaluate(AT_ONCE)
    page.evaluate(REMOVE, FAR)
    page.evaluate(UNDO)
    assert again == saved(page)


def test_a_pool_that_was_removed_comes_back_and_all_is_saved(page: Page) -> None:
    """The drawing has another root meanwhile."""
    stands(page, WITH_POOLS)
    complete(page)
    before = sorted(DRAWN.findall(saved(page)))
    page.evaluate(REMOVE, POOL)
    assert POOL.encode() not in saved(page)
    page.evaluate(UNDO)
    assert sorted(DRAWN.findall(saved(page))) == before
    expect(hit(page, POOL)).not_to_have_count(0)


@pytest.mark.parametrize("act", [MOVE_ALL, COPY], ids=["move all", "copy"])
def test_what_was_seen_first_makes_no_difference_to_what_is_written(page: Page, act: str) -> None:
    stands(page, MIXED)
    page.evaluate(SELECT, SECOND_FLOW)
    assert page.evaluate(WAITING) > 0
    page.evaluate(act)
    seen = numbered(saved(page))
    complete(page)
    page.evaluate(AT_ONCE)
    assert numbered(saved(page)) != seen
    page.evaluate(act)
    assert numbered(saved(page)) == seen


def test_what_is_far_is_found_by_its_name(page: Page) -> None:
    stands(page, LINE)
    page.evaluate(RENAME, [FAR, "Heel ver weg"])
    page.evaluate(f"{EDITOR}.modeler.get('searchPad').toggle()")
    page.locator(".djs-search-input input").press_sequentially("Heel ver")
    result = page.locator(".djs-search-result").filter(has_text="Heel ver weg")
    expect(result).to_have_count(1)
    result.click()
    expect(page.locator(f"[data-element-id='{FAR}']")).to_contain_class("selected")
    expect(drawn(page, FAR)).not_to_have_count(0)


def test_what_nobody_touched_is_found_too(page: Page) -> None:
    stands(page, LINE)
    assert page.evaluate(WAITING) > 0
    page.evaluate(f"{EDITOR}.modeler.get('searchPad').toggle()")
    page.locator(".djs-search-input input").press_sequentially(FAR)
    expect(page.locator(".djs-search-result").filter(has_text=FAR)).not_to_have_count(0)


def test_a_finding_far_away_has_its_mark_and_its_way_there(page: Page) -> None:
    page.add_init_script(TELL)
    stands(page, LINE)
    let_go(page)
    found = page.locator("[data-findings] button")
    expect(found).to_have_count(2)
    found.filter(has_text="Ver weg").click()
    expect(page.locator(f"[data-element-id='{FAR}']")).to_contain_class("selected")
    expect(page.locator(f"[data-element-id='{FAR}']")).to_contain_class("loket-has-todo")
    expect(page.locator("[data-element-id='t0']")).to_contain_class("loket-has-error")


def test_a_key_that_copies_or_chooses_all_has_all(page: Page) -> None:
    stands(page, LINE)
    hit(page, "t0").click()
    assert page.evaluate(WAITING) > 0
    page.keyboard.press("Control+a")
    assert page.evaluate(WAITING) == 0
    chosen = f"{EDITOR}.modeler.get('selection').get().map(({{ id }}) => id)"
    assert {"t0", FAR, "t60_to_t61"} <= set(page.evaluate(chosen))


def test_the_size_of_it_is_known_before_all_is_placed(page: Page) -> None:
    stands(page, MIXED)
    before = page.evaluate(SIZE)
    page.evaluate(AT_ONCE)
    after = page.evaluate(f"({EDITOR}.modeler.get('canvas').resized(), {SIZE})")
    assert {key: abs(before[key] - after[key]) < 25 for key in before} == dict.fromkeys(
        before, True
    )


def test_a_file_opened_in_place_of_one_that_waits_has_nothing_of_it(page: Page) -> None:
    stands(page, LINE)
    assert page.evaluate(WAITING) > 0
    small = json.dumps(line_of(20).decode())
    page.evaluate(f"{EDITOR}.modeler.importXML({small})")
    assert page.evaluate(WAITING) == 0
    assert saved(page).count(b"<bpmndi:BPMNShape") == 20

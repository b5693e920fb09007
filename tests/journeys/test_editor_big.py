"""A big diagram in the editor: what is in view first, then the rest, its panel and a question.

Nothing waits for the clock: the browser's idle moments come when the test lets them.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.benchmarks.editor import line_of
from tests.journeys.editor_page import SITE, STATIC, answer_json, put_editor, saved
from tests.journeys.test_editor_losses import GO_ON, KEEP, holding, question
from tests.product import until

pytestmark = pytest.mark.browser

MANY, FEW = 120, 20  # nodes; with their arrows more and less than what is drawn at once
FAR = f"t{MANY - 3}"  # the last task, far out of view
FOREIGN = "<bpmn:nonsense a='1'/>"
# Idle moments wait in a list until the test lets them come.
HOLD = """
window.held = [];
window.requestIdleCallback = (act) => { window.held.push(act); };
window.letGo = () => {
  window.requestIdleCallback = (act) => { setTimeout(() => act({ timeRemaining: () => 50 })); };
  window.held.splice(0).forEach(window.requestIdleCallback);
};
"""
EDITOR = "document.querySelector('[data-modeler]')"
RENAME = f"""([id, name]) => {{
  const {{ modeler }} = {EDITOR};
  modeler.get('modeling').updateProperties(modeler.get('elementRegistry').get(id), {{ name }});
}}"""
SCROLL = f"""id => {{
  const {{ modeler }} = {EDITOR};
  modeler.get('canvas').scrollToElement(modeler.get('elementRegistry').get(id));
}}"""
SELECT = f"""id => {{
  const {{ modeler }} = {EDITOR};
  modeler.get('selection').select(modeler.get('elementRegistry').get(id));
}}"""
REMOVE = f"""id => {{
  const {{ modeler }} = {EDITOR};
  modeler.get('modeling').removeShape(modeler.get('elementRegistry').get(id));
}}"""
UNDO = f"{EDITOR}.modeler.get('commandStack').undo()"
PICTURE = f"{EDITOR}.modeler.saveSVG().then(({{ svg }}) => svg)"
HITS = "all => all.filter(each => each.querySelectorAll(':scope > .djs-hit').length !== 1).length"
SIZE = f"{EDITOR}.modeler.get('canvas').viewbox().inner"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(HOLD)
    yield page
    context.close()


def stands(page: Page, xml: bytes) -> list[bytes]:
    """The editor with what is in view; the list of what it sends to be saved."""
    sent: list[bytes] = []

    def server(route: Route) -> None:
        if "/save" in route.request.url:
            sent.append(route.request.post_data_buffer or b"")
        answer_json(route, {"version": 2, "findings": []})

    put_editor(page, xml, server=server)
    page.locator("[data-modeler][data-ready]").wait_for()
    return sent


def let_go(page: Page) -> None:
    """All idle moments that anybody waits for, and from now on each as soon as it is asked for."""
    page.evaluate("window.letGo()")


def drawn(page: Page, name: str) -> Locator:
    return page.locator(f"[data-element-id='{name}'] > .djs-visual > *")


def hit(page: Page, name: str) -> Locator:
    return page.locator(f"[data-element-id='{name}'] > .djs-hit")


def test_what_is_in_view_is_drawn_and_taken_while_the_rest_waits(page: Page) -> None:
    stands(page, line_of(MANY))
    expect(drawn(page, "t0")).not_to_have_count(0)
    expect(drawn(page, FAR)).to_have_count(0)
    hit(page, "t0").click()
    expect(page.locator("[data-element-id='t0']")).to_contain_class("selected")
    page.evaluate(RENAME, ["t0", "Anders"])
    expect(drawn(page, "t0").filter(has_text="Anders")).not_to_have_count(0)
    page.evaluate(SCROLL, FAR)
    expect(drawn(page, FAR)).not_to_have_count(0)
    expect(hit(page, FAR)).to_have_count(1)
    expect(drawn(page, "t60")).to_have_count(0)


def test_in_the_end_all_is_drawn_once_and_kept_as_it_was(page: Page) -> None:
    stands(page, line_of(MANY))
    before = page.evaluate(SIZE)
    let_go(page)
    page.locator("[data-modeler][data-complete]").wait_for()
    assert page.locator(".djs-element > .djs-visual:empty").count() == 0
    assert page.locator(".djs-element").evaluate_all(HITS) == 0
    assert page.evaluate(f"({EDITOR}.modeler.get('canvas').resized(), {SIZE})") == before
    assert saved(page).count(b"<bpmndi:BPMNShape") == MANY


@pytest.mark.parametrize("act", ["change", "select", "remove"])
def test_what_is_touched_out_of_view_is_drawn_and_can_be_taken(page: Page, act: str) -> None:
    stands(page, line_of(MANY))
    if act == "change":
        page.evaluate(RENAME, [FAR, "Anders"])
    elif act == "select":
        page.evaluate(SELECT, FAR)
    else:
        page.evaluate(REMOVE, FAR)
        page.evaluate(UNDO)
    expect(drawn(page, FAR)).not_to_have_count(0)
    expect(hit(page, FAR)).to_have_count(1)
    let_go(page)
    expect(hit(page, FAR)).to_have_count(1)


def test_a_picture_of_it_has_all_of_it(page: Page) -> None:
    stands(page, line_of(MANY))
    page.evaluate(RENAME, ["t60", "Middenin"])
    expect(drawn(page, FAR)).to_have_count(0)
    picture = page.evaluate(PICTURE)
    assert page.locator(".djs-element > .djs-visual:empty").count() == 0
    assert picture.count('class="djs-visual"') == page.locator(".djs-element").count()
    assert "Middenin" in picture


def test_the_map_has_all_of_it(page: Page) -> None:
    stands(page, line_of(MANY))
    page.evaluate(f"{EDITOR}.modeler.get('minimap').open()")
    expect(page.locator(".djs-minimap .map .djs-visual:empty")).to_have_count(0)
    all_of_it = page.locator(".djs-container .viewport .djs-element").count()
    expect(page.locator(".djs-minimap .map .djs-visual")).to_have_count(all_of_it)


def test_a_small_diagram_is_drawn_whole_at_once(page: Page) -> None:
    stands(page, line_of(FEW))
    assert page.locator(".djs-element > .djs-visual:empty").count() == 0
    assert hit(page, "t17").count() == 1


def test_the_panel_comes_later_with_what_is_chosen_by_then(page: Page) -> None:
    waiting: list[Route] = []
    put_editor(page, line_of(FEW), panel=waiting.append)
    panel = page.locator("[data-panel]")
    expect(panel).to_have_text("De eigenschappen worden geladen\u2026")
    page.locator("[data-modeler][data-ready]").wait_for()
    hit(page, "t3").click()
    while not waiting:
        page.evaluate("new Promise(requestAnimationFrame)")
    waiting[0].fulfill(path=STATIC / "panel.js", content_type="text/javascript")
    name = panel.locator(".bio-properties-panel-header-label")
    expect(name).to_have_text("t3")
    hit(page, "t6").click()
    expect(name).to_have_text("t6")
    expect(panel).not_to_contain_text("worden geladen")


def test_the_panel_that_comes_when_several_are_chosen_says_so(page: Page) -> None:
    waiting: list[Route] = []
    put_editor(page, line_of(FEW), panel=waiting.append)
    page.locator("[data-modeler][data-ready]").wait_for()
    hit(page, "t3").click()
    hit(page, "t6").click(modifiers=["Shift"])
    while not waiting:
        page.evaluate("new Promise(requestAnimationFrame)")
    waiting[0].fulfill(path=STATIC / "panel.js", content_type="text/javascript")
    panel = page.locator("[data-panel]")
    expect(panel).to_contain_text("Er is meer dan één onderdeel gekozen.")
    expect(panel.get_by_role("textbox")).to_have_count(0)


def test_who_draws_without_the_panel_is_told_and_keeps_all(page: Page) -> None:
    put_editor(page, line_of(FEW), panel=lambda route: route.abort())
    told = page.locator("[data-panel]")
    expect(told).to_contain_text("konden niet geladen worden. Laad de pagina opnieuw.")
    page.evaluate(RENAME, ["t3", "Anders"])
    let_go(page)
    expect(page.locator("[data-status]")).to_contain_text("Bewaard om")


def test_the_file_is_read_before_any_style_is_there(page: Page) -> None:
    waiting: list[Route] = []
    put_editor(page, line_of(FEW), style=waiting.append)
    # No frame is drawn before the style is there: looked at by the clock, not by frames.
    until(lambda: page.evaluate("Boolean(document.querySelector('[data-reads]')?.reader)"))
    assert 't17"' in page.evaluate("document.querySelector('[data-reads]').reader.xml")
    while not waiting:
        page.evaluate("0")
    expect(page.locator("[data-began]")).to_have_count(0)
    waiting[0].fulfill(path=STATIC / "modeler.css", content_type="text/css")
    page.locator("[data-modeler][data-ready]").wait_for()


def test_what_reads_the_file_may_come_after_the_editor(page: Page) -> None:
    waiting: list[Route] = []
    put_editor(page, line_of(FEW), reader=waiting.append)
    page.locator("[data-began]").wait_for()
    expect(page.locator(".djs-container")).to_have_count(0)
    waiting[0].fulfill(path=STATIC / "reader.js", content_type="text/javascript")
    page.locator("[data-modeler][data-ready]").wait_for()
    expect(drawn(page, "t17")).not_to_have_count(0)


@pytest.mark.parametrize("late", [False, True])
def test_who_does_not_get_what_reads_the_file_is_told(page: Page, late: bool) -> None:
    waiting: list[Route] = []
    put_editor(page, line_of(FEW), reader=waiting.append if late else lambda route: route.abort())
    if late:
        page.locator("[data-began]").wait_for()
        waiting[0].abort()
    told = page.get_by_role("alert").filter(has_text="De editor kon niet geladen worden.")
    expect(told.get_by_role("button", name="Opnieuw proberen")).to_be_visible()


def test_the_same_file_opened_again_has_elements_of_its_own(page: Page) -> None:
    stands(page, line_of(FEW))
    page.evaluate(RENAME, ["t3", "Anders"])
    assert b'name="Anders"' in saved(page)
    page.evaluate(f"{EDITOR}.modeler.importXML({EDITOR}.opened)")
    assert b'name="Anders"' not in saved(page)
    assert saved(page).count(b"<bpmndi:BPMNShape") == FEW


def test_nothing_is_saved_before_it_is_known_what_would_go(page: Page) -> None:
    sent = stands(page, holding())
    page.evaluate(RENAME, ["t", "Anders"])
    page.keyboard.press("Control+s")
    expect(page.locator("[data-status]")).to_have_text("Nog niet bewaard")
    assert page.evaluate("localStorage.length") == 0
    assert sent == []
    let_go(page)
    expect(page.locator("[data-status]")).to_contain_text("Bewaard om")
    assert b'name="Anders"' in sent[-1]


def test_nobody_is_asked_about_what_they_deleted_but_about_what_the_file_had(page: Page) -> None:
    sent = stands(page, holding(FOREIGN))
    page.evaluate(REMOVE, "t")
    page.keyboard.press("Control+s")
    let_go(page)
    lost = ["t (t): het deel <bpmn:nonsense>, met alles wat erin staat"]
    expect(question(page).get_by_role("listitem")).to_have_text(lost)
    assert sent == []
    question(page).get_by_role("button", name=GO_ON).click()
    expect(page.locator("[data-status]")).to_contain_text("Bewaard om")
    assert b"userTask" not in sent[-1]


def test_who_drew_already_and_keeps_the_file_leaves_without_saving(page: Page) -> None:
    sent = stands(page, holding(FOREIGN))
    page.evaluate(RENAME, ["t", "Anders"])
    let_go(page)
    question(page).get_by_role("button", name=KEEP).click()
    page.wait_for_url(f"{SITE}/show")
    assert sent == []
    assert page.evaluate("localStorage.length") == 0

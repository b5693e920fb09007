"""What the editor cannot save of a file is listed first, and the owner decides."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from processes.engine.diagram.layout.drawing import with_drawing
from tests.journeys.editor_page import SITE, answer_json, open_editor, put_editor
from tests.journeys.test_accessibility import faults_of
from tests.processes.engine.diagrams import process, straight, user

pytestmark = pytest.mark.browser

KEEP, GO_ON = "Niets wijzigen, alleen bekijken", "Wijzigen zonder deze delen"
DRAWN = with_drawing(process(straight(user("t", "<!-- here -->"), ids=("t",))))
LOOP = "<bpmn:standardLoopCharacteristics loopMaximum=''/>"
PATH = (
    "<bpmn:correlationProperty id='cp'><bpmn:correlationPropertyRetrievalExpression id='cre'>"
    "<bpmn:messagePath>nummer</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression>"
    "</bpmn:correlationProperty>"
)
FOREIGN = "<x:eigen xmlns:x='http://x.test'>los van de rest</x:eigen>"
DANGLING = "<bpmn:association id='los' sourceRef='t' targetRef='nergens'/>"
INSIDE = f"{LOOP}{FOREIGN}<bpmn:nonsense a='1'/><!-- van Anna -->"
BEFORE = (
    f"<bpmn:message id='1a' name='Cijfer'/>{PATH}<bpmn:process id='q'>{DANGLING}</bpmn:process>"
)
TOLD = [
    "Cijfer (1a): het hele onderdeel <bpmn:message>, met alles wat erin staat",
    "cre: het deel <bpmn:messagePath>, met alles wat erin staat",
    "los: het kenmerk targetRef van <bpmn:association>, met de waarde “nergens”",
    "t (t): het kenmerk loopMaximum van <bpmn:standardLoopCharacteristics>, dat leeg is",
    "t (t): het deel <x:eigen>, met alles wat erin staat",
    "t (t): het deel <bpmn:nonsense>, met alles wat erin staat",
    "een opmerking die alleen in het bestand staat: “van Anna”",
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="nl-NL", timezone_id="Pacific/Auckland")
    yield context.new_page()
    context.close()


def holding(inside: str = "", before: str = "") -> bytes:
    xml = DRAWN.replace(b"<!-- here -->", inside.encode())
    return re.sub(rb"(<bpmn:process )", before.encode() + rb"\1", xml, count=1)


def question(page: Page) -> Locator:
    return page.get_by_role("dialog", name="De editor kan niet alles uit dit bestand bewaren")


def draw(page: Page) -> None:
    """Rename the task, and save at once."""
    page.evaluate(
        "const { modeler } = document.querySelector('[data-modeler]');"
        "modeler.get('modeling').updateProperties("
        "modeler.get('elementRegistry').get('t'), { name: 'Anders' })"
    )
    page.keyboard.press("Control+s")


def test_all_that_would_go_is_listed_and_left_out_after_a_yes(page: Page) -> None:
    sent: list[bytes] = []

    def server(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        answer_json(route, {"version": 2, "findings": []})

    put_editor(page, holding(INSIDE, BEFORE), server=server)
    expect(question(page).get_by_role("listitem")).to_have_text(TOLD)
    assert sent == []
    question(page).get_by_role("button", name=GO_ON).click()
    page.locator("[data-modeler][data-complete]").wait_for()
    draw(page)
    expect(page.locator("[data-status]")).to_contain_text("Bewaard om")
    assert b'name="Anders"' in sent[-1]
    assert b"nonsense" not in sent[-1]


def test_who_keeps_the_file_as_it_is_goes_to_the_page_that_only_shows_it(page: Page) -> None:
    put_editor(page, holding(LOOP), server=lambda route: pytest.fail(route.request.url))
    expect(question(page)).to_be_visible()
    assert faults_of(page) == []
    question(page).get_by_role("button", name=KEEP).click()
    page.wait_for_url(f"{SITE}/show")


def test_escape_decides_nothing_and_the_question_comes_back_with_a_change(page: Page) -> None:
    sent: list[bytes] = []

    def server(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        answer_json(route, {"version": 2, "findings": []})

    put_editor(page, holding(LOOP), server=server)
    expect(question(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(question(page)).to_have_count(0)
    notice = page.locator("[data-notice]")
    expect(notice).to_contain_text("Er wordt nog niets bewaard")
    assert page.url == f"{SITE}/"
    assert faults_of(page) == []
    notice.get_by_role("button", name="Bekijken wat zou verdwijnen").click()
    expect(question(page)).to_be_visible()
    page.keyboard.press("Escape")
    draw(page)
    expect(question(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-status]")).to_have_text("Nog niet bewaard")
    assert page.evaluate("localStorage.length") == 0
    assert sent == []
    page.keyboard.press("Control+s")
    question(page).get_by_role("button", name=GO_ON).click()
    expect(page.locator("[data-status]")).to_contain_text("Bewaard om")
    assert b'name="Anders"' in sent[-1]
    expect(notice).to_be_empty()


def test_a_long_list_says_how_many_more_there_are(page: Page) -> None:
    put_editor(page, holding("".join(f"<!-- {number} -->" for number in range(120))))
    expect(question(page).get_by_role("listitem")).to_have_count(101)
    expect(question(page).get_by_role("listitem").last).to_have_text("en nog 20 andere.")


def test_a_file_that_is_saved_whole_opens_without_a_question(page: Page) -> None:
    lines = "<bpmn:documentation>regel 1\n\nregel 2</bpmn:documentation>"
    foreign = f"<bpmn:extensionElements>{FOREIGN}</bpmn:extensionElements>"
    rounds = "<bpmn:standardLoopCharacteristics testBefore='true' loopMaximum='03'/>"
    open_editor(page, holding(f"{lines}{foreign}{rounds}"))
    expect(question(page)).to_have_count(0)


def test_what_was_kept_on_leaving_is_no_work_of_somebody_else(page: Page) -> None:
    """The page may be of before what the browser sent as it left, and the file of after it."""
    asked: list[str] = []

    def server(route: Route) -> None:
        asked.append(route.request.url.removeprefix(SITE))
        if route.request.url.endswith("versie=1"):
            theirs = {"version": 2, "saved_by": "Pieter", "saved_at": "vandaag"}
            answer_json(route, theirs, status=409)
        else:
            answer_json(route, {"version": 3, "findings": []})

    open_editor(page, holding(), server=server)
    draw(page)
    expect(page.locator("[data-status]")).to_contain_text("Bewaard om")
    assert [each for each in asked if "save" in each] == ["/save?versie=1", "/save?versie=2"]
    expect(page.locator("[data-notice]")).to_be_empty()


def test_the_moment_of_saving_is_that_of_the_netherlands(page: Page) -> None:
    """The browser of this file is in Auckland."""
    open_editor(page, holding())
    page.clock.set_fixed_time("2026-07-01T10:05:00Z")
    draw(page)
    page.get_by_text("Bewaard om 12.05").wait_for()

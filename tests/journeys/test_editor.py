"""A process owner draws: changes are kept, mistakes marked, and nobody is overwritten."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import heading, login_account
from tests.journeys.test_accessibility import OPTIONS, RUN, SCRIPT
from tests.product import ROOT, until

pytestmark = [
    pytest.mark.browser,
    # What the editor asks of the database: tests/app/studio/draw/test_editor.py, on both.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

KEPT = re.compile(r"^Bewaard om \d\d\.\d\d$")


# No draft reaches the server while the browser remembers `away`. In the page itself: what a page
# sends while it is left may pass by a route of Playwright.
AWAY = """
const reached = window.fetch;
window.fetch = (address, given) => (
  sessionStorage.away && String(address).includes('/bewaren')
    ? Promise.resolve(new Response('', { status: 502 })) : reached(address, given));
"""


def begin(page: Page) -> str:
    """A draft of the process for activities, opened in the editor; returns its address."""
    login_account(page, "process_owner")
    page.goto("/processen/offer_publication")
    page.get_by_role("button", name="Bewerken").click()
    ready(page)
    return page.url


def ready(page: Page) -> None:
    page.locator("[data-modeler][data-complete]").wait_for()


def choose(page: Page, name: str) -> None:
    """Find an element by its name, with the keyboard."""
    page.locator("[data-canvas] .djs-container svg").first.focus()
    page.keyboard.press("Control+f")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def field(page: Page, name: str) -> Locator:
    return page.locator("[data-panel]").get_by_label(name, exact=True)


NAME_OF = """id => document.querySelector('[data-modeler]').modeler
  .get('elementRegistry').get(id).businessObject.name"""


def rename(page: Page, element: str, name: str) -> None:
    page.locator(f"[data-element-id={element}] .djs-hit").first.click()
    chosen = page.locator(".bio-properties-panel-header-label")  # the panel follows a moment later
    expect(chosen).to_have_text(page.evaluate(NAME_OF, element))
    open_group(page, "Algemeen")
    field(page, "Naam").fill(name)


def open_group(page: Page, title: str) -> None:
    header = page.locator(".bio-properties-panel-group-header", has_text=title)
    if "open" not in (header.get_attribute("class") or "").split():
        header.click()


def kept(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text(KEPT)


def test_a_label_and_a_condition_are_changed_and_still_there_later(page: Page) -> None:
    address = begin(page)
    rename(page, "check_offer", "Activiteit nakijken")
    choose(page, "publiceren")
    open_group(page, "Voorwaarde")
    field(page, "Voorwaarde").fill("${action == 'publish' and offer_id != ''}")
    kept(page)
    page.goto(address)
    ready(page)
    expect(page.locator("[data-element-id=check_offer]")).to_contain_text("nakijken")
    choose(page, "publiceren")
    open_group(page, "Voorwaarde")
    expect(field(page, "Voorwaarde")).to_have_value("${action == 'publish' and offer_id != ''}")
    missing = page.evaluate("[...document.querySelector('[data-modeler]').missing]")
    assert missing == []


def test_the_page_brings_what_the_editor_asks_for_and_nothing_is_asked_twice(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("?")[0].split("/")[-1]))
    begin(page)
    for name in ("concept.bpmn", "sjablonen.json", "panel.js"):
        assert asked.count(name) == 1, name


def test_a_service_is_chosen_by_name_and_a_mistake_leads_to_its_element(page: Page) -> None:
    begin(page)
    task = page.locator("[data-element-id=publish_offer]")
    task.locator(".djs-hit").first.click()
    field(page, "Wat gebeurt er?").select_option(label="Nog niet gekozen")
    kept(page)
    finding = page.locator("[data-findings] li").filter(has_text="nog geen dienst gekozen")
    expect(finding).to_be_visible()
    page.locator("[data-element-id=check_offer] .djs-hit").first.click()
    expect(task).not_to_have_class(re.compile("selected"))
    finding.get_by_role("button").click()
    expect(task).to_have_class(re.compile("selected"))
    field(page, "Wat gebeurt er?").select_option(label="Activiteit publiceren")
    expect(field(page, "Nummer van de activiteit")).to_have_value("${offer_id}")
    kept(page)
    expect(finding).to_have_count(0)


def test_two_who_draw_at_once_choose_and_lose_nothing(new_page: NewPage) -> None:
    first, second = new_page(), new_page()
    address = begin(first)
    login_account(second, "process_owner")
    second.goto(address)
    ready(second)
    rename(first, "check_offer", "Van de eerste")
    kept(first)
    rename(second, "check_offer", "Van de tweede")
    expect(second.get_by_role("alert")).to_contain_text("Iemand anders was u voor")
    second.get_by_role("button", name="Vergelijken en kiezen").click()
    heading(second, "Kiezen welke tekening blijft")
    expect(second.locator(".loket-differences")).to_contain_text("Van de tweede")
    expect(second.locator("[data-diagram][data-ready]")).to_have_count(2)
    assert faults(second) == []
    second.get_by_role("button", name="Mijn tekening houden").click()
    ready(second)
    expect(second.locator("[data-element-id=check_offer]")).to_contain_text("tweede")
    rename(first, "manage_offer", "Te laat")
    expect(first.get_by_role("alert")).to_contain_text("Iemand anders was u voor")


def test_work_that_did_not_reach_the_server_is_there_again_later(page: Page) -> None:
    page.add_init_script(AWAY)
    address = begin(page)
    page.evaluate("sessionStorage.away = 'yes'")
    rename(page, "check_offer", "Zonder verbinding")
    expect(page.locator("[data-status]")).to_contain_text("Niet bewaard op de server")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    ready(page)
    expect(page.get_by_role("alert")).to_contain_text("wijzigingen zijn teruggezet")
    expect(page.locator("[data-element-id=check_offer]")).to_contain_text("Zonder verbinding")
    page.evaluate("sessionStorage.removeItem('away')")
    page.keyboard.press("Control+s")
    kept(page)


@pytest.mark.parametrize(
    ("name", "ending", "begins"),
    [
        ("BPMN", "bpmn", b"<?xml"),
        ("Plaatje (SVG)", "svg", b"<?xml"),
        ("Plaatje (PNG)", "png", b"\x89PNG"),
        ("Om af te drukken (PDF)", "pdf", b"%PDF-1.4"),
    ],
)
def test_the_diagram_is_downloaded(page: Page, name: str, ending: str, begins: bytes) -> None:
    begin(page)
    page.get_by_text("Downloaden", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    assert download.value.suggested_filename == f"offer_publication-concept.{ending}"
    content = download.value.path().read_bytes()
    assert content.startswith(begins)
    assert b"var(--" not in content


def faults(page: Page) -> list[str]:
    page.evaluate(SCRIPT)
    return [
        f"{violation['id']}: {[node['target'] for node in violation['nodes']]}"
        for violation in page.evaluate(RUN, OPTIONS)
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_is_accessible_by_day_and_by_night(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    begin(page)
    for element in (None, "check_offer", "publish_offer"):
        if element:
            page.locator(f"[data-element-id={element}] .djs-hit").first.click()
        assert faults(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert faults(page) == []


def test_who_may_begin_is_told_as_soon_as_it_is_kept(page: Page) -> None:
    begin(page)
    told = page.locator("[data-begins]")
    expect(told).to_contain_text("Niemand kan het zelf beginnen")
    page.locator("[data-element-id=pool] .djs-hit-all").click()
    open_group(page, "Wie mag beginnen")
    field(page, "Groepen die mogen beginnen").fill("teacher")
    kept(page)
    expect(told).to_contain_text("Dit mag beginnen: een leraar")


def test_on_a_phone_many_findings_do_not_push_away_what_stands_below(new_page: NewPage) -> None:
    page = new_page(viewport={"width": 360, "height": 740})
    login_account(page, "process_owner")
    page.goto("/processen/nieuwe-versie")
    file = ROOT / "tests" / "corpora" / "miwg-reference" / "C.5.0.bpmn"
    page.locator("[name=diagram]").set_input_files(file)
    page.get_by_role("button", name="Controleren en bewaren").click()
    page.get_by_role("link", name="Tekenen", exact=True).first.click()
    ready(page)
    findings = page.locator(".loket-editor__checks")
    until(lambda: findings.evaluate("each => each.scrollHeight > 2 * each.clientHeight"))
    assert findings.evaluate("each => each.clientHeight < innerHeight")
    plus = page.locator(".bio-properties-panel-group-header.empty svg").first
    arrow = page.locator(".bio-properties-panel-arrow svg").first
    assert abs(middle(plus) - middle(arrow)) < 8, "one column"
    assert faults(page) == []


def middle(place: Locator) -> float:
    """Pixels from the left."""
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2

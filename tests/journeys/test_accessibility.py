"""Every page at 1280 and 360 pixels: axe finds nothing, and nothing falls off it, nor at 320."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys import tour, tour_pages
from tests.product import Product

pytestmark = [
    pytest.mark.browser,
    # The pages are the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}}
RESULTS = """options => axe.run(document, {...options, resultTypes: ["violations", "incomplete"]})
  .then(({ violations, incomplete }) => ({ violations, incomplete }))"""
RUN = "options => axe.run(document, options).then(results => results.violations)"
PUBLISHED = Axe().axe_script
# A page has a handful of colours, which axe reads anew for every element and all that is behind it.
# Each text of a colour read once, a run takes a sixth less processor time.
EACH_COLOUR_ONCE = """(() => {
  const color = axe.commons.color.Color.prototype;
  const read = color.parseString;
  const known = new Map();
  color.parseString = function (text) {
    if (!known.has(text)) {
      read.call(this, text); // throws for what is no colour
      known.set(text, { r: this.r, g: this.g, b: this.b, alpha: this.alpha });
    }
    return Object.assign(this, known.get(text));
  };
})()"""
SCRIPT = f"{PUBLISHED}\n{EACH_COLOUR_ONCE}"
WIDTHS = (1280, 360)
NARROWEST = 320  # CSS pixels: a desk at 400% (WCAG 1.4.10)
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
ROWS = "[...document.querySelectorAll('.loket-table--offers tbody tr')]"
TALLEST = f"Math.max(0, ...{ROWS}.map(row => row.offsetHeight))"
OFFERS = "[...document.querySelectorAll('.loket-table--offers')]"
CUT_OFF = f"{OFFERS}.some(table => table.scrollWidth > table.clientWidth)"
THREE_LINES = 110  # pixels, with the space around them


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page as it is, at both widths."""
    faults = []
    page.wait_for_load_state()
    page.evaluate(SCRIPT)  # a script element would be stopped by our own policy
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        # Whether style sheets lock the orientation does not depend on the width: fetched once.
        for violation in page.evaluate(RUN, OPTIONS | {"preload": width == WIDTHS[0]}):
            targets = [str(node["target"]) for node in violation["nodes"]]
            faults.append(f"{width} {violation['id']}: {', '.join(targets)}")
        if page.evaluate(TOO_WIDE):
            faults.append(f"{width} the page is wider than the screen")
        if page.evaluate(CUT_OFF):
            faults.append(f"{width} the list of activities is cut off")
    if page.evaluate(TALLEST) > THREE_LINES:
        faults.append(f"{WIDTHS[-1]} an activity takes more than three lines")
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    if page.evaluate(TOO_WIDE):
        faults.append(f"{NARROWEST} the page is wider than the screen")
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    return faults


def test_every_page_is_accessible_on_a_desk_and_on_a_phone(page: Page, product: Product) -> None:
    faults: dict[str, list[str]] = {}
    paths = []

    def visit(name: str, visited: Page) -> None:
        if name != "bestaat-niet":
            paths.append(tour_pages.path_of(visited))
        if found := faults_of(visited):
            faults[name] = found

    tour.registration(page, product, visit)
    tour.offers(page, product, visit)
    tour.catalogue(page, product, visit)
    tour.staff(page, product, visit)
    assert faults == {}
    assert tour_pages.unvisited(paths) == set(), "open it in the tour, or say who looks at it"


def test_the_check_itself_finds_what_is_wrong(page: Page) -> None:
    page.set_content("<input><p style='width: 2000px'>breed</p>")
    faults = faults_of(page)
    assert any(fault.startswith("360 label") for fault in faults)
    assert "360 the page is wider than the screen" in faults
    page.set_content("<p style='width: 324px'>iets te breed</p>")
    assert "320 the page is wider than the screen" in faults_of(page)


WRONG = """<main><h1 style="color: #999">Kop</h1><h3>Tussenkop</h3><input>
<p style="background: rgb(90 90 90 / 50%); color: hsl(30 60% 40%)">tekst <a href="#" style="color:
#777">koppeling</a></p><p style="background: color(display-p3 0.9 0.9 0.3); color: oklch(0.8 0.2
120); opacity: 0.7">tekst</p><div style="background: linear-gradient(#fff, #888)"><p style="color:
#999; text-shadow: 1px 1px 2px rgb(200 200 200 / 80%)">tekst</p></div><ul><p>geen punt</p></ul>
<img src="x"><button></button></main>"""


def test_that_each_colour_is_read_once_changes_nothing_of_what_axe_finds(page: Page) -> None:
    found = []
    for script in (SCRIPT, PUBLISHED):
        page.set_content(WRONG)
        page.evaluate(script)
        found.append(page.evaluate(RESULTS, OPTIONS))
    assert found[0] == found[1]
    of_rules = {violation["id"] for violation in found[0]["violations"]}
    assert {"color-contrast", "list", "label"} <= of_rules
    assert found[0]["incomplete"]

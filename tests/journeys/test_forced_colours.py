"""In the colours of Windows high contrast: what is current, chosen or focused still shows."""

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import NewPage
from tests.journeys.pages import login_account

pytestmark = [
    pytest.mark.browser,
    # The pages are the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

# The elements in a state that look just like one beside them that is not.
ALIKE = """() => {
  const looks = (element) => ['', '::before'].map((part) => {
    const style = getComputedStyle(element, part || null);
    return ['borderBottomColor', 'backgroundColor', 'outlineStyle', 'textDecorationLine'].map(
      (name) => style[name]);
  }).flat().join();
  const states = '[aria-current], [aria-pressed=true], [aria-selected=true]';
  return [...document.querySelectorAll(states)]
    .filter((element) => element.getClientRects().length && !element.closest('[data-canvas]'))
    .flatMap((element) => {
      const list = element.closest('ul, ol, tbody, [role=group]') ?? element.parentElement;
      const others = [...list.querySelectorAll(element.localName)]
        .filter((other) => other !== element && !other.matches(states));
      return others.some((other) => looks(other) === looks(element))
        ? [`${element.localName}.${element.className}: ${element.textContent.trim()}`] : [];
    });
}"""
UNSEEN = """() => {
  const element = document.activeElement;
  const shows = (each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
  };
  const seen = element === document.body || shows(element)
    || shows(element.closest('label') ?? element);
  return seen ? null : `${element.localName}.${element.className} ${element.id}`;
}"""
MOST_STOPS = 60  # of the keyboard on one page


def unseen_stops(page: Page) -> list[str]:
    """Where the keyboard stands without a sign of it."""
    found = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if unseen := page.evaluate(UNSEEN):
            found.append(unseen)
    return found


def test_what_is_current_chosen_or_focused_shows(new_page: NewPage) -> None:
    page = new_page(forced_colors="active", color_scheme="dark")
    faults: dict[str, list[str]] = {}

    def look(path: str) -> None:
        page.goto(path)
        found = [*page.evaluate(ALIKE), *unseen_stops(page)]
        if found:
            faults[path] = found

    look("/")
    login_account(page, "operator")
    look("/beheer/processen")
    page.context.clear_cookies()
    login_account(page, "process_owner")
    look("/processen/offer_publication/1")
    page.get_by_role("button", name="Bewerken").click()
    page.locator("[data-modeler][data-complete]").wait_for()
    page.get_by_role("button", name="Overzichtskaart").click()
    if found := page.evaluate(ALIKE):
        faults["map"] = found
    look(page.url)
    assert faults == {}

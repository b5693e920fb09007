"""A diagram fits its frame again when the screen gets another width, until somebody zooms."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages import login_account
from tests.product import until

pytestmark = [
    pytest.mark.browser,
    # The frame is the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

SHOWN = ".djs-container .djs-shape"
BOX = "getBoundingClientRect()"
LEFT = f"Math.min(...[...document.querySelectorAll('.djs-shape')].map(each => each.{BOX}.x))"
CANVAS = "document.querySelector('.loket-diagram__canvas')"
FRAME = f"{CANVAS}.{BOX}.x"
STARTS_AT_THE_LEFT = f"Math.abs({LEFT} - {FRAME} - 24) < 12"  # a margin of 24 pixels


def turn(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})


def test_the_diagram_fits_after_turning_until_it_was_zoomed(page: Page) -> None:
    login_account(page, "process_owner")
    turn(page, 1280)
    page.goto("/processen/provider_onboarding/1")
    expect(page.locator("[data-diagram][data-ready]")).to_be_visible()
    turn(page, 360)
    until(lambda: page.evaluate(STARTS_AT_THE_LEFT))
    page.get_by_role("button", name="Inzoomen").click()
    size = page.evaluate(f"document.querySelector('{SHOWN}').getBoundingClientRect().width")
    turn(page, 400)
    until(lambda: page.evaluate(f"{CANVAS}.clientWidth > 340"))
    again = page.evaluate(f"document.querySelector('{SHOWN}').getBoundingClientRect().width")
    assert again == pytest.approx(size)


def test_a_frame_that_is_hidden_for_a_while_is_fitted_when_it_shows_again(page: Page) -> None:
    login_account(page, "process_owner")
    turn(page, 1280)
    page.goto("/processen/provider_onboarding/1")
    frame = page.locator("[data-diagram][data-ready]")
    expect(frame).to_be_visible()
    frame.evaluate("frame => { frame.hidden = true; }")
    turn(page, 360)
    expect(frame).to_be_hidden()
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    frame.evaluate("frame => { frame.hidden = false; }")
    until(lambda: page.evaluate(STARTS_AT_THE_LEFT))
    turn(page, 1280)
    turn(page, 360)
    until(lambda: page.evaluate(STARTS_AT_THE_LEFT))

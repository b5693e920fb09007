"""A page warns before the session ends; what was typed stays, whatever the user does then."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from processes.base import now
from tests.journeys.conftest import NewPage
from tests.journeys.pages import login_account
from tests.product import until

pytestmark = [
    pytest.mark.browser,
    # The page counts by itself, on every database alike.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]


class Clock:
    """The clock of a page, which stands still but for what is asked: no load makes it later."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._moment = now()
        page.clock.install(time=self._moment)
        page.clock.set_fixed_time(self._moment)

    def later(self, minutes: float) -> None:
        """So many minutes later, when the page looks at its clock again."""
        self._moment += timedelta(minutes=minutes)
        self._page.clock.set_fixed_time(self._moment)
        self._page.clock.fast_forward("00:10")


def opened(page: Page) -> tuple[Clock, Locator]:
    """A page with something typed in it, its clock, and the dialog that it may show."""
    clock = Clock(page)
    login_account(page, "registrar")
    page.goto("/register/sessies")
    page.locator("[name=reason]").fill("getypt")
    return clock, page.get_by_role("alertdialog")


def test_staying_is_one_press_and_what_was_typed_stays(new_page: NewPage) -> None:
    page = new_page()
    clock, dialog = opened(page)
    clock.later(minutes=20)
    expect(dialog).to_have_count(0)
    clock.later(minutes=6)
    expect(dialog).to_contain_text("uur loggen wij u uit")
    dialog.get_by_role("button", name="Ingelogd blijven").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("[name=reason]")).to_be_focused()
    clock.later(minutes=20)
    expect(dialog).to_have_count(0)
    clock.later(minutes=10)
    expect(dialog).to_contain_text("U bent uitgelogd")
    expect(dialog.get_by_role("link", name="Inloggen op een nieuw tabblad")).to_be_visible()
    dialog.get_by_role("button", name="Sluiten").click()
    expect(page.locator("[name=reason]")).to_have_value("getypt")


def test_a_dialog_that_closed_takes_no_other_along(new_page: NewPage) -> None:
    """A browser tells that it closed a frame later: another may be open by then."""
    page = new_page()
    clock, dialog = opened(page)
    clock.later(minutes=26)
    expect(dialog).to_contain_text("uur loggen wij u uit")
    first = page.evaluate_handle("document.querySelector('[role=alertdialog]')")
    clock.later(minutes=4)
    expect(dialog).to_contain_text("U bent uitgelogd")
    first.evaluate("dialog => dialog.dispatchEvent(new Event('close'))")
    expect(dialog).to_contain_text("U bent uitgelogd")


def test_a_late_answer_counts_from_when_it_was_asked(new_page: NewPage) -> None:
    page = new_page()
    clock, dialog = opened(page)
    clock.later(minutes=26)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/mijn-sessies/verlengen", hold)
    dialog.get_by_role("button", name="Ingelogd blijven").click()
    until(lambda: page.title() and waiting)
    clock.later(minutes=4)
    expect(dialog).to_contain_text("U bent uitgelogd")  # as far as the page knows
    waiting[0].continue_()
    expect(dialog).to_have_count(0)
    clock.later(minutes=21)
    expect(dialog).to_contain_text("uur loggen wij u uit")


AWAY = "() => Object.assign(window, { kept: fetch, fetch: () => Promise.reject(TypeError()) })"
BACK = "() => { window.fetch = window.kept; }"


@pytest.mark.parametrize("status", [None, 429, 502])
def test_who_gets_no_answer_is_not_called_logged_out_and_asks_again(
    new_page: NewPage, status: int | None
) -> None:
    page = new_page()
    clock, dialog = opened(page)
    clock.later(minutes=26)
    if status is None:
        page.evaluate(AWAY)
    else:
        page.route("**/mijn-sessies/verlengen", lambda route: route.fulfill(status=status))
    dialog.get_by_role("button", name="Ingelogd blijven").click()
    expect(dialog).to_contain_text("Er kwam geen antwoord")
    if status is None:
        page.evaluate(BACK)
    else:
        page.unroute("**/mijn-sessies/verlengen")
    dialog.get_by_role("button", name="Ingelogd blijven").click()
    expect(dialog).to_have_count(0)
    clock.later(minutes=20)
    expect(dialog).to_have_count(0)


def test_who_was_logged_out_elsewhere_is_told_at_once(new_page: NewPage) -> None:
    page = new_page()
    clock, dialog = opened(page)
    clock.later(minutes=26)
    page.context.clear_cookies()
    dialog.get_by_role("button", name="Ingelogd blijven").click()
    expect(dialog).to_contain_text("U bent uitgelogd")
    clock.later(minutes=1)
    expect(dialog).to_contain_text("U bent uitgelogd")
    dialog.get_by_role("button", name="Sluiten").click()
    clock.later(minutes=4)
    expect(dialog).to_have_count(0)

"""A real browser for the journeys, and a running product for each kind of database."""

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests import patience
from tests.product import Product

# The headless shell is the same Chromium without windows: a third of the processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), "/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EXPECTED = re.compile(
    r"responded with a status of (4\d\d|502)|Status Error Code 4\d\d"
    r"|ContextPad#getPad is deprecated"  # of the menu in bpmn-js-create-append-anything 2.0
    # Other tests make networks beside a journey, as test_hosts; pages ask again.
    r"|net::ERR_NETWORK_CHANGED"
    # Typing over coloured text before the editor heard that it is selected: Chromium wants to keep
    # the colour in a style attribute, which is blocked; the text is right (feel_typing.js).
    r"|/processen/tabellen/\S*: Applying inline style violates"
)

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=patience.MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def product(backend: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Every part of the product as a process of its own, on SQLite and on PostgreSQL."""
    folder = tmp_path_factory.mktemp("product")
    product = Product(backend.new_database(), folder)
    try:
        product.start()
        yield product
    finally:
        product.stop()


@pytest.fixture
def new_page(browser: Browser, product: Product) -> Iterator[NewPage]:
    """Opens a browser of another person; at the end, no page may have complained."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    own = {"base_url": product.url, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**(own | options))
        contexts.append(context)
        context.set_default_timeout(patience.MILLISECONDS)
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _complaint(message: ConsoleMessage) -> list[str]:
    """What the browser's console says, but for the refusals that a test asked for."""
    text = f"{message.location.get('url')}: {message.text}"
    return [text] if message.type in {"error", "warning"} and not EXPECTED.search(text) else []


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()

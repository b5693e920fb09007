"""A real browser for the journeys, a running product, and on which databases each is walked."""

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

from tests import patience, sizes
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

on_both_databases = pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
"""For the main work of people, and for parts that stop in its middle: docs/adr/0033."""


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Walk a journey on PostgreSQL, unless it says where; the long form also on SQLite."""
    marks = metafunc.definition.iter_markers("parametrize")
    is_told = any("backend" in mark.args[0] for mark in marks)
    if "backend" in metafunc.fixturenames and not is_told and not sizes.is_long():
        on_one = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
        metafunc.definition.add_marker(on_one)


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

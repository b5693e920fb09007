"""A passkey in a real browser: added by the link of the command line, used to log in, removed."""

from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from werkzeug.serving import make_server

from app.factory import create_app
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from tests import patience
from tests.app.cli.test_operations import loket
from tests.journeys.pages import next_page, press
from tests.servers import free_port

pytestmark = [
    pytest.mark.browser,
    # The browser and the key are tested; what is stored is tested on both elsewhere.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def portal(settings: Settings, own_database_url: str) -> Iterator[str]:
    """A portal at a host with a name: browsers make no passkeys for an address of numbers."""
    port = free_port()
    address = f"http://localhost:{port}"
    update = {"database_url": own_database_url, "public_url": address}
    ours = settings.model_copy(update=update)
    app = create_app(ours)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    use_settings(ours)
    yield address
    server.shutdown()
    thread.join()
    database.close_databases()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="nl-NL")
    context.set_default_timeout(patience.MILLISECONDS)
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    yield page
    context.close()
    assert [each for each in told if "Content Security Policy" in each or "Error:" in each] == []


def with_key(page: Page, **changed: object) -> tuple[CDPSession, str]:
    """Put a key into this browser: the session with the browser, and its name there."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY | changed})
    return tools, made["authenticatorId"]


def link(label: str) -> str:
    shown = loket("breakglass", "key", "beheer", "--label", label, "--reason", "eerste keer")
    assert shown.exit_code == 0, shown.output
    return shown.output.strip()


def test_a_key_is_added_opens_and_is_removed(portal: str, page: Page) -> None:
    assert loket("breakglass", "make", "beheer", "--reason", "eerste keer").exit_code == 0
    tools, key = with_key(page)
    page.goto(link("stick"))
    with next_page(page):  # with the script that asks for the key
        page.get_by_role("button", name="Sleutel toevoegen").click()
    expect(page.get_by_text("De sleutel “stick” is toegevoegd")).to_be_visible()
    page.get_by_role("button", name="Inloggen met een sleutel").click()
    expect(page).to_have_url(f"{portal}/beheer")
    press(page, "Uitloggen")

    page.goto(f"{portal}/inloggen/noodtoegang")
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Inloggen met een sleutel").click()
    expect(page.get_by_text("Er is geen sleutel gebruikt.")).to_be_visible()
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})

    page.goto(link("nog een"))
    page.get_by_role("button", name="Sleutel toevoegen").click()
    expect(page.get_by_text("Deze sleutel is al toegevoegd.")).to_be_visible()

    tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    with_key(page, transport="internal")
    page.get_by_role("button", name="Sleutel toevoegen").click()
    expect(page.get_by_text("De sleutel “nog een” is toegevoegd")).to_be_visible()
    listed = loket("breakglass", "keys", "beheer").output
    assert ("stick" in listed, "nog een" in listed) == (True, True)
    for label in ("stick", "nog een"):
        gone = loket("breakglass", "remove-key", "beheer", label, "--reason", "kwijt")
        assert gone.output == "removed\n"
    assert loket("breakglass", "remove-key", "beheer", "stick", "--reason", "x").exit_code == 1
    page.goto(f"{portal}/inloggen/noodtoegang")
    expect(page.get_by_role("heading", name="Noodtoegang")).to_be_visible()
    expect(page.get_by_role("button", name="Inloggen met een sleutel")).to_have_count(0)

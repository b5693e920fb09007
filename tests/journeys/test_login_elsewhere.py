"""A login provider may send the browser on to other sites, as real ones do: the form gets there."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask, redirect
from flask.typing import ResponseReturnValue
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.auth.saml.service import pair_in
from app.demo.saml_keys import kept_pair
from app.factory import create_app
from app.web import leaving
from processes.platform import database
from processes.platform.settings import Settings, use_settings
from tests import patience
from tests.app.auth.saml.broker import metadata_of
from tests.servers import free_port

pytestmark = [
    pytest.mark.browser,
    # What a browser lets through is tested; nothing of it is stored.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
SAML, OIDC = "Makelaar met SAML", "Makelaar met OIDC"


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which this is served, as long as it is needed."""
    port = free_port()
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


def means() -> Flask:
    """Where somebody logs in: no part of the provider."""
    site = Flask("means")
    site.add_url_rule("/", "home", lambda: "<h1>Uw middel</h1>")
    return site


def asked(leads_to: str) -> Flask:
    """What the provider's metadata names: it sends the browser on at once."""
    site = Flask("asked")

    @site.route("/login", methods=["GET", "POST"])
    def login() -> ResponseReturnValue:
        return redirect(leads_to, 302)

    return site


def issuer(leads_to: str) -> Flask:
    """The metadata of a provider by OIDC whose pages are at another address."""
    site = Flask("issuer")

    @site.get("/.well-known/openid-configuration")
    def metadata() -> dict[str, Any]:
        at = site.config["ADDRESS"]
        return {
            "issuer": at,
            "authorization_endpoint": f"{leads_to}/login",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks",
        }

    return site


@pytest.fixture
def portal(settings: Settings, own_database_url: str, tmp_path: Path) -> Iterator[str]:
    """A portal with two brokers that each lead users on to another site."""
    with ExitStack() as running:
        end = running.enter_context(served(means()))
        begin = running.enter_context(served(asked(f"{end}/")))
        by_oidc = issuer(begin)
        by_oidc.config["ADDRESS"] = running.enter_context(served(by_oidc))
        key, certificate = kept_pair(tmp_path, "portal")
        metadata = tmp_path / "broker.xml"
        of_broker = pair_in(*kept_pair(tmp_path, "broker")).certificate
        metadata.write_bytes(metadata_of(f"{begin}/login", of_broker))
        ours = settings.model_copy(
            update={
                "database_url": own_database_url,
                "oidc_eherkenning_issuer": by_oidc.config["ADDRESS"],
                "oidc_eherkenning_name": OIDC,
                "saml_brokers": {SAML: str(metadata)},
                "saml_key": key,
                "saml_certificate": certificate,
                "public_url": "http://127.0.0.1",
            }
        )
        app = create_app(ours)
        use_settings(ours)
        yield running.enter_context(served(app))
    database.close_databases()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="nl-NL")
    context.set_default_timeout(patience.MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("broker", [OIDC, SAML])
def test_the_browser_comes_where_the_provider_sends_it(
    page: Page, portal: str, broker: str
) -> None:
    page.goto(f"{portal}/inloggen")
    page.get_by_label(broker).check()
    page.get_by_role("button", name="Inloggen met eHerkenning").click()
    expect(page.get_by_role("heading", name="Uw middel")).to_be_visible()


def test_the_button_on_the_start_page_leads_there_too(page: Page, portal: str) -> None:
    page.goto(portal)
    page.get_by_role("button", name="Inloggen met eHerkenning").click()
    expect(page.get_by_role("heading", name="Uw middel")).to_be_visible()


@pytest.mark.parametrize("broker", [OIDC, SAML])
def test_a_policy_of_the_named_hosts_alone_would_stop_it(
    page: Page, portal: str, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The null: Chromium stops the form at the first redirect to a host that is not named."""
    monkeypatch.setattr(leaving, "_sources", list)
    page.goto(f"{portal}/inloggen")
    page.get_by_label(broker).check()
    with page.expect_console_message(lambda said: "form-action" in said.text):
        page.get_by_role("button", name="Inloggen met eHerkenning").click()

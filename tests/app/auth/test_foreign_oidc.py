"""Logging in at an OpenID provider that nobody here wrote: npm's oidc-provider, in Node."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from lxml import etree
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.platform.settings import Settings, use_settings
from processes.register.providers.web_sessions import WebSession
from tests import patience
from tests.app.onboarding import field as field_in
from tests.app.onboarding import heading

PROVIDERS = Path(__file__).parents[2] / "providers"
NODE = shutil.which("node")
HERE = NODE is not None and (PROVIDERS / "node_modules" / "oidc-provider").exists()
pytestmark = pytest.mark.skipif(
    not HERE, reason="Node, or tests/providers/node_modules (npm ci there), is not here"
)
BACK = "http://localhost/inloggen/terug"


@dataclass
class Told:
    """What the provider told at this address: logout tokens."""

    address: str
    tokens: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def opening_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the key that opens encrypted ID tokens."""
    file = tmp_path_factory.mktemp("oidc") / "oidc.pem"
    file.write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    return file


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """Where the provider tells that somebody logged out."""

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.tokens += parse_qs(body)["logout_token"]
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_facts: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hears)
    heard = Told(f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield heard
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def issuer(opening_key: Path, told: Told) -> Iterator[str]:
    assert NODE is not None
    public = RSAKey.import_key(opening_key.read_bytes()).as_dict(private=False)
    command = [NODE, "oidc.mjs", BACK, json.dumps({"keys": [public]}), told.address]
    with subprocess.Popen(
        command, cwd=PROVIDERS, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        lines = (line.strip() for line in process.stdout)
        yield next(line for line in lines if line.startswith("http://127.0.0.1:"))
        process.terminate()


@pytest.fixture
def settings(settings: Settings, issuer: str) -> Settings:
    ours = settings.model_copy(
        update={
            "oidc_eherkenning_issuer": issuer,
            "oidc_eherkenning_client_secret": SecretStr("secret-of-the-tests"),
            "oidc_eherkenning_scope": "openid eherkenning",
            "oidc_eherkenning_claims": {
                "kvk": ["kvk", "number"],
                "employee": ["employee"],
                "company": ["company"],
            },
        }
    )
    use_settings(ours)
    return ours


def log_in(client: FlaskClient, who: str, browser: requests.Session | None = None) -> TestResponse:
    """By redirects and one form at the provider, back to the portal."""
    token = field_in(client.get("/inloggen"), "csrf_token")
    begun = client.post("/inloggen", data={"csrf_token": token, "via": "eherkenning"})
    with browser or requests.Session() as there:
        page = there.get(begun.location, timeout=patience.SECONDS)
        address = urljoin(page.url, urlsplit(page.url).path)
        answer = there.post(
            address, data={"who": who}, timeout=patience.SECONDS, allow_redirects=False
        )
        while not answer.headers["Location"].startswith(BACK):
            address = urljoin(answer.url, answer.headers["Location"])
            answer = there.get(address, timeout=patience.SECONDS, allow_redirects=False)
    parts = urlsplit(answer.headers["Location"])
    return client.get(f"{parts.path}?{parts.query}")


def test_an_employee_logs_in_with_claims_that_come_from_userinfo_alone(
    client: FlaskClient, session: Session
) -> None:
    assert log_in(client, "piet").location == "/aanmelding"
    (row,) = session.scalars(select(WebSession))
    assert (row.kvk, row.loa, row.company) == ("68750110", "loa3", "Test BV Donald")


def test_too_low_and_cancelled_give_no_session(client: FlaskClient, session: Session) -> None:
    assert log_in(client, "laag").status_code == 403
    assert heading(log_in(client, "nobody")) == "U bent niet ingelogd"
    assert list(session.scalars(select(WebSession))) == []


def test_an_employee_logs_in_with_an_id_token_that_is_encrypted(
    app: Flask, client: FlaskClient, session: Session, settings: Settings, opening_key: Path
) -> None:
    encrypting = {"oidc_eherkenning_client_id": "loket-encrypted", "oidc_encrypted": "eherkenning"}
    app.config["LOKET_SETTINGS"] = settings.model_copy(update=encrypting)
    assert log_in(client, "piet").status_code == 502
    opening = encrypting | {"oidc_key": opening_key}
    app.config["LOKET_SETTINGS"] = settings.model_copy(update=opening)
    assert log_in(client, "piet").location == "/aanmelding"
    assert session.scalars(select(WebSession.kvk)).one() == "68750110"


def log_out(issuer: str, browser: requests.Session) -> None:
    """At the provider itself, in the browser that is logged in there."""
    page = browser.get(f"{issuer}/session/end", timeout=patience.SECONDS)
    form = etree.HTML(page.text).find(".//form")
    assert form is not None
    fields = {each.get("name"): each.get("value") for each in form.iter("input")}
    address = form.get("action") or ""
    answer = browser.post(address, data=fields | {"logout": "yes"}, timeout=patience.SECONDS)
    assert answer.status_code == 200


@pytest.mark.parametrize("client_id", ["loket", "loket-encrypted"], ids=["of-session", "of-person"])
def test_who_logs_out_at_the_provider_is_logged_out_here(
    app: Flask,
    client: FlaskClient,
    session: Session,
    settings: Settings,
    opening_key: Path,
    issuer: str,
    told: Told,
    client_id: str,
) -> None:
    """Its own logout token, with the session that it names, or without (Back-Channel Logout)."""
    ours = {"oidc_eherkenning_client_id": client_id, "oidc_key": opening_key}
    app.config["LOKET_SETTINGS"] = settings.model_copy(update=ours)
    told.tokens.clear()
    browser = requests.Session()
    assert log_in(client, "piet", browser).location == "/aanmelding"
    named = session.scalars(select(WebSession.provider_session)).one()
    assert (named is not None) is (client_id == "loket")
    assert client.get("/mijn-sessies").status_code == 200
    log_out(issuer, browser)
    (token,) = told.tokens
    answer = app.test_client().post("/inloggen/uitloggen", data={"logout_token": token})
    assert answer.status_code == 204
    assert client.get("/mijn-sessies").status_code == 303
    session.expire_all()
    assert list(session.scalars(select(WebSession))) == []
    again = app.test_client().post("/inloggen/uitloggen", data={"logout_token": token})
    assert again.status_code == 400


def test_a_logout_elsewhere_ends_no_session_of_another_login(
    app: Flask, client: FlaskClient, session: Session, issuer: str, told: Told
) -> None:
    """The same person in two browsers: the one that logged out is named."""
    told.tokens.clear()
    other, browser = app.test_client(), requests.Session()
    log_in(client, "piet", browser)
    log_in(other, "piet")
    log_out(issuer, browser)
    (token,) = told.tokens
    app.test_client().post("/inloggen/uitloggen", data={"logout_token": token})
    assert client.get("/mijn-sessies").status_code == 303
    assert other.get("/mijn-sessies").status_code == 200
    assert len(list(session.scalars(select(WebSession)))) == 1

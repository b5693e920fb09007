"""Logging in at an OpenID provider that nobody here wrote: npm's oidc-provider, in Node."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.platform.settings import Settings, use_settings
from processes.register.providers.web_sessions import WebSession
from tests.app.onboarding import field, heading

PROVIDERS = Path(__file__).parents[2] / "providers"
NODE = shutil.which("node")
HERE = NODE is not None and (PROVIDERS / "node_modules" / "oidc-provider").exists()
pytestmark = pytest.mark.skipif(
    not HERE, reason="Node, or tests/providers/node_modules (npm ci there), is not here"
)
BACK = "http://localhost/inloggen/terug"


@pytest.fixture(scope="module")
def opening_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the key that opens encrypted ID tokens."""
    file = tmp_path_factory.mktemp("oidc") / "oidc.pem"
    file.write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    return file


@pytest.fixture(scope="module")
def issuer(opening_key: Path) -> Iterator[str]:
    assert NODE is not None
    public = RSAKey.import_key(opening_key.read_bytes()).as_dict(private=False)
    command = [NODE, "oidc.mjs", BACK, json.dumps({"keys": [public]})]
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


def log_in(client: FlaskClient, who: str) -> TestResponse:
    """By redirects and one form at the provider, back to the portal."""
    token = field(client.get("/inloggen"), "csrf_token")
    begun = client.post("/inloggen", data={"csrf_token": token, "via": "eherkenning"})
    with requests.Session() as browser:
        page = browser.get(begun.location, timeout=10)
        address = urljoin(page.url, urlsplit(page.url).path)
        answer = browser.post(address, data={"who": who}, timeout=10, allow_redirects=False)
        while not answer.headers["Location"].startswith(BACK):
            there = urljoin(answer.url, answer.headers["Location"])
            answer = browser.get(there, timeout=10, allow_redirects=False)
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

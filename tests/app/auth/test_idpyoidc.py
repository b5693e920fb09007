"""Logging in at another OpenID provider that nobody here wrote: idpyoidc, in Python."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from processes.platform.settings import Settings
from processes.register.providers.web_sessions import WebSession
from tests import patience
from tests.app.onboarding import field

PROVIDERS = Path(__file__).parents[2] / "providers"
BACK = "http://localhost/inloggen/terug"
# What the database stores of a login is tested on both; here it is whether we understand them.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    command = [sys.executable, "-W", "ignore", "oidc.py", BACK]
    with subprocess.Popen(
        command, cwd=PROVIDERS, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def log_in(app: Flask, provider: str, settings: Settings, level: str = "loa3") -> TestResponse:
    """By one redirect there, and one back."""
    known = {
        "oidc_eherkenning_issuer": f"{provider}/{level}",
        "oidc_eherkenning_client_secret": SecretStr("secret-of-the-tests"),
        "oidc_eherkenning_scope": "openid eherkenning",
        "oidc_eherkenning_claims": {
            "kvk": ["kvk", "number"],
            "employee": ["employee"],
            "company": ["company"],
        },
    }
    app.config["LOKET_SETTINGS"] = settings.model_copy(update=known)
    client: FlaskClient = app.test_client()
    token = field(client.get("/inloggen"), "csrf_token")
    begun = client.post("/inloggen", data={"csrf_token": token, "via": "eherkenning"})
    answer = requests.get(begun.location, timeout=patience.SECONDS, allow_redirects=False)
    parts = urlsplit(answer.headers["Location"])
    return client.get(f"{parts.path}?{parts.query}")


def test_an_employee_logs_in_with_a_token_signed_by_a_curve(
    app: Flask, session: Session, settings: Settings, provider: str
) -> None:
    assert log_in(app, provider, settings).location == "/aanmelding"
    (row,) = session.scalars(select(WebSession))
    assert (row.kvk, row.loa, row.company) == ("68750110", "loa3", "Test BV Donald")


def test_a_level_that_is_too_low_gives_no_session(
    app: Flask, session: Session, settings: Settings, provider: str
) -> None:
    assert log_in(app, provider, settings, "loa2").status_code == 403
    assert list(session.scalars(select(WebSession))) == []

"""Logging in at SAML providers that nobody here wrote: npm's samlp (Node), pysaml2's (xmlsec1)."""

import json
import re
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.claims import ACTING_SUBJECT, COMPANY, KVK_TYPE, LEGAL_SUBJECT
from app.auth.saml.metadata import signed_metadata
from app.auth.saml.service import KeyPair
from app.demo.saml_keys import kept_pair
from processes.platform.settings import Settings, use_settings
from processes.register.providers.web_sessions import WebSession
from tests import patience
from tests.app.auth.saml.broker import BROKER, PSEUDONYM
from tests.app.onboarding import field, heading

PROVIDERS = Path(__file__).parents[3] / "providers"
NODE = shutil.which("node")
HERE = NODE is not None and (PROVIDERS / "node_modules" / "samlp").exists()
SAMLP = pytest.param(
    "samlp",
    marks=pytest.mark.skipif(
        not HERE, reason="Node, or tests/providers/node_modules (npm ci there), is not here"
    ),
)
PYSAML2 = pytest.param(
    "pysaml2",
    marks=pytest.mark.skipif(
        shutil.which("xmlsec1") is None, reason="the program xmlsec1 is not here"
    ),
)
# What the database stores of a login is tested on both; here it is whether we understand them.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

CLAIMS = {LEGAL_SUBJECT: "68750110", ACTING_SUBJECT: PSEUDONYM, COMPANY: "Test BV Donald"}
LOGIN = {"level": "loa3", "claims": CLAIMS, "encrypted": False, "response": True}


@pytest.fixture(scope="module", params=[SAMLP, PYSAML2])
def foreign(
    request: pytest.FixtureRequest, saml_folder: Path, broker_pair: KeyPair
) -> Iterator[str]:
    """The address of the provider; it signs with the key of the tests' broker."""
    assert broker_pair
    yield from running(*request.param.split("-"), folder=saml_folder)


def running(name: str, *more: str, folder: Path) -> Iterator[str]:
    """The address of this provider, while it runs."""
    key, certificate = kept_pair(folder, "portal")
    ours = Settings(public_url="http://localhost", saml_key=key, saml_certificate=certificate)
    (folder / "portal.xml").write_bytes(signed_metadata(ours))
    command = {
        "samlp": [str(NODE), "samlp.mjs", str(folder), "http://localhost/inloggen/saml"],
        "pysaml2": [sys.executable, "-W", "ignore", "saml.py", str(folder)],
    }
    with subprocess.Popen(
        [*command[name], *more], cwd=PROVIDERS, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def settings(settings: Settings, foreign: str, tmp_path: Path) -> Settings:
    file = tmp_path / "foreign.xml"
    file.write_bytes(requests.get(f"{foreign}/metadata", timeout=patience.SECONDS).content)
    ours = settings.model_copy(update={"saml_brokers": {BROKER: str(file)}})
    use_settings(ours)
    return ours


@pytest.fixture
def client(client: FlaskClient, settings: Settings) -> FlaskClient:
    client.application.config["LOKET_SETTINGS"] = settings
    return client


def begin(client: FlaskClient) -> tuple[str, dict[str, str]]:
    """The address of the form for the provider, and its fields."""
    token = field(client.get("/inloggen"), "csrf_token")
    page = client.post("/inloggen", data={"csrf_token": token, "via": "eherkenning"})
    (address,) = etree.HTML(page.text).xpath("//form[@data-send-on]/@action")
    return address, {name: field(page, name) for name in ("SAMLRequest", "RelayState")}


def fields_in(page: str) -> dict[str, str]:
    found = etree.HTML(page).xpath("//input[@name]")
    return {each.get("name"): each.get("value") or "" for each in found}


def log_in(client: FlaskClient, **choices: object) -> tuple[TestResponse, str]:
    """The portal's page, and the XML that the provider sent."""
    address, fields = begin(client)
    asked = {"asked": json.dumps(LOGIN | choices)}
    answer = requests.post(address, data=fields | asked, timeout=patience.SECONDS)
    assert answer.status_code == 200, answer.text
    sent = {"RelayState": fields["RelayState"]} | fields_in(answer.text)
    page = client.post("/inloggen/saml", data=sent)
    return page, b64decode(sent["SAMLResponse"]).decode()


@pytest.mark.parametrize("encrypted", [False, True])
def test_an_employee_logs_in(client: FlaskClient, session: Session, *, encrypted: bool) -> None:
    page, xml = log_in(client, encrypted=encrypted)
    assert page.location == "/aanmelding"
    assert ("EncryptedAssertion" in xml) == encrypted
    (row,) = session.scalars(select(WebSession))
    assert (row.kvk, row.subject, row.loa) == ("68750110", PSEUDONYM, "loa3")
    assert row.company == "Test BV Donald"


def test_the_older_name_of_the_kvk_number_counts_too(client: FlaskClient, session: Session) -> None:
    page, _xml = log_in(client, claims={KVK_TYPE: "90001354", ACTING_SUBJECT: PSEUDONYM})
    assert page.location == "/aanmelding"
    assert session.scalars(select(WebSession.kvk)).one() == "90001354"


def test_too_low_and_cancelled_give_no_session(client: FlaskClient, session: Session) -> None:
    assert log_in(client, level="loa2")[0].status_code == 403
    assert log_in(client, level="cancel")[0].status_code in {200, 502}
    assert list(session.scalars(select(WebSession))) == []


def test_a_changed_answer_gives_no_session(client: FlaskClient, session: Session) -> None:
    address, fields = begin(client)
    answer = requests.post(
        address, data=fields | {"asked": json.dumps(LOGIN)}, timeout=patience.SECONDS
    )
    xml = b64decode(fields_in(answer.text)["SAMLResponse"])
    changed = b64encode(xml.replace(b"68750110", b"90000102")).decode()
    sent = {"SAMLResponse": changed, "RelayState": fields["RelayState"]}
    page = client.post("/inloggen/saml", data=sent)
    assert (page.status_code, heading(page)) == (502, "Inloggen lukt nu niet")
    assert list(session.scalars(select(WebSession))) == []


def test_the_provider_takes_our_signature_and_no_changed_request(client: FlaskClient) -> None:
    address, fields = begin(client)
    xml = b64decode(fields["SAMLRequest"]).decode()
    changed = re.sub('ForceAuthn="true"', 'ForceAuthn="false"', xml)
    assert changed != xml
    fields["SAMLRequest"] = b64encode(changed.encode()).decode()
    asked = {"asked": json.dumps(LOGIN)}
    assert requests.post(address, data=fields | asked, timeout=patience.SECONDS).status_code == 400


@pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="the program xmlsec1 is not here")
@pytest.mark.parametrize("foreign", ["pysaml2-weak"], indirect=True)
def test_a_weak_cipher_is_not_opened(client: FlaskClient, session: Session) -> None:
    page, xml = log_in(client, encrypted=True)
    assert "tripledes-cbc" in xml
    assert (page.status_code, heading(page)) == (502, "Inloggen lukt nu niet")
    assert list(session.scalars(select(WebSession))) == []

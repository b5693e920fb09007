"""The login simulator answers as a careful OIDC provider does."""

import base64
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from pydantic import SecretStr
from werkzeug.test import TestResponse

from app.demo.login_simulator import create_login_simulator
from app.demo.site import OnlyForDemonstrationError
from processes.platform.settings import Profile, Settings

VERIFIER = "a verifier of the client, long enough for the standard"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
REDIRECT = "http://localhost/inloggen/terug"
CHOICES = {"kvk": "69599084", "loa": "loa2plus", "subject": "medewerker-1", "branch": ""}


def simulator_settings(folder: Path) -> Settings:
    return Settings(
        var=folder,
        public_url="http://localhost",
        secret_key=SecretStr("only for tests, thirty-two characters"),
    )


@pytest.fixture
def simulator(tmp_path: Path) -> FlaskClient:
    return create_login_simulator(simulator_settings(tmp_path)).test_client()


def authorize_url(issuer: str = "eherkenning", **changes: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": "loket",
        "redirect_uri": REDIRECT,
        "scope": "openid",
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
    }
    return f"/{issuer}/authorize?{urlencode({**asked, **changes})}"


def answer_of(response: TestResponse) -> dict[str, str]:
    assert response.status_code == 303
    assert response.location.startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}


def exchange(simulator: FlaskClient, code: str, issuer: str = "eherkenning", **changes: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "client_id": "loket",
        "client_secret": f"demo-secret-{issuer}",
    }
    return simulator.post(f"/{issuer}/token", data={**form, **changes})


def log_in(simulator: FlaskClient, issuer: str = "eherkenning", **choices: str) -> dict[str, Any]:
    form = {"outcome": "success", **choices}
    answer = answer_of(simulator.post(authorize_url(issuer), data=form))
    assert answer["state"] == "state-1"
    tokens = exchange(simulator, answer["code"], issuer).get_json()
    keys = KeySet.import_key_set(simulator.get(f"/{issuer}/jwks").get_json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert claims["nonce"] == "nonce-1"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = simulator.get(f"/{issuer}/userinfo", headers=bearer).get_json()
    assert userinfo["sub"] == claims["sub"]
    return claims


def test_a_company_logs_in_with_a_pseudonym_and_without_a_name(simulator: FlaskClient) -> None:
    claims = log_in(simulator, **CHOICES)
    assert claims["urn:etoegang:core:LegalSubjectID"] == "69599084"
    assert claims["namequalifier"] == "urn:etoegang:1.9:EntityConcernedID:KvKnr"
    assert claims["acr"] == "urn:etoegang:core:assurance-class:loa2plus"
    assert len(claims["urn:etoegang:core:ActingSubjectID"]) == 64 + 1 + 32
    assert "name" not in claims
    assert "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr" not in claims


def test_an_employee_keeps_the_same_pseudonym_and_a_colleague_has_another(
    simulator: FlaskClient,
) -> None:
    first, again = log_in(simulator, **CHOICES), log_in(simulator, **CHOICES)
    colleague = log_in(simulator, **{**CHOICES, "subject": "medewerker-2"})
    assert first["sub"] == again["sub"] != colleague["sub"]


def test_a_branch_and_a_number_outside_the_list_can_be_given(simulator: FlaskClient) -> None:
    claims = log_in(simulator, **{**CHOICES, "kvk": "12345678", "branch": "000037178598"})
    assert claims["urn:etoegang:core:LegalSubjectID"] == "12345678"
    assert claims["urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"] == "000037178598"


@pytest.mark.parametrize("change", [{"kvk": "1234"}, {"kvk": "anders"}, {"branch": "12"}])
def test_a_number_that_cannot_be_is_asked_again(
    simulator: FlaskClient, change: dict[str, str]
) -> None:
    form = {**CHOICES, **change, "outcome": "success"}
    response = simulator.post(authorize_url(), data=form)
    assert response.status_code == 422
    assert "cijfers" in response.text


def test_a_member_of_staff_logs_in_with_a_role(simulator: FlaskClient) -> None:
    claims = log_in(simulator, "accounts", subject="registrar")
    assert claims["roles"] == ["registrar"]
    assert claims["name"]


@pytest.mark.parametrize(
    ("outcome", "error"), [("cancel", "access_denied"), ("fault", "server_error")]
)
def test_a_login_that_does_not_succeed_goes_back_with_the_reason(
    simulator: FlaskClient, outcome: str, error: str
) -> None:
    response = simulator.post(authorize_url(), data={**CHOICES, "outcome": outcome})
    assert answer_of(response)["error"] == error


def test_a_code_is_good_for_one_exchange(simulator: FlaskClient) -> None:
    answer = answer_of(simulator.post(authorize_url(), data={**CHOICES, "outcome": "success"}))
    assert exchange(simulator, answer["code"]).status_code == 200
    assert exchange(simulator, answer["code"]).status_code == 400


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"code_verifier": "somebody else's"}, 400),
        ({"redirect_uri": "http://localhost/elders"}, 400),
        ({"client_secret": "guessed"}, 401),
    ],
)
def test_a_stolen_code_is_worth_nothing(
    simulator: FlaskClient, changes: dict[str, str], status: int
) -> None:
    answer = answer_of(simulator.post(authorize_url(), data={**CHOICES, "outcome": "success"}))
    assert exchange(simulator, answer["code"], **changes).status_code == status


def test_a_code_of_one_issuer_is_nothing_at_the_other(simulator: FlaskClient) -> None:
    answer = answer_of(simulator.post(authorize_url(), data={**CHOICES, "outcome": "success"}))
    assert exchange(simulator, answer["code"], "accounts").status_code == 400


@pytest.mark.parametrize(
    "change", [{"redirect_uri": "http://evil.example/terug"}, {"client_id": "somebody"}]
)
def test_nothing_is_sent_to_a_stranger(simulator: FlaskClient, change: dict[str, str]) -> None:
    assert simulator.get(authorize_url(**change)).status_code == 400


@pytest.mark.parametrize(
    "change", [{"code_challenge_method": "plain"}, {"scope": "profile"}, {"response_type": "token"}]
)
def test_a_login_that_is_asked_for_wrongly_is_refused(
    simulator: FlaskClient, change: dict[str, str]
) -> None:
    assert answer_of(simulator.get(authorize_url(**change)))["error"] == "invalid_request"


def test_the_form_says_that_it_is_a_simulator(simulator: FlaskClient) -> None:
    page = simulator.get(authorize_url()).text
    assert "inlogsimulator" in page
    assert all(f'name="{name}"' in page for name in (*CHOICES, "outcome"))


def test_the_simulator_does_not_start_in_production(tmp_path: Path) -> None:
    settings = simulator_settings(tmp_path).model_copy(update={"profile": Profile.PRODUCTION})
    with pytest.raises(OnlyForDemonstrationError):
        create_login_simulator(settings)

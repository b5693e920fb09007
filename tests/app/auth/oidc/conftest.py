"""A portal that logs in by OIDC, at providers without a network."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey
from requests.adapters import HTTPAdapter

from processes.platform.settings import Settings, use_settings
from tests.app.auth.oidc.issuer import ISSUER, OTHER_ISSUER, TestIssuer


@pytest.fixture(scope="session")
def key() -> RSAKey:
    made = RSAKey.generate_key(2048)
    made.ensure_kid()
    return made


@pytest.fixture(scope="session")
def opening_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the key that opens encrypted ID tokens."""
    file = tmp_path_factory.mktemp("oidc") / "oidc.pem"
    file.write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    return file


@pytest.fixture
def settings(settings: Settings, opening_key: Path) -> Settings:
    ours = settings.model_copy(
        update={
            "oidc_eherkenning_issuer": ISSUER,
            "oidc_accounts_issuer": OTHER_ISSUER,
            "oidc_eherkenning_client_id": "loket-eherkenning",
            "eherkenning_service_id": "urn:etoegang:DV:1",
            "oidc_key": opening_key,
        }
    )
    use_settings(ours)
    return ours


@pytest.fixture
def issuers(
    key: RSAKey, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> dict[str, TestIssuer]:
    """The broker, and the issuer of accounts, in the place of the network."""
    found = {
        "makelaar.example": TestIssuer(key, settings.oidc_eherkenning_client_id),
        "accounts.example": TestIssuer(key, settings.oidc_accounts_client_id, OTHER_ISSUER),
    }

    def send(_adapter: object, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        return found[str(urlsplit(str(request.url)).hostname)].respond(request)

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return found


@pytest.fixture
def issuer(issuers: dict[str, TestIssuer]) -> TestIssuer:
    return issuers["makelaar.example"]

"""A portal that logs in at a broker by SAML, and the broker: keys of their own, no network."""

from pathlib import Path

import pytest

from app.auth.saml.service import KeyPair, ServiceProvider, service_provider
from app.demo.saml_keys import kept_pair
from processes.platform.settings import Settings, use_settings
from tests.app.auth.saml.broker import BROKER, LOGS_IN_AT, TestBroker, key_pair, metadata_of


@pytest.fixture(scope="session")
def saml_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("saml")


@pytest.fixture(scope="session")
def broker_pair(saml_folder: Path) -> KeyPair:
    return key_pair(*kept_pair(saml_folder, "broker"))


@pytest.fixture(scope="session")
def portal_pair(saml_folder: Path) -> KeyPair:
    return key_pair(*kept_pair(saml_folder, "portal"))


@pytest.fixture(scope="session")
def other_pair(saml_folder: Path) -> KeyPair:
    """Of somebody else: an attacker, or the next pair of a rollover."""
    return key_pair(*kept_pair(saml_folder, "other"))


@pytest.fixture
def settings(settings: Settings, saml_folder: Path, broker_pair: KeyPair) -> Settings:
    file = saml_folder / "metadata.xml"
    if not file.exists():
        file.write_bytes(metadata_of(LOGS_IN_AT, broker_pair.certificate))
    key, certificate = kept_pair(saml_folder, "portal")
    ours = settings.model_copy(
        update={
            "saml_brokers": {BROKER: str(file)},
            "saml_key": key,
            "saml_certificate": certificate,
        }
    )
    use_settings(ours)
    return ours


@pytest.fixture
def ours(settings: Settings) -> ServiceProvider:
    return service_provider(settings)


@pytest.fixture
def broker(ours: ServiceProvider, broker_pair: KeyPair) -> TestBroker:
    return TestBroker(ours, broker_pair)

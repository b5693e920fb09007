"""Settings come from the environment; production refuses what is only safe on one's own machine."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from processes.platform.settings import Settings

SAFE: dict[str, Any] = {
    "profile": "production",
    "secret_key": "a secret of at least thirty-two characters",
    "public_url": "https://loket.example",
    "oidc_eherkenning_issuer": "https://broker.example",
    "oidc_eherkenning_client_secret": "given by the broker",
    "oidc_accounts_issuer": "https://accounts.example",
    "oidc_accounts_client_secret": "given by the issuer",
    "smtp_host": "mail.example",
    "smtp_starttls": True,
}


def test_a_setting_is_read_from_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOKET_VAR", str(tmp_path))
    monkeypatch.setenv("LOKET_MINIMUM_LOA", "loa3")
    assert Settings().minimum_loa == "loa3"


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first, second = Settings(var=tmp_path), Settings(var=tmp_path)
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_database_is_in_the_folder_of_the_demonstration(tmp_path: Path) -> None:
    assert Settings(var=tmp_path).database_url == f"sqlite:///{tmp_path / 'loket.db'}"


def test_production_starts_with_its_own_secrets_and_https() -> None:
    settings = Settings(**SAFE)
    assert settings.is_https
    assert settings.public_host == "loket.example"


@pytest.mark.parametrize(
    "fault",
    [
        {"secret_key": "short"},
        {"secret_key": "ab" * 20},
        {"smtp_host": "127.0.0.1", "smtp_port": "2525"},
        {"hosts": "2", "database_url": "sqlite:////var/lib/loket/loket.db"},
        {"public_url": "http://loket.example"},
        {"oidc_eherkenning_client_secret": "demo-secret-eherkenning"},
        {"oidc_accounts_issuer": "http://127.0.0.1:8002/accounts"},
        {"oidc_accounts_client_secret": "x"},
        {"oidc_eherkenning_client_secret": "abababababababababab"},
        {"metrics_token": "kort"},
        {"secret_key_before": "ab" * 20},
        {"minimum_loa": "loa2"},
        {"smtp_starttls": False},
        {"database_url": "postgresql+psycopg://loket:x@db.example/loket"},
        {"database_url": "postgresql+psycopg://loket:x@db.example/loket?sslmode=prefer"},
        {"redis_url": "redis://broker.example:6379/0"},
        {"kvk_api_url": "http://api.kvk.example"},
        {"secret_key": "0123456789" * 4},
        {"secret_key": "0123456789" * 3 + "01234567"},
        {"oidc_accounts_client_secret": "geheim-1" * 3},
        {"public_url": "https://"},
        {"public_url": "https://localhost"},
        {"public_url": "https://[::1]:8443"},
        {"public_url": "https://anna:x@loket.example"},
        {"public_url": "https://loket.example?x=1"},
        {"public_url": "https://loket.example#x"},
        {"public_url": "https://loket.example:99999"},
        {"database_url": "postgresql+psycopg://x@localhost/loket?host=db.example"},
        {"database_url": "postgresql+psycopg://x@127.0.0.1/loket?hostaddr=10.1.1.1"},
        {"database_url": "postgresql+psycopg://x@localhost,db.example/loket"},
        {"database_url": "postgresql+psycopg:///loket?host=localhost:5432,db.example:5432"},
        {"database_url": "postgresql+psycopg:///?service=loket"},
        {"legacy_url": "postgresql+psycopg://x@old.example/register"},
        {"clamd_address": "scanner.example:3310"},
        {"smtp_host": " "},
    ],
)
def test_production_refuses_what_is_for_demonstrations(fault: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**{**SAFE, **fault})


@pytest.mark.parametrize(
    "fine",
    [
        {"database_url": "postgresql+psycopg://loket:x@db.example/loket?sslmode=verify-full"},
        {"database_url": "postgresql+psycopg://loket:x@127.0.0.1/loket"},
        {"database_url": "postgresql+psycopg:///loket?host=/run/postgresql"},
        {
            "database_url": "postgresql+psycopg://x@database/loket",
            "private_hosts": "broker,database",
        },
        {"redis_url": "rediss://broker.example:6379/0"},
        {"redis_url": "redis://broker:6379/0", "private_hosts": "broker, database"},
        {"smtp_starttls": False, "smtp_host": "::1"},
        {"minimum_loa": "loa3", "metrics_token": "0123456789abcdef"},
        {"public_url": "https://loket.example:8443/"},
        {"database_url": "postgresql+psycopg://x@[::1]:5432/loket"},
        {"database_url": "postgresql+psycopg:///loket?host=127.0.0.1:5432,[::1]:5432"},
        {"database_url": "postgresql+psycopg:///?service=loket&sslmode=verify-full"},
        {"legacy_url": "postgresql+psycopg://x@old.example/register?sslmode=verify-full"},
        {"clamd_address": "127.0.0.1:3310"},
        {"clamd_address": "/run/clamd.sock"},
        {"clamd_address": "scanner:3310", "private_hosts": "scanner"},
        # openssl rand -hex 16, that happens to end as it begins
        {"secret_key": "9f86d081884c7d659a2feaa0c55ad019"},
        {"metrics_token": "3c6e0b8a9c1524d3"},
    ],
)
def test_production_takes_what_stays_on_this_machine_or_is_encrypted(fine: dict[str, str]) -> None:
    assert Settings(**{**SAFE, **fine})


METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x">
<md:IDPSSODescriptor><md:ArtifactResolutionService Location="{resolves}"/>
<md:SingleSignOnService Location="{logs_in}"/></md:IDPSSODescriptor></md:EntityDescriptor>"""
OURS = "urn:etoegang:DV:00000001234567890000:entities:0001"


@pytest.mark.parametrize(
    ("logs_in", "resolves", "ours", "told"),
    [
        ("https://broker.example/sso", "https://broker.example/resolve", OURS, None),
        ("http://127.0.0.1:8002/eherkenning/saml", "https://broker.example", OURS, "BROKERS"),
        ("https://broker.example/sso", "http://broker.example/resolve", OURS, "BROKERS"),
        ("https://broker.example/sso", "https://broker.example/resolve", "", "ENTITY_ID"),
    ],
)
def test_production_takes_no_broker_of_a_demonstration(
    tmp_path: Path, logs_in: str, resolves: str, ours: str, told: str | None
) -> None:
    file = tmp_path / "broker.xml"
    file.write_text(METADATA.format(logs_in=logs_in, resolves=resolves))
    pair = {"saml_key": tmp_path / "portal.key", "saml_certificate": tmp_path / "portal.crt"}
    given = SAFE | pair | {"saml_brokers": {"Makelaar": str(file)}}
    given |= {"saml_entity_id": ours} if ours else {}
    if told is None:
        assert Settings(**given).saml_brokers
        return
    with pytest.raises(ValidationError, match=f"LOKET_SAML_{told}"):
        Settings(**given)


@pytest.mark.parametrize("content", [None, "", "no XML"])
def test_a_broker_whose_file_cannot_be_read_does_not_keep_production_from_starting(
    tmp_path: Path, content: str | None
) -> None:
    """The others still log in; the doctor and the log tell of this one."""
    file = tmp_path / "broker.xml"
    if content is not None:
        file.write_text(content)
    pair = {"saml_key": tmp_path / "portal.key", "saml_certificate": tmp_path / "portal.crt"}
    brokers = {"saml_brokers": {"Makelaar": str(file)}, "saml_entity_id": OURS}
    assert Settings(**SAFE | pair | brokers).saml_brokers


def test_production_names_all_that_is_wrong_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{**SAFE, "secret_key": "short", "public_url": "http://loket.example"})
    message = refused.value.errors()[0]["msg"]
    assert "LOKET_SECRET_KEY" in message
    assert "LOKET_PUBLIC_URL" in message


def test_production_does_not_run_with_the_debugger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(ValidationError, match="FLASK_DEBUG"):
        Settings(**SAFE)


def test_production_makes_no_secret_of_its_own(tmp_path: Path) -> None:
    given = {name: value for name, value in SAFE.items() if name != "secret_key"}
    with pytest.raises(ValueError, match="LOKET_SECRET_KEY"):
        Settings(**given, var=tmp_path)
    assert not list(tmp_path.iterdir())


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    assert settings.secret_key.get_secret_value() not in repr(settings)


def test_a_command_finds_the_parts_of_a_demonstration_that_runs_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = {"web": 18000, "mailbox": 18001, "login": 18002, "smtp": 18003, "broker": 18004}
    (tmp_path / "ports.json").write_text(json.dumps(ports))
    monkeypatch.setenv("LOKET_REDIS_URL", "redis://127.0.0.1:7/0")
    found = Settings(var=tmp_path)
    assert found.smtp_port == 18003
    assert found.oidc_accounts_issuer == "http://127.0.0.1:18002/accounts"
    assert found.public_url == "http://127.0.0.1:18000"
    assert found.redis_url == "redis://127.0.0.1:7/0"  # what is set counts
    (tmp_path / "ports.json").write_text("{")
    assert Settings(var=tmp_path).smtp_port == 2525
    assert Settings(**SAFE, var=tmp_path).smtp_host == "mail.example"

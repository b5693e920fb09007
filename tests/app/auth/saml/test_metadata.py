"""Our metadata: signed, the same for the same keys, with two certificates during a rollover."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding
from flask.testing import FlaskClient
from lxml import etree

from app.auth.saml.brokers import read_broker
from app.auth.saml.login import claims_of
from app.auth.saml.metadata import signed_metadata
from app.auth.saml.service import KeyPair, ServiceProvider
from app.auth.saml.signatures import signed, verified
from app.auth.saml.xml import SamlError, tag
from app.cli.doctor.saml import saml_findings
from app.cli.main import main
from app.demo.saml_keys import kept_pair
from processes.platform.settings import Settings, use_settings
from tests.app.auth.saml.broker import (
    BROKER,
    LOGS_IN_AT,
    TestBroker,
    metadata_of,
)


def certificates_in(metadata: etree._Element) -> list[str | None]:
    role = metadata.find(tag("md:SPSSODescriptor"))
    assert role is not None
    return [each.text for each in role.iter(tag("ds:X509Certificate"))]


def in_base64(pair: KeyPair) -> str:
    return b64encode(pair.certificate.public_bytes(Encoding.DER)).decode()


@pytest.fixture
def rolling(settings: Settings, saml_folder: Path, other_pair: KeyPair) -> Settings:
    key, certificate = kept_pair(saml_folder, "other")
    assert other_pair
    return settings.model_copy(update={"saml_next_key": key, "saml_next_certificate": certificate})


def test_the_page_serves_signed_metadata(client: FlaskClient, ours: ServiceProvider) -> None:
    page = client.get("/inloggen/saml/metadata")
    assert page.mimetype == "application/samlmetadata+xml"
    found = verified(etree.fromstring(page.data), [ours.pair.certificate])
    assert found.get("entityID") == ours.entity_id
    assert certificates_in(found) == [in_base64(ours.pair)]
    (role,) = found
    assert role.get("AuthnRequestsSigned") == role.get("WantAssertionsSigned") == "true"
    services = role.findall(tag("md:AssertionConsumerService"))
    assert {each.get("Location") for each in services} == {"http://localhost/inloggen/saml"}
    assert role.find(tag("md:NameIDFormat")) is None
    assert page.data == client.get("/inloggen/saml/metadata").data


def test_without_saml_there_is_no_metadata(client: FlaskClient, settings: Settings) -> None:
    without = settings.model_copy(update={"saml_key": None, "saml_brokers": {}})
    client.application.config["LOKET_SETTINGS"] = without
    assert client.get("/inloggen/saml/metadata").status_code == 404


def test_the_command_writes_the_same(settings: Settings) -> None:
    use_settings(settings)
    written = CliRunner().invoke(main, ["saml", "metadata"])
    assert (written.exit_code, written.stdout_bytes.strip()) == (0, signed_metadata(settings))


def test_a_rollover_shows_both_certificates_and_opens_with_both(
    rolling: Settings, ours: ServiceProvider, broker: TestBroker, other_pair: KeyPair
) -> None:
    both = certificates_in(etree.fromstring(signed_metadata(rolling)))
    assert both == [in_base64(ours.pair), in_base64(other_pair)]
    later = replace(broker, ours=replace(ours, pair=other_pair))
    response = later.response(is_closed=True)
    asked = broker.asked()
    with pytest.raises(SamlError):
        claims_of(response, asked)
    during = replace(asked, ours=replace(ours, next_pair=other_pair))
    assert claims_of(response, during)["acr"].endswith("loa3")


def test_the_commands_tell_of_brokers_whose_files_cannot_be_used(
    settings: Settings, tmp_path: Path, broker: TestBroker
) -> None:
    old = tmp_path / "old.xml"
    certificate = broker.pair.certificate
    old.write_bytes(metadata_of(LOGS_IN_AT, certificate, valid_until="2020-01-01T00:00:00Z"))
    files = settings.saml_brokers | {"Oud": str(old), "Weg": str(tmp_path / "none.xml")}
    ours = settings.model_copy(update={"saml_brokers": files})
    use_settings(ours)
    listed = CliRunner().invoke(main, ["saml", "brokers"])
    assert listed.exit_code == 1
    assert f"{BROKER}: urn:etoegang:HM:" in listed.stdout
    assert "was valid until 2020-01-01" in listed.stderr
    found = {finding.check: finding.says for finding in saml_findings(ours)}
    assert "valid until" in found["login saml"]
    assert "was valid until 2020-01-01" in found["login Oud"]
    assert "none.xml" in found["login Weg"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"EntityDescriptor", b"Other"),
        (b"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", b"urn:other"),
        (b"X509Certificate>", b"Other>"),
        (b"<md:EntityDescriptor", b"<!DOCTYPE x><md:EntityDescriptor"),
    ],
)
def test_metadata_that_lacks_something_is_refused(
    tmp_path: Path, broker_pair: KeyPair, old: bytes, new: bytes
) -> None:
    file = tmp_path / "metadata.xml"
    file.write_bytes(metadata_of(LOGS_IN_AT, broker_pair.certificate).replace(old, new))
    with pytest.raises(SamlError):
        read_broker("x", file)


@pytest.mark.parametrize("signer", ["broker", "other", None, "changed"])
def test_metadata_is_believed_when_one_of_the_certificates_signed_it(
    broker_pair: KeyPair, other_pair: KeyPair, tmp_path: Path, signer: str | None
) -> None:
    root = etree.fromstring(metadata_of(LOGS_IN_AT, broker_pair.certificate))
    root.set("ID", "_metadata")
    if signer is not None:
        pair = other_pair if signer == "other" else broker_pair
        root = signed(root, pair.key, pair.certificate)
    if signer == "changed":
        root.set("entityID", "urn:etoegang:HM:00000001234567890000:entities:0002")
    file, signers = tmp_path / "metadata.xml", tmp_path / "signers.pem"
    file.write_bytes(etree.tostring(root))
    signers.write_bytes(broker_pair.certificate.public_bytes(Encoding.PEM))
    if signer == "broker":
        assert read_broker("x", file, signers) == read_broker("x", file)
        return
    with pytest.raises(SamlError, match=r"signature|signed"):
        read_broker("x", file, signers)
    signers.write_text("nothing")
    with pytest.raises(SamlError, match="no certificates in PEM"):
        read_broker("x", file, signers)

"""An artifact is resolved over mutual TLS: the broker sees our certificate, we believe only its."""

import hashlib
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import (
    CertificateBuilder,
    IPAddress,
    Name,
    NameAttribute,
    SubjectAlternativeName,
    random_serial_number,
)
from cryptography.x509.oid import NameOID
from lxml import etree

from app.auth.saml.artifact import ClientCertificate, resolved
from app.auth.saml.xml import NAMESPACES, SamlError
from app.demo.saml_keys import kept_pair
from app.demo.saml_messages import artifact_response
from processes.base import now
from tests.app.auth.saml.broker import ENTITY, TestBroker

HANDLE = b"\x00\x04\x00\x03" + hashlib.sha1(ENTITY.encode(), usedforsecurity=False).digest()
ARTIFACT = b64encode(HANDLE + bytes(20)).decode()
ADDRESS = "127.0.0.1"


@pytest.fixture
def seen() -> list[str]:
    """The names in the certificates that the broker was shown."""
    return []


@pytest.fixture
def resolver(
    broker: TestBroker, saml_folder: Path, tmp_path: Path, seen: list[str]
) -> Iterator[str]:
    """The address of a broker that asks for the certificate `tls` and no other."""

    class Resolves(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            connection: Any = self.connection
            subject = dict(pair[0] for pair in connection.getpeercert()["subject"])
            seen.append(subject["commonName"])
            asked = etree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
            (request_id,) = asked.xpath(".//samlp:ArtifactResolve/@ID", namespaces=NAMESPACES)
            body = artifact_response(broker.sender, request_id, broker.response())
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_facts: Any) -> None:
            """Say nothing."""

    class Quiet(HTTPServer):
        def handle_error(self, *_facts: Any) -> None:
            """A handshake that failed is what some tests want."""

    _key, trusted = kept_pair(saml_folder, "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate(tmp_path))
    context.load_verify_locations(trusted)
    context.verify_mode = ssl.CERT_REQUIRED
    server = Quiet((ADDRESS, 0), Resolves)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"https://{ADDRESS}:{server.server_port}/artifact"
    server.shutdown()
    server.server_close()
    thread.join()


def own_certificate(folder: Path) -> Path:
    """A file with the key and the certificate of a server at this address."""
    key = rsa.generate_private_key(65537, 2048)
    name = Name([NameAttribute(NameOID.COMMON_NAME, "makelaar")])
    certificate = (
        CertificateBuilder(name, name, key.public_key(), random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(SubjectAlternativeName([IPAddress(ip_address(ADDRESS))]), critical=False)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return file


def ask(broker: TestBroker, address: str, folder: Path, name: str | None) -> str | None:
    """The id of the response behind the artifact, asked with the certificate of this name."""
    key, certificate = kept_pair(folder, name) if name else (None, None)
    tls = ClientCertificate(certificate, key) if key and certificate else None
    known = replace(broker.asked().broker, resolves_at={3: address})
    return resolved(ARTIFACT, broker.ours, known, tls).get("InResponseTo")


def test_the_broker_is_shown_our_certificate(
    broker: TestBroker,
    resolver: str,
    saml_folder: Path,
    tmp_path: Path,
    seen: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "server.pem"))
    assert ask(broker, resolver, saml_folder, "tls") == "_request"
    assert seen == ["tls"]


@pytest.mark.parametrize("name", [None, "another-tls"])
def test_without_the_certificate_that_it_asks_for_nothing_is_resolved(
    broker: TestBroker,
    resolver: str,
    saml_folder: Path,
    tmp_path: Path,
    seen: list[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str | None,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "server.pem"))
    with pytest.raises(SamlError, match="cannot be reached"):
        ask(broker, resolver, saml_folder, name)
    assert seen == []


def test_a_broker_whose_certificate_nobody_vouches_for_is_not_asked(
    broker: TestBroker, resolver: str, saml_folder: Path, seen: list[str]
) -> None:
    with pytest.raises(SamlError, match="cannot be reached"):
        ask(broker, resolver, saml_folder, "tls")
    assert seen == []

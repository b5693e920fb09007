"""Connections to a broker stay open between logins, and nothing else of a login does."""

import hashlib
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from lxml import etree

from app.auth.saml import artifact
from app.auth.saml.artifact import resolved
from app.auth.saml.xml import NAMESPACES
from app.demo.saml_messages import artifact_response
from tests import patience
from tests.app.auth.saml.broker import ENTITY, TestBroker

ISSUER = hashlib.sha1(ENTITY.encode(), usedforsecurity=False).digest()
ARTIFACT = b64encode(b"\x00\x04\x00\x03" + ISSUER + bytes(20)).decode()


@dataclass
class Resolver:
    """A broker over HTTP, and what it saw: the port of each request, and its cookies."""

    address: str = ""
    ports: list[int] = field(default_factory=list)
    cookies: list[str | None] = field(default_factory=list)
    closes: bool = False
    closed: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def resolver(broker: TestBroker) -> Iterator[Resolver]:
    seen = Resolver()

    class Resolves(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            seen.ports.append(self.client_address[1])
            seen.cookies.append(self.headers.get("Cookie"))
            asked = etree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
            (request_id,) = asked.xpath(".//samlp:ArtifactResolve/@ID", namespaces=NAMESPACES)
            body = artifact_response(broker.sender, request_id, broker.response())
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Set-Cookie", "seen=before; Path=/")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = seen.closes  # without a word of it

        def log_message(self, *_facts: Any) -> None:
            """Say nothing."""

    class Tells(ThreadingHTTPServer):
        def shutdown_request(self, request: Any) -> None:
            super().shutdown_request(request)
            seen.closed.set()

    server = Tells(("127.0.0.1", 0), Resolves)
    seen.address = f"http://127.0.0.1:{server.server_port}/artifact"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield seen
    artifact.connections().close()  # else the server's thread waits for a next request
    server.shutdown()
    server.server_close()
    thread.join()


def ask(broker: TestBroker, at: Resolver) -> str | None:
    known = replace(broker.asked().broker, resolves_at={3: at.address})
    return resolved(ARTIFACT, broker.ours, known, None).get("InResponseTo")


def test_the_next_login_goes_over_the_same_connection(
    broker: TestBroker, resolver: Resolver
) -> None:
    assert [ask(broker, resolver) for _ in range(3)] == ["_request"] * 3
    assert len(set(resolver.ports)) == 1


def test_cookies_of_a_broker_are_not_kept(broker: TestBroker, resolver: Resolver) -> None:
    ask(broker, resolver)
    ask(broker, resolver)
    assert resolver.cookies == [None, None]


def test_a_connection_that_the_broker_closed_is_opened_anew(
    broker: TestBroker, resolver: Resolver
) -> None:
    resolver.closes = True
    for _ in range(3):
        resolver.closed.clear()
        assert ask(broker, resolver) == "_request"
        assert resolver.closed.wait(timeout=patience.SECONDS)
    assert len(set(resolver.ports)) == 3

"""A real HTTP server that receives webhooks: it remembers requests, and answers as it is told."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """What arrived."""

    path: str
    headers: Mapping[str, str]  # by their names in lower case
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Reply:
    """What to answer; `body` may come in parts."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterator[bytes] = b""


@dataclass
class Receiver:
    """The requests so far, and how the next is answered."""

    port: int = 0
    scheme: str = "http"
    requests: list[Request] = field(default_factory=list)
    reply: Callable[[Request], Reply] = lambda _request: Reply()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}/haak?soort=proef"

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer everything from now on with this."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.reply = lambda _request: Reply(status, named, body)


@contextmanager
def receiver(certificate: tuple[str, str] | None = None) -> Iterator[Receiver]:
    """A receiver on this machine; with a certificate and its key (files), over TLS."""
    made = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        made.scheme = "https"
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(made: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, named, body)
            made.requests.append(request)
            reply = made.reply(request)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for part in [reply.body] if isinstance(reply.body, bytes) else reply.body:
                    self.wfile.write(part)
            except OSError:
                self.close_connection = True  # the other side has hung up

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler

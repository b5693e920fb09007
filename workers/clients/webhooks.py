"""Posts a webhook: to the address that was judged, without redirects, within limits.

The host is resolved once. Who is connected to is one of the addresses that were judged then, so a
name that changes in between (DNS rebinding) leads nowhere else.
"""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException

from processes.base import now
from processes.engine.registry import UnavailableError
from processes.webhooks.destinations import (
    Destination,
    IpAddress,
    NameUnknownError,
    addresses_of,
    destination,
)
from processes.webhooks.models import Trouble

CONNECT = 5.0  # seconds, for each address of a host
PATIENCE = 15.0  # seconds for the whole of one attempt
LARGEST_ANSWER = 64_000  # bytes
LONGEST_PAUSE = timedelta(hours=24)
"""A receiver may ask to be left alone for so long (Retry-After)."""


class NotDeliveredError(UnavailableError):
    """There was no answer; there may be later."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True)
class Answer:
    """The answer of a receiver; of a long body nothing."""

    status: int
    content_type: str
    body: bytes | None
    length: int  # of the body, as far as it was read
    retry_after: timedelta | None

    @property
    def is_success(self) -> bool:
        return self.status // 100 == 2  # noqa: PLR2004 - RFC 9110, §15.3


def post(
    url: str, headers: Mapping[str, str], body: bytes, *, patience: float = PATIENCE
) -> Answer:
    """Post this body. Raises NotDeliveredError, PrivateNetworkError, BadAddressError."""
    found = destination(url)
    try:
        addresses = addresses_of(found)
    except NameUnknownError as error:
        raise NotDeliveredError(Trouble.NAME_UNKNOWN) from error
    line = _Line()
    try:
        with line.open(found, addresses, patience):
            return _asked(line, found, headers, body)
    except ssl.SSLCertVerificationError as error:
        raise NotDeliveredError(Trouble.CERTIFICATE) from error
    except (OSError, HTTPException, ValueError) as error:
        is_late = isinstance(error, TimeoutError) or line.is_over
        raise NotDeliveredError(Trouble.TIMEOUT if is_late else Trouble.NO_ANSWER) from error


class _Line:
    """The connection, which is cut when the time for the whole attempt is over.

    A time-out of the socket alone bounds the silence between two bytes, not all of them together.
    """

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.is_over = False

    @contextmanager
    def open(
        self, found: Destination, addresses: list[IpAddress], patience: float
    ) -> Iterator[None]:
        """Connect to one of these addresses; the certificate must be that of the host."""
        timer = threading.Timer(patience, self._cut)
        timer.daemon = True
        timer.start()
        try:
            plain = _connected(addresses, found.port, patience)
            self._take(plain)
            if found.scheme == "https":
                secured = _trusted().wrap_socket(
                    plain, server_hostname=found.host, do_handshake_on_connect=False
                )
                self._take(secured)
                secured.do_handshake()
            yield
        finally:
            timer.cancel()
            if self.socket is not None:
                self.socket.close()

    def _take(self, opened: socket.socket) -> None:
        """From here on it can be cut; raises TimeoutError where the time was over before."""
        self.socket = opened
        if self.is_over:
            raise TimeoutError

    def _cut(self) -> None:
        self.is_over = True
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


def _connected(addresses: list[IpAddress], port: int, patience: float) -> socket.socket:
    """A connection to the first of these that answers. Raises OSError of the last."""
    failure = OSError("no address")
    for address in addresses:
        try:
            connected = socket.create_connection((str(address), port), min(CONNECT, patience))
        except OSError as error:
            failure = error
        else:
            connected.settimeout(patience)
            return connected
    raise failure


def _asked(line: _Line, found: Destination, headers: Mapping[str, str], body: bytes) -> Answer:
    connection = HTTPConnection(found.host, found.port)
    connection.sock = line.socket
    named = {"Host": found.authority, "Accept": "application/json", "Connection": "close"}
    connection.request("POST", found.path, body, {**named, **headers})
    with connection.getresponse() as response:
        text = response.read(LARGEST_ANSWER + 1)
        if line.is_over:
            raise TimeoutError
        return Answer(
            response.status,
            response.headers.get_content_type(),
            text if len(text) <= LARGEST_ANSWER else None,
            len(text),
            _retry_after(response.headers.get("Retry-After", "")),
        )


def _retry_after(text: str) -> timedelta | None:
    """Seconds, or a date (RFC 9110, §10.2.3); at most a day."""
    text = text.strip()
    try:
        if text.isascii() and text.isdigit():
            asked = timedelta(seconds=int(text[:9]))
        else:
            moment = parsedate_to_datetime(text)
            asked = moment.astimezone(UTC) - now()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(asked, timedelta(0)), LONGEST_PAUSE)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities of this machine (SSL_CERT_FILE names others) and those of Mozilla."""
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context

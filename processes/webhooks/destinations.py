"""Where a webhook may go: https, no private network; the name is resolved and judged each time."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import idna

from processes.platform.settings import Profile, current_settings

LONGEST = 500  # characters of an address
PORTS = {"https": 443, "http": 80}
LOCAL_NAMES = (".local", ".internal", ".localhost", ".home.arpa")

NO_ADDRESS = "Dit is geen webadres."
NO_HTTPS = "Het adres begint met https://."
TOO_MUCH = "Een naam, een wachtwoord of een # mag niet in het adres staan."
ODD_PATH = "Schrijf andere tekens dan letters en cijfers in het pad als %-code."
ODD_HOST = "De naam van de computer in het adres klopt niet."
PRIVATE = "Dit adres is van een besloten netwerk. Daar stuurt Loket niets heen."

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddressError(ValueError):
    """Webhooks may not go to such an address; the text says why, in Dutch."""


class NameUnknownError(Exception):
    """The host has no address now."""


class PrivateNetworkError(Exception):
    """The host is at an address that is not on the public internet."""


@dataclass(frozen=True)
class Destination:
    """An address in its parts; `host` in ASCII, as the certificate and the request have it."""

    scheme: str
    host: str
    port: int
    path: str  # with its query

    @property
    def authority(self) -> str:
        """The host as the request names it, with the port where that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def destination(url: str) -> Destination:
    """The parts of an address that may be kept. Raises BadAddressError.

    http is for this machine alone, in the demonstration.
    """
    parts = _parts(url)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadAddressError(TOO_MUCH)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_demonstration()):
        raise BadAddressError(NO_HTTPS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise BadAddressError(ODD_PATH)
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    found = Destination(parts.scheme, _host(parts.hostname or ""), port, path)
    _refuse_what_is_seen(found)
    return found


def addresses_of(found: Destination) -> list[IpAddress]:
    """What the host resolves to now; each may be connected to, or none is.

    Raises NameUnknownError, PrivateNetworkError.
    """
    try:
        told = socket.getaddrinfo(found.host, found.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameUnknownError(found.host) from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(each[4][0]) for each in told))
    if not addresses:
        raise NameUnknownError(found.host)
    if not all(_is_allowed(each, found.scheme) for each in addresses):
        raise PrivateNetworkError(found.host)
    return addresses


def is_public(address: IpAddress) -> bool:
    """Whether this is one machine on the public internet, not by way of a translation either."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    return not (address.is_site_local or address.sixtofour or address.teredo or address.ipv4_mapped)


def _is_allowed(address: IpAddress, scheme: str) -> bool:
    if address.is_loopback:
        return _is_demonstration()
    return scheme == "https" and is_public(address)


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST or not url.isprintable() or " " in url:
        raise BadAddressError(NO_ADDRESS)
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise BadAddressError(NO_ADDRESS) from None
    if not is_whole:
        raise BadAddressError(NO_ADDRESS)
    return parts


def _host(host: str) -> str:
    if _is_literal(host):
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise BadAddressError(ODD_HOST) from None


def _refuse_what_is_seen(found: Destination) -> None:
    """Refuse at once what a look at the text tells; the rest is judged when it is sent."""
    is_local = found.host == "localhost" or found.host.endswith(LOCAL_NAMES)
    literal = ipaddress.ip_address(found.host) if _is_literal(found.host) else None
    is_here = found.host == "localhost" or (literal is not None and literal.is_loopback)
    if is_here and _is_demonstration():
        return
    if is_local or (literal is not None and not is_public(literal)):
        raise BadAddressError(PRIVATE)
    if found.scheme == "http":
        raise BadAddressError(NO_HTTPS)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_demonstration() -> bool:
    return current_settings().profile is Profile.DEMO

"""What production refuses in the settings: all that is only safe on one's own machine."""

import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SHORTEST_SECRET = 32
SHORTEST_CREDENTIAL = 16  # of what two machines know of each other
FEWEST_CHARACTERS = 8  # different ones; "xxxx…" is long and yet weak
SHORTEST_REPEAT = 8  # characters; by chance a random text may end with fewer of its first ones
CREDENTIALS = ("metrics_token",)
ASKED_AT = ("SingleSignOnService", "ArtifactResolutionService")  # in the metadata of a broker
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})  # sslmode of libpq


def production_faults(settings: Any) -> list[str]:
    """All that is unsafe in these `Settings`, a sentence each; production refuses to start."""
    return [*_weak(settings), *_low(settings), *_unencrypted(settings), *_demonstration(settings)]


def _weak(settings: Any) -> Iterator[str]:
    secret = settings.secret_key.get_secret_value()
    if not secret:
        yield "LOKET_SECRET_KEY is needed in production: openssl rand -base64 48 makes one"
    elif not _is_strong(secret, SHORTEST_SECRET):
        yield _too_weak("secret_key", SHORTEST_SECRET)
    before = settings.secret_key_before
    if before is not None and not _is_strong(before.get_secret_value(), SHORTEST_SECRET):
        yield f"{_too_weak('secret_key_before', SHORTEST_SECRET)}; what it signed is believed"
    of_clients = [f"{client}_client_secret" for client in settings.oidc_clients]
    for name in (*of_clients, *CREDENTIALS):
        given = getattr(settings, name)
        if given is not None and not _is_strong(given.get_secret_value(), SHORTEST_CREDENTIAL):
            yield _too_weak(name, SHORTEST_CREDENTIAL)


def _is_strong(secret: str, least: int) -> bool:
    is_varied = len(set(secret)) >= FEWEST_CHARACTERS
    return is_varied and len(secret) >= least and len(_repeated(secret)) >= least


def _repeated(secret: str) -> str:
    """The text that this one repeats, begun again at its end or not; itself where it does not."""
    length = len(secret)
    sizes = range(1, length - SHORTEST_REPEAT + 1)
    return next(
        (secret[:size] for size in sizes if secret[size:] == secret[: length - size]), secret
    )


def _too_weak(name: str, least: int) -> str:
    return (
        f"LOKET_{name.upper()} must have at least {least} characters in production, "
        "and not the same few again and again: openssl rand -base64 48 makes one"
    )


def _low(settings: Any) -> Iterator[str]:
    if settings.minimum_loa == "loa2":
        yield "LOKET_MINIMUM_LOA is loa2 (EH2): the register asks loa2plus (EH2+) or higher"
    if not settings.is_https:
        yield "LOKET_PUBLIC_URL must be an https address in production"
    elif not _is_an_address(settings.public_url):
        yield (
            "LOKET_PUBLIC_URL must be what users type: https:// and a host name, "
            "without a user, ? or #, and not this machine alone"
        )
    if settings.hosts > 1 and settings.database_url.startswith("sqlite"):
        yield (
            "LOKET_DATABASE_URL is SQLite, which serves one host, and LOKET_HOSTS says "
            f"{settings.hosts}: use PostgreSQL"
        )
    if os.environ.get("FLASK_DEBUG", "0").lower() not in {"", "0", "false", "no"}:
        yield "FLASK_DEBUG shows source code to visitors: remove it in production"


def _is_an_address(url: str) -> bool:
    """Whether an https address leads to one host that others reach, and has nothing else in it."""
    parts = urlsplit(url)
    try:
        return (
            _is_elsewhere(parts.hostname or "", set())
            and parts._replace(
                netloc=parts.netloc.rpartition("@")[2], query="", fragment=""
            ).geturl()
            == url
            and parts.port != 0
        )
    except ValueError:  # no port
        return False


def _unencrypted(settings: Any) -> Iterator[str]:
    """What travels to another host where others can read or change it."""
    private = {host.strip() for host in settings.private_hosts.split(",")}
    of_legacy = settings.legacy_url.get_secret_value() if settings.legacy_url else ""
    for name, url in (("DATABASE_URL", settings.database_url), ("LEGACY_URL", of_legacy)):
        if url.startswith("postgresql") and _travels_open(url, private):
            yield (
                f"LOKET_{name} reaches another host without TLS: add ?sslmode=verify-full "
                "(or name the host in LOKET_PRIVATE_HOSTS)"
            )
    if _is_elsewhere(_scanner_host(settings.clamd_address or ""), private):
        yield (
            "LOKET_CLAMD_ADDRESS is another host, and ClamAV knows no TLS: files would go in the "
            "open (or name the host in LOKET_PRIVATE_HOSTS)"
        )
    broker = urlsplit(settings.redis_url)
    if broker.scheme == "redis" and _is_elsewhere(broker.hostname or "", private):
        yield (
            "LOKET_REDIS_URL reaches another host without TLS: use rediss:// "
            "(or name the host in LOKET_PRIVATE_HOSTS)"
        )
    if not settings.smtp_starttls and _is_elsewhere(settings.smtp_host, private):
        yield (
            "LOKET_SMTP_HOST is another host and LOKET_SMTP_STARTTLS is off: e-mail would go "
            "without TLS (or name the host in LOKET_PRIVATE_HOSTS)"
        )
    if settings.kvk_api_url and not settings.kvk_api_url.startswith("https://"):
        yield "LOKET_KVK_API_URL must be an https address in production"


def _travels_open(url: str, private: set[str]) -> bool:
    """Whether a URL of PostgreSQL may lead to another host without TLS, as libpq reads it.

    In `?host=` a socket may stand, which is on this machine; a service names a host elsewhere.
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    named = [parts.netloc.rpartition("@")[2], *asked.get("host", []), *asked.get("hostaddr", [])]
    hosts = [_host(each) for name in named for each in name.split(",")]
    is_elsewhere = "service" in asked or any(_is_elsewhere(host, private) for host in hosts)
    return is_elsewhere and asked.get("sslmode", [""])[-1] not in ENCRYPTED


def _host(written: str) -> str:
    """Of host:port the host; an address of IPv6 may stand between brackets, or by itself."""
    if written.startswith("["):
        return written[1:].partition("]")[0]
    return written if written.count(":") > 1 else written.partition(":")[0]


def _scanner_host(address: str) -> str:
    return "" if address.startswith("/") else _host(address)


def _is_elsewhere(host: str, private: set[str]) -> bool:
    if host in {"", "localhost"} | private or host.startswith("/"):
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


def _demonstration(settings: Any) -> Iterator[str]:
    for name in settings.oidc_clients:
        if getattr(settings, f"{name}_client_secret").get_secret_value().startswith("demo-"):
            yield f"LOKET_{name.upper()}_CLIENT_SECRET must be set in production"
        if not getattr(settings, f"{name}_issuer").startswith("https://"):
            yield f"LOKET_{name.upper()}_ISSUER must be an https address in production"
    if settings.saml_brokers:
        yield from _unsafe_brokers(settings)
    if not settings.smtp_host.strip():
        yield "LOKET_SMTP_HOST names no mail server"
    if (settings.smtp_host, settings.smtp_port) == ("127.0.0.1", 2525):
        yield (
            "LOKET_SMTP_HOST and LOKET_SMTP_PORT name the mailbox of the demonstration: "
            "name a mail server"
        )


def _unsafe_brokers(settings: Any) -> Iterator[str]:
    """SAML as the demonstration has it: its entity ID, and a broker that is reached without TLS."""
    if settings.saml_entity_id == type(settings).model_fields["saml_entity_id"].default:
        yield "LOKET_SAML_ENTITY_ID must be the EntityID under which brokers know the portal"
    for name, file in settings.saml_brokers.items():
        if not all(address.startswith("https://") for address in _addresses(Path(file))):
            yield f"LOKET_SAML_BROKERS: {name} must be reached at https addresses in production"


def _addresses(metadata: Path) -> list[str]:
    """Where this broker logs in and resolves; none of a file that cannot be read, nor used."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(metadata.read_bytes(), parser)
    except (OSError, etree.XMLSyntaxError):
        return []
    return [each.get("Location", "") for kind in ASKED_AT for each in root.iter(f"{{*}}{kind}")]

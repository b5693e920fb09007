"""Diagnoses the systems around Loket: broker, mail server, login providers, disk."""

import shutil
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import redis
import requests

from app.cli.doctor.findings import Finding, warning, well, wrong
from processes.platform.settings import Profile, Settings, production_faults
from processes.reading.json_text import read_json
from workers.clients.virus_scanner import ScannerAwayError, Verdict, scan

EXAMPLES = ("mail_from", "security_contact")  # addresses that nobody has
PATIENCE = 5.0  # seconds for each answer
GIGABYTE = 1024**3


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """Settings that production refuses, or that are unwise."""
    is_production = settings.profile is Profile.PRODUCTION
    if not is_production:
        says = "LOKET_PROFILE is demo: for trying out, with a login that anybody can use"
        yield warning("profile", says, "LOKET_PROFILE=production, and mend what follows")
    tell, faults = (wrong if is_production else warning), production_faults(settings)
    for fault in faults:
        yield tell("settings", fault, "docs/operate/settings.md names every setting")
    if not faults:
        yield well("settings", "nothing that is only for trying out")
    if settings.is_https and not settings.trusted_proxies:
        says = "LOKET_TRUSTED_PROXIES is 0, so every visitor seems to come from the proxy"
        yield warning("proxy", says, "the number of proxies that set X-Forwarded-For, mostly 1")
    if is_production and not settings.kvk_api_url:
        says = "LOKET_KVK_API_URL is not set: only the published test companies are known"
        yield warning("trade register", says, "set LOKET_KVK_API_URL and LOKET_KVK_API_KEY")
    for name in EXAMPLES if is_production else ():
        if (given := getattr(settings, name)) == Settings.model_fields[name].default:
            says = f"LOKET_{name.upper()} is the example's: {given}"
            yield warning("settings", says, "an address of yours that somebody reads")


def broker_findings(settings: Settings) -> Iterator[Finding]:
    """Whether the broker answers, persists its data, and evicts nothing."""
    client = redis.Redis.from_url(
        settings.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    with closing(client):
        try:
            client.ping()
        except redis.RedisError as error:
            says = f"no answer from {_place(settings.redis_url)} ({_kind(error)})"
            mend = "start Valkey or Redis, or mend LOKET_REDIS_URL; until then jobs are slower"
            yield wrong("broker", says, mend)
            return
        yield well("broker", "answers")
        yield from _broker_settings(client)


def _broker_settings(client: "redis.Redis") -> Iterator[Finding]:
    wanted = {"appendonly": "yes", "maxmemory-policy": "noeviction"}
    for name, value in wanted.items():
        try:
            found = cast("dict[str, Any]", client.config_get(name)).get(name)
        except redis.RedisError:
            says = f"does not say what {name} is"
            yield warning("broker", says, f"ask its owner for {name} {value}")
            continue
        if found == value:
            yield well("broker", f"{name} is {value}")
        else:
            says = f"{name} is {found}: wake-ups may be lost, which costs seconds, no work"
            yield warning("broker", says, f"{name} {value} in its configuration")


def mail_findings(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server answers, its encryption and the login; nothing is sent."""
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=PATIENCE) as server:
            server.ehlo()
            yield from _encryption(server, settings)
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            yield well("mail", f"{place} answers")
    except ssl.SSLError as error:
        says = f"{place} has a certificate that cannot be trusted ({_kind(error)})"
        yield wrong("mail", says, "a certificate for that name, or the name in the certificate")
    except smtplib.SMTPAuthenticationError:
        yield wrong("mail", f"{place} refuses the account", "LOKET_SMTP_USER, LOKET_SMTP_PASSWORD")
    except (OSError, smtplib.SMTPException) as error:
        says = f"no answer from {place} ({_kind(error)})"
        yield wrong("mail", says, "LOKET_SMTP_HOST, LOKET_SMTP_PORT, and the way to it")


def _encryption(server: smtplib.SMTP, settings: Settings) -> Iterator[Finding]:
    if settings.smtp_starttls:
        if not server.has_extn("starttls"):
            says = "the mail server offers no STARTTLS, and LOKET_SMTP_STARTTLS asks for it"
            yield wrong("mail", says, "another port (587), or a mail server that encrypts")
            return
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
        yield well("mail", "encrypted, with a certificate that is checked")
    elif not _is_this_machine(settings.smtp_host):
        says = "LOKET_SMTP_STARTTLS is off: anybody in between can read and change the mail"
        yield warning("mail", says, "LOKET_SMTP_STARTTLS=true")


def login_findings(settings: Settings) -> Iterator[Finding]:
    """Whether both login providers serve discovery documents with the issuer that we know."""
    for name in settings.oidc_clients:
        issuer = getattr(settings, f"{name}_issuer")
        yield _issuer(f"login {name.removeprefix('oidc_')}", issuer, f"LOKET_{name.upper()}_ISSUER")


def _issuer(check: str, issuer: str, variable: str) -> Finding:
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        response = requests.get(address, timeout=PATIENCE, allow_redirects=False)
        response.raise_for_status()
        said = read_json(response.content)
    except (requests.RequestException, ValueError) as error:
        return wrong(check, f"{address} gives no discovery document ({_kind(error)})", variable)
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        return wrong(check, f"{address} speaks for another issuer", f"{variable}, to the letter")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    addresses = [str(said.get(each, "")) for each in needed]
    if issuer.startswith("https://") and not all(url.startswith("https://") for url in addresses):
        return wrong(check, f"{issuer} names addresses without https", "ask its owner")
    return well(check, f"{issuer} answers")


def scanner_findings(settings: Settings) -> Iterator[Finding]:
    """Whether the virus scanner of uploaded files looks at what it is given."""
    try:
        verdict = scan(settings, b"Loket")
    except ScannerAwayError:
        says = f"no clamd answers at {settings.clamd_address}"
        mend = "start clamd, or mend LOKET_CLAMD_ADDRESS; until then no file is taken"
        yield wrong("virus scanner", says, mend)
        return
    if verdict is not Verdict.NOT_SCANNED:
        yield well("virus scanner", "looks at uploaded files")
    elif settings.profile is Profile.PRODUCTION:
        says = "LOKET_CLAMD_ADDRESS is not set: uploaded files are not scanned"
        yield warning("virus scanner", says, "run ClamAV's clamd, and name it there")


def disk_findings(settings: Settings) -> Iterator[Finding]:
    """Free space on this machine; a database host elsewhere is not seen."""
    folder = next(each for each in [settings.var, *settings.var.resolve().parents] if each.exists())
    free = shutil.disk_usage(folder).free / GIGABYTE
    says = f"{free:.1f} GB free at {Path(folder).resolve()}"
    if free < 0.2:  # noqa: PLR2004 - SQLite's own log and a backup no longer fit
        yield wrong("disk", says, "make room")
    elif free < 1:
        yield warning("disk", says, "make room soon")
    else:
        yield well("disk", says)


def _is_this_machine(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _place(url: str) -> str:
    """Host and port of an address, without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _kind(error: Exception) -> str:
    """The kind of failure: its text may hold addresses or passwords."""
    return type(error).__name__

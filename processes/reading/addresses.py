"""Addresses of mail and web pages: what a form takes, a mailer writes, a browser opens."""

import re
from email.headerregistry import Address
from functools import lru_cache
from urllib.parse import urlsplit

import idna

from processes.reading.characters import apostrophes, hyphens, seen

LONGEST_EMAIL = 254  # RFC 5321 erratum 1690
LONGEST_URL = 500
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
BRACKETS = re.compile(r"[^<>@]*<([^<>]*)>[;,.]?")  # Noor de Wit <noor@bedrijf.nl>;
MAIL_SCHEME = re.compile(r"^(?:e-?mail(?:adres)?:|mailto:)\s*", re.IGNORECASE)
QUOTES = "\"'\u2018\u2019\u201c\u201d\u201e "
TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")


class NoAddressError(ValueError):
    """It is no address, or none that can be used."""


def pasted(text: str) -> str:
    """The address in what somebody pasted: of Outlook, a web page, or the end of a sentence."""
    plain = seen(text).strip()
    if found := BRACKETS.fullmatch(plain):
        plain = found[1]
    return MAIL_SCHEME.sub("", plain.strip(QUOTES)).rstrip(";,.").strip()


def email_of(text: str) -> str:
    """One e-mail address, normalized. Raises NoAddressError."""
    return _email(text)[0]


def typed_email(text: str) -> str:
    """The address that somebody pasted, normalized; word processors write other hyphens in it.

    Raises NoAddressError.
    """
    return email_of(apostrophes(hyphens(pasted(text))))


def ascii_email(text: str) -> str:
    """The address as it stands in a message, its domain in IDNA. Raises NoAddressError."""
    return _email(text)[1]


def _email(text: str) -> tuple[str, str]:
    # With the first address: its patterns take as long to compile as a hundred modules to load.
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            seen(text).strip(), check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        raise NoAddressError(str(error)) from error
    written = found.ascii_email or ""
    is_whole = 0 < len(written) <= LONGEST_EMAIL and TOP.fullmatch(written.rpartition(".")[2])
    if not is_whole or not _can_be_written(written):
        message = "this address does not survive being written in a message"
        raise NoAddressError(message)
    return found.normalized, written


def _can_be_written(address: str) -> bool:
    """RFC 5322 allows a local part that looks like an encoded word (RFC 2047); no mailer does."""
    if "=?" in address:
        return False
    try:
        return str(Address(addr_spec=address)) == address
    except (ValueError, IndexError, LookupError):
        return False


def web_address(text: str) -> str:
    """The address of a page, with http or https before it. Raises NoAddressError."""
    text = seen(text).strip()
    address = text if "://" in text else f"https://{text}"
    scheme, _, rest = address.partition("://")  # a word processor writes hyphens that do not break
    host, slash, page = rest.partition("/")
    address = f"{scheme}://{hyphens(host)}{slash}{page}"
    if len(address) > LONGEST_URL or re.search(r"[\s\\\"<>^`{|}]", address):
        raise NoAddressError
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise NoAddressError from error
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        raise NoAddressError
    if not _is_host(parts.hostname or ""):
        raise NoAddressError
    return address


@lru_cache(maxsize=512)  # the pages of a company are on one host
def _is_host(name: str) -> bool:
    """Labels that are not empty (RFC 1035 \u00a72.3.4), and a top-level domain of letters."""
    try:
        host = idna.encode(name, uts46=True).decode() if name else ""
    except (idna.IDNAError, UnicodeError):
        return False
    labels = host.split(".")
    is_named = len(labels) > 1 and all(LABEL.fullmatch(each) for each in labels)
    return is_named and bool(TOP.fullmatch(labels[-1]))

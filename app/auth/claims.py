"""Validates the claims of a login, by OIDC or by SAML; unexpected claims are refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.web.access import Role
from processes.platform.levels import level_of
from processes.reading.addresses import NoAddressError, email_of

LEGAL_SUBJECT = "urn:etoegang:core:LegalSubjectID"
LEGAL_SUBJECT_TYPE = "namequalifier"
KVK_TYPE = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
RSIN_TYPE = "urn:etoegang:1.9:EntityConcernedID:RSIN"
ACTING_SUBJECT = "urn:etoegang:core:ActingSubjectID"
COMPANY = "urn:etoegang:1.11:attribute-represented:CompanyName"
BRANCH = "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"
INTERMEDIARY = "urn:etoegang:core:IntermediateSubjectID"
SERVICE_ID = "urn:etoegang:core:ServiceID"
SERVICE_UUID = "urn:etoegang:core:ServiceUUID"
RESTRICTION = ":ServiceRestriction:"
LONGEST_SUBJECT = 255
LONGEST_COMPANY = 200  # characters (B5)


class OddClaimsError(Exception):
    """A claim of the login provider is missing or malformed."""


class NoKvkNumberError(Exception):
    """The company logged in with another identifier than a KvK number (R72)."""


@dataclass(frozen=True)
class ActingEmployee:
    """The claims of eHerkenning: company, opaque pseudonym, level, perhaps a branch (R3)."""

    kvk: str
    company: str | None
    subject: str
    level: str | None
    branch: str | None
    intermediary: str | None
    rsin: str | None = None


@dataclass(frozen=True)
class Account:
    """The claims of the issuer for teachers and staff."""

    subject: str
    name: str
    roles: frozenset[Role]
    email: str | None = None


def acting_employee(claims: Mapping[str, Any]) -> ActingEmployee:
    """The employee in eHerkenning's claims. Raises OddClaimsError, NoKvkNumberError."""
    # A mandate limited in a way that we cannot respect is no mandate for the whole company (R55).
    if any(RESTRICTION in name and name != BRANCH for name in claims):
        message = "a restriction of the mandate that is not known here"
        raise OddClaimsError(message)
    return ActingEmployee(
        kvk=_kvk(claims),
        company=_company(claims.get(COMPANY)),
        subject=_subject(claims.get(ACTING_SUBJECT) or claims.get("sub")),
        level=level_of(claims.get("acr")),
        branch=_digits(claims.get(BRANCH), 12, "branch"),
        intermediary=_digits(claims.get(INTERMEDIARY), 8, "intermediary"),
        rsin=_digits(claims.get(RSIN_TYPE), 9, "rsin"),
    )


def authenticated_at(claims: Mapping[str, Any]) -> datetime | None:
    """When the user showed who they are, as the provider says; its form was checked before."""
    at = claims.get("auth_time")
    return None if at is None else datetime.fromtimestamp(at, UTC)


def short_text(claims: Mapping[str, Any], name: str) -> str | None:
    """A text among the claims that names something at the provider (`sid`, `sub`, `jti`)."""
    given = claims.get(name)
    return given if isinstance(given, str) and 0 < len(given) <= LONGEST_SUBJECT else None


def check_service(claims: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    """Raises OddClaimsError when the mandate is for another service than ours.

    `expected` holds what the settings say by name of the claim, empty where they say nothing; a
    broker need not name the service.
    """
    for name, ours in expected.items():
        if ours and claims.get(name) not in (None, ours):
            raise OddClaimsError(name)


def account(claims: Mapping[str, Any]) -> Account:
    """The account of a teacher or staff member; never a provider. Raises OddClaimsError."""
    given = claims.get("roles")
    names = given if isinstance(given, list) else []
    known = {role.value: role for role in Role if role is not Role.PROVIDER}
    roles = frozenset(known[name] for name in names if isinstance(name, str) and name in known)
    subject = _subject(claims.get("sub"))
    name = claims.get("name")
    label = " ".join(name.split())[:100] if isinstance(name, str) else ""
    return Account(subject, label or subject[:100], roles, _email(claims.get("email")))


def _email(text: Any) -> str | None:
    """An address that mail can go to; whatever else the issuer gives is none."""
    try:
        return email_of(text) if isinstance(text, str) else None
    except NoAddressError:
        return None


def _kvk(claims: Mapping[str, Any]) -> str:
    number, kind = claims.get(LEGAL_SUBJECT), claims.get(LEGAL_SUBJECT_TYPE)
    if not number or kind not in (None, KVK_TYPE):
        raise NoKvkNumberError
    if not isinstance(number, str) or not re.fullmatch(r"[0-9]{8}", number):
        raise NoKvkNumberError
    return number


def _company(value: object) -> str | None:
    name = " ".join(value.split()) if isinstance(value, str) else ""
    return name[:LONGEST_COMPANY] or None


def _subject(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        message = "no acting subject"
        raise OddClaimsError(message)
    if not 0 < len(value) <= LONGEST_SUBJECT:
        message = "the acting subject is empty, or too long"
        raise OddClaimsError(message)
    return value


def _digits(value: object, length: int, what: str) -> str | None:
    if value is None or value == "":
        return None
    # A restriction that cannot be read must not turn into no restriction.
    if not isinstance(value, str) or not re.fullmatch(rf"[0-9]{{{length}}}", value):
        raise OddClaimsError(what)
    return value

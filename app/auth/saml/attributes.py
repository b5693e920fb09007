"""The attributes of an assertion, as the claims that OIDC brokers give (B5, B13).

So the same principal comes out of both, by the same checks.
"""

import re
from typing import Any

from app.auth.claims import (
    ACTING_SUBJECT,
    BRANCH,
    COMPANY,
    INTERMEDIARY,
    KVK_TYPE,
    LEGAL_SUBJECT,
    LEGAL_SUBJECT_TYPE,
    RSIN_TYPE,
    SERVICE_ID,
    SERVICE_UUID,
)
from app.auth.saml.encryption import decrypted
from app.auth.saml.service import ServiceProvider
from app.auth.saml.xml import Element, SamlError, every, is_element, text

TEXTS = frozenset({BRANCH, COMPANY, SERVICE_ID, SERVICE_UUID})
IDENTIFIERS = frozenset({LEGAL_SUBJECT, ACTING_SUBJECT, INTERMEDIARY})
RESTRICTION = ":ServiceRestriction:"
OLDER_INTERMEDIARY = re.compile(r"urn:etoegang:[0-9.]+:IntermediateEntityID:KvKnr")


def claims_in(assertion: Element, ours: ServiceProvider) -> dict[str, Any]:
    """The claims in a verified assertion. Raises SamlError.

    Of LegalSubjectID the KvK number is the claim, and its RSIN a claim of its own (R72).
    """
    claims: dict[str, Any] = {}
    for name, values in _attributes(assertion).items():
        if name in IDENTIFIERS:
            claims |= _identified(name, [_identifier(each, ours) for each in values])
        elif RESTRICTION in name:
            claims[name] = _told(name, _one(name, values))  # R55
        elif name in TEXTS:
            claims[name] = _one(name, values)
        elif name in {KVK_TYPE, RSIN_TYPE}:  # of brokers with the older names
            claims.setdefault(LEGAL_SUBJECT if name == KVK_TYPE else RSIN_TYPE, _one(name, values))
        elif OLDER_INTERMEDIARY.fullmatch(name):
            claims.setdefault(INTERMEDIARY, _told(name, _one(name, values)))
    return claims


def _attributes(assertion: Element) -> dict[str, list[Element]]:
    """The AttributeValues by name of the attribute; a name that comes twice is refused."""
    found: dict[str, list[Element]] = {}
    for statement in every(assertion, "saml:AttributeStatement"):
        for each in every(statement, "saml:Attribute"):
            name = each.get("Name", "")
            if name in found:
                message = f"the attribute {name} comes twice"
                raise SamlError(message)
            found[name] = every(each, "saml:AttributeValue")
    return found


def _one(name: str, values: list[Element]) -> str:
    if len(values) != 1:
        message = f"{len(values)} values of {name}"
        raise SamlError(message)
    return text(values[0])


def _told(name: str, value: str) -> str:
    """The value, which says something: one that is empty is not the same as none at all."""
    if not value:
        message = f"{name} is empty"
        raise SamlError(message)
    return value


def _identifier(value: Element, ours: ServiceProvider) -> list[tuple[str, str]]:
    """The qualifiers and identifiers in one AttributeValue, opened where they are encrypted."""
    if not len(value):
        return [("", text(value))]
    found = []
    for each in value:
        name = decrypted(each, ours.keys, ours.entity_id) if _is_closed(each) else each
        if not is_element(name, "saml:NameID"):
            message = "an identifier that is no NameID"
            raise SamlError(message)
        found.append((name.get("NameQualifier", ""), text(name)))
    return found


def _is_closed(element: Element) -> bool:
    return is_element(element, "saml:EncryptedID")


def _identified(name: str, values: list[list[tuple[str, str]]]) -> dict[str, str]:
    pairs = [pair for value in values for pair in value]
    kinds = [kind for kind, _ in pairs]
    if not pairs or len(set(kinds)) != len(kinds) or (len(kinds) > 1 and name != LEGAL_SUBJECT):
        message = f"{len(pairs)} identifiers in {name}"
        raise SamlError(message)
    found = dict(pairs)
    if name != LEGAL_SUBJECT:
        return {name: _told(name, pairs[0][1])}
    kind = next((one for one in (KVK_TYPE, "") if one in found), kinds[0])
    claims = {name: found[kind]} | ({LEGAL_SUBJECT_TYPE: kind} if kind else {})
    return claims | ({RSIN_TYPE: found[RSIN_TYPE]} if RSIN_TYPE in found else {})

"""The rules of the profile for a verified assertion (SAML 2.0 Profiles §4.1.4.2, B4)."""

from datetime import timedelta

from app.auth.attempts import ATTEMPT_LASTS
from app.auth.saml.moments import moment
from app.auth.saml.response import Asked
from app.auth.saml.xml import Element, SamlError, equal, every, text, the
from processes.base import now
from processes.platform.levels import RANKS, level_of

SKEW = timedelta(seconds=60)  # that two clocks may differ
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


def check_assertion(assertion: Element, asked: Asked) -> None:
    """Raises SamlError unless the assertion is for this login, for us, and now."""
    equal("Version of the assertion", assertion.get("Version"), ["2.0"])
    equal("Issuer of the assertion", text(the(assertion, "saml:Issuer")), [asked.broker.entity_id])
    _check_not_ahead(assertion.get("IssueInstant"))
    _check_conditions(the(assertion, "saml:Conditions"), asked.ours.entity_id)
    _check_subject(the(assertion, "saml:Subject"), asked)
    for statement in every(assertion, "saml:AuthnStatement"):
        _check_not_ahead(statement.get("AuthnInstant"))
        _check_since(statement.get("AuthnInstant"))
        if (until := statement.get("SessionNotOnOrAfter")) is not None:
            _check_before(until)


def level_in(assertion: Element) -> str:
    """The level of the login as a URI: the lowest of what was signed, an odd one below all (B6).

    Raises SamlError when it names none.
    """
    found = [
        text(the(the(each, "saml:AuthnContext"), "saml:AuthnContextClassRef"))
        for each in _logins(assertion)
    ]
    return min(found, key=lambda uri: RANKS.get(level_of(uri) or "", 0))


def logged_in_at(assertion: Element) -> float:
    """When the user logged in, in seconds since 1970: the first moment that was signed.

    Raises SamlError when it names none.
    """
    return min(moment(each.get("AuthnInstant")) for each in _logins(assertion)).timestamp()


def _logins(assertion: Element) -> list[Element]:
    found = every(assertion, "saml:AuthnStatement")
    if not found:
        message = "no AuthnStatement"
        raise SamlError(message)
    return found


def _check_since(written: str | None) -> None:
    """A login of before this attempt is none: it was asked for anew (ForceAuthn, B2)."""
    if moment(written) < now() - ATTEMPT_LASTS - SKEW:
        message = f"the user logged in at {written}, before this login began"
        raise SamlError(message)


def _check_conditions(conditions: Element, audience: str) -> None:
    if (begins := conditions.get("NotBefore")) is not None:
        _check_not_ahead(begins)
    _check_before(conditions.get("NotOnOrAfter"))
    restrictions = every(conditions, "saml:AudienceRestriction")
    if not restrictions:
        message = "no AudienceRestriction"
        raise SamlError(message)
    for each in restrictions:
        if audience not in {text(one) for one in every(each, "saml:Audience")}:
            message = "the assertion is for another audience"
            raise SamlError(message)


def _check_subject(subject: Element, asked: Asked) -> None:
    confirmation = the(subject, "saml:SubjectConfirmation")
    equal("the confirmation's Method", confirmation.get("Method"), [BEARER])
    data = the(confirmation, "saml:SubjectConfirmationData")
    equal("the confirmation's InResponseTo", data.get("InResponseTo"), [asked.request_id])
    equal("the confirmation's Recipient", data.get("Recipient"), [asked.ours.answers_at])
    _check_before(data.get("NotOnOrAfter"))
    if data.get("NotBefore") is not None:
        message = "a NotBefore in the confirmation of a bearer"
        raise SamlError(message)


def _check_not_ahead(written: str | None) -> None:
    if moment(written) > now() + SKEW:
        message = f"{written} is yet to come"
        raise SamlError(message)


def _check_before(written: str | None) -> None:
    if moment(written) <= now() - SKEW:
        message = f"{written} is over"
        raise SamlError(message)

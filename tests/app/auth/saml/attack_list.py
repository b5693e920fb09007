"""The list of attacks: each class of the threat model, with the safeguards that refuse it."""

from typing import Final

from app.auth.saml.xml import LARGEST
from processes.platform.levels import URN
from tests.app.auth.saml.attacks import (
    AGO,
    AHEAD,
    FORGED,
    Attack,
    added,
    after_it,
    also_branch,
    around,
    attribute,
    before,
    before_it,
    changed,
    closed_forgery,
    content,
    doubled,
    elements_in_text,
    enveloped,
    for_somebody_else,
    forged_response,
    hidden_in,
    in_object,
    instruction,
    keyed_with_what_is_public,
    misled,
    older_hash,
    older_padding,
    other_key,
    other_restriction,
    remark_in,
    removed,
    same_identifier,
    second_company,
    second_employee,
    second_info,
    unsigned,
    with_its_signature,
    wrapped,
)

UNSEEN = ("count", "hidden", "identifiers", "signature")  # what stands against wrapping
SIGNED = ("signature",)
FORM = ("form", "value")
TEXT = ("elements",)
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
CONFIRMED = "saml:SubjectConfirmationData"


WRAPPING: Final = [
    Attack("xsw 1, a response around", forged_response(inside=True), UNSEEN, FORGED),
    Attack("xsw 2, a response beside", forged_response(inside=False), UNSEEN, FORGED),
    Attack("xsw 3, a forged one first", wrapped(before_it), UNSEEN, FORGED),
    Attack("xsw 3, a forged one last", wrapped(after_it), ("count", "hidden")),
    Attack("xsw 4, around", wrapped(around), UNSEEN, FORGED),
    Attack("xsw 5, with its signature", wrapped(with_its_signature), UNSEEN, FORGED),
    Attack("xsw 6 and 8, in the signature", wrapped(in_object), UNSEEN, FORGED),
    Attack("xsw 7, in Extensions", wrapped(hidden_in("samlp:Extensions")), UNSEEN, FORGED),
    Attack("in StatusDetail", wrapped(hidden_in("samlp:StatusDetail")), UNSEEN, FORGED),
    Attack("the same identifier", wrapped(same_identifier), UNSEEN, FORGED),
    Attack("encrypted by anybody", closed_forgery, SIGNED, FORGED),
]

SIGNATURES: Final = [
    Attack("another value", changed(content("saml:AuthnContextClassRef", f"{URN}loa4")), SIGNED),
    Attack("no signature", changed(unsigned), SIGNED),
    Attack("an empty signature", changed(content("ds:SignatureValue", "")), ("value",)),
    Attack("an empty digest", changed(content("ds:DigestValue", "")), ("value",)),
    Attack("half a signature", changed(removed("ds:SignatureValue")), FORM),
    Attack("the key of somebody else", other_key, ("value",), FORGED),
    Attack("an hmac", changed(keyed_with_what_is_public), ("value",)),
    Attack("sha-1", changed(older_hash), ("value",)),
    Attack("two times SignedInfo", changed(second_info), FORM),
    Attack("a comment in the digest", changed(remark_in("ds:DigestValue")), ("elements", "value")),
    Attack(
        "another transform",
        changed(added("ds:Transforms", "ds:Transform", Algorithm="urn:example:other")),
        FORM,
    ),
    Attack("no transforms", changed(removed("ds:Transforms")), FORM),
    Attack(
        "with comments",
        changed(
            attribute(
                "ds:CanonicalizationMethod",
                "Algorithm",
                "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
            )
        ),
        FORM,
    ),
    Attack(
        "a reference elsewhere",
        changed(attribute("ds:Reference", "URI", "https://elsewhere.example/")),
        FORM,
    ),
    Attack("a reference to all", changed(attribute("ds:Reference", "URI", "")), FORM),
    Attack("two references", changed(doubled("ds:Reference")), FORM),
    Attack("two signatures", changed(doubled("ds:Signature")), FORM),
    Attack("another identifier", changed(attribute("saml:Assertion", "ID", "_other")), SIGNED),
    Attack("with an Object", changed(added("ds:Signature", "ds:Object")), FORM),
]

MARKUP: Final = [
    Attack("a comment in a text", changed(remark_in("saml:Audience")), TEXT),
    Attack("an instruction in a text", changed(instruction), ("elements", "value", "conditions")),
    Attack("a doctype", before(b"<!DOCTYPE x>"), TEXT),
    Attack("an entity", before(b'<!DOCTYPE x [<!ENTITY a "b">]>'), TEXT),
    Attack("a default", before(b'<!DOCTYPE x [<!ATTLIST y z CDATA "">]>'), TEXT),
    Attack("an encoding", before(b'<?xml version="1.0" encoding="ISO-8859-1"?>'), TEXT),
    Attack("too much", before(b" " * LARGEST), ("size",)),
]

ENVELOPE: Final = [
    Attack(f"{name} {kind}", enveloped(attribute("samlp:Response", name, value)), ("envelope",))
    for name in ("Destination", "InResponseTo", "Version")
    for kind, value in (("other", "urn:other"), ("missing", None))
] + [
    Attack("another issuer", enveloped(content("saml:Issuer", "urn:other")), ("envelope",)),
    Attack("no issuer", enveloped(removed("saml:Issuer")), ("envelope",)),
    Attack(
        "a status that is none",
        enveloped(attribute("samlp:StatusCode", "Value", "Success")),
        ("status",),
    ),
    Attack(
        "a refusal with an assertion",
        enveloped(attribute("samlp:StatusCode", "Value", f"{STATUS}Responder")),
        ("status",),
    ),
    Attack(
        "a success within a refusal",
        enveloped(added("samlp:StatusCode", "samlp:StatusCode", Value=f"{STATUS}Success")),
        ("status",),
    ),
    Attack("no status", enveloped(removed("samlp:Status")), ("status",)),
]

PROFILE: Final = [
    Attack("another audience", misled(content("saml:Audience", "urn:other")), ("conditions",)),
    Attack("no audience", misled(removed("saml:AudienceRestriction")), ("conditions",)),
    Attack("an empty audience", misled(removed("saml:Audience")), ("conditions",)),
    Attack(
        "one audience more",
        misled(added("saml:Conditions", "saml:AudienceRestriction")),
        ("conditions",),
    ),
    Attack("elements in a text", misled(elements_in_text), ("conditions",)),
    Attack("no conditions", misled(removed("saml:Conditions")), ("profile",)),
    Attack("over", misled(attribute("saml:Conditions", "NotOnOrAfter", AGO)), ("conditions",)),
    Attack("no end", misled(attribute("saml:Conditions", "NotOnOrAfter", None)), ("conditions",)),
    Attack(
        "yet to come",
        misled(attribute("saml:Conditions", "NotBefore", AHEAD)),
        ("conditions",),
    ),
    Attack(
        "an end in no zone",
        misled(attribute("saml:Conditions", "NotOnOrAfter", "2999-01-01T00:00:00")),
        ("conditions",),
    ),
    *(
        Attack(f"{name} {kind}", misled(attribute(CONFIRMED, name, value)), ("subject",))
        for name in ("Recipient", "InResponseTo", "NotOnOrAfter")
        for kind, value in (("other", "urn:other"), ("missing", None))
    ),
    Attack(
        "confirmed too long ago",
        misled(attribute(CONFIRMED, "NotOnOrAfter", AGO)),
        ("subject",),
    ),
    Attack("not yet confirmed", misled(attribute(CONFIRMED, "NotBefore", AGO)), ("subject",)),
    Attack(
        "no bearer",
        misled(attribute("saml:SubjectConfirmation", "Method", "urn:other")),
        ("subject",),
    ),
    Attack("no confirmation", misled(removed("saml:SubjectConfirmation")), ("subject",)),
    Attack("two confirmations", misled(doubled("saml:SubjectConfirmation")), ("subject",)),
    Attack("no subject", misled(removed("saml:Subject")), ("profile",)),
    Attack("an issuer within", misled(content("saml:Issuer", "urn:other")), ("profile",)),
    Attack(
        "made in the future",
        misled(attribute("saml:Assertion", "IssueInstant", AHEAD)),
        ("profile",),
    ),
    Attack("version 1.1", misled(attribute("saml:Assertion", "Version", "1.1")), ("profile",)),
    Attack(
        "a login in the future",
        misled(attribute("saml:AuthnStatement", "AuthnInstant", AHEAD)),
        ("profile",),
    ),
    Attack(
        "a login of before",
        misled(attribute("saml:AuthnStatement", "AuthnInstant", 2 * AGO)),
        ("profile",),
    ),
    Attack(
        "a session that is over",
        misled(attribute("saml:AuthnStatement", "SessionNotOnOrAfter", AGO)),
        ("profile",),
    ),
    Attack("no login", misled(removed("saml:AuthnStatement")), ("level", "moment")),
    *(
        Attack(
            f"the level {level or 'empty'}",
            misled(content("saml:AuthnContextClassRef", level)),
            ("level",),
        )
        for level in (f"{URN}loa2", f"{URN}loa1", f"{URN}LOA4", f"{URN}loa4 x", "loa5", "")
    ),
]

ATTRIBUTES: Final = [
    Attack("a company that comes twice", misled(second_company), ("attributes",), FORGED),
    Attack("two employees", misled(second_employee), ("identified",)),
    Attack("two branches", misled(also_branch), ("one",)),
    Attack("another restriction", misled(other_restriction), ("restriction",)),
    Attack("no employee", misled(removed("saml:AttributeStatement")), ("claims",)),
    Attack("older padding", older_padding, ("opens",)),
    Attack("encrypted for somebody else", for_somebody_else, ("opens",)),
]

ATTACKS = [*WRAPPING, *SIGNATURES, *MARKUP, *ENVELOPE, *PROFILE, *ATTRIBUTES]

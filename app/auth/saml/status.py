"""The status of a SAML answer: what the user or the broker made of a login (B7)."""

from app.auth.saml.xml import Element, every, the

_CODE = "urn:oasis:names:tc:SAML:2.0:status:"
SUCCESS = "Success"


def codes(answer: Element) -> list[str]:
    """The codes from the outermost to the innermost, without the part that all have."""
    found = []
    level = the(answer, "samlp:Status")
    while inner := every(level, "samlp:StatusCode"):
        level = the(level, "samlp:StatusCode") if len(inner) > 1 else inner[0]
        value = level.get("Value", "")
        # Another namespace must not become Success by losing its own.
        found.append(value.removeprefix(_CODE) if value.startswith(_CODE) else f"?{value}")
    return found or ["none"]

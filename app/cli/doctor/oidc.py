"""Diagnoses the keys that open encrypted ID tokens."""

from collections.abc import Iterator

from app.auth.id_tokens import NoKeyError, key_in
from app.cli.doctor.findings import Finding, well, wrong
from processes.platform.settings import Settings


def id_token_findings(settings: Settings) -> Iterator[Finding]:
    """Whether each key that is set can open ID tokens."""
    for name in ("oidc_key", "oidc_key_before"):
        file = getattr(settings, name)
        if file is None:
            continue
        try:
            key_in(file)
        except NoKeyError as error:
            yield wrong("ID tokens", str(error), f"LOKET_{name.upper()}: docs/operate/keys.md")
        else:
            yield well("ID tokens", f"the key in {file} opens encrypted ID tokens")

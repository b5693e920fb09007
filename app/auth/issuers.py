"""The two OIDC providers, and what is known of them without the library that asks them."""

from typing import Any

from flask import current_app

from processes.platform.settings import Settings

EHERKENNING = "eherkenning"
ACCOUNTS = "accounts"
LEEWAY = 60  # seconds that two clocks may differ
KEYS_AT = "/inloggen/sleutels"

Claims = dict[str, Any]


def issuer_of(name: str) -> str:
    """The configured issuer of this client."""
    settings: Settings = current_app.config["LOKET_SETTINGS"]
    if name == EHERKENNING:
        return settings.oidc_eherkenning_issuer
    return settings.oidc_accounts_issuer

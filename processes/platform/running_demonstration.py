"""Where the parts of a running `./run` are: read from the ports that it remembers."""

import json
from pathlib import Path
from typing import Any

PORTS = "ports.json"
SAML_FOLDER, SAML_METADATA = "saml", "simulator.xml"
OIDC_NAME, SAML_NAME = "Inlogsimulator met OIDC", "Inlogsimulator met SAML"


def addresses(ports: dict[str, int]) -> dict[str, str]:
    """The settings that follow from these ports, by name of the setting."""
    login = f"http://127.0.0.1:{ports['login']}"
    return {
        "public_url": f"http://127.0.0.1:{ports['web']}",
        "redis_url": f"redis://127.0.0.1:{ports['broker']}/0",
        "smtp_host": "127.0.0.1",
        "smtp_port": str(ports["smtp"]),
        "oidc_eherkenning_issuer": f"{login}/eherkenning",
        "oidc_accounts_issuer": f"{login}/accounts",
    }


def saml_settings(folder: Path) -> dict[str, Any]:
    """The settings for SAML of a demonstration that has put its files here; else none."""
    place = folder / SAML_FOLDER
    if not (place / SAML_METADATA).exists():
        return {}
    return {
        "oidc_eherkenning_name": OIDC_NAME,
        "saml_brokers": {SAML_NAME: str(place / SAML_METADATA)},
        "saml_key": str(place / "portal.key"),
        "saml_certificate": str(place / "portal.crt"),
    }


def remembered(folder: Path) -> dict[str, Any]:
    """The settings of the demonstration that keeps its data here; none where there is none."""
    try:
        ports = json.loads((folder / PORTS).read_text())
        return addresses(ports) | saml_settings(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return {}

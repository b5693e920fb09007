"""Where the parts of a running `./run` are: read from the ports that it remembers."""

import json
from pathlib import Path

PORTS = "ports.json"


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


def remembered(folder: Path) -> dict[str, str]:
    """The settings of the demonstration that keeps its data here; none where there is none."""
    try:
        return addresses(json.loads((folder / PORTS).read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        return {}

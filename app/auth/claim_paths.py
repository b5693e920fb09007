"""Where an OIDC broker of eHerkenning puts its claims: presets, and paths of the settings (B13).

A path is a list of names, one a level deeper than the other: names hold colons and dots.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.auth.claims import (
    ACTING_SUBJECT,
    BRANCH,
    COMPANY,
    INTERMEDIARY,
    LEGAL_SUBJECT,
    LEGAL_SUBJECT_TYPE,
    RSIN_TYPE,
    SERVICE_ID,
    SERVICE_UUID,
)
from processes.platform.levels import URN
from processes.platform.settings import Settings

MEANINGS = {
    "kvk": LEGAL_SUBJECT,
    "kvk_type": LEGAL_SUBJECT_TYPE,
    "rsin": RSIN_TYPE,
    "employee": ACTING_SUBJECT,
    "branch": BRANCH,
    "intermediary": INTERMEDIARY,
    "company": COMPANY,
    "service_id": SERVICE_ID,
    "service_uuid": SERVICE_UUID,
    "level": "acr",
}
"""The names in the settings, and the claims of eToegang that they stand for."""

PRESETS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "etoegang": {meaning: [name] for meaning, name in MEANINGS.items()},
    "signicat": {
        "kvk": ["chamberOfCommerce"],
        "rsin": ["eherkenningRsin"],
        "employee": ["eherkenningPseudo"],
        "branch": ["eherkenningVestigingsNr"],
        "intermediary": ["eherkenningIntermediatekvkNr"],
        "company": ["organisationName"],
        "service_id": ["eherkenningServiceID"],
        "service_uuid": ["eherkenningServiceUUID"],
        "level": ["acr"],
    },
}


def with_known_names(claims: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """The claims under the names of eToegang, and levels as its URNs, whatever a broker calls them.

    Other claims stay, so that a restriction that is not known here is seen.
    """
    paths: dict[str, Sequence[str]] = dict(PRESETS[settings.oidc_eherkenning_preset])
    paths.update({str(name): path for name, path in settings.oidc_eherkenning_claims.items()})
    others = {name: value for name, value in claims.items() if name not in MEANINGS.values()}
    found = {MEANINGS[meaning]: _at(claims, path) for meaning, path in paths.items()}
    known = {name: value for name, value in found.items() if value is not None}
    level = known.get("acr")
    mapped = settings.oidc_eherkenning_levels.get(str(level))
    return others | known | ({"acr": URN + mapped} if mapped else {})


def _at(claims: Any, path: Sequence[str]) -> Any:
    """The value at the end of the path; None where the path leads nowhere."""
    for name in path:
        if not isinstance(claims, Mapping):
            return None
        claims = claims.get(name)
    return claims

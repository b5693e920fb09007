"""Levels of assurance of eHerkenning: order and names (R8, R9)."""

from collections.abc import Iterable

URN = "urn:etoegang:core:assurance-class:"
NAMES = {"loa1": "EH1", "loa2": "EH2", "loa2plus": "EH2+", "loa3": "EH3", "loa4": "EH4"}
RANKS = {level: rank for rank, level in enumerate(NAMES, start=1)}


def level_of(value: object) -> str | None:
    """The short name of a level's URN; None for anything else."""
    level = value.removeprefix(URN) if isinstance(value, str) else ""
    return level if level in NAMES else None


def is_enough(level: str | None, minimum: str) -> bool:
    """Whether this level is at least the minimum; an unknown level is below all."""
    return RANKS.get(level or "", 0) >= RANKS[minimum]


def name_of(level: str | None) -> str:
    """What people call it: "EH2+"."""
    return NAMES.get(level or "", "onbekend")


def at_least(minimum: str) -> Iterable[str]:
    """The URNs of the levels that suffice, lowest first, for `acr_values`."""
    return [URN + level for level in RANKS if is_enough(level, minimum)]

"""Facets of an offer: sector, area, kind, and online or at a place; each value is a bit.

The values are those of `processes.register.offers.terms`, which imports this package's index: a
test holds the two together.
"""

from collections.abc import Iterable, Mapping

ONLINE, AT_A_PLACE = "online", "plaats"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "sectors": ("po", "vo", "mbo", "so"),
    "areas": (
        *("vakinhoudelijk", "vakdidactisch", "pedagogisch"),
        *("algemeen-professioneel", "onderwijskundig", "beroepsgroep"),
    ),
    "kinds": (
        *("opleiding", "cursus", "studiedag", "conferentie"),
        *("overig-binnen-school", "overig-buiten-school", "zelfstudie"),
    ),
    "places": (ONLINE, AT_A_PLACE),
}
BITS = {
    value: 1 << place
    for place, value in enumerate(value for group in GROUPS.values() for value in group)
}
ASKED_BY_NAME = (
    *GROUPS["sectors"],
    *("opleiding", "cursus", "studiedag", "conferentie", "zelfstudie", "vakinhoudelijk"),
)
"""Values that are ordinary words of a question too."""


def mask(values: Iterable[str]) -> int:
    """The bits of these values together."""
    return sum(BITS[value] for value in set(values))


def counted(rows: Iterable[tuple[int, int]], chosen: Iterable[str]) -> tuple[int, dict[str, int]]:
    """The total, and for each value how many it would give, from the number of each mask.

    Values of one group widen, groups narrow: what is chosen in a group leaves its counts alone.
    """
    wanted = {
        name: bits for name, group in GROUPS.items() if (bits := mask(set(group) & set(chosen)))
    }
    total, counts = 0, dict.fromkeys(BITS, 0)
    for bits, number in rows:
        failed = [name for name, wish in wanted.items() if not bits & wish]
        total += 0 if failed else number
        for name, group in GROUPS.items():
            if failed in ([], [name]):
                for value in group:
                    counts[value] += number if bits & BITS[value] else 0
    return total, counts

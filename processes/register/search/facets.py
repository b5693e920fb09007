"""Facets of an offer: sector, area, kind, place, hours, price, language; each value is a bit.

The values are those of `processes.register.offers.terms`, which imports this package's index: a
test holds the two together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

ONLINE, AT_A_PLACE = "online", "plaats"
FREE, UNKNOWN_PRICE = "gratis", "prijs-onbekend"
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
    "durations": ("uren-4", "uren-8", "uren-20", "uren-40", "uren-meer"),
    "prices": (FREE, "prijs-100", "prijs-250", "prijs-500", "prijs-meer", UNKNOWN_PRICE),
    "languages": tuple(f"taal-{code}" for code in ("nl", "en", "de", "fr", "fy", "dse", "mul")),
}
DURATIONS = (4, 8, 20, 40)
"""Up to and including how many hours each of `durations` goes; the last one holds the rest."""
PRICES = (0, 100, 250, 500)
"""Up to and including how many euros each of `prices` goes; then the rest, and the unknown."""
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


MASKS = {name: mask(group) for name, group in GROUPS.items()}
ALL = mask(BITS)


def step(group: str, limits: Sequence[int], amount: Decimal) -> str:
    """The value of a group of amounts that this amount belongs to."""
    place = next((place for place, most in enumerate(limits) if amount <= most), len(limits))
    return GROUPS[group][place]


def set_bits(bits: int) -> Iterator[int]:
    """Each bit that is set, as a power of two."""
    while bits:
        lowest = bits & -bits
        yield lowest
        bits ^= lowest
